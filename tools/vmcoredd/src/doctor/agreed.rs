// SPDX-License-Identifier: GPL-2.0

//! Whether the admin agrees to what keeps the PCIe errors of the crash: a setting of ours, from which the packages append a word to
//! the command line of the crash kernel.

use super::{
    command_line::{CommandLine, Loader},
    deadline,
    shell::Settings,
    system::System, //
};

pub const SETTINGS: &str = deadline::SETTINGS;
pub const WORD: &str = "pcie_ports=compat";
const NAME: &str = "KEEP_PCIE_ERRORS";

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
}

/// `None`: there is none yet, or none that counts.
pub fn answer(system: &System) -> Option<Answer> {
    let settings = Settings::read(system, SETTINGS);
    settings
        .get("DEVICE_DUMPS")
        .is_none_or(|value| value == "yes")
        .then_some(())?;
    match settings.get(NAME)? {
        "yes" => Some(Answer::Yes),
        "no" => Some(Answer::No),
        _ => None,
    }
}

/// How to agree; without our packages, how to set it by hand.
pub fn how(system: &System, line: &CommandLine) -> String {
    match line.loader == Loader::KdumpTools && system.exists(SETTINGS) {
        true => format!(
            "set `{NAME}=yes` in {SETTINGS} (or `no`, and this is no warning any more), then `vmcore-devdump-update`"
        ),
        false => line.adding(WORD),
    }
}
