// SPDX-License-Identifier: GPL-2.0

//! How to change the command line of the crash kernel.

use super::agreed;
use super::command_line::{
    CommandLine,
    Loader,
    Origin,
    Word,
    DEFAULT,
    KDUMP_TOOLS,
    SYSCONFIG, //
};

/// What tells systemd to save the vmcore.
pub const UNIT: &str = "systemd.unit=kdump-tools-dump.service";

impl Loader {
    /// How to load the crash kernel again.
    pub fn again(self) -> &'static str {
        match self {
            Self::KdumpTools => "run `systemctl restart kdump-tools`",
            Self::Sysconfig => "run `systemctl restart kdump`",
            Self::Other => "load the crash kernel again",
        }
    }
}

impl CommandLine {
    /// What to do to append `word`.
    pub fn adding(&self, word: &str) -> String {
        let again = self.loader.again();
        match self.loader {
            Loader::KdumpTools => format!(
                "in {KDUMP_TOOLS}, set {} (it replaces kdump-tools' own default, which therefore is part of it), then {again}",
                self.setting(word),
            ),
            Loader::Sysconfig => {
                format!("add {word} to KDUMP_COMMANDLINE_APPEND in {SYSCONFIG}, then {again}")
            }
            Loader::Other => format!("add {word} to its command line, then {again}"),
        }
    }

    /// The setting of kdump-tools that has what is there now, or should be, and `word`.
    pub fn setting(&self, word: &str) -> String {
        let append = self.append.as_deref().unwrap_or(DEFAULT);
        let mut words: Vec<_> = append.split_whitespace().collect();
        if !words.contains(&UNIT) {
            let default = DEFAULT.split_whitespace();
            words.retain(|word| default.clone().all(|default| default != *word));
            words.splice(..0, default);
        }
        words.extend(word.split_whitespace());
        format!("`KDUMP_CMDLINE_APPEND=\"{}\"`", words.join(" "))
    }

    /// What to do to be without `word`: take it back by appending `off`, unless it is appended itself.
    pub fn without(&self, word: &Word, off: &str) -> String {
        match word.origin {
            Origin::Appended => self.removing(word),
            _ => self.adding(off),
        }
    }

    /// What to do to get rid of `word`.
    pub fn removing(&self, word: &Word) -> String {
        let text = &word.text;
        let Some(place) = self.place(word.origin) else {
            return format!("remove {text} from the kernel's command line and reboot");
        };
        format!("remove {text} from {place}, then {}", self.loader.again())
    }

    /// The setting that it comes from; `None`: the running kernel's command line.
    fn place(&self, origin: Origin) -> Option<String> {
        let (file, [set, append]) = match self.loader {
            Loader::KdumpTools => (KDUMP_TOOLS, ["KDUMP_CMDLINE", "KDUMP_CMDLINE_APPEND"]),
            Loader::Sysconfig => (SYSCONFIG, ["KDUMP_COMMANDLINE", "KDUMP_COMMANDLINE_APPEND"]),
            Loader::Other => return None,
        };
        match origin {
            Origin::Running => None,
            Origin::Set => Some(format!("{set} in {file}")),
            Origin::Appended => Some(format!("{append} in {file}")),
            Origin::Agreed => Some(agreed::SETTINGS.to_owned()),
            Origin::Computed => Some(format!("what {file} makes of it")),
        }
    }
}
