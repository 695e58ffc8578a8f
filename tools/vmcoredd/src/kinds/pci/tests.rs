// SPDX-License-Identifier: GPL-2.0

//! What QEMU cannot do: errors that arrive at a root port, containment, links that are down or narrow, lists in circles.

use std::collections::BTreeSet;

use vmcore_format::{
    manifest::padded,
    pci::{Address, Facts, FunctionHead, Header, Reason, Table},
};

use super::{
    capabilities, errors, families,
    function::{Function, Value},
    link, rules, tlp, Pci,
};
use crate::kinds::{config_space::ConfigSpace, remark::Weight};

const EXPRESS: usize = 0x40;
const AER: usize = 0x100;
const DPC: usize = 0x150;

/// A function on `bus` with these capabilities, and these 16-bit words.
fn function(bus: u8, port_type: u8, words: &[(usize, u16)]) -> Function {
    let mut space = ConfigSpace::default();
    (0..0x200).for_each(|at| space.set(at, 0));
    let head = [
        (0x00, 0x8086),
        (0x06, 0x10),
        (0x34, EXPRESS as u16),
        (EXPRESS, 0x10),
        (EXPRESS + 2, 0x2 | (u16::from(port_type) << 4)),
        (AER, 0x0001),
        (AER + 2, ((DPC as u16) << 4) | 2),
        (DPC, 0x001d),
        (DPC + 2, 1),
    ];
    for (at, word) in head.iter().chain(words) {
        let [low, high] = word.to_le_bytes();
        space.set(*at, low);
        space.set(at + 1, high);
    }
    Function {
        head: FunctionHead {
            address: Address {
                domain: 0,
                bus,
                devfn: 0,
            },
            port_type: Some(port_type),
            ..FunctionHead::default()
        },
        capabilities: capabilities::all(&space),
        space,
        resources: Vec::new(),
        tables: Vec::new(),
        registers: Vec::new(),
        unread: Vec::new(),
        damage: None,
    }
}

/// What is said of a root port with these words.
fn said(words: &[(usize, u16)]) -> Vec<String> {
    let remarks = errors::remarks(&function(0, 4, words));
    remarks.into_iter().map(|remark| remark.text).collect()
}

#[test]
fn messages_and_containment_name_who_is_to_blame() {
    for (words, expected) in [
        (vec![], vec![]),
        (
            // UERcvd and FatalMsg; the upper half of the sources.
            vec![(AER + 0x30, 0x54), (AER + 0x36, 0x0500)],
            vec!["received: error message (fatal) from 0000:05:00.0"],
        ),
        (
            vec![(AER + 0x30, 0x2f), (AER + 0x34, 0x0301), (AER + 0x36, 0x0508)],
            vec!["received: error message (non-fatal) from 0000:05:01.0, and more after it; message of a corrected error from 0000:03:00.1, and more after it"],
        ),
        (
            vec![(DPC + 8, 0x05), (DPC + 0x0a, 0x0500)],
            vec!["has cut off what is below it (DPC), because of a fatal error message from 0000:05:00.0"],
        ),
        (
            // A read of memory by the CPU, and its header.
            vec![(DPC + 8, 0x07), (DPC + 0x0e, 0x04), (DPC + 0x20, 0x0001), (DPC + 0x24, 0x030f), (DPC + 0x28, 0x1000), (DPC + 0x2a, 0xfebf)],
            vec!["has cut off what is below it (DPC), because of a request of the CPU that failed (memory request: completion timeout): memory read of 4 bytes at 0xfebf1000 by 00:00.0, tag 0x3"],
        ),
        (
            vec![(EXPRESS + 0x0a, 0x0c)],
            vec!["has detected: fatal error, unsupported request; which one it was is not known"],
        ),
        (
            // Masked; the first is another one than is still there.
            vec![(AER + 6, 0x10), (AER + 10, 0x10), (AER + 0x18, 0x0e), (AER + 0x1c, 1)],
            vec!["unsupported request (masked)"],
        ),
        (vec![(0, 0xffff)], vec!["does not answer: all ones"]),
    ] {
        assert_eq!(said(&words), expected, "{words:x?}");
    }
}

#[test]
fn links_that_are_down_or_narrow_are_told() {
    // Up to x16 at 16 GT/s, active state is reported.
    let port = |status: u16, more: &[(usize, u16)]| {
        let mut words = vec![
            (EXPRESS + 0x0c, 0x0104),
            (EXPRESS + 0x0e, 0x0010),
            (EXPRESS + 0x12, status),
        ];
        words.extend(more);
        function(0, 4, &words)
    };
    let below = |words: &[(usize, u16)]| {
        let mut below = function(5, 0, words);
        below.head.parent = Some(Address {
            domain: 0,
            bus: 0,
            devfn: 0,
        });
        below
    };
    let x4 = [(EXPRESS + 0x0c, 0x0044)];
    for (functions, expected) in [
        (vec![port(0x2044, &[]), below(&x4)], None),
        (vec![port(0x0044, &[]), below(&x4)], None),
        (
            vec![port(0x2024, &[]), below(&x4)],
            Some("the link to 0000:05:00.0 is x2 at 16 GT/s, and could be x4 at 16 GT/s"),
        ),
        (
            vec![port(0x2041, &[]), below(&x4)],
            Some("the link to 0000:05:00.0 is x4 at 2.5 GT/s, and could be x4 at 16 GT/s"),
        ),
        (
            vec![port(0x0000, &[]), below(&[(0, 0xffff)])],
            Some("the link to 0000:05:00.0 is down"),
        ),
        (
            vec![port(0x0800, &[]), below(&[(0, 0xffff)])],
            Some("the link to 0000:05:00.0 is down, in training"),
        ),
        (vec![port(0x0000, &[])], None),
        (
            vec![port(
                0x0000,
                &[(EXPRESS + 2, 0x0142), (EXPRESS + 0x1a, 0x40)],
            )],
            Some("the link is down"),
        ),
        (
            vec![port(
                0x0000,
                &[(EXPRESS + 2, 0x0142), (EXPRESS + 0x1a, 0x42)],
            )],
            Some("power fault in its slot"),
        ),
    ] {
        let remarks = link::remarks(&functions);
        let said: Vec<_> = remarks.iter().map(|remark| remark.text.as_str()).collect();
        assert_eq!(said, expected.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn what_this_kernel_had_cleared_is_not_called_clean() {
    let facts = Facts::default();
    for (facts, expected) in [
        (facts, None),
        (facts.with(Facts::AER_CLEARED, true), Some(true)),
        (facts.with(Facts::AER_CLEARED, false), Some(false)),
    ] {
        let mut function = function(0, 0, &[]);
        function.head.facts = facts;
        assert_eq!(errors::is_cleared(&function), expected);
    }
}

#[test]
fn lists_in_circles_end() {
    let circle = function(
        0,
        0,
        &[(EXPRESS, 0x4010), (DPC + 2, ((AER as u16) << 4) | 1)],
    );
    assert_eq!(circle.capabilities.len(), 3);
    let beyond = function(0, 0, &[(EXPRESS, 0xfc10), (DPC + 2, 0xfff1)]);
    assert_eq!(beyond.capabilities.len(), 4);
}

/// The first is the example in Documentation/PCI/pcieaer-howto.rst of Linux.
#[test]
fn headers_are_decoded() {
    for (header, expected) in [
        (
            [0x0400_0001, 0x0020_0a03, 0x0501_0000, 0x0005_0100],
            Some("configuration read (type 0) of register 0x0 of 05:00.1 by 00:04.0, tag 0xa"),
        ),
        (
            [0x6000_0002, 0x4100_12ff, 0x0000_0001, 0x8000_0010],
            Some("memory write of 8 bytes at 0x180000010 by 41:00.0, tag 0x12"),
        ),
        (
            [0x4a00_0001, 0x0500_0004, 0x0020_0a00, 0],
            Some("completion with data (successful) by 05:00.0 for 00:04.0, tag 0xa"),
        ),
        (
            [0x0a00_0000, 0x0500_2004, 0x0020_0a00, 0],
            Some("completion without data (unsupported request) by 05:00.0 for 00:04.0, tag 0xa"),
        ),
        (
            [0x3400_0000, 0x0500_0031, 0, 0],
            Some("message 0x31 by 05:00.0, tag 0x0"),
        ),
        (
            [0x1f00_0000, 0, 0, 0],
            Some("a transaction of unknown type 0x1f"),
        ),
        ([0; 4], None),
        ([u32::MAX; 4], None),
    ] {
        assert_eq!(tlp::words(header).as_deref(), expected);
    }
}

/// Signs of all that is remarked of functions whose errors nobody had cleared.
fn signs(mut functions: Vec<Function>) -> Vec<&'static str> {
    for function in &mut functions {
        let facts = &mut function.head.facts;
        if facts.get(Facts::AER_CLEARED).is_none() {
            *facts = facts.with(Facts::AER_CLEARED, false);
        }
    }
    let pci = Pci {
        header: Header::default(),
        functions,
        damage: None,
    };
    let remarks = pci.remarks_by_weight();
    remarks.iter().map(|remark| remark.rule.sign).collect()
}

/// A function of a family with these registers behind a BAR.
fn of_family(family: &str, bar: u8, registers: &[(u32, u64)]) -> Function {
    let value = |(at, value): &(u32, u64)| Value {
        bar,
        at: *at,
        width: 4,
        value: *value,
    };
    Function {
        tables: vec![Table {
            name: padded(family.as_bytes()),
            ..Table::default()
        }],
        registers: registers.iter().map(value).collect(),
        ..function(1, 0, &[])
    }
}

/// Faults, and the rule that is to find each.
fn faults() -> Vec<(&'static str, Vec<Function>)> {
    let port = |words: &[(usize, u16)]| vec![function(0, 4, words)];
    let behind = |port: Function, words: &[(usize, u16)]| {
        let mut below = function(5, 0, words);
        below.head.parent = Some(port.head.address);
        vec![port, below]
    };
    // x16 at 16 GT/s, active state is reported.
    let wide = [(EXPRESS + 0x0c, 0x0104), (EXPRESS + 0x0e, 0x0010)];
    let with = |more: (usize, u16)| function(0, 4, &[wide[0], wide[1], more]);
    let mut cleared = function(0, 0, &[]);
    cleared.head.facts = Facts::default().with(Facts::AER_CLEARED, true);
    let mut slow = function(0, 0, &[]);
    slow.head.ended = Reason::SLOW;
    let ones = [0, 4, 8, 12].map(|at| (at, u64::from(u32::MAX)));
    vec![
        ("PCI.GONE", port(&[(0, 0xffff)])),
        ("PCI.SILENT", vec![of_family("tg3", 0, &ones)]),
        ("DPC.TRIGGERED", port(&[(DPC + 8, 1)])),
        ("AER.UNCORRECTABLE", port(&[(AER + 6, 0x10)])),
        ("AER.CORRECTABLE", port(&[(AER + 0x10, 0x40)])),
        ("AER.MESSAGE", port(&[(AER + 0x30, 0x54)])),
        ("PCIE.DETECTED", port(&[(EXPRESS + 0x0a, 4)])),
        ("PCI.STATUS", port(&[(6, 0x4010)])),
        (
            "LINK.DOWN",
            port(&[
                wide[0],
                wide[1],
                (EXPRESS + 2, 0x0142),
                (EXPRESS + 0x1a, 0x40),
            ]),
        ),
        (
            "LINK.NARROW",
            behind(with((EXPRESS + 0x12, 0x2024)), &[(EXPRESS + 0x0c, 0x0044)]),
        ),
        (
            "SLOT.POWER_FAULT",
            port(&[
                wide[0],
                wide[1],
                (EXPRESS + 2, 0x0142),
                (EXPRESS + 0x1a, 0x42),
            ]),
        ),
        ("PCI.UNREAD", vec![slow]),
        ("AER.UNKNOWN", vec![cleared]),
    ]
}

/// Families: BAR, registers as they are when all is well, and faults.
type Family = (
    &'static str,
    u8,
    &'static [(u32, u64)],
    &'static [(&'static str, u32, u64)],
);

const FAMILIES: [Family; 9] = [
    (
        "nvme",
        0,
        &[(0x14, 0x46_0001), (0x1c, 1)],
        &[("NVME.CFS", 0x1c, 3), ("NVME.NOT_READY", 0x1c, 0)],
    ),
    (
        "ahci",
        5,
        &[(0x110, 1), (0x130, 0), (0x210, 0), (0x230, 0x405_0000)],
        &[
            ("AHCI.HOST_BUS", 0x210, 0x2000_0000),
            ("AHCI.HOST_DATA", 0x110, 0x1000_0000),
            ("AHCI.INTERFACE", 0x110, 0x0800_0000),
            ("AHCI.TASK_FILE", 0x110, 0x4000_0001),
            ("AHCI.SERR", 0x230, 0x0405_0200),
        ],
    ),
    (
        "xhci",
        0,
        &[(0, 0x0100_0040), (0x44, 0x18)],
        &[
            ("XHCI.HCE", 0x44, 0x1001),
            ("XHCI.HSE", 0x44, 0x5),
            ("XHCI.SRE", 0x44, 0x401),
        ],
    ),
    (
        "megaraid_sas",
        0,
        &[(0xb0, 0xc000_0000)],
        &[("MEGARAID.FAULT", 0xb0, 0xf001_0000)],
    ),
    (
        "mpt3sas",
        1,
        &[(0, 0x2000_0000)],
        &[
            ("MPT3SAS.FAULT", 0, 0x4000_5841),
            ("MPT3SAS.COREDUMP", 0, 0x5000_0000),
        ],
    ),
    ("mpi3mr", 0, &[(0x1c, 1)], &[("MPI3MR.FAULT", 0x1c, 3)]),
    ("mlx5", 0, &[(0x23c, 0)], &[("MLX5.HEALTH", 0x23c, 0x0100)]),
    (
        "i40e",
        0,
        &[(0xb8188, 0), (0xe6480, 0), (0x12a510, 0)],
        &[
            ("I40E.RESET", 0xb8188, 1),
            ("I40E.MDET_TX", 0xe6480, 0x8000_0001),
            ("I40E.MDET_RX", 0x12a510, 0x8000_0001),
        ],
    ),
    (
        "ice",
        0,
        &[(0xb8188, 0), (0x2d2e00, 0), (0x294c00, 0)],
        &[
            ("ICE.RESET", 0xb8188, 2),
            ("ICE.MDET_TX", 0x2d2e00, 0x8000_0001),
            ("ICE.MDET_RX", 0x294c00, 0x8000_0001),
        ],
    ),
];

/// Bits that a machine without any trouble has, too, after its buses were scanned.
#[test]
fn what_scanning_leaves_behind_is_no_trouble() {
    for (words, expected) in [
        (vec![(EXPRESS + 0x0a, 0x09)], Weight::Note),
        (vec![(EXPRESS + 0x0a, 0x0b)], Weight::Note),
        (vec![(EXPRESS + 0x0a, 0x02)], Weight::Error),
        (vec![(EXPRESS + 0x0a, 0x0c)], Weight::Fatal),
        (vec![(AER + 0x10, 0x2000)], Weight::Note),
        (vec![(AER + 0x10, 0x2001)], Weight::Warning),
    ] {
        let remarks = errors::remarks(&function(0, 0, &words));
        let weights: Vec<_> = remarks.iter().map(|remark| remark.weight).collect();
        assert_eq!(weights, [expected], "{words:x?}");
    }
}

#[test]
fn each_rule_has_a_fault_that_it_finds_and_no_other_rule_does() {
    let mut tried = BTreeSet::new();
    for (sign, functions) in faults() {
        assert_eq!(signs(functions), [sign]);
        tried.insert(sign);
    }
    for (family, bar, healthy, faults) in FAMILIES {
        assert!(
            signs(vec![of_family(family, bar, healthy)]).is_empty(),
            "{family}"
        );
        for (sign, at, value) in faults {
            let mut registers = healthy.to_vec();
            registers.retain(|(other, _)| other != at);
            registers.push((*at, *value));
            assert_eq!(signs(vec![of_family(family, bar, &registers)]), [*sign]);
            // And of no other family.
            assert!(
                signs(vec![of_family("other", bar, &registers)]).is_empty(),
                "{sign}"
            );
            tried.insert(sign);
        }
    }
    let rules = rules::ALL.iter().map(|rule| rule.sign);
    let all: BTreeSet<_> = rules
        .chain(families::SIGNS.iter().map(|sign| sign.rule.sign))
        .collect();
    assert_eq!(tried, all);
    assert!(signs(vec![function(0, 4, &[]), function(5, 0, &[])]).is_empty());
}
