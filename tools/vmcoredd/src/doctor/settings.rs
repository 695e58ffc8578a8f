// SPDX-License-Identifier: GPL-2.0

//! Whether the crash kernel that waits for a panic was loaded with the settings of today.

use super::{
    change::UNIT,
    command_line::{self, CommandLine, Loader, Origin, KDUMP_TOOLS},
    deadline,
    initramfs::{self, Initramfs},
    loaded::Loaded,
    shell::Settings,
    system::System,
    Finding,
    State, //
};
use crate::devices::DIR;

const CHECK: &str = "settings";
/// What goes into the initramfs.
const FILES: [&str; 3] = [
    deadline::SETTINGS,
    "/etc/modprobe.d/vmcore-devdump.conf",
    "/etc/kdump/sysctl.conf",
];

/// `None`: there is nothing to compare them with.
pub fn check(system: &System, line: &CommandLine, initramfs: &Initramfs) -> Option<Finding> {
    let made = system.modified(&initramfs.path)?;
    let newer = |file: &String| system.modified(file).is_some_and(|time| time > made);
    // Its own time is that of a file that was removed.
    let descriptions = system
        .names(DIR)
        .into_iter()
        .map(|name| format!("{DIR}/{name}"));
    let files = FILES
        .map(str::to_owned)
        .into_iter()
        .chain(descriptions)
        .chain([DIR.to_owned()]);
    if let Some(file) = files.into_iter().find(newer) {
        return Some(Finding::bad(
            CHECK,
            State::Warning,
            format!("{file} is newer than the initramfs"),
            initramfs::making(&initramfs.path),
        ));
    }
    if line.loader != Loader::KdumpTools {
        return None;
    }
    let loaded = Loaded::find(system)?;
    let bad = |state, found| Some(Finding::bad(CHECK, state, found, line.loader.again()));
    let (lacks, has) = difference(line, &loaded);
    if !lacks.is_empty() || !has.is_empty() {
        let state = match lacks.contains(&UNIT.to_owned()) {
            true => State::Critical,
            false => State::Warning,
        };
        let some = |how: &str, words: &[String]| match words {
            [] => None,
            words => Some(format!("{how} {}", words.join(" "))),
        };
        let how: Vec<_> = [some("without", &lacks), some("with", &has)]
            .into_iter()
            .flatten()
            .collect();
        return bad(
            state,
            format!("the crash kernel is still loaded {}", how.join(" and ")),
        );
    }
    if let Some(found) = another_kernel(system, &loaded) {
        return bad(State::Warning, found);
    }
    if made > loaded.at {
        return bad(
            State::Warning,
            "the initramfs is newer than the crash kernel that is loaded".to_owned(),
        );
    }
    Some(Finding::ok(CHECK, "the crash kernel is loaded with them"))
}

/// What is loaded, if that is not the kernel that would be loaded now.
fn another_kernel(system: &System, loaded: &Loaded) -> Option<String> {
    let settings = Settings::read(system, KDUMP_TOOLS);
    let named = settings.get("KDUMP_KERNEL")?;
    let changed = system.linked(named).is_some_and(|time| time > loaded.at);
    (changed || named != loaded.kernel).then(|| {
        let kernel = system.follow(named);
        let kernel = kernel.as_deref().unwrap_or(named);
        format!("another crash kernel was loaded than the one that is chosen now, {kernel}")
    })
}

/// Words that what is loaded lacks, and those that it should not have.
fn difference(line: &CommandLine, loaded: &Loaded) -> (Vec<String>, Vec<String>) {
    // Each way through a shell and back costs some of them.
    let bare = |text: &str| text.replace('\\', "");
    let wanted: Vec<_> = line.words.iter().map(|word| bare(&word.text)).collect();
    let loaded: Vec<_> = command_line::split(&loaded.command_line, Origin::Computed)
        .iter()
        .map(|word| bare(&word.text))
        .collect();
    let minus = |these: &[String], those: &[String]| {
        let mut rest = these.to_vec();
        rest.retain(|word| !those.contains(word));
        rest
    };
    (minus(&wanted, &loaded), minus(&loaded, &wanted))
}
