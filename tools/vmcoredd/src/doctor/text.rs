// SPDX-License-Identifier: GPL-2.0

//! Findings for people.

use std::io::Result;

use super::{Finding, State};
use crate::views::out::{Look, Out};

/// Where what was found begins, and in what comes the advice.
const INDENT: usize = 25;
const WIDTH: usize = 80;

/// What was found is one line, whatever its length, for those who look for it with grep.
pub fn print(out: &mut Out, finding: &Finding) -> Result<()> {
    let (state, look) = match finding.state {
        State::Ok => ("ok", Look::Good),
        State::Warning => ("WARNING", Look::Warning),
        State::Critical => ("CRITICAL", Look::Bad),
    };
    let state = look.paint(format!("{state:<8}"));
    let line = format!("{state}  {:<13}  {}", finding.check, finding.found);
    out.line(INDENT, line)?;
    let advice = finding.advice.as_deref().unwrap_or_default();
    let mut arrow = "=>";
    for line in wrap(advice, WIDTH - INDENT - 3) {
        out.line(INDENT + 3, format!("{:INDENT$}{arrow} {line}", ""))?;
        arrow = "  ";
    }
    Ok(())
}

/// Lines of at most `width` characters, but for words that are longer. What is within backquotes is one word, to be copied.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut quoted = false;
    let words = text.split(|c| {
        quoted ^= c == '`';
        c == ' ' && !quoted
    });
    for word in words.filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_end_between_words_and_never_within_a_command() {
        for (text, expected) in [
            ("", [].as_slice()),
            ("one two", &["one two"]),
            ("one two three", &["one two", "three"]),
            (
                "run `a b c d e`, or not",
                &["run", "`a b c d e`,", "or not"],
            ),
        ] {
            assert_eq!(wrap(text, 8), expected, "{text}");
        }
    }
}
