// SPDX-License-Identifier: GPL-2.0

//! Settings of systemd's manager.

use std::collections::BTreeMap;

use super::system::System;

/// What is first is stronger.
const DIRS: [&str; 4] = [
    "/etc/systemd",
    "/run/systemd",
    "/usr/local/lib/systemd",
    "/usr/lib/systemd",
];

/// The value of a setting and the file that has it.
pub fn setting(system: &System, name: &str) -> Option<(String, String)> {
    let main = DIRS.map(|dir| format!("{dir}/system.conf"));
    let main = main.into_iter().find(|path| system.exists(path));
    let mut parts = BTreeMap::new();
    for dir in DIRS.iter().rev() {
        let dir = format!("{dir}/system.conf.d");
        for file in system.names(&dir) {
            if file.ends_with(".conf") {
                parts.insert(file.clone(), format!("{dir}/{file}"));
            }
        }
    }
    let mut found = None;
    for path in main.into_iter().chain(parts.into_values()) {
        if let Some(value) = value(&system.read(&path).unwrap_or_default(), name) {
            found = Some((value.to_owned(), path));
        }
    }
    found.filter(|(value, _)| !value.is_empty())
}

/// The last one in a file.
fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut in_manager = false;
    let mut found = None;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_manager = line == "[Manager]";
        }
        if let Some((key, value)) = line.split_once('=') {
            if in_manager && key.trim() == name {
                found = Some(value.trim());
            }
        }
    }
    found
}

/// "2min 30s", "90" and the like, in seconds; `None`: it is none that has an end.
pub fn seconds(span: &str) -> Option<u64> {
    const MICROSECONDS: [(&str, f64); 7] = [
        ("us", 1.0),
        ("ms", 1e3),
        ("s", 1e6),
        ("m", 60e6),
        ("h", 3600e6),
        ("d", 86400e6),
        ("w", 604800e6),
    ];
    let mut sum = 0.0;
    let mut rest = span.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, behind) = split(rest, |c| c.is_ascii_digit() || c == '.');
        let (unit, behind) = split(behind.trim_start(), |c| c.is_ascii_alphabetic());
        let unit = match unit {
            "" | "sec" | "second" | "seconds" => "s",
            "usec" => "us",
            "msec" => "ms",
            "min" | "minute" | "minutes" => "m",
            "hr" | "hour" | "hours" => "h",
            "day" | "days" => "d",
            "week" | "weeks" => "w",
            unit => unit,
        };
        let (_, factor) = MICROSECONDS.iter().find(|(name, _)| *name == unit)?;
        sum += number.parse::<f64>().ok()? * factor;
        rest = behind.trim_start();
    }
    Some((sum / 1e6) as u64)
}

fn split(text: &str, is_part: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !is_part(c)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::{seconds, value};

    #[test]
    fn spans_of_time_are_understood() {
        for (span, expected) in [
            ("30", Some(30)),
            ("2min 30s", Some(150)),
            ("1.5m", Some(90)),
            ("500ms", Some(0)),
            ("1 hour", Some(3600)),
            ("off", None),
            ("default", None),
            ("infinity", None),
            ("", None),
        ] {
            assert_eq!(seconds(span), expected, "{span}");
        }
    }

    #[test]
    fn the_last_value_of_the_manager_counts() {
        let text = "A=0\n[Manager]\n#A=1\nA=2\n A = 3 \n[Other]\nA=4\n";
        assert_eq!(value(text, "A"), Some("3"));
        assert_eq!(value(text, "B"), None);
    }
}
