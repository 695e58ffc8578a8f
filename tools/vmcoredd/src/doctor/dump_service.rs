// SPDX-License-Identifier: GPL-2.0

//! Whether the crash kernel of kdump-tools is told what it is for.

use super::{
    change::UNIT,
    command_line::{
        CommandLine,
        Loader,
        KDUMP_TOOLS, //
    },
    Finding,
    State, //
};

const CHECK: &str = "dump service";

/// `None`: it is not kdump-tools that loads it.
pub fn check(line: &CommandLine) -> Option<Finding> {
    if line.loader != Loader::KdumpTools {
        return None;
    }
    let mut units = line.words.iter().rev();
    let unit = units.find(|word| word.text.starts_with("systemd.unit="));
    if unit.is_some_and(|word| word.text == UNIT) {
        return Some(Finding::ok(
            CHECK,
            "saving is all that the crash kernel does",
        ));
    }
    let found = match unit {
        Some(word) => format!("{} is what the crash kernel starts", word.text),
        None => "the crash kernel is not told to save the vmcore".to_owned(),
    };
    Some(Finding::bad(
        CHECK,
        State::Critical,
        found,
        format!(
            "KDUMP_CMDLINE_APPEND replaces kdump-tools' own default, which has {UNIT} and keeps it to one processor; \
             in {KDUMP_TOOLS}, write {}, then {}",
            line.setting(""),
            line.loader.again()
        ),
    ))
}
