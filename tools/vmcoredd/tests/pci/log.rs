// SPDX-License-Identifier: GPL-2.0

//! The crash kernel's own log.

use std::{fs, io::Write};

use flate2::{write::ZlibEncoder, Compression};
use tempfile::TempDir;
use vmcore_format::crash_log::{piece_header, Header};

use crate::machine::vmcoredd;

const TEXT: [&str; 2] = [
    "<6>[    0.000000] Linux version 7.3.4\n<4>[    0.412345] mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 5: be00000000800400\n",
    "<3>[    1.500000] DMAR: [DMA Read NO_PASID] Request device [41:00.0] fault addr 0x0\n<30>[    2.000000] systemd[1]: \u{1b}[31mred\n",
];

fn dump(pieces: &[&str], finished: bool) -> Vec<u8> {
    let header = Header {
        finished,
        taken_at_ms: 2100,
        lost: 3,
        messages: 4,
        text_len: pieces.iter().map(|text| text.len() as u64).sum(),
    };
    let mut dump = header.encode().to_vec();
    for text in pieces {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        packed.write_all(text.as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        dump.extend(piece_header(text.len() as u32, packed.len() as u32));
        dump.extend(packed);
    }
    dump
}

#[test]
fn what_was_wiped_is_in_it_and_found() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("log");
    let file = path.to_str().unwrap();
    let whole = dump(&TEXT, true);
    fs::write(&path, &whole).unwrap();
    let (status, said, errors) = vmcoredd(&["show", file]);
    assert_eq!((status, errors.as_str()), (0, ""), "{said}");
    for expected in [
        "  the crash kernel's own log, up to 2100 ms: 4 messages, 3 older ones were lost\n",
        "  lines that tell of errors\n    fatal: [0.412345] mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 5: be00000000800400\n",
        "    warning: [1.500000] DMAR: [DMA Read NO_PASID] Request device [41:00.0] fault addr 0x0\n",
    ] {
        assert!(said.contains(expected), "no {expected} in\n{said}");
    }
    assert!(!said.contains("Linux version"), "{said}");

    let (_, said, _) = vmcoredd(&["show", file, "--section", "log"]);
    assert!(said.contains("Linux version 7.3.4"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");

    let out = dir.path().join("out");
    let (status, _, errors) = vmcoredd(&[
        "extract",
        file,
        "--section",
        "log",
        "-o",
        out.to_str().unwrap(),
    ]);
    assert_eq!((status, errors.as_str()), (0, ""));
    let extracted = fs::read_dir(&out).unwrap().next().unwrap().unwrap();
    assert_eq!(fs::read_to_string(extracted.path()).unwrap(), TEXT.concat());
}

#[test]
fn what_is_there_of_a_log_that_is_damaged_is_shown() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("log");
    let whole = dump(&TEXT, true);
    let mut bent = whole.clone();
    let last = bent.len() - 10;
    bent[last] ^= 0xff;
    for (bytes, expected) in [
        (whole[..whole.len() - 1].to_vec(), "damaged"),
        (bent, "damaged: at offset 0x"),
        (dump(&TEXT[..1], false), "it was not brought to its end"),
    ] {
        fs::write(&path, bytes).unwrap();
        let (status, said, _) = vmcoredd(&["show", path.to_str().unwrap()]);
        assert_eq!(status, 1, "{said}");
        assert!(
            said.contains("CUT SHORT") && said.contains(expected),
            "{said}"
        );
        assert!(said.contains("Bank 5"), "{said}");
    }
}
