// SPDX-License-Identifier: GPL-2.0

//! What dumps may take, and what is left of one that would take more.

use std::{sync::LazyLock, time::Duration};

use kdump_tests::{
    core_file::{manifest, split_notes, Dumps},
    CoreFile,
};
use vm::{Adapter, Vm};
use vmcore_format::{
    cudbg::{cause::Cause, section::Section},
    manifest::{Entry, Header, Manifest, Reason, Status},
};

use crate::{
    boots::{assert_none, boot, lines, of, text, Boot},
    sections::{of_image, Sections},
};

const MIB: u64 = 1 << 20;
const DUMP: &str = "cxgb4_0000:00:05.0";

static BUDGET: Boot = LazyLock::new(|| {
    boot(
        Vm::scenario("budget")
            .adapter(vm::demo::adapter())
            .modules(vm::build_dir().join("test-modules"))
            .crash_kernel(include_str!("../../scripts/budget.sh")),
    )
});

/// A crash kernel with 24 MiB, and an adapter with 64 MiB to be dumped.
static TIGHT: Boot = LazyLock::new(|| {
    boot(
        Vm::scenario("tight")
            .crashkernel_mib(144)
            .adapter(Adapter::t6(24).option("--edc-mib=16").option("--mc-mib=32"))
            .crash_kernel(include_str!("../../scripts/tight.sh"))
            .deadline(Duration::from_secs(600)),
    )
});

/// What a file says.
struct Saved {
    header: Header,
    entries: Vec<Entry>,
    dumps: Dumps,
}

impl Saved {
    fn open(boot: &'static Boot, name: &str) -> Self {
        let file = CoreFile::open(of(boot).out.join(name)).unwrap();
        Self::of_notes(&file.note_bytes().unwrap())
    }

    fn of_notes(notes: &[u8]) -> Self {
        let bytes = manifest(notes).unwrap();
        let manifest = Manifest::parse(&bytes).unwrap();
        Self {
            header: manifest.header,
            entries: manifest.entries().collect(),
            dumps: split_notes(notes).unwrap().0,
        }
    }

    fn entry(&self, name: &str) -> &Entry {
        let mut entries = self.entries.iter();
        entries
            .find(|entry| entry.name() == name.as_bytes())
            .unwrap()
    }

    fn payload(&self, name: &str) -> &[u8] {
        let mut dumps = self.dumps.iter();
        &dumps.find(|(other, _)| other == name).unwrap().1
    }

    fn sections(&self) -> Sections {
        of_image(self.payload(DUMP))
    }
}

/// How many sections are good, and causes of the others in the order of collecting.
fn tally(sections: &Sections) -> (usize, Vec<Option<Cause>>) {
    let bad = sections
        .values()
        .filter(|(header, _)| header.detail.code != 0);
    let causes: Vec<_> = bad.map(|(header, _)| header.detail.cause()).collect();
    (sections.len() - causes.len(), causes)
}

#[test]
fn absurd_parameters_are_refused_with_the_range() {
    let dmesg = text(&BUDGET, "crash.dmesg");
    for expected in [
        "total_mib=1025: all dumps may take 1 to 1024 MiB, 0 for a quarter of what is free",
        "dump_mib=4294967295: a dump may take 1 to 1024 MiB, 0 for as much as there is for all",
        "dump_seconds=3601: a dump may take 1 to 3600 seconds, 0 for 60 or what there is for all",
        "deadline_seconds=0: all dumps together may take 1 to 3600 seconds",
        "deadline_seconds=3601: all dumps together may take 1 to 3600 seconds",
        "dump_seconds=1000 can never be met: all dumps together may take deadline_seconds=90",
        "dump_seconds=9 can never be met: all dumps together may take deadline_seconds=8",
    ] {
        assert!(dmesg.contains(expected), "no \"{expected}\" in\n{dmesg}");
    }
}

#[test]
fn what_dumps_may_take_is_logged() {
    let dmesg = text(&BUDGET, "crash.dmesg");
    let ready = lines(&dmesg, "/proc/vmcore_devdump is ready, with ");
    assert_eq!(ready.len(), 5, "{dmesg}");
    assert!(
        ready[0].ends_with(" KiB and 90 s for device dumps, 1024 KiB and 60 s for each"),
        "{}",
        ready[0]
    );
    assert!(ready[1].ends_with(" and 1 s for each"), "{}", ready[1]);
    assert!(
        ready[2].ends_with(" KiB and 3 s for device dumps, 1024 KiB and 3 s for each"),
        "{}",
        ready[2]
    );
    assert!(
        ready[4].contains(" 1024 KiB and 90 s for device dumps, 1024 KiB and "),
        "{}",
        ready[3]
    );
    assert_eq!(lines(&dmesg, "total_mib=1024: only ").len(), 1, "{dmesg}");
    // A quarter, and if asked for all a third, of what was free; that moves while a module is loaded.
    for (name, share) in [("memory", 4), ("total", 3)] {
        let free = text(&BUDGET, &format!("{name}.free"));
        let kib: u64 = free.split_whitespace().nth(1).unwrap().parse().unwrap();
        let expected = kib * 1024 / share;
        let total = Saved::open(&BUDGET, name).header.total_bytes;
        assert!(
            (expected * 9 / 10..expected * 11 / 10).contains(&total),
            "{name}: {total} of {kib} KiB"
        );
    }
}

#[test]
fn a_dump_that_is_too_large_keeps_what_matters_most() {
    let saved = Saved::open(&BUDGET, "memory");
    let entry = saved.entry(DUMP);
    assert_eq!(
        (entry.status, entry.reason),
        (Status::PARTIAL, Reason::DUMP_BUDGET)
    );
    assert!(
        entry.bytes <= MIB && entry.bytes > MIB - 256 * 1024,
        "{}",
        entry.bytes
    );
    let sections = saved.sections();
    let (good, causes) = tally(&sections);
    assert!(good > 40, "{good}");
    assert!(causes.contains(&Some(Cause::Budget)));
    assert_eq!(sections[&Section::RegDump].0.detail.code, 0);
    let missing = String::from_utf8_lossy(entry.missing()).into_owned();
    assert!(missing.contains("mc0"), "{missing}");
}

#[test]
fn a_dump_that_takes_too_long_keeps_what_is_there() {
    let saved = Saved::open(&BUDGET, "time");
    let entry = saved.entry(DUMP);
    assert_eq!(
        (entry.status, entry.reason),
        (Status::PARTIAL, Reason::TIME)
    );
    assert!((1000..3000).contains(&entry.ms), "{}", entry.ms);
    let (_, causes) = tally(&saved.sections());
    assert!(causes.contains(&Some(Cause::Deadline)));
    assert!(!entry.missing().is_empty());
}

#[test]
fn a_driver_that_does_not_look_at_the_time_is_stopped() {
    let saved = Saved::open(&BUDGET, "dawdler");
    let entry = saved.entry("dawdler");
    assert_eq!(
        (entry.status, entry.reason),
        (Status::PARTIAL, Reason::TIME)
    );
    assert!(saved.payload("dawdler").starts_with(b"LATElate"));
}

#[test]
fn the_time_of_all_dumps_ends_at_the_deadline() {
    let saved = Saved::open(&BUDGET, "deadline");
    // Its own patience would be 6 s.
    let dawdler = saved.entry("dawdler");
    assert_eq!(
        (dawdler.status, dawdler.reason),
        (Status::PARTIAL, Reason::TIME)
    );
    assert!((4500..6000).contains(&dawdler.ms), "{}", dawdler.ms);
    let late = saved.entry("late");
    assert_eq!(
        (late.status, late.reason, late.errno),
        (Status::REFUSED, Reason::TIME, -libc::ETIME)
    );
}

#[test]
fn nothing_is_cut_where_there_is_room() {
    let saved = Saved::open(&BUDGET, "total");
    assert_eq!(saved.entry(DUMP).status, Status::COMPLETE);
    assert_eq!(
        tally(&saved.sections())
            .1
            .iter()
            .filter(|cause| **cause == Some(Cause::Budget))
            .count(),
        0
    );
}

#[test]
fn all_dumps_together_stay_within_the_total() {
    let saved = Saved::open(&BUDGET, "shared");
    let pages: u64 = saved
        .dumps
        .iter()
        .map(|(_, payload)| payload.len().div_ceil(4096) as u64)
        .sum();
    assert!(pages * 4096 <= MIB, "{pages} pages");
    assert!(saved.header.held_bytes <= MIB);
    assert_eq!(saved.entry(DUMP).reason, Reason::TOTAL_BUDGET);
    // It wanted all that there is, got what was left, and gave it back.
    assert_eq!(saved.entry("flood").errno, -libc::ENOSPC);
}

#[test]
fn with_24_mib_free_the_vmcore_is_saved_and_registers_are_in_it() {
    let free: u64 = text(&TIGHT, "free").trim().parse().unwrap();
    assert!(free <= 24 * 1024, "{free} KiB were free");
    let (notes, pages) = crate::kdump_file::read(&of(&TIGHT).out.join("vmcore"));
    assert!(pages.len() > 1 << 20);
    let saved = Saved::of_notes(&notes);
    let entry = saved.entry(DUMP);
    assert_eq!(
        (entry.status, entry.reason),
        (Status::PARTIAL, Reason::TOTAL_BUDGET)
    );
    assert!(
        saved.header.total_bytes <= 7 * MIB,
        "{}",
        saved.header.total_bytes
    );
    let sections = saved.sections();
    // The memories, and what is collected after them.
    let large = [
        Section::Edc0,
        Section::Edc1,
        Section::LeTcam,
        Section::Mc0,
        Section::Mc1,
        Section::Hma,
    ];
    for (section, (header, _)) in &sections {
        let cut = header.detail.cause() == Some(Cause::Budget);
        assert!(!cut || large.contains(section), "{}", section.name());
    }
    assert_eq!(sections[&Section::RegDump].0.detail.code, 0);
    let dmesg = text(&TIGHT, "crash.dmesg");
    assert_none(&dmesg, &["oom", "Out of memory", "page allocation failure"]);
}
