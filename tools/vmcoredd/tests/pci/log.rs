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
        "  the crash kernel's log\n    fatal: [0.412345] mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 5: be00000000800400\n",
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

/// Lines as Linux 7.3 prints them, and what each is a sign of. No line of the others is one.
#[test]
fn each_kind_of_line_has_its_sign_and_no_other() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("log");
    let sign = |lines: &[&str]| {
        let lines = lines.iter();
        let text: Vec<_> = lines
            .map(|line| format!("<3>[    1.000000] {line}\n"))
            .collect();
        let text = text.concat();
        let mut whole = dump(&[&text], true);
        // None was lost.
        whole[24..32].fill(0);
        fs::write(&path, whole).unwrap();
        let (status, said, errors) = vmcoredd(&["diagnose", "--json", path.to_str().unwrap()]);
        let json: serde_json::Value =
            serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}{errors}"));
        let device = json["files"][0]["dumps"][0].clone();
        (status, device)
    };
    for (severity, expected, lines) in [
        ("fatal", "MCE.UNCORRECTED", &["mce: [Hardware Error]: CPU 3: Machine Check Exception: 5 Bank 12: be00000000800400"][..]),
        ("warning", "MCE.CORRECTED", &["mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 7: 8c00004000010090"]),
        ("fatal", "GHES.FATAL", &["{1}[Hardware Error]: Hardware error from APEI Generic Hardware Error Source: 0", "{1}[Hardware Error]: event severity: fatal", "{1}[Hardware Error]:  Error 0, type: fatal", "{1}[Hardware Error]:   section_type: memory error", "{1}[Hardware Error]:   physical_address: 0x000000103ef32a40"]),
        ("error", "GHES.RECOVERABLE", &["{2}[Hardware Error]: event severity: recoverable"]),
        ("warning", "GHES.CORRECTED", &["{3}[Hardware Error]: event severity: corrected"]),
        ("information", "BERT.PREVIOUS_BOOT", &["BERT: Error records from previous boot:", "[Hardware Error]: event severity: fatal", "[Hardware Error]:  Error 0, type: fatal"]),
        ("warning", "IOMMU.FAULT", &["DMAR: [DMA Read NO_PASID] Request device [0000:41:00.0] fault addr 0xfeed000 [fault reason 0x06] PTE Read access is not set"]),
        ("warning", "IOMMU.FAULT", &["DMAR: [INTR-REMAP] Request device [0000:41:00.0] fault index 0x8000 [fault reason 0x25] Blocked a compatibility format interrupt request"]),
        ("warning", "IOMMU.FAULT", &["nvme 0000:01:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x000a address=0x0 flags=0x0020]"]),
        ("fatal", "AER.FATAL", &["pcieport 0000:00:01.0: AER: Uncorrectable (Fatal) Error message received from 0000:01:00.0"]),
        ("error", "AER.NONFATAL", &["pcieport 0000:00:01.0: AER: Multiple Uncorrectable (Non-Fatal) Error messages received, first one from 0000:01:00.0"]),
        ("warning", "AER.CORRECTED", &["pcieport 0000:00:01.0: AER: Correctable Error message received from 0000:01:00.0 (no details found)"]),
        ("fatal", "DPC.CONTAINED", &["pcieport 0000:00:01.0: DPC: containment event, status:0x1f01: unmasked uncorrectable error detected"]),
        ("error", "PCI.INACCESSIBLE", &["nvme 0000:01:00.0: Unable to change power state from D3cold to D0, device inaccessible"]),
        ("error", "PCI.NOT_READY", &["nvme 0000:01:00.0: not ready 65535ms after FLR; giving up"]),
    ] {
        let (status, device) = sign(lines);
        let findings = device["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 1, "{lines:?}: {device}");
        assert_eq!(findings[0]["severity"], severity);
        assert_eq!(findings[0]["rule"], expected);
        assert_eq!(status, match severity { "fatal" => 3, "information" => 0, _ => 1 });
        if expected == "GHES.FATAL" {
            let words = findings[0]["words"].as_str().unwrap();
            assert!(words.ends_with("event severity: fatal; section_type: memory error; physical_address: 0x000000103ef32a40"), "{words}");
        }
    }
    let (status, device) = sign(&HEALTHY);
    assert_eq!(status, 0, "{device}");
    assert_eq!(device["findings"].as_array().unwrap().len(), 0, "{device}");
    // As of functions whose errors may have been cleared.
    assert_eq!(device["verdict"]["signature"], "crash_log:unknown");
    assert_eq!(device["verdict"]["confidence"], "low");
}

/// Of the start of a machine without errors, the lines that are most like the others.
const HEALTHY: [&str; 8] = [
    "mce: CPU0: Thermal monitoring enabled (TM1)",
    "mce: [Hardware Error]: Machine check events logged",
    "DMAR: DRHD base: 0x000000fed90000 flags: 0x0",
    "DMAR: Host address width 39",
    "pcieport 0000:00:1c.0: AER: enabled with IRQ 122",
    "pcieport 0000:00:1c.0: DPC: enabled with IRQ 122",
    "GHES: APEI firmware first mode is enabled by APEI bit and WHEA _OSC.",
    "pcieport 0000:00:1c.0: pciehp: Slot #0 AttnBtn- PwrCtrl- MRL-",
];
