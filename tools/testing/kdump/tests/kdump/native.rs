// SPDX-License-Identifier: GPL-2.0

//! A kernel with device dumps of its own: they and ours are in one file.

use kdump_tests::core_file::{split_notes, Dumps};
use vm::bin_dir;

use crate::{
    boots::{assert_none, lines, of, output, text},
    classic::BOTH,
    kdump_file,
};

/// What was registered in the kernel's own file, after those of the test driver.
const NATIVE: [&str; 3] = ["later", "native", "c-buffer"];
/// What was registered with us, where there is no other way.
const OURS: [&str; 2] = ["c-stream", "trigger0"];

fn saved(file: &str) -> (Dumps, Vec<u8>, kdump_file::Contents) {
    let (notes, contents) = kdump_file::read(&of(&BOTH).out.join(file));
    let (mut dumps, others) = split_notes(&notes).unwrap();
    dumps.retain(|(name, _)| name != "vmcore_devdump");
    (dumps, others, contents)
}

#[test]
fn native_dumps_and_ours_are_saved_together() {
    let (native, builtin_others, builtin) = saved("builtin");
    let (all, others, stacked) = saved("stacked");
    let (ours, rest) = all.split_at(OURS.len());
    assert!(rest == native, "native dumps have changed");
    assert_eq!(ours.iter().map(|(name, _)| name).collect::<Vec<_>>(), OURS);
    let last: Vec<_> = native
        .iter()
        .rev()
        .take(3)
        .rev()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(last, NATIVE);
    assert!(native.len() > 50);
    assert!(others == builtin_others, "other notes have changed");
    assert!(stacked.len() > 1 << 20);
    assert!(stacked == builtin, "bitmaps or pages differ");
    assert!(ours[0].1 == *b"From C\0");
}

#[test]
fn the_memory_is_that_of_the_builtin_file() {
    let log = text(&BOTH, "crash.log");
    assert_eq!(lines(&log, "memory: ").len(), 1, "{log}");
    assert_eq!(lines(&log, "odd reads: ").len(), 1, "{log}");
}

#[test]
fn none_is_added_to_the_builtin_file_while_ours_is_open() {
    let dmesg = text(&BOTH, "crash.dmesg");
    let busy = format!("while_ours_is_open: -{}, called 1", libc::EBUSY);
    assert!(dmesg.contains(&busy), "{dmesg}");
}

#[test]
fn vmcoredd_lists_them_all() {
    let file = of(&BOTH).out.join("stacked");
    let said = output(
        bin_dir().join("vmcoredd"),
        &["list", file.to_str().unwrap()],
    );
    for name in NATIVE.iter().chain(&OURS) {
        assert!(said.contains(name), "no {name} in\n{said}");
    }
}

#[test]
fn the_kernel_has_nothing_to_complain_about() {
    // But for a call trace, when its own function asks for the 4 GiB of "too large".
    assert_none(&text(&BOTH, "crash.dmesg"), &["BUG:", "WARNING:", "Oops"]);
}
