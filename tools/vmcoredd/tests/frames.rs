// SPDX-License-Identifier: GPL-2.0

//! Files of several frames, as zstd, pzstd and lz4 write them.

use crate::{dumps, files, kinds, Files};

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    (kinds::PACKERS[4].1)(bytes)
}

/// As `lz4 -l`, in blocks of up to 8 MiB.
fn legacy(bytes: &[u8]) -> Vec<u8> {
    let mut out = 0x184c_2102u32.to_le_bytes().to_vec();
    for block in bytes.chunks(8 << 20) {
        let packed = lz4_flex::block::compress(block);
        out.extend((packed.len() as u32).to_le_bytes());
        out.extend(packed);
    }
    out
}

/// A frame for other programs.
fn skipped(len: u32) -> Vec<u8> {
    let header = [0x184d_2a50u32.to_le_bytes(), len.to_le_bytes()].concat();
    [header, vec![0x28; len as usize]].concat()
}

#[test]
fn all_frames_are_one_file() {
    let files = Files::new();
    let image = files::image();
    let mut vmcore = files::elf(&dumps(&image));
    let notes = vmcore.len();
    vmcore.resize(20 << 20, 0x55);
    // The notes are in both.
    let (first, second) = vmcore.split_at(notes / 2);
    for (what, parts, kind) in [
        ("zstd", vec![zstd(first), zstd(second)], "zstd"),
        (
            "pzstd",
            vec![skipped(4), zstd(first), skipped(4), zstd(second)],
            "zstd",
        ),
        (
            "more to be skipped than is peeked at",
            vec![skipped(100_000), zstd(&vmcore)],
            "zstd",
        ),
        (
            "one for others at the end",
            vec![zstd(&vmcore), skipped(0)],
            "zstd",
        ),
        (
            "an empty one",
            vec![zstd(b""), zstd(first), zstd(b""), zstd(second)],
            "zstd",
        ),
        ("lz4", vec![lz4(first), lz4(second)], "lz4"),
        ("legacy lz4", vec![legacy(&vmcore)], "lz4"),
        (
            "both of lz4",
            vec![legacy(first), skipped(9), lz4(second)],
            "lz4",
        ),
        (
            "legacy lz4 twice",
            vec![legacy(first), legacy(second)],
            "lz4",
        ),
    ] {
        let bytes = parts.concat();
        for (status, listed, complaint) in [
            kinds::list(&files.write("vmcore", &bytes)),
            kinds::list_piped(&bytes),
        ] {
            assert_eq!((status, complaint.as_str()), (0, ""), "{what}");
            assert_eq!(listed[0]["kind"], format!("ELF in {kind}"), "{what}");
            assert_eq!(listed[0]["dumps"].as_array().unwrap().len(), 2, "{what}");
        }
    }
}

#[test]
fn frames_that_are_cut_or_followed_by_something_else_are_damage() {
    let files = Files::new();
    let vmcore = files::elf(&dumps(&files::image()));
    let cut = |mut bytes: Vec<u8>, len| {
        bytes.truncate(bytes.len() - len);
        bytes
    };
    for (what, bytes) in [
        (
            "zstd, cut",
            [zstd(&vmcore), cut(zstd(&[7; 100]), 2)].concat(),
        ),
        // Its blocks are all there, only the mark of the end is not.
        ("lz4, cut", cut(lz4(&vmcore), 4)),
        (
            "legacy lz4, cut",
            [legacy(&vmcore), vec![9, 0, 0, 0, 1]].concat(),
        ),
        ("skipped, cut", [zstd(&vmcore), cut(skipped(9), 1)].concat()),
        (
            "something else",
            [zstd(&vmcore), b"and so on".to_vec()].concat(),
        ),
        (
            "a block that is none",
            [legacy(&vmcore), vec![0xff; 12]].concat(),
        ),
    ] {
        let (status, listed, complaint) = kinds::list(&files.write("vmcore", &bytes));
        assert_eq!(status, 1, "{what}");
        assert_eq!(listed[0]["dumps"].as_array().unwrap().len(), 2, "{what}");
        assert!(
            complaint.contains("what follows is lost"),
            "{what}: {complaint}"
        );
    }
}
