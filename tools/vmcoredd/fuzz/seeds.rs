// SPDX-License-Identifier: GPL-2.0

//! Writes files to start from, one of each kind, to the directory that is named.

use std::{fs, io::Write, path::PathBuf};

use flate2::{write::GzEncoder, Compression};
use vmcore_format::manifest::{padded, Entry, Header, Reason, Status};

#[path = "../tests/files.rs"]
#[allow(dead_code)]
mod files;

/// Of one dump, complete. Its CRC-32s are wrong: that is damage, and no reason to stop.
fn manifest() -> Vec<u8> {
    let header = Header {
        entries: 1,
        unrecorded: 0,
        crc32: 0,
        total_bytes: 1 << 20,
        dump_bytes: 1 << 20,
        held_bytes: 4096,
        dump_ms: 60_000,
        version: padded(b"0.1.0"),
        release: padded(b"7.3.4"),
    };
    let entry = Entry {
        name: padded(b"cxgb4_0000:00:05.0"),
        status: Status::COMPLETE,
        reason: Reason::NONE,
        errno: 0,
        bytes: 1,
        asked: 0,
        crc32: 0,
        ms: 7,
        held_bytes: 4096,
        missing: padded(b""),
        kept: 1,
    };
    [&header.encode()[..], &entry.encode()].concat()
}

fn main() -> std::io::Result<()> {
    let dir = PathBuf::from(std::env::args_os().nth(1).expect("a directory"));
    fs::create_dir_all(&dir)?;
    let (image, manifest) = (files::image(), manifest());
    let dumps = [
        ("cxgb4_0000:00:05.0", &image[..]),
        ("vmcore_devdump", &manifest),
    ];
    let (elf, kdump) = (files::elf(&dumps), files::kdump(&dumps));
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&elf)?;
    for (name, bytes) in [
        ("flat-elf", files::flattened(&elf)),
        ("flat-kdump", files::flattened(&kdump)),
        ("gzip", gzip.finish()?),
        ("elf", elf),
        ("kdump", kdump),
        ("cudbg", image),
    ] {
        fs::write(dir.join(name), bytes)?;
    }
    Ok(())
}
