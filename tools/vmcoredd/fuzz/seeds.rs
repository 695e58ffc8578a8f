// SPDX-License-Identifier: GPL-2.0

//! Writes files to start from, one of each kind, to the directory that is named.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use flate2::{
    write::{GzEncoder, ZlibEncoder},
    Compression,
};
use vmcore_format::{
    crash_log,
    manifest::{padded, Entry, Header, Reason, Status},
    pci,
};
use vmcoredd::devices;

#[path = "../tests/files.rs"]
#[allow(dead_code)]
mod files;

const DESCRIPTION: &str = r#"
[device]
name = "a"
match = ["8086:10d3"]
class = "0200"
never = [0xc0, "0x4000-0x40ff"]
[[range]]
bar = 0
start = 0
count = 4
stride = 8
width = 4
if = { bar = 0, at = 4, bit = 24 }
[[register]]
bar = 0
at = 8
name = "STATUS"
kind = "counter"
fields = { LU = 1, SPEED = { bits = "7:6", values = { 0 = "10" } } }
"#;
const SVD: &str = "<device><peripherals><peripheral><name>A</name><registers><cluster><name>C%s</name><dim>2</dim>\
<dimIncrement>8</dimIncrement><addressOffset>0</addressOffset><register derivedFrom=\"B\"><name>B</name><addressOffset>4</addressOffset>\
<size>32</size><readAction>clear</readAction><fields><field><name>F</name><bitRange>[3:2]</bitRange></field></fields></register>\
</cluster></registers></peripheral></peripherals></device>";
const CHIPSEC: &str = "<configuration><registers><register name=\"A\" type=\"mmio\" bar=\"B\" offset=\"0x8\" size=\"4\">\
<field name=\"F\" bit=\"4\" size=\"2\"/></register></registers></configuration>";

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

/// Of a root port with an error.
fn pci() -> Vec<u8> {
    let header = pci::Header {
        found: 1,
        written: 1,
        finished: true,
        ..pci::Header::default()
    };
    let function = pci::FunctionHead {
        id: (0x8086, 0x10d3),
        class: 0x0604_0000,
        port_type: Some(4),
        config_len: 4096,
        ..pci::FunctionHead::default()
    };
    let mut space = vec![0; 4096];
    for (at, dword) in [
        (0x00, 0x10d3_8086_u32),
        (0x04, 0x0010_0000),
        (0x34, 0x40),
        (0x40, 0x0042_0010),
        (0x100, 0x1500_0001),
        (0x104, 0x0010_0000),
        (0x118, 0x14),
        (0x11c, 0x2000_0001),
        (0x150, 0x0001_001d),
        (0x158, 0x5),
    ] {
        space[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    }
    let mut dump = [&header.encode()[..], &function.encode()].concat();
    let range = pci::RangeHead {
        width: 4,
        stride: 4,
        ..pci::RangeHead::default()
    };
    let written = pci::write_range(range, &space, &mut |bytes| {
        dump.extend_from_slice(bytes);
        Ok::<_, std::convert::Infallible>(())
    });
    let Ok(()) = written;
    dump
}

fn crash_log() -> Vec<u8> {
    let text = b"<4>[    0.412345] mce: [Hardware Error]: CPU 0\n";
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text).expect("room");
    let packed = packed.finish().expect("room");
    let header = crash_log::Header {
        finished: true,
        messages: 1,
        text_len: text.len() as u64,
        ..crash_log::Header::default()
    };
    let piece = crash_log::piece_header(text.len() as u32, packed.len() as u32);
    [&header.encode()[..], &piece, &packed].concat()
}

/// As `lz4 -l` writes it.
fn legacy_lz4(bytes: &[u8]) -> Vec<u8> {
    let packed = lz4_flex::block::compress(bytes);
    let magic = 0x184c_2102u32.to_le_bytes();
    [&magic[..], &(packed.len() as u32).to_le_bytes(), &packed].concat()
}

/// The compiled form of [`DESCRIPTION`].
fn table() -> Vec<u8> {
    let source = devices::Source::new(Path::new("-"), DESCRIPTION.to_owned());
    let (device, _) = devices::check(&source);
    devices::compile(&[device.expect("a sound description")]).expect("a table")
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
    let frames = [
        ruzstd::encoding::compress_to_vec(&elf[..], ruzstd::encoding::CompressionLevel::Fastest),
        [
            &[0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 0][..],
            &legacy_lz4(&elf),
        ]
        .concat(),
    ];
    let mut no_headers = elf.clone();
    no_headers[64..120].fill(0);
    for (name, bytes) in [
        ("frames", frames.concat()),
        ("no-headers", no_headers),
        ("flat-elf", files::flattened(&elf)),
        ("flat-kdump", files::flattened(&kdump)),
        ("gzip", gzip.finish()?),
        ("elf", elf),
        ("kdump", kdump),
        (
            "stream",
            files::Stream::of("cxgb4_0000:00:05.0", &image).bytes,
        ),
        ("cudbg", image),
        ("pci", pci()),
        ("crash_log", crash_log()),
        ("devices", table()),
        ("description", DESCRIPTION.into()),
        ("svd", SVD.into()),
        ("chipsec", CHIPSEC.into()),
    ] {
        fs::write(dir.join(name), bytes)?;
    }
    Ok(())
}
