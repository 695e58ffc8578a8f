// SPDX-License-Identifier: GPL-2.0

//! Several drivers and several readers at once, on two processors.

use std::{collections::BTreeMap, sync::LazyLock};

use kdump_tests::{
    core_file::{manifest, split_notes},
    CoreFile,
};
use vm::Vm;
use vmcore_format::manifest::{Manifest, Reason, Status};

use crate::{
    boots::{assert_none, boot, lines, of, text, Boot},
    kdump_file,
};

static PARALLEL: Boot = LazyLock::new(|| {
    let scripts = [
        include_str!("../../scripts/parallel.sh"),
        include_str!("../../scripts/split.sh"),
        include_str!("../../scripts/hold.sh"),
    ];
    boot(
        Vm::scenario("parallel")
            .cpus(2)
            .modules(vm::build_dir().join("test-modules"))
            .program(env!("CARGO_BIN_EXE_compare-vmcore"))
            .program(env!("CARGO_BIN_EXE_hold-map"))
            .crash_kernel(&scripts.join("\n")),
    )
});

/// Dumps that were added, that came too late, and that failed.
fn tally() -> [usize; 3] {
    let dmesg = text(&PARALLEL, "crash.dmesg");
    let line = lines(&dmesg, "devdump_parallel: ")[0].to_owned();
    let numbers = line.split(|c: char| !c.is_ascii_digit());
    let numbers: Vec<_> = numbers.filter_map(|word| word.parse().ok()).collect();
    numbers.try_into().unwrap()
}

#[test]
fn no_dump_is_lost_but_those_that_come_while_the_file_is_open() {
    let [added, late, failed] = tally();
    assert_eq!((added + late, failed), (8 * 12, 0));
    // Both happened, or this has shown nothing.
    assert!(added > 0 && late > 0, "{added} added, {late} late");
}

#[test]
fn every_dump_that_was_added_is_there_and_is_what_its_driver_wrote() {
    let notes = kdump_file::notes(&of(&PARALLEL).out.join("part.1"));
    let dumps: BTreeMap<_, _> = split_notes(&notes).unwrap().0.into_iter().collect();
    assert_eq!(dumps.len(), tally()[0]);
    for (name, payload) in dumps {
        let (thread, number) = name.split_once('.').unwrap();
        let (thread, number): (u8, u8) = (thread.parse().unwrap(), number.parse().unwrap());
        let expected = vec![thread + number; usize::from(number) * 1000 + 1];
        assert!(payload == expected, "{name}");
    }
}

#[test]
fn readers_see_the_same_memory_all_the_time() {
    for reader in 1..=3 {
        let said = text(&PARALLEL, &format!("reader.{reader}"));
        let failed = of(&PARALLEL).out.join(format!("reader.{reader}.failed"));
        assert!(!failed.exists(), "{said}");
        assert!(said.contains("size: "), "{said}");
    }
}

#[test]
fn all_parts_of_a_split_file_have_all_dumps() {
    let parts = ["part.1", "part.2"].map(|part| kdump_file::notes(&of(&PARALLEL).out.join(part)));
    assert!(parts[0] == parts[1]);
}

#[test]
fn a_driver_that_takes_too_long_holds_up_nobody_and_is_late() {
    let file = CoreFile::open(of(&PARALLEL).out.join("unfinished")).unwrap();
    let bytes = manifest(&file.note_bytes().unwrap()).unwrap();
    let entries: Vec<_> = Manifest::parse(&bytes).unwrap().entries().collect();
    let dawdler = &entries[0];
    assert_eq!(dawdler.name(), b"dawdler");
    assert_eq!(
        (dawdler.status, dawdler.reason),
        (Status::FAILED, Reason::UNFINISHED)
    );
    let dmesg = text(&PARALLEL, "crash.dmesg");
    let expected = format!("devdump_test: dawdler: {} collected", libc::EBUSY);
    assert!(dmesg.contains(&expected), "{dmesg}");
}

#[test]
fn what_is_mapped_stays_when_the_module_goes() {
    let said = text(&PARALLEL, "hold");
    assert_eq!(said, "mapped\nthe same\n");
}

#[test]
fn the_kernel_has_nothing_to_complain_about() {
    let dmesg = text(&PARALLEL, "crash.dmesg");
    assert_none(
        &dmesg,
        &[
            "BUG:",
            "WARNING:",
            "Oops",
            "Call Trace",
            "soft lockup",
            "blocked for",
        ],
    );
}
