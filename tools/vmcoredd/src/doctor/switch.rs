// SPDX-License-Identifier: GPL-2.0

//! Whether device dumps are switched off.

use vmcore_format::command_line::is_disabled;

use super::{
    command_line::{CommandLine, Origin},
    Finding,
    State, //
};

const CHECK: &str = "novmcoredd";

pub fn check(line: &CommandLine) -> Finding {
    let mut words = line.words.iter().rev();
    let word = words.find(|word| is_disabled(word.text.as_bytes()));
    let Some(word) = word.filter(|_| is_disabled(line.text().as_bytes())) else {
        return Finding::ok(CHECK, "not on the command line");
    };
    let (found, advice) = match word.origin {
        Origin::Running => (
            "inherited from the running kernel",
            format!(
                "{}; or for the crash kernel only: {}",
                line.removing(word),
                line.adding("novmcoredd=0")
            ),
        ),
        _ => ("a setting of kdump", line.removing(word)),
    };
    Finding::bad(
        CHECK,
        State::Warning,
        format!("device dumps are off: {found}"),
        advice,
    )
}
