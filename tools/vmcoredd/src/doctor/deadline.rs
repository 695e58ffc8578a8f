// SPDX-License-Identifier: GPL-2.0

//! The time within which all dumps must be collected.

use super::{shell::Settings, system::System};

pub const SETTINGS: &str = "/etc/default/vmcore-devdump";
/// Unless it is set.
const USUAL_SECONDS: u64 = 90;

pub fn seconds(system: &System) -> u64 {
    let settings = Settings::read(system, SETTINGS);
    let set = settings.get("DEADLINE").and_then(|text| text.parse().ok());
    set.unwrap_or(USUAL_SECONDS)
}
