// SPDX-License-Identifier: GPL-2.0

//! Whether the crash kernel that waits for a panic was loaded with the settings of today.

use super::{
    change::UNIT,
    command_line::{self, CommandLine, Loader, Origin},
    deadline,
    initramfs::{self, Initramfs},
    loaded::Loaded,
    system::System,
    Finding,
    State, //
};
use crate::devices::DIR;

const CHECK: &str = "settings";
/// What goes into the initramfs.
const FILES: [&str; 2] = [deadline::SETTINGS, "/etc/modprobe.d/vmcore-devdump.conf"];

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
    if made > loaded.at {
        return bad(
            State::Warning,
            "the initramfs is newer than the crash kernel that is loaded".to_owned(),
        );
    }
    Some(Finding::ok(CHECK, "the crash kernel is loaded with them"))
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
