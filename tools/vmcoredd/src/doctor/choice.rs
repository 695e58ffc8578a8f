// SPDX-License-Identifier: GPL-2.0

//! Which kernel catches a panic, why that one, and whether a newer one waits.

use super::{
    command_line::KDUMP_TOOLS,
    initramfs::CORE,
    shell::Settings,
    system::System,
    version,
    Finding,
    State, //
};

const CHECK: &str = "kernel";
/// What the packages have chosen, and why.
const CHOSEN: &str = "/var/lib/vmcore-devdump/chosen";
/// What is chosen if nothing was, and what an admin may ask for that dumps no devices.
const NONE: &str = "-";
const ASKED_FOR: [&str; 2] = ["CRASH_KERNEL=same", "DEVICE_DUMPS=no"];
/// Where kdump-tools is told which kernel that is.
pub const SETTINGS: [(&str, &str); 2] = [
    ("KDUMP_KERNEL", "/var/lib/vmcore-devdump/vmlinuz"),
    ("KDUMP_INITRD", "/var/lib/vmcore-devdump/initrd.img"),
];

/// `release`: the crash kernel's. `None`: no package of ours has chosen it.
pub fn check(system: &System, release: &str) -> Option<Finding> {
    let chosen = system.read(CHOSEN)?;
    let (chosen, why) = chosen.split_once('\n').unwrap_or((&chosen, ""));
    let settings = Settings::read(system, KDUMP_TOOLS);
    let elsewhere = SETTINGS.iter().find_map(|(name, ours)| {
        let named = settings.get(name).filter(|named| named != ours)?;
        Some(format!("{name}={named} in {KDUMP_TOOLS}"))
    });
    if let Some(elsewhere) = elsewhere {
        return Some(Finding::ok(CHECK, format!("{release}: {elsewhere}")));
    }
    if chosen == NONE && !ASKED_FOR.contains(&why) {
        return Some(Finding::bad(
            CHECK,
            State::Warning,
            format!("{release}, which saves no device dumps: {why}"),
            "mend that, then run `vmcore-devdump-update`",
        ));
    }
    Some(match waiting(system, release) {
        Some(newer) if !has_ours(system, &newer) => Finding::ok(
            CHECK,
            format!("{release}: {why}. {newer} is newer, and our modules are not for it yet"),
        ),
        Some(newer) if why.starts_with("the newest") => Finding::bad(
            CHECK,
            State::Warning,
            format!("{release}, but {newer} is newer, and our modules are for it"),
            "run `vmcore-devdump-update`",
        ),
        _ => Finding::ok(CHECK, format!("{release}: {why}")),
    })
}

/// The newest kernel that is installed, if that is not `release`.
fn waiting(system: &System, release: &str) -> Option<String> {
    const DIR: &str = "/lib/modules";
    let kernels = system.names(DIR).into_iter();
    let kernels = kernels.filter(|name| system.exists(&format!("{DIR}/{name}/kernel")));
    let newest = kernels.max_by_key(|name| version::numbers::<3>(name))?;
    (version::numbers::<3>(&newest) > version::numbers::<3>(release)).then_some(newest)
}

/// Whether our modules are there for a kernel, as far as depmod knows.
fn has_ours(system: &System, release: &str) -> bool {
    let modules = system.read(&format!("/lib/modules/{release}/modules.dep"));
    modules.is_some_and(|modules| modules.contains(&format!("/{CORE}.ko")))
}
