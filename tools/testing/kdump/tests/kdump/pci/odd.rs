// SPDX-License-Identifier: GPL-2.0

//! Functions that misbehave, on a crash kernel as Debian has it.

use std::{fs, path::PathBuf, sync::LazyLock};

use serde_json::Value;
use vm::Adapter;
use vmcore_format::pci::{Facts, Part, Pci, Reason};

use super::{
    dumped::{functions, payload, ranges, registers},
    qemu::{machine, DEVICES, IGB, NIC},
    traced,
};
use crate::{
    boots::{boot, of, text, Boot},
    kdump_file,
};

/// An NVMe controller whose BAR will be forgotten.
const MORE: &str = " -device nvme,serial=1,addr=0x12";
/// The kernel that will panic does not look after them any more.
const INJECT: &str = "setpci -s 00:10.0 ECAP_AER+2c.l=0
setpci -s 00:11.0 ECAP_AER+2c.l=0
monitor 'pcie_aer_inject_error nic UNSUP 1 2 3 4' 'pcie_aer_inject_error igb RCVR'
setpci -s 01:00.0 ECAP_AER+4.l >/out/uncorrectable
";

/// A function of ours.
struct Odd {
    what: &'static str,
    id: (u16, u16),
    /// Where capabilities are, and their double words.
    capabilities: &'static [(usize, u32)],
    options: &'static [&'static str],
    /// Why reading its configuration space ended, and how many bytes of that the dump covers.
    ended: Reason,
    len: usize,
}

/// The last one points to the first.
const CIRCLES: &[(usize, u32)] = &[
    // PCI Express, of an endpoint; power management; PCI Express again.
    (0x40, 0x0002_8010),
    (0x80, 0x0003_4001),
    // Advanced Error Reporting, of a request that was not supported.
    (0x100, 0x1501_0001),
    (0x104, 1 << 20),
    // Downstream Port Containment: triggered, by a message of 05:00.0.
    (0x150, 0x1001_001d),
    (0x158, 0x0500_0005),
];
const EXPRESS: &[(usize, u32)] = &[(0x40, 0x0002_0010), (0x100, 0x0001_0003)];
const E1000E: (u16, u16) = (0x8086, 0x10d3);
const UNKNOWN: (u16, u16) = (0x1234, 0x0001);

const fn odd(what: &'static str, options: &'static [&'static str], ended: Reason) -> Odd {
    Odd {
        what,
        id: UNKNOWN,
        capabilities: EXPRESS,
        options,
        ended,
        len: 4096,
    }
}

/// In slots 5, 6, …
const ODD: &[Odd] = &[
    odd("slow", &["--slow-us=100000"], Reason::SLOW),
    odd(
        "silent",
        &["--slow-us=100000", "--config-reads=0"],
        Reason::GONE,
    ),
    odd("tired", &["--slow-us=3000"], Reason::FUNCTION_TIME),
    odd("gone half way", &["--config-reads=500"], Reason::GONE),
    Odd {
        id: E1000E,
        ..odd(
            "its memory gone half way",
            &["--bar=0=128", "--bar-reads=10"],
            Reason::NONE,
        )
    },
    Odd {
        id: (0x1014, 0x028c),
        len: 256,
        ..odd("Citrine", &[], Reason::NONE)
    },
    Odd {
        id: (0x19ee, 0x4000),
        ..odd("NFP 4000", &[], Reason::NONE)
    },
    Odd {
        capabilities: CIRCLES,
        ..odd("lists in circles", &[], Reason::NONE)
    },
    Odd {
        id: E1000E,
        ..odd("no BAR at all", &[], Reason::NONE)
    },
];

impl Odd {
    fn named(what: &str) -> (String, &'static Self) {
        let found = (5..).zip(ODD).find(|(_, odd)| odd.what == what);
        let (slot, odd) = found.unwrap_or_else(|| panic!("nothing is {what}"));
        (format!("0000:00:{slot:02x}.0"), odd)
    }

    fn config(&self) -> Vec<u8> {
        let mut config = vec![0; 4096];
        // Ids; memory decoding, capabilities; an Ethernet controller; where they are.
        let (vendor, device) = (u32::from(self.id.0), u32::from(self.id.1));
        let header = [
            (0x00, (device << 16) | vendor),
            (0x04, 0x0010_0002),
            (0x08, 0x0200_0000),
            (0x34, 0x40),
        ];
        for (at, value) in header.iter().chain(self.capabilities) {
            config[*at..*at + 4].copy_from_slice(&value.to_le_bytes());
        }
        // Something that is not zero, up to the end.
        for at in (0x400..4096).step_by(4) {
            config[at..at + 4].copy_from_slice(&(at as u32 | 0xa500_0000).to_le_bytes());
        }
        config
    }

    fn adapter(&self) -> Adapter {
        let dir: PathBuf = vm::build_dir().join("odd");
        fs::create_dir_all(&dir).unwrap();
        let file = dir.join(format!("{}.config", self.what.replace(' ', "-")));
        fs::write(&file, self.config()).unwrap();
        let options = self.options.iter();
        options.fold(Adapter::function(&file), |adapter, option| {
            adapter.option(option)
        })
    }
}

static BOOT: Boot = LazyLock::new(|| {
    let vm = machine(
        "pci-odd",
        &format!("{DEVICES}{MORE}"),
        INJECT,
        include_str!("../../../scripts/pci-odd.sh"),
    );
    let vm = vm.program(env!("CARGO_BIN_EXE_compare-vmcore"));
    boot(ODD.iter().map(Odd::adapter).fold(vm, vm::Vm::adapter))
});

/// What a model has counted.
fn counts(what: &str) -> Value {
    let (address, _) = Odd::named(what);
    let slot = usize::from_str_radix(&address[8..10], 16).unwrap();
    serde_json::from_slice(&fs::read(&of(&BOOT).adapters[slot - 5]).unwrap()).unwrap()
}

#[test]
fn each_is_told_as_it_was_found() {
    let payload = payload(&BOOT, "pci");
    let functions = functions(&payload);
    for odd in ODD {
        let (address, _) = Odd::named(odd.what);
        let function = &functions[&address];
        assert_eq!(function.head.ended, odd.ended, "{}", odd.what);
        let ranges = ranges(function);
        let covered: u32 = ranges.iter().map(|range| range.head.count * 4).sum();
        assert_eq!(covered as usize, odd.len, "{}", odd.what);
        let truth = odd.config();
        let mut read = 0;
        for at in (0..odd.len).step_by(4) {
            if let Some(value) = function.config32(at as u32) {
                read += 1;
                let expected = truth[at..at + 4].try_into().unwrap();
                // The rest is QEMU's, and of what is silent nobody knows.
                let is_ours = (at == 0 || at >= 0x40) && odd.what != "silent";
                assert!(
                    !is_ours || value == u32::from_le_bytes(expected),
                    "{}: {at:#x}: {value:#x}",
                    odd.what
                );
            }
        }
        let counts = counts(odd.what);
        assert_eq!(counts["armed"], true, "{}", odd.what);
        // QEMU knows those of BARs by itself.
        let reads = counts["config_reads"].as_u64().unwrap();
        assert!(reads + 16 >= read, "{}: {counts}", odd.what);
        // Besides the one that armed it.
        assert_eq!(counts["writes"], 0, "{}: {counts}", odd.what);
    }
}

#[test]
fn no_more_is_asked_of_a_device_that_is_slow_or_gone() {
    for (what, most) in [
        // One of them may be the host's fault. What is silent answers with ones to the first, which is no id.
        ("slow", 2),
        ("silent", 1),
        // And one more, to see whether it is there.
        ("gone half way", 502),
    ] {
        let reads = counts(what)["config_reads"].as_u64().unwrap();
        // In the second dump, nothing is known of it.
        assert!((1..=most).contains(&reads), "{what}: {reads}");
    }
    let payload = payload(&BOOT, "pci");
    let (tired, _) = Odd::named("tired");
    let reads = u64::from(functions(&payload)[&tired].head.accesses);
    // Each takes 3 ms and more, and there is a second and a half for all.
    assert!((150..=510).contains(&reads), "{reads}");
}

#[test]
fn nothing_is_read_behind_the_size_that_a_quirk_sets() {
    let payload = payload(&BOOT, "pci");
    let functions = functions(&payload);
    for (what, len) in [("Citrine", 0xa0), ("NFP 4000", 0x600)] {
        let (address, _) = Odd::named(what);
        let function = &functions[&address];
        assert_eq!(function.head.config_len, len, "{what}");
        let unread = ranges(function)
            .into_iter()
            .filter(|range| range.head.reason == Reason::QUIRK);
        let unread: Vec<_> = unread.map(|range| range.head.start).collect();
        assert_eq!(unread, [len], "{what}");
        assert_eq!(counts(what)["config_end"], len, "{what}");
        let seen = traced::config(&BOOT, "pci_cfg_read").into_iter();
        let last = seen
            .filter(|(other, _)| *other == address)
            .map(|(_, at)| at)
            .max();
        assert_eq!(last, Some(u64::from(len) - 4), "{what}");
    }
}

#[test]
fn containment_and_errors_are_there_though_lists_go_in_circles() {
    let payload = payload(&BOOT, "pci");
    let (address, _) = Odd::named("lists in circles");
    let function = &functions(&payload)[&address];
    assert_eq!(function.config32(0x104), Some(1 << 20));
    // Triggered, by a fatal message of 05:00.0.
    assert_eq!(function.config32(0x158), Some(0x0500_0005));
    assert!(function.head.facts.get(Facts::DPC_CLEARED).is_some());
}

/// Why nothing was read of a function by a table, or why that ended.
fn reasons(address: &str) -> (Reason, Reason) {
    let payload = payload(&BOOT, "pci_registers");
    let functions = functions(&payload);
    let mut parts = functions[address].parts();
    let table = parts.find_map(|part| match part.unwrap() {
        Part::Table(table) => Some(table),
        _ => None,
    });
    let table = table.unwrap_or_else(|| panic!("no table for {address}"));
    (table.skipped, table.ended)
}

#[test]
fn memory_that_goes_away_half_way_ends_the_device() {
    let (address, _) = Odd::named("its memory gone half way");
    assert_eq!(reasons(&address).1, Reason::GONE);
    let payload = payload(&BOOT, "pci_registers");
    let read = registers(&functions(&payload)[&address]);
    // It holds its offsets. Those of the range in which it went away are none.
    assert!(!read.is_empty() && read.len() <= 10, "{read:x?}");
    for ((_, at, _), value) in read {
        assert_eq!(value, u64::from(at));
    }
}

#[test]
fn what_sleeps_does_not_decode_or_has_no_bar_is_not_read() {
    assert_eq!(reasons(IGB).0, Reason::ASLEEP);
    assert_eq!(reasons("0000:00:1f.2").0, Reason::NOT_DECODING);
    let payload = payload(&BOOT, "pci_registers");
    let functions = functions(&payload);
    for address in ["0000:00:12.0".to_owned(), Odd::named("no BAR at all").0] {
        let function = &functions[&address];
        assert!(registers(function).is_empty());
        for range in ranges(function) {
            assert_eq!(range.head.reason, Reason::NO_BAR, "{address}");
        }
        assert!(!ranges(function).is_empty(), "{address}");
    }
}

#[test]
fn a_kernel_that_has_cleared_errors_says_so() {
    assert_eq!(text(&BOOT, "uncorrectable"), "00100000\n");
    let payload = payload(&BOOT, "pci");
    let found = functions(&payload);
    for address in [NIC, IGB, "0000:00:10.0"] {
        let function = &found[address];
        assert_eq!(
            function.head.facts.get(Facts::AER_CLEARED),
            Some(true),
            "{address}"
        );
        assert_eq!(function.config32(0x104), Some(0), "{address}");
        assert_eq!(function.config32(0x110), Some(0), "{address}");
    }
}

#[test]
fn the_vmcore_is_whole_and_all_of_it_is_in_time() {
    // The script has compared it with the built-in one.
    kdump_file::read(&of(&BOOT).out.join("vmcore"));
    for name in ["pci", "pci_registers"] {
        let payload = payload(&BOOT, name);
        let header = Pci::parse(&payload).unwrap().header;
        assert!(header.finished, "{name}");
        assert_eq!((header.total_ms, header.function_ms), (10_000, 1500));
        assert!(header.taken_ms < header.total_ms, "{header:?}");
    }
}
