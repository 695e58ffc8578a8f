// SPDX-License-Identifier: GPL-2.0

//! What kdump-tools has loaded: it writes that down.

use std::time::SystemTime;

use super::{
    command_line::KDUMP_TOOLS,
    shell::Settings,
    system::System, //
};

pub struct Loaded {
    pub command_line: String,
    /// As it was named.
    pub kernel: String,
    pub at: SystemTime,
}

impl Loaded {
    /// `None`: nobody knows, or nothing is loaded.
    pub fn find(system: &System) -> Option<Self> {
        let settings = Settings::read(system, KDUMP_TOOLS);
        let dir = settings.get("KDUMP_COREDIR").unwrap_or("/var/crash");
        let path = format!("{dir}/kexec_cmd");
        let at = system.modified(&path)?;
        let command = system.read(&path)?;
        let (_, line) = command.split_once("--command-line=\"")?;
        let (line, files) = line.rsplit_once('"')?;
        let kernel = files.split_whitespace().next_back().unwrap_or_default();
        Some(Self {
            // It was quoted for a shell.
            command_line: line.replace('\\', ""),
            kernel: kernel.to_owned(),
            at,
        })
    }
}
