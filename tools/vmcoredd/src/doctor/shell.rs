// SPDX-License-Identifier: GPL-2.0

//! Settings in a file that a shell reads, without running it.

use std::collections::HashMap;

use super::system::System;

/// The last value of each variable; `None`: it takes a shell to know.
#[derive(Default)]
pub struct Settings(HashMap<String, Option<String>>);

impl Settings {
    /// Those of a file. One that can't be read has none.
    pub fn read(system: &System, path: &str) -> Self {
        Self::parse(&system.read(path).unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let mut settings = Self::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let next = settings
                .assignment(rest)
                .unwrap_or_else(|| rest.split_once('\n').map_or("", |(_, next)| next));
            rest = next.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
        }
        settings
    }

    /// The value of a variable, if it is set and not empty: what scripts do with `${NAME:=…}`.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?.as_deref()?;
        Some(value).filter(|value| !value.is_empty())
    }

    /// Whether the value of a variable is what [`Self::get`] says.
    pub fn is_known(&self, name: &str) -> bool {
        !matches!(self.0.get(name), Some(None))
    }

    /// What comes for `$NAME`.
    fn value(&self, name: &str) -> Option<String> {
        let unset = || Some(String::new());
        self.0.get(name).cloned().unwrap_or_else(unset)
    }

    /// Takes `NAME=value` from the start of `text`; returns what is behind it.
    fn assignment<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let text = text.strip_prefix("export ").unwrap_or(text);
        let (name, rest) = text.split_at(name_length(text));
        let (before, rest) = match rest.strip_prefix("+=") {
            Some(rest) => (self.value(name), rest),
            None => (Some(String::new()), rest.strip_prefix('=')?),
        };
        if name.is_empty() {
            return None;
        }
        let (value, rest) = self.word(rest);
        let value = before.zip(value).map(|(before, value)| before + &value);
        self.0.insert(name.to_owned(), value);
        Some(rest)
    }

    /// The word at the start of `text`, and what is behind it.
    fn word<'a>(&self, text: &'a str) -> (Option<String>, &'a str) {
        let mut value = Some(String::new());
        let mut quote = None;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let behind = &rest[c.len_utf8()..];
            let mut taken = Some(String::new());
            let next = match (c, quote) {
                (c, Some(open)) if c == open => {
                    quote = None;
                    behind
                }
                ('\'' | '"', None) => {
                    quote = Some(c);
                    behind
                }
                ('\\', None | Some('"')) => {
                    let (escaped, next) = escaped(behind, quote.is_some());
                    taken = Some(escaped);
                    next
                }
                ('$', None | Some('"')) => {
                    let (expanded, next) = self.expand(behind);
                    taken = expanded;
                    next
                }
                ('`', None | Some('"')) => {
                    taken = None;
                    behind
                }
                (c, None) if c.is_whitespace() || c == ';' => break,
                (c, _) => {
                    taken = Some(c.to_string());
                    behind
                }
            };
            value = value.zip(taken).map(|(value, taken)| value + &taken);
            rest = next;
        }
        (value, rest)
    }

    /// What comes for the variable at the start of `text`, which was behind a `$`; and what is behind it.
    fn expand<'a>(&self, text: &'a str) -> (Option<String>, &'a str) {
        let named = text.strip_prefix('{');
        let text = named.unwrap_or(text);
        let (name, rest) = text.split_at(name_length(text));
        let rest = match named {
            Some(_) => rest.strip_prefix('}'),
            None => Some(rest),
        };
        match rest {
            Some(rest) if !name.is_empty() => (self.value(name), rest),
            _ => (None, text),
        }
    }
}

/// What a backslash makes of what is behind it, and the rest.
fn escaped(text: &str, quoted: bool) -> (String, &str) {
    let Some(c) = text.chars().next() else {
        return (String::new(), text);
    };
    let rest = &text[c.len_utf8()..];
    match c {
        '\n' => (String::new(), rest),
        '"' | '\\' | '$' | '`' => (c.to_string(), rest),
        c if quoted => (format!("\\{c}"), rest),
        c => (c.to_string(), rest),
    }
}

/// Bytes of the name of a variable at the start of `text`.
fn name_length(text: &str) -> usize {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    match text.starts_with(|c: char| c.is_ascii_digit()) {
        true => 0,
        false => end.unwrap_or(text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn variables_have_the_values_that_a_shell_gives_them() {
        for (text, expected) in [
            ("A=1", Some("1")),
            ("  export A=\"b c\" # d", Some("b c")),
            ("A=1; A=2", Some("2")),
            ("#A=1", None),
            ("A=", None),
            ("A=''", None),
            ("B='x'\nA=\"$B ${B}y\"", Some("x xy")),
            ("A=\"$NONE b\"", Some(" b")),
            ("A=b\nA+=' c'", Some("b c")),
            ("A=\"b \\\n c \\\"d\\\" \\e\"", Some("b  c \"d\" \\e")),
            ("B='\nA=1'", None),
            ("A='$B'", Some("$B")),
            ("echo A=1\nAA=2", None),
        ] {
            let settings = Settings::parse(text);
            assert_eq!(settings.get("A"), expected, "{text}");
            assert!(settings.is_known("A"), "{text}");
        }
    }

    #[test]
    fn what_only_a_shell_can_tell_is_not_known() {
        for text in [
            "A=$(cat /proc/cmdline)",
            "A=\"x `y` z\"",
            "A=${B:-c}",
            "A=$(b)\nA+=c",
            "A=$1",
        ] {
            let settings = Settings::parse(text);
            assert_eq!(settings.get("A"), None, "{text}");
            assert!(!settings.is_known("A"), "{text}");
        }
    }
}
