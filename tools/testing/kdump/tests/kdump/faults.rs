// SPDX-License-Identifier: GPL-2.0

//! Allocations that fail, one at a time: each time the vmcore is whole, and in the end nothing is left.

use std::{collections::BTreeMap, sync::LazyLock};

use vm::Adapter;

use crate::{
    boots::{boot, text, Boot},
    debug::{assert_leaks_are_seen, assert_nothing_is_left, machine, reports, small},
};

/// One allocation fails, then the next, and so on.
static FAULTS: Boot = LazyLock::new(|| {
    boot(
        machine("faults", &[include_str!("../../scripts/faults.sh")])
            .program(env!("CARGO_BIN_EXE_fault-sweep"))
            .adapter(small(Adapter::t6(71)).option("--dead"))
            .adapter(small(Adapter::t6(71))),
    )
});

/// What was swept over; the fewest allocations that were to fail in it, and of these the fewest that were noticed; and the errnos
/// that there may be.
const SWEEPS: &[(&str, u32, u32, &[i32])] = &[
    ("load vmcore_devdump", 20, 2, &[libc::ENOMEM]),
    // It has nothing to do but to dump, and the core says what became of that.
    ("load pci_dump", 8, 0, &[libc::ENOMEM]),
    ("write classic", 15, 4, &[libc::ENOMEM]),
    ("write stream", 10, 4, &[libc::ENOMEM]),
    ("open /proc/vmcore_devdump", 15, 4, &[libc::ENOMEM]),
    ("read notes of /proc/vmcore_devdump", 0, 0, &[]),
    (
        "read memory of /proc/vmcore_devdump",
        10,
        5,
        &[libc::EFAULT],
    ),
    (
        "map /proc/vmcore_devdump",
        5,
        2,
        &[libc::ENOMEM, libc::EAGAIN],
    ),
    ("release /proc/vmcore_devdump", 0, 0, &[]),
    ("write 0000:00:05.0", 40, 10, &[libc::ENOMEM]),
    // The driver never takes that one.
    ("write 0000:00:06.0", 12, 10, &[libc::ENOMEM, libc::ENODEV]),
    (
        "read /proc/vmcore_devices/cxgb4_0000:00:05.0",
        8,
        4,
        &[libc::ENOMEM],
    ),
];

/// What fault-sweep says of each sweep: how many allocations failed, and how often that gave which errno.
fn sweeps() -> BTreeMap<String, (u32, BTreeMap<i32, u32>)> {
    let log = text(&FAULTS, "crash.log");
    let sweeps = log.lines().map(|line| {
        // "open /proc/vmcore: 12 failed, errnos {0: 7, 12: 5}, 3 s"
        let (what, said) = line.split_once(" failed, errnos {").unwrap();
        let (what, failed) = what.rsplit_once(": ").unwrap();
        let (errnos, _) = said.split_once('}').unwrap();
        let errnos = errnos.split(", ").filter(|text| !text.is_empty());
        let errnos = errnos.map(|text| {
            let (errno, times) = text.split_once(": ").unwrap();
            (errno.parse().unwrap(), times.parse().unwrap())
        });
        (what.to_owned(), (failed.parse().unwrap(), errnos.collect()))
    });
    sweeps.collect()
}

#[test]
fn allocations_have_failed_wherever_there_are_some() {
    let sweeps = sweeps();
    for (what, fewest, noticed, errnos) in SWEEPS {
        let (failed, seen) = &sweeps[*what];
        assert!(failed >= fewest, "{what}: {failed} {seen:?}");
        let bad: BTreeMap<_, _> = seen.iter().filter(|(errno, _)| **errno != 0).collect();
        assert!(
            bad.values().copied().sum::<u32>() >= *noticed,
            "{what}: {seen:?}"
        );
        let strange = bad.keys().find(|errno| !errnos.contains(errno));
        assert_eq!(strange, None, "{what}: {seen:?}");
    }
}

#[test]
fn readers_get_the_errors_that_the_builtin_file_gives() {
    let sweeps = sweeps();
    for what in ["read notes of", "read memory of", "map", "release"] {
        let [builtin, ours] = ["/proc/vmcore", "/proc/vmcore_devdump"].map(|file| {
            let (_, errnos) = &sweeps[&format!("{what} {file}")];
            errnos.keys().copied().collect::<Vec<_>>()
        });
        assert_eq!(builtin, ours, "{what}");
    }
}

/// The script would have failed if the vmcore had been another after one of them.
#[test]
fn whatever_allocation_fails_the_vmcore_is_whole_and_nothing_is_left() {
    assert_eq!(sweeps().len(), SWEEPS.len() + 5);
    let log = text(&FAULTS, "faults.dmesg");
    let mut reports = reports(&log);
    // The kernel prints one when it gets no memory to read a module into.
    reports.retain(|report| *report != "Call Trace:");
    assert_eq!(reports, [""; 0], "{log}");
    assert_nothing_is_left(&FAULTS, "faults");
    assert_leaks_are_seen(&FAULTS);
}
