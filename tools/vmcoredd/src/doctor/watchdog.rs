// SPDX-License-Identifier: GPL-2.0

//! Whether a watchdog, which goes on counting after a panic, leaves time for dumps.

use super::{
    deadline,
    system::System,
    systemd,
    Finding,
    State, //
};

const CHECK: &str = "watchdog";
const DIR: &str = "/sys/class/watchdog";
const SETTING: &str = "RuntimeWatchdogSec";

pub fn check(system: &System) -> Finding {
    let deadline = deadline::seconds(system);
    let Some((what, seconds)) = running(system).or_else(|| configured(system)) else {
        return Finding::ok(CHECK, "none is running");
    };
    match seconds > deadline {
        true => Finding::ok(
            CHECK,
            format!("{what}: reset after {seconds} s, dumps are over after {deadline} s"),
        ),
        false => Finding::bad(
            CHECK,
            State::Warning,
            format!("{what}: reset after {seconds} s, dumps may take {deadline} s"),
            format!(
                "give it more: `{SETTING}={}` in {}, then `systemctl daemon-reexec`, if systemd feeds it; or give them \
                 less: DEADLINE, and WHOLE_SECONDS if there is WHOLE_DEVICES=yes, in {}, then `vmcore-devdump-update`",
                2 * deadline,
                systemd::setting(system, SETTING).map_or("/etc/systemd/system.conf".to_owned(), |(_, file)| file),
                deadline::SETTINGS
            ),
        ),
    }
}

/// The first one that would reset the machine, and after how many seconds.
fn running(system: &System) -> Option<(String, u64)> {
    let watchdogs = system.names(DIR).into_iter().filter_map(|name| {
        let read = |what: &str| system.read(&format!("{DIR}/{name}/{what}"));
        let identity = read("identity").unwrap_or_default();
        // That one ends with the kernel that panicked.
        let counts = read("state")? == "active" && identity != "Software Watchdog";
        let seconds = read("timeout")?.parse().ok()?;
        counts.then(|| (format!("{name} ({identity})"), seconds))
    });
    watchdogs.min_by_key(|(_, seconds)| *seconds)
}

/// The one that systemd is to feed.
fn configured(system: &System) -> Option<(String, u64)> {
    if system.exists(DIR) && system.names(DIR).is_empty() {
        return None;
    }
    let (value, _) = systemd::setting(system, SETTING)?;
    let seconds = systemd::seconds(&value).filter(|seconds| *seconds != 0)?;
    Some((format!("{SETTING}={value}"), seconds))
}
