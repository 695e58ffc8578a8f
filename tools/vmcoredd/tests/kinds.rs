// SPDX-License-Identifier: GPL-2.0

//! Every kind of file, as a file and through a pipe.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::FileExt,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{dumps, files, files_of, run, Files, FILE_NAME, NAME};

/// What `vmcoredd list` says of a file that comes through a pipe.
pub fn list_piped(bytes: &[u8]) -> (i32, Value, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_vmcoredd"))
        .args(["list", "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // All of it is read: whoever writes must not be told to stop.
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    let listed = files_of(&String::from_utf8(output.stdout).unwrap());
    (output.status.code().unwrap(), listed, complaint)
}

pub fn list(file: &str) -> (i32, Value, String) {
    let (status, said, complaint) = run(&["list", "--json", file]);
    let listed = files_of(&said);
    (status, listed, complaint)
}

pub type Pack = fn(&[u8]) -> Vec<u8>;

pub const PACKERS: [(&str, Pack); 5] = [
    ("gzip", |bytes| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    }),
    ("xz", |bytes| {
        let options = lzma_rust2::XzOptions::with_preset(0);
        let mut xz = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
        xz.write_all(bytes).unwrap();
        xz.finish().unwrap()
    }),
    ("zstd", |bytes| {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }),
    ("bzip2", |bytes| {
        let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        bzip2.write_all(bytes).unwrap();
        bzip2.finish().unwrap()
    }),
    ("lz4", |bytes| {
        let mut info = lz4_flex::frame::FrameInfo::new();
        info.block_size = lz4_flex::frame::BlockSize::Max64KB;
        let mut lz4 = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
        lz4.write_all(bytes).unwrap();
        lz4.finish().unwrap()
    }),
];

/// A file of each kind with the two dumps, and what it is called.
fn kinds(image: &[u8]) -> Vec<(String, Vec<u8>)> {
    let elf = files::elf(&dumps(image));
    let kdump = files::kdump(&dumps(image));
    let mut split = kdump.clone();
    split[4096 + 12] = 1;
    let mut kinds = vec![
        ("flattened ELF".into(), files::flattened(&elf)),
        (
            "flattened kdump-compressed".into(),
            files::flattened(&kdump),
        ),
        ("kdump-compressed, one part of a split one".into(), split),
        ("ELF".into(), files::with_memory(elf, 40 << 20)),
        ("kdump-compressed".into(), kdump),
    ];
    for (name, pack) in PACKERS {
        let (kind, bytes) = &kinds[1];
        kinds.push((format!("{kind} in {name}"), pack(bytes)));
    }
    kinds
}

#[test]
fn every_kind_of_file_is_read_from_files_and_pipes() {
    let files = Files::new();
    let image = files::image();
    for (kind, bytes) in kinds(&image) {
        let file = files.write("vmcore", &bytes);
        for (status, listed, complaint) in [list(&file), list_piped(&bytes)] {
            assert_eq!((status, complaint.as_str()), (0, ""), "{kind}");
            assert_eq!(listed[0]["kind"], kind);
            let [first, second] = listed[0]["dumps"].as_array().unwrap().as_slice() else {
                panic!("{kind}: {listed}");
            };
            assert_eq!(
                (&first["name"], &second["name"]),
                (&NAME.into(), &"other".into())
            );
            assert_eq!(first["bytes"], image.len(), "{kind}");
            assert_eq!(first["title"], "cudbg 1.14, T6 revision 1", "{kind}");
        }
        assert_eq!(run(&["verify", &file]).0, 0);
        let out = files.path("out");
        let to = out.to_str().unwrap();
        assert_eq!(run(&["extract", "--force", "-o", to, &file]).0, 0);
        assert_eq!(
            fs::read(out.join(format!("{FILE_NAME}.bin"))).unwrap(),
            image
        );
    }
}

#[test]
fn notes_larger_than_what_is_always_kept_are_read_from_a_flattened_file() {
    let files = Files::new();
    let payload: Vec<u8> = (0..40u32 << 20).map(|byte| (byte % 251) as u8).collect();
    let big = [("big", payload.as_slice()), ("last", b"x")];
    for (vmcore, start, header) in [
        (files::elf(&big), 120, 64..120),
        (files::kdump(&big), 8192, 4096..4200),
    ] {
        let memory = vec![0x55; 20 << 20];
        let end = vmcore.len() as u64;
        let pieces = vmcore[start..].chunks(1 << 20).enumerate();
        let pieces = pieces.map(|(index, piece)| ((start + (index << 20)) as u64, piece));
        let mut records = vec![(0, &vmcore[..64.max(header.start.min(464))])];
        records.extend(pieces);
        records.push((end, &memory[..]));
        // Behind the memory, as in an ELF file; a kdump-compressed one has it before.
        let at = if header.start == 64 {
            records.len()
        } else {
            records.len() - 1
        };
        records.insert(at, (header.start as u64, &vmcore[header]));
        let bytes = files::records(records);
        let file = files.write("flat", &bytes);
        for (status, listed, complaint) in [list(&file), list_piped(&bytes)] {
            assert_eq!(status, 0, "{complaint}");
            assert_eq!(listed[0]["dumps"][1]["name"], "last", "{listed}");
        }
        let out = files.path("out");
        let to = out.to_str().unwrap();
        assert_eq!(run(&["extract", "--force", "-o", to, &file, "big"]).0, 0);
        assert!(fs::read(out.join("big.bin")).unwrap() == payload);
    }
}

#[test]
fn later_records_count() {
    let files = Files::new();
    let vmcore = files::elf(&dumps(b"payload"));
    let mut stale = vmcore.clone();
    stale[64 + 40] = 0x7f;
    stale[190..].fill(0xee);
    let bytes = files::records([
        (0, &stale[..]),
        (190, &vmcore[190..]),
        (50, &vmcore[50..190]),
    ]);
    let file = files.write("flat", &bytes);
    for (status, listed, complaint) in [list(&file), list_piped(&bytes)] {
        assert_eq!(status, 0, "{complaint}");
        assert_eq!(listed[0]["dumps"][1]["name"], "other");
    }
}

#[test]
fn a_flattened_file_cut_short_gives_what_is_there() {
    let files = Files::new();
    let image = files::image();
    let whole = files::kdump(&[("other", b"something else"), (NAME, &image)]);
    let first = [(0, &whole[..8192])];
    let rest = [(8192, &whole[8192..])];
    let bytes = files::records(first.into_iter().chain(rest));
    let cut = &bytes[..bytes.len() - 16 - 100];
    for (status, listed, complaint) in [list(&files.write("cut", cut)), list_piped(cut)] {
        assert_eq!(status, 1);
        assert_eq!(listed[0]["dumps"][1]["bytes"], image.len() - 100);
        assert!(complaint.contains("at offset 0x"), "{complaint}");
    }
    // Notes are there, only memory is not.
    let cut = &bytes[..bytes.len() - 16];
    let (status, _, complaint) = list(&files.write("cut", cut));
    assert_eq!((status, complaint.as_str()), (0, ""));
}

#[test]
fn records_that_cannot_be_are_an_error() {
    let files = Files::new();
    let good = files::records([(0, &b"\x7fELF"[..])]);
    let mut version = good.clone();
    version[31] = 2;
    let mut size = good.clone();
    size[4096 + 8] = 0xff;
    let mut offset = good.clone();
    offset[4096] = 0x80;
    for (bytes, advice) in [
        (&version[..], "version 1"),
        (&size, "expected a record"),
        (&offset, "expected a record"),
        (&good[..4000], "4096 bytes"),
        (&good, "an ELF header"),
    ] {
        let file = files.write("flat", bytes);
        let (status, said, complaint) = run(&["list", &file]);
        assert_eq!((status, said.as_str()), (2, ""), "{complaint}");
        assert!(complaint.contains(advice), "{complaint}");
    }
}

#[test]
fn the_size_that_the_file_system_tells_is_not_believed() {
    // As /proc/vmcore, it can be read and has a size of 0.
    let vmcore = "/proc/self/maps";
    assert_eq!(fs::metadata(vmcore).unwrap().len(), 0);
    let (status, _, complaint) = run(&["list", vmcore]);
    assert_eq!(status, 2);
    assert!(complaint.contains("expected an ELF vmcore"), "{complaint}");
}

#[test]
fn standard_input_may_be_a_file() {
    let files = Files::new();
    let file = files.write("vmcore", &files::elf(&dumps(&files::image())));
    let output = Command::new(env!("CARGO_BIN_EXE_vmcoredd"))
        .args(["verify", "-"])
        .stdin(File::open(file).unwrap())
        .output()
        .unwrap();
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.matches(": ok (").count(), 2, "{said}");
}

#[test]
fn memory_does_not_grow_with_the_dump() {
    let files = Files::new();
    // A dump of 3 GiB in a file with holes.
    let mut head = files::elf(&[("huge", b"")]);
    let len: u64 = 3 << 30;
    head[124..128].copy_from_slice(&(44 + len as u32).to_le_bytes());
    for at in [64 + 32, 64 + 40] {
        head[at..at + 8].copy_from_slice(&(64 + len).to_le_bytes());
    }
    let file = files.write("vmcore", &head);
    File::options()
        .write(true)
        .open(&file)
        .unwrap()
        .set_len(120 + 64 + len)
        .unwrap();
    let limited = |args: &[&str]| {
        let vmcoredd = env!("CARGO_BIN_EXE_vmcoredd");
        let script = format!("ulimit -v 131072; exec {vmcoredd} \"$@\"");
        Command::new("sh")
            .args([&["-c", &script, "sh"], args].concat())
            .output()
            .unwrap()
    };
    for command in ["list", "show", "verify"] {
        let output = limited(&[command, &file]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && said.contains("huge"),
            "{command}: {said}"
        );
    }
}

#[test]
fn a_file_of_100_gb_is_listed_at_once() {
    const LEN: u64 = 100 << 30;
    let files = Files::new();
    let image = files::image();
    let dumps = dumps(&image);
    let mut far = files::kdump(&dumps);
    let notes = far.split_off(8192);
    far[4096 + 48..4096 + 56].copy_from_slice(&(LEN - notes.len() as u64).to_le_bytes());
    for (head, tail) in [(files::elf(&dumps), vec![]), (far, notes)] {
        let file = files.write("vmcore", &head);
        let vmcore = File::options().write(true).open(&file).unwrap();
        vmcore.write_all_at(&tail, LEN - tail.len() as u64).unwrap();
        vmcore.set_len(LEN).unwrap();
        // A second and 10 MB.
        let script = "ulimit -t 1 -d 10000; exec \"$0\" list \"$1\"";
        let output = Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_vmcoredd"), &file])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && said.contains("2 device dumps"),
            "{said}"
        );
    }
}

#[test]
fn a_compressed_file_cut_short_gives_what_is_there() {
    let files = Files::new();
    // Memory that does not compress, so that the end of the file is far from the notes.
    let mut state = 1u32;
    let memory = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    let mut vmcore = files::elf(&dumps(&files::image()));
    vmcore.extend(memory.take(4 << 20));
    for (compression, pack) in PACKERS {
        let packed = pack(&vmcore);
        let cut = &packed[..packed.len() - (1 << 20)];
        for (status, listed, complaint) in [list(&files.write("cut", cut)), list_piped(cut)] {
            assert_eq!(status, 1, "{compression}");
            assert_eq!(listed[0]["dumps"].as_array().unwrap().len(), 2);
            assert!(
                complaint.contains(&format!("{compression}: ")),
                "{complaint}"
            );
        }
    }
}
