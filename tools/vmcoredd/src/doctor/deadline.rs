// SPDX-License-Identifier: GPL-2.0

//! The time that dumps may take before the vmcore is saved.

use super::{shell::Settings, system::System};

pub const SETTINGS: &str = "/etc/default/vmcore-devdump";

/// Those in memory, and then whole devices, if they are saved.
pub fn seconds(system: &System) -> u64 {
    let settings = Settings::read(system, SETTINGS);
    let seconds = |name, usual| {
        let set = settings.get(name).and_then(|text| text.parse().ok());
        set.unwrap_or(usual)
    };
    let whole = match settings.get("WHOLE_DEVICES") {
        Some("yes") => seconds("WHOLE_SECONDS", 1800),
        _ => 0,
    };
    seconds("DEADLINE", 90) + whole
}
