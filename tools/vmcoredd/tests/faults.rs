// SPDX-License-Identifier: GPL-2.0

//! Files with the faults that users of makedumpfile, crash and libkdumpfile reported.

use vmcore_format::{
    elf::{Phdr, PT_LOAD, PT_NOTE},
    vmcoredd,
};

use crate::{files, kinds, run, Files};

const GOOD: (&str, &[u8]) = ("probe_0", b"sound");

fn good() -> Vec<u8> {
    files::notes(&[GOOD])
}

/// A note of a dump, of whose descriptor are `len` bytes.
fn bad(len: u32, there: usize) -> Vec<u8> {
    let mut note = vmcoredd::header(b"broken", 100).unwrap().to_vec();
    note[4..8].copy_from_slice(&len.to_le_bytes());
    note.resize(20 + there, 0xee);
    note
}

fn note(offset: usize, len: usize) -> Phdr {
    Phdr {
        type_: PT_NOTE,
        offset: offset as u64,
        filesz: len as u64,
        ..Phdr::default()
    }
}

/// An ELF vmcore with these program headers, and `rest` behind them.
fn elf(phdrs: &[Phdr], rest: &[u8]) -> Vec<u8> {
    let mut file = files::elf(&[]);
    file.truncate(64);
    file[56..58].copy_from_slice(&(phdrs.len() as u16).to_le_bytes());
    file.extend(phdrs.iter().flat_map(Phdr::encode));
    file.extend(rest);
    file
}

/// One whose only notes are these.
fn with_notes(notes: &[u8]) -> Vec<u8> {
    elf(&[note(120, notes.len())], notes)
}

/// So many program headers that their number is in a section header.
fn many_headers(phdrs: &[Phdr], notes: &[u8]) -> Vec<u8> {
    let mut section = [0; 64];
    section[44..48].copy_from_slice(&(phdrs.len() as u32).to_le_bytes());
    let mut file = elf(phdrs, &[&section, notes].concat());
    let sections = 64 + 56 * phdrs.len() as u64;
    file[40..48].copy_from_slice(&sections.to_le_bytes());
    file[56..58].copy_from_slice(&[0xff; 2]);
    file
}

fn set(mut file: Vec<u8>, at: usize, value: &[u8]) -> Vec<u8> {
    file[at..at + value.len()].copy_from_slice(value);
    file
}

/// What is wrong with a file, the file, the exit status of `list`, the dumps that it names, and what it complains of.
type Case = (
    &'static str,
    Vec<u8>,
    i32,
    &'static [&'static str],
    &'static str,
);

fn cases() -> Vec<Case> {
    let memory = Phdr {
        type_: PT_LOAD,
        ..Phdr::default()
    };
    let mut headers = vec![memory; 70_000];
    let end = 64 + 56 * headers.len() + 64;
    headers[0] = note(end, good().len());
    let first = many_headers(&headers, &good());
    headers.reverse();
    let last = many_headers(&headers, &good());
    let nowhere = set(first.clone(), 40, &[0; 8]);
    let other = files::notes(&[("other", b"too")]);
    let two = [
        note(176, good().len()),
        note(176 + good().len(), other.len()),
    ];
    let hole = |len| with_notes(&[good(), vec![0; len], other.clone()].concat());
    let mut kdump = files::kdump(&[GOOD]);
    let full = set(kdump.clone(), 424, &[8]);
    kdump[8..12].reverse();
    vec![
        (
            "the note of 70,000 headers is first",
            first,
            0,
            &["probe_0"],
            "",
        ),
        (
            "the note of 70,000 headers is last",
            last,
            0,
            &["probe_0"],
            "",
        ),
        (
            "their number is nowhere",
            nowhere,
            2,
            &[],
            "the number of program headers",
        ),
        (
            "headers that were never written",
            elf(&[Phdr::default(); 21], &good()),
            1,
            &["probe_0"],
            "the program headers are missing",
        ),
        (
            "neither headers nor notes",
            elf(&[Phdr::default(); 21], &[0; 100]),
            2,
            &[],
            "of type PT_NOTE",
        ),
        (
            "several PT_NOTEs",
            elf(&two, &[good(), other.clone()].concat()),
            0,
            &["probe_0", "other"],
            "",
        ),
        (
            "PT_NOTEs that are one and the same",
            elf(&[two[0], two[0]], &good()),
            0,
            &["probe_0"],
            "",
        ),
        (
            "a processor that did not stop",
            hole(12),
            0,
            &["probe_0", "other"],
            "",
        ),
        (
            "one with more room",
            hole(4096),
            0,
            &["probe_0", "other"],
            "",
        ),
        (
            "something else behind zeroes",
            with_notes(&[good(), vec![0; 64], vec![0xee; 64]].concat()),
            1,
            &["probe_0"],
            "a note or nothing behind zeroes",
        ),
        (
            "a note that is too short, before a good one",
            with_notes(&[bad(43, 44), good()].concat()),
            1,
            &["probe_0"],
            "dump broken: at offset 0x8c: expected the 44 bytes of a dump name",
        ),
        (
            "a note with an impossible size, before a good one",
            with_notes(&[bad(u32::MAX - 7, 144), good()].concat()),
            1,
            &["broken", "probe_0"],
            "dump broken: at offset 0x8c: expected a size inside of the notes",
        ),
        (
            "the same behind a good one",
            with_notes(&[good(), bad(1 << 20, 144)].concat()),
            1,
            &["probe_0", "broken"],
            "expected a size inside of the notes",
        ),
        (
            "an ELF file on a disk that was full",
            set(with_notes(&good()), 48, &[1]),
            1,
            &["probe_0"],
            "the vmcore is incomplete: makedumpfile ran out of space",
        ),
        (
            "a kdump-compressed file on a disk that was full",
            full,
            1,
            &["probe_0"],
            "the vmcore is incomplete: makedumpfile ran out of space",
        ),
        (
            "a machine of the other byte order",
            kdump,
            2,
            &[],
            "big-endian",
        ),
    ]
}

#[test]
fn what_is_sound_is_shown_and_what_is_not_is_named() {
    let files = Files::new();
    for (what, bytes, status, dumps, complaint) in cases() {
        let flat = files::records([(0, &bytes[..])]);
        let file = files.write("vmcore", &bytes);
        for (code, listed, said) in [
            kinds::list(&file),
            kinds::list_piped(&bytes),
            kinds::list(&files.write("flat", &flat)),
            kinds::list_piped(&flat),
        ] {
            assert_eq!(code, status, "{what}: {said}");
            let listed = listed[0]["dumps"].as_array().unwrap().iter();
            let listed: Vec<_> = listed.map(|dump| dump["name"].as_str().unwrap()).collect();
            assert_eq!(listed, dumps, "{what}");
            assert!(said.contains(complaint), "{what}: {said}");
            assert_eq!(said.is_empty(), complaint.is_empty(), "{what}: {said}");
        }
        let (code, said, complaints) = run(&["verify", &file]);
        assert_eq!(code, status, "{what}: {said}");
        let said = said + &complaints;
        assert!(said.contains(complaint), "{what}: {said}");
        if let [.., last] = dumps {
            let (_, out, _) = run(&["show", &file, last]);
            assert!(out.starts_with(last), "{what}: {out}");
        }
    }
}

#[test]
fn a_flattened_file_that_ends_before_its_program_headers_gives_its_notes() {
    let files = Files::new();
    let whole = files::flattened(&with_notes(&good()));
    // The end, and the last record, which has the program header.
    let cut = &whole[..whole.len() - 16 - (16 + 56)];
    for (status, listed, complaint) in [
        kinds::list(&files.write("flat", cut)),
        kinds::list_piped(cut),
    ] {
        assert_eq!(status, 1);
        assert_eq!(listed[0]["dumps"][0]["name"], "probe_0");
        assert!(
            complaint.contains("the program headers are missing"),
            "{complaint}"
        );
    }
}

#[test]
fn zeroes_and_damage_without_end_cost_nothing() {
    let files = Files::new();
    let long = with_notes(&[good(), vec![0; 4 << 20], good()].concat());
    let (status, listed, complaint) = kinds::list(&files.write("vmcore", &long));
    assert_eq!((status, complaint.as_str()), (0, ""));
    assert_eq!(listed[0]["dumps"].as_array().unwrap().len(), 1);

    let broken = with_notes(&bad(43, 44).repeat(50_000));
    let (status, listed, complaint) = kinds::list(&files.write("vmcore", &broken));
    assert_eq!(status, 1);
    assert_eq!(listed[0]["warnings"].as_array().unwrap().len(), 101);
    assert!(complaint.ends_with("expected notes: what follows is lost\n"));
}

#[test]
fn a_machine_is_known_by_its_file() {
    let files = Files::new();
    let info = b"OSRELEASE=7.3.4\nBUILD-ID=00\nCRASHTIME=1795000000\n";
    let mut notes = Vec::new();
    for len in [11, info.len() as u32, 0] {
        notes.extend(len.to_le_bytes());
    }
    notes.extend(b"VMCOREINFO\0\0");
    notes.extend(info);
    notes.resize(notes.len().next_multiple_of(4), 0);
    notes.extend(good());
    let kdump = files::kdump_with(&notes);
    let kdump = set(kdump, 12 + 65, b"db1\0rest");
    for (bytes, name) in [
        (kdump, "db1".into()),
        (with_notes(&notes), serde_json::Value::Null),
    ] {
        let (status, listed, _) = kinds::list(&files.write("vmcore", &bytes));
        let host = &listed[0]["host"];
        assert_eq!((status, &host["name"]), (0, &name));
        assert_eq!(
            (&host["kernel"], &host["crash_time"]),
            (&"7.3.4".into(), &1_795_000_000.into())
        );
    }
}
