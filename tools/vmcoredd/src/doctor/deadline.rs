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
    of_modprobe(system).unwrap_or_else(|| seconds("DEADLINE", 90)) + whole
}

/// What modprobe gives the core by itself, which is stronger.
fn of_modprobe(system: &System) -> Option<u64> {
    const DIR: &str = "/etc/modprobe.d";
    let files = system.names(DIR).into_iter();
    let files = files.filter(|name| name.ends_with(".conf"));
    let texts = files.filter_map(|name| system.read(&format!("{DIR}/{name}")));
    let last = |text: String| {
        let lines = text.lines().map(|line| line.replace('-', "_"));
        let options = lines.filter_map(|line| {
            let mut words = line.split_whitespace();
            let is_ours = (words.next(), words.next()) == (Some("options"), Some("vmcore_devdump"));
            let values =
                words.filter_map(|word| word.strip_prefix("deadline_seconds=")?.parse().ok());
            is_ours.then(|| values.last()).flatten()
        });
        options.last()
    };
    texts.filter_map(last).last()
}
