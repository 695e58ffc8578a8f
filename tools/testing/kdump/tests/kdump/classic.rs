// SPDX-License-Identifier: GPL-2.0

//! `vmcore_add_device_dump()` as drivers in C see it: the kernel's own and ours, in the same kernel after the same crash, with
//! the same driver. What differs, and why:
//!
//! * Results: [`DIFFERENCES`].
//! * Notes have the size that was asked for. The kernel's own are padded to a page, because it maps them: that is not needed
//!   where makedumpfile reads them, and tools would take the padding for data.
//! * So what a driver writes behind its buffer is dropped and named in the log. It ends up in the kernel's own note.

use std::{collections::BTreeMap, sync::LazyLock, time::Duration};

use kdump_tests::{
    core_file::{split_notes, Dumps},
    CoreFile,
};
use vm::Vm;
use vmcore_format::{
    elf::PT_NOTE,
    note::Notes,
    vmcoredd::{NAME_LEN, NT_VMCOREDD},
};

use crate::{
    boots::{boot, lines, of, text, Boot},
    debug,
};

const PAGE: u64 = 4096;
/// Before the payload in a note of either.
const HEADER: usize = 64;

/// Ours, then the kernel's own; then both together.
pub static BOTH: Boot = LazyLock::new(|| {
    let [classic, native] = [
        include_str!("../../scripts/classic.sh"),
        include_str!("../../scripts/native.sh"),
    ];
    let built = vm::build_dir().join("debug");
    boot(
        Vm::scenario("native")
            .debug_kernel(["modules", "test-modules"])
            .memory_mib(1280)
            .crashkernel_mib(512)
            .crash_options(debug::OPTIONS)
            .deadline(Duration::from_secs(1200))
            .file(built.join("beside/vmcore_devdump.ko"))
            .file(built.join("beside-test/devdump_classic_ours.ko"))
            .program(env!("CARGO_BIN_EXE_outline-vmcore"))
            .program(env!("CARGO_BIN_EXE_compare-vmcore"))
            .crash_kernel(&format!("{classic}\n{native}")),
    )
});

/// Whose function.
#[derive(Clone, Copy)]
enum Whose {
    Ours,
    Theirs,
}

use Whose::{Ours, Theirs};

impl Whose {
    /// What its test driver says.
    fn said(self) -> Vec<String> {
        let dmesg = text(&BOTH, "crash.dmesg");
        let driver = match self {
            Ours => "devdump_classic_ours: ",
            Theirs => "devdump_classic: ",
        };
        let said = lines(&dmesg, driver);
        said.iter()
            .map(|line| line.trim_start_matches(driver).to_owned())
            .collect()
    }

    fn name(self) -> &'static str {
        match self {
            Ours => "ours",
            Theirs => "theirs",
        }
    }

    /// The file up to the memory.
    fn head(self) -> CoreFile {
        CoreFile::open(of(&BOTH).out.join(format!("{}.head", self.name()))).unwrap()
    }

    /// Without the manifest, which has no counterpart.
    fn dumps(self) -> Dumps {
        let (mut dumps, _) = split_notes(&self.head().note_bytes().unwrap()).unwrap();
        dumps.retain(|(name, _)| name != "vmcore_devdump");
        dumps
    }

    /// What came of each case.
    fn results(self) -> BTreeMap<String, String> {
        let said = self.said();
        let results = said.iter().filter(|line| line.contains(", called "));
        results
            .map(|line| {
                let (case, result) = line.split_once(": ").unwrap();
                (case.to_owned(), result.to_owned())
            })
            .collect()
    }
}

/// What a driver gets in another way than from the kernel's own, and why.
const DIFFERENCES: &[(&str, &str, &str, &str)] = &[
    (
        "late",
        "-16, called 1",
        "-16, called 0",
        "no time for what will not be kept",
    ),
    (
        "too large",
        "-12, called 0",
        "-28, called 0",
        "the budget is asked before the memory",
    ),
];

#[test]
fn callers_get_the_same_results_but_for_known_differences() {
    let (mut theirs, ours) = (Theirs.results(), Ours.results());
    // There is more, later, in that virtual machine.
    theirs.retain(|case, _| !["native", "while_ours_is_open"].contains(&case.as_str()));
    assert!(theirs.keys().eq(ours.keys()), "{theirs:#?}\n{ours:#?}");
    assert!(theirs.len() > 60, "{theirs:#?}");
    let mut wrong = Vec::new();
    for (case, result) in &theirs {
        let known = DIFFERENCES.iter().find(|(name, ..)| name == case);
        let (their, our) = known.map_or((&result[..], &result[..]), |known| (known.1, known.2));
        if result != their || ours[case] != our {
            wrong.push(format!("{case}: theirs {result}, ours {}", ours[case]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (case, _, _, why) in DIFFERENCES {
        assert!(theirs.contains_key(*case), "{case} ({why}) was not seen");
    }
}

#[test]
fn callbacks_get_a_zeroed_buffer_in_process_context() {
    for whose in [Ours, Theirs] {
        let said = whose.said().join("\n");
        for complaint in ["not in process context", "mod 64", "not zeroed"] {
            assert!(!said.contains(complaint), "{said}");
        }
    }
}

#[test]
fn notes_are_the_same_but_for_the_padding_to_pages() {
    let (theirs, ours) = (Theirs.dumps(), Ours.dumps());
    let names =
        |dumps: &Dumps| -> Vec<String> { dumps.iter().map(|(name, _)| name.clone()).collect() };
    assert_eq!(names(&theirs), names(&ours));
    assert!(ours.len() > 50);
    let mut padded = 0;
    for ((name, their), (_, our)) in theirs.iter().zip(&ours) {
        let pages = (HEADER + our.len()).next_multiple_of(PAGE as usize) - HEADER;
        assert_eq!(their.len(), pages, "{name}");
        assert!(their.starts_with(our), "{name}: other bytes");
        let behind: &[u8] = if name == "too much" { &[0xee; 4] } else { &[] };
        let rest = their[our.len()..].strip_prefix(behind);
        assert!(rest.unwrap().iter().all(|byte| *byte == 0), "{name}");
        padded += usize::from(their.len() > our.len());
        // "<size> bytes" says its own.
        if let Some(size) = name.strip_suffix(" bytes") {
            assert_eq!(our.len().to_string(), size);
            let pattern = |(i, byte): (usize, &u8)| usize::from(*byte) == i % 251 + 1;
            assert!(our.iter().enumerate().all(pattern), "{name}");
        }
    }
    assert!(padded > 0 && padded < ours.len());
}

#[test]
fn a_driver_that_writes_too_much_is_named() {
    let dmesg = text(&BOTH, "crash.dmesg");
    let said = lines(
        &dmesg,
        "vmcore_devdump: too much: the driver wrote past the 100 bytes",
    );
    assert_eq!(said.len(), 1, "{dmesg}");
}

#[test]
fn headers_of_notes_are_the_same() {
    // All but the length of the descriptor.
    let headers = |whose: Whose| {
        let bytes = whose.head().note_bytes().unwrap();
        let (mut notes, mut headers) = (Notes::new(&bytes), Vec::new());
        while let Some(note) = notes.next().unwrap() {
            let name = note.desc.get(..NAME_LEN).unwrap_or_default();
            if note.type_ == NT_VMCOREDD && !name.starts_with(b"vmcore_devdump\0") {
                let header = (note.name.to_vec(), note.desc_offset - note.offset);
                headers.push((name.escape_ascii().to_string(), header));
            }
        }
        headers
    };
    let (theirs, ours) = (headers(Theirs), headers(Ours));
    assert_eq!(theirs, ours);
    assert!(ours.len() > 50);
}

#[test]
fn memory_is_the_same_with_and_without_dumps() {
    let before = text(&BOTH, "before.memory");
    assert!(before.lines().count() > 1, "{before}");
    for whose in [Ours, Theirs] {
        let name = whose.name();
        assert_eq!(text(&BOTH, &format!("{name}.memory")), before, "{name}");
    }
}

#[test]
fn headers_and_other_notes_are_changed_in_the_same_way() {
    let before = CoreFile::open(of(&BOTH).out.join("before.head")).unwrap();
    let (_, others_before) = split_notes(&before.note_bytes().unwrap()).unwrap();
    for whose in [Ours, Theirs] {
        let (name, after) = (whose.name(), whose.head());
        assert_eq!(before.phdrs.len(), after.phdrs.len(), "{name}");
        let notes = after.notes().unwrap();
        assert_eq!(notes.memsz, notes.filesz, "{name}");
        let mut shifts: Vec<u64> = Vec::new();
        for (mut before, after) in before.phdrs.iter().copied().zip(&after.phdrs) {
            if before.type_ == PT_NOTE {
                before.filesz = after.filesz;
                before.memsz = after.memsz;
            } else {
                shifts.push(after.offset - before.offset);
                before.offset = after.offset;
            }
            assert_eq!(before, *after, "{name}");
        }
        shifts.dedup();
        assert_eq!(shifts.len(), 1, "{name}: {shifts:#x?}");
        assert!(
            shifts[0] > 0 && shifts[0] % PAGE == 0,
            "{name}: {shifts:#x?}"
        );
        let (_, others) = split_notes(&after.note_bytes().unwrap()).unwrap();
        assert!(others == others_before, "{name}: other notes have changed");
    }
}
