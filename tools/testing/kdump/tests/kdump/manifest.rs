// SPDX-License-Identifier: GPL-2.0

//! The manifest of the core's virtual machine, against what `devdump_test.ko` did there.

use std::sync::LazyLock;

use flate2::Crc;
use kdump_tests::{
    core_file::{manifest, split_notes},
    CoreFile,
};
use vmcore_format::manifest::{Entry, Manifest, Reason, Status, CRC_OFFSET};

use crate::boots::{of, CORE};

static NOTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let file = CoreFile::open(of(&CORE).out.join("ours.E")).unwrap();
    file.note_bytes().unwrap()
});
static MANIFEST: LazyLock<Vec<u8>> = LazyLock::new(|| manifest(&NOTES).unwrap());

fn entries() -> Vec<Entry> {
    Manifest::parse(&MANIFEST).unwrap().entries().collect()
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[test]
fn it_has_the_checksum_of_itself() {
    let header = Manifest::parse(&MANIFEST).unwrap().header;
    let mut bytes = MANIFEST.clone();
    bytes[CRC_OFFSET..CRC_OFFSET + 4].fill(0);
    assert_eq!(header.crc32, crc32(&bytes));
}

#[test]
fn it_tells_who_made_it_and_what_dumps_may_take() {
    let header = Manifest::parse(&MANIFEST).unwrap().header;
    let text = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes)
            .trim_end_matches('\0')
            .to_owned()
    };
    assert_eq!(text(&header.version), env!("CARGO_PKG_VERSION"));
    let release = std::fs::read_to_string("/etc/vmcore-devdump-kernel").unwrap();
    assert_eq!(text(&header.release), release.trim());
    assert_eq!((header.unrecorded, header.dump_ms), (0, 60_000));
    assert!(header.held_bytes > 0 && header.held_bytes < header.total_bytes);
    assert_eq!(header.dump_bytes, header.total_bytes);
}

#[test]
fn every_dump_that_is_there_has_its_entry() {
    let dumps = split_notes(&NOTES).unwrap().0;
    let there: Vec<_> = entries()
        .into_iter()
        .filter(|entry| entry.status.has_dump())
        .collect();
    let mut expected: Vec<_> = dumps
        .iter()
        .map(|(name, payload)| (name.as_bytes(), payload.len(), crc32(payload)))
        .collect();
    let mut found: Vec<_> = there
        .iter()
        .map(|entry| (entry.name(), entry.bytes as usize, entry.crc32))
        .collect();
    // Entries are in the order in which dumps were asked for, notes in that in which they were complete.
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
    let held: u64 = there.iter().map(|entry| entry.held_bytes).sum();
    assert_eq!(held, Manifest::parse(&MANIFEST).unwrap().header.held_bytes);
}

#[test]
fn every_dump_that_is_not_there_has_a_reason() {
    let have: Vec<_> = entries()
        .into_iter()
        .filter(|entry| entry.status != Status::COMPLETE)
        .map(|entry| {
            let name = String::from_utf8_lossy(entry.name()).into_owned();
            (name, entry.status, entry.reason, -entry.errno)
        })
        .collect();
    let long = "y".repeat(43);
    let expected: [(&str, _, _, _); 11] = [
        ("huge", Status::REFUSED, Reason::TOTAL_BUDGET, libc::ENOSPC),
        ("fails", Status::FAILED, Reason::DRIVER, libc::EPROTO),
        ("seven", Status::FAILED, Reason::DRIVER, -7),
        ("buffer", Status::REFUSED, Reason::NAME_TAKEN, libc::EEXIST),
        ("", Status::REFUSED, Reason::ARGUMENTS, libc::EINVAL),
        (&long, Status::REFUSED, Reason::ARGUMENTS, libc::EINVAL),
        ("behind", Status::FAILED, Reason::DRIVER, libc::EINVAL),
        ("flood", Status::FAILED, Reason::DRIVER, libc::ENOSPC),
        ("fails", Status::FAILED, Reason::DRIVER, libc::EPROTO),
        ("half", Status::PARTIAL, Reason::DEVICE, 0),
        ("late", Status::REFUSED, Reason::FILE_OPEN, libc::EBUSY),
    ];
    let expected =
        expected.map(|(name, status, reason, errno)| (name.to_owned(), status, reason, errno));
    assert_eq!(have, expected);
}

#[test]
fn it_has_the_words_of_the_driver_as_far_as_there_is_room() {
    let half = entries()
        .into_iter()
        .find(|entry| entry.name() == b"half")
        .unwrap();
    let missing = String::from_utf8_lossy(half.missing()).into_owned();
    assert!(missing.starts_with("one half, more, more, "), "{missing}");
    assert!(missing.ends_with("more, ..."), "{missing}");
    let huge = entries()
        .into_iter()
        .find(|entry| entry.name() == b"huge")
        .unwrap();
    assert_eq!(huge.asked, u64::from(u32::MAX));
}
