// SPDX-License-Identifier: GPL-2.0

//! The command line that the crash kernel gets when it is loaded the next time.

use super::{
    agreed::{self, Answer},
    loaded::Loaded,
    shell::Settings,
    system::System, //
};

/// Settings of kdump-tools.
pub const KDUMP_TOOLS: &str = "/etc/default/kdump-tools";
/// Settings of kdump on Fedora, RHEL and SUSE.
pub const SYSCONFIG: &str = "/etc/sysconfig/kdump";
/// What kdump-tools appends if nothing else is set.
pub const DEFAULT: &str =
    "reset_devices systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll usbcore.nousb";

/// What puts the command line together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Loader {
    KdumpTools,
    Sysconfig,
    Other,
}

impl Loader {
    pub fn of(system: &System) -> Self {
        if system.exists(KDUMP_TOOLS) || system.has("kdump-config") {
            Self::KdumpTools
        } else if system.exists(SYSCONFIG) {
            Self::Sysconfig
        } else {
            Self::Other
        }
    }
}

/// Where a word comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The running kernel has it.
    Running,
    /// The setting that is used instead.
    Set,
    /// The setting that is appended.
    Appended,
    /// Appended to that, because the admin agrees.
    Agreed,
    /// Settings that only a shell understands; it was there when the crash kernel was loaded.
    Computed,
}

#[derive(Clone, Debug)]
pub struct Word {
    pub text: String,
    pub origin: Origin,
}

impl Word {
    /// The kernel takes `-` and `_` for the same.
    fn is(&self, name: &str) -> bool {
        let own = self.text.split('=').next().unwrap_or_default();
        own.replace('-', "_") == name.replace('-', "_")
    }

    /// What is behind the `=`, if there is one.
    pub fn value(&self) -> Option<&str> {
        self.text.split_once('=').map(|(_, value)| value)
    }

    /// Whether it switches something on, as it does without a value.
    pub fn is_on(&self) -> bool {
        let value = self.value().map(str::to_ascii_lowercase);
        !matches!(
            value.as_deref(),
            Some("" | "0" | "n" | "no" | "f" | "false" | "off")
        )
    }
}

pub struct CommandLine {
    pub loader: Loader,
    pub words: Vec<Word>,
    /// What is appended; `None`: only a shell knows.
    pub append: Option<String>,
}

impl CommandLine {
    pub fn of(system: &System) -> Self {
        match Loader::of(system) {
            Loader::KdumpTools => Self::by_kdump_tools(system),
            Loader::Sysconfig => Self::by_sysconfig(system),
            Loader::Other => Self {
                loader: Loader::Other,
                words: running(system),
                append: None,
            },
        }
    }

    fn by_kdump_tools(system: &System) -> Self {
        const LEFT_OUT: [&str; 4] = ["crashkernel=", "hugepages=", "hugepagesz=", "abm="];
        let settings = Settings::read(system, KDUMP_TOOLS);
        let append = known(&settings, "KDUMP_CMDLINE_APPEND")
            .map(|append| append.unwrap_or(DEFAULT).to_owned());
        let mut words = match known(&settings, "KDUMP_CMDLINE") {
            Some(Some(set)) => split(set, Origin::Set),
            _ => running(system),
        };
        let inherited = |word: &Word| !LEFT_OUT.iter().any(|name| word.text.starts_with(name));
        words.retain(|word| word.origin == Origin::Set || inherited(word));
        words.extend(split(
            append.as_deref().unwrap_or(DEFAULT),
            Origin::Appended,
        ));
        if append.is_none() || known(&settings, "KDUMP_CMDLINE").is_none() {
            if let Some(loaded) = Loaded::find(system) {
                words = split(&loaded.command_line, Origin::Computed);
            }
        }
        let mut line = Self {
            loader: Loader::KdumpTools,
            words,
            append,
        };
        if agreed::answer(system) == Some(Answer::Yes) && line.last("pcie_ports").is_none() {
            line.words.extend(split(agreed::WORD, Origin::Agreed));
        }
        line
    }

    fn by_sysconfig(system: &System) -> Self {
        let settings = Settings::read(system, SYSCONFIG);
        let setting = |name| settings.get(name).unwrap_or_default();
        let mut words = match settings.get("KDUMP_COMMANDLINE") {
            Some(set) => split(set, Origin::Set),
            None => running(system),
        };
        let removed = setting("KDUMP_COMMANDLINE_REMOVE").split_whitespace();
        // These two whatever is set.
        let removed: Vec<_> = removed.chain(["crashkernel", "panic_on_warn"]).collect();
        words.retain(|word| !removed.iter().any(|name| word.is(name)));
        let append = setting("KDUMP_COMMANDLINE_APPEND");
        words.extend(split(append, Origin::Appended));
        Self {
            loader: Loader::Sysconfig,
            words,
            append: Some(append.to_owned()),
        }
    }

    pub fn text(&self) -> String {
        let words: Vec<_> = self.words.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    }

    /// All words for the kernel with this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a Word> {
        // What follows is for init.
        let end = self.words.iter().position(|word| word.text == "--");
        let words = &self.words[..end.unwrap_or(self.words.len())];
        words.iter().filter(move |word| word.is(name))
    }

    /// The one that counts.
    pub fn last<'a>(&'a self, name: &'a str) -> Option<&'a Word> {
        self.all(name).next_back()
    }
}

/// The value of a setting; `None`: only a shell knows.
fn known<'a>(settings: &'a Settings, name: &str) -> Option<Option<&'a str>> {
    settings.is_known(name).then(|| settings.get(name))
}

fn running(system: &System) -> Vec<Word> {
    let line = system.read("/proc/cmdline").unwrap_or_default();
    split(&line, Origin::Running)
}

/// At white space that is not within quotes. These are left out.
pub fn split(line: &str, origin: Origin) -> Vec<Word> {
    let mut quoted = false;
    let words = line.split(move |c: char| {
        quoted ^= c == '"';
        c.is_whitespace() && !quoted
    });
    words
        .map(|word| word.replace('"', ""))
        .filter(|word| !word.is_empty())
        .map(|text| Word { text, origin })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{split, CommandLine, Loader, Origin};

    fn line(text: &str) -> CommandLine {
        CommandLine {
            loader: Loader::Other,
            words: split(text, Origin::Running),
            append: None,
        }
    }

    #[test]
    fn the_last_word_for_the_kernel_counts() {
        for (text, expected) in [
            ("a=1 a=2", Some("a=2")),
            ("a-b=1 a_b=2 a-b", None),
            ("a=1 -- a=2", Some("a=1")),
            ("b=\"x a=3 y\" a=1", Some("a=1")),
            ("a=\"1 2\"", Some("a=1 2")),
            ("aa=1 a", Some("a")),
            ("", None),
        ] {
            let line = line(text);
            let last = line.last("a").map(|word| word.text.as_str());
            assert_eq!(last, expected, "{text}");
        }
        assert_eq!(line("a-b=1 a_b=2").last("a_b").unwrap().text, "a_b=2");
        assert_eq!(line("a_b=2 a-b=1").last("a_b").unwrap().text, "a-b=1");
    }

    #[test]
    fn a_word_is_on_unless_it_says_no() {
        for (text, expected) in [("a", true), ("a=1", true), ("a=0", false), ("a=off", false)] {
            assert_eq!(line(text).words[0].is_on(), expected, "{text}");
        }
    }
}
