// SPDX-License-Identifier: GPL-2.0

//! The manifest, written and read.

use vmcore_format::{
    manifest::{
        padded,
        Entry,
        Header,
        Manifest,
        Reason,
        Status,
        ENTRY_LEN,
        HEADER_LEN, //
    },
    Error,
};

fn entry(name: &[u8], status: Status, reason: Reason) -> Entry {
    Entry {
        name: padded(name),
        status,
        reason,
        errno: -28,
        bytes: 1 << 33,
        asked: 1 << 34,
        crc32: 0xcbf4_3926,
        ms: 17,
        held_bytes: 4096,
        missing: padded(b"mc0 mc1"),
        kept: 1 << 32,
    }
}

fn manifest() -> Vec<u8> {
    let header = Header {
        entries: 2,
        unrecorded: 3,
        crc32: 4,
        total_bytes: 5,
        dump_bytes: 6,
        held_bytes: 7,
        dump_ms: 8,
        version: padded(b"0.1.0"),
        release: padded(b"7.3.4+deb13-amd64"),
    };
    let mut bytes = header.encode().to_vec();
    bytes.extend(entry(b"a", Status::PARTIAL, Reason::TIME).encode());
    bytes.extend(entry(&[b'n'; 44], Status::REFUSED, Reason::FILE_OPEN).encode());
    bytes
}

#[test]
fn what_is_written_is_read() {
    let bytes = manifest();
    let found = Manifest::parse(&bytes).unwrap();
    assert_eq!(found.header.encode(), bytes[..HEADER_LEN]);
    let entries: Vec<_> = found.entries().collect();
    assert_eq!(entries[0], entry(b"a", Status::PARTIAL, Reason::TIME));
    assert_eq!(entries[1].name(), [b'n'; 44]);
    assert_eq!(entries[1].missing(), b"mc0 mc1");
    assert_eq!((entries.len(), found.size()), (2, bytes.len()));
}

#[test]
fn a_later_minor_version_is_read_as_far_as_it_is_known() {
    let old = manifest();
    let mut new = old[..HEADER_LEN].to_vec();
    new[10] = 9;
    new[12..16].copy_from_slice(&(HEADER_LEN as u32 + 8).to_le_bytes());
    new[16..20].copy_from_slice(&(ENTRY_LEN as u32 + 4).to_le_bytes());
    new.extend([0xff; 8]);
    for entry in old[HEADER_LEN..].chunks(ENTRY_LEN) {
        new.extend(entry);
        new.extend([0xff; 4]);
    }
    let (old, new) = (
        Manifest::parse(&old).unwrap(),
        Manifest::parse(&new).unwrap(),
    );
    assert_eq!(old.header, new.header);
    assert!(old.entries().eq(new.entries()));
}

#[test]
fn what_version_1_0_does_not_say_is_that_all_was_kept() {
    const LEN: usize = 192;
    let new = manifest();
    let mut old = new[..HEADER_LEN].to_vec();
    old[10] = 0;
    old[16..20].copy_from_slice(&(LEN as u32).to_le_bytes());
    for entry in new[HEADER_LEN..].chunks(ENTRY_LEN) {
        old.extend(&entry[..LEN]);
    }
    let [old, new] = [&old, &new].map(|bytes| {
        let manifest = Manifest::parse(bytes).unwrap();
        manifest.entries().collect::<Vec<_>>()
    });
    for (old, new) in old.iter().zip(&new) {
        let kept = new.bytes;
        assert_eq!(*old, Entry { kept, ..*new });
        assert_eq!((old.given_up(), new.given_up()), (None, Some(1 << 32)));
    }
    assert_eq!(old.len(), new.len());
}

#[test]
fn what_is_no_manifest_says_what_was_expected() {
    type Damage = fn(&mut Vec<u8>);
    let cases: [(Damage, Error); 6] = [
        (
            |bytes| bytes[0] = b'V',
            Error {
                offset: 0,
                expected: "a manifest",
            },
        ),
        (
            |bytes| bytes[8] = 2,
            Error {
                offset: 8,
                expected: "a manifest of version 1",
            },
        ),
        (
            |bytes| bytes[12] = 159,
            Error {
                offset: 12,
                expected: "a header of at least 160 bytes",
            },
        ),
        (
            |bytes| bytes[16] = 191,
            Error {
                offset: 16,
                expected: "entries of at least 192 bytes",
            },
        ),
        (
            |bytes| bytes[23] = 0xff,
            Error {
                offset: 160,
                expected: "all entries",
            },
        ),
        (
            |bytes| bytes.truncate(400),
            Error {
                offset: 160,
                expected: "all entries",
            },
        ),
    ];
    for (damage, expected) in cases {
        let mut bytes = manifest();
        damage(&mut bytes);
        assert_eq!(Manifest::parse(&bytes).unwrap_err(), expected);
    }
    for len in 0..HEADER_LEN {
        assert!(Manifest::parse(&manifest()[..len]).is_err());
    }
}

#[test]
fn modules_say_the_version_that_the_tools_say() {
    assert_eq!(vmcore_format::VERSION, env!("CARGO_PKG_VERSION"));
}
