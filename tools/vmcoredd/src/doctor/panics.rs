// SPDX-License-Identifier: GPL-2.0

//! What ends the crash kernel although it could go on.

use super::{
    command_line::{CommandLine, Word},
    Finding,
    State, //
};

const CHECK: &str = "panics";

struct Cause {
    /// On the command line, and its value there; `None`: any number but 0.
    name: &'static str,
    value: Option<&'static str>,
    /// Set after that, but before init.
    sysctl: &'static str,
    what: &'static str,
}

const CAUSES: [Cause; 4] = [
    Cause {
        name: "oops",
        value: Some("panic"),
        sysctl: "sysctl.kernel.panic_on_oops",
        what: "an oops of any driver",
    },
    Cause {
        name: "panic_on_warn",
        value: None,
        sysctl: "sysctl.kernel.panic_on_warn",
        what: "a mere warning",
    },
    Cause {
        name: "hung_task_panic",
        value: None,
        sysctl: "sysctl.kernel.hung_task_panic",
        what: "a task that hangs for 120 s",
    },
    Cause {
        name: "softlockup_panic",
        value: None,
        sysctl: "sysctl.kernel.softlockup_panic",
        what: "a driver that is busy for 20 s",
    },
];

/// One finding for each cause.
pub fn check(line: &CommandLine) -> Vec<Finding> {
    let mut findings: Vec<_> = CAUSES
        .iter()
        .filter_map(|cause| cause.check(line))
        .collect();
    if findings.is_empty() {
        findings.push(Finding::ok(
            CHECK,
            "an error of a driver does not end the crash kernel",
        ));
    }
    findings
}

impl Cause {
    fn check(&self, line: &CommandLine) -> Option<Finding> {
        let word = line.last(self.sysctl).or_else(|| line.last(self.name))?;
        if !self.is_set(word) {
            return None;
        }
        // Nothing but the sysctl takes oops=panic back.
        let off = match self.value {
            None if word.text.starts_with(self.name) => self.name,
            _ => self.sysctl,
        };
        Some(Finding::bad(
            CHECK,
            State::Warning,
            format!("{}: {} loses the vmcore", word.text, self.what),
            line.without(word, &format!("{off}=0")),
        ))
    }

    fn is_set(&self, word: &Word) -> bool {
        match (word.value(), self.value) {
            (Some(value), Some(panic)) if word.text.starts_with(self.name) => value == panic,
            (Some(_), _) => word.is_on(),
            (None, _) => false,
        }
    }
}
