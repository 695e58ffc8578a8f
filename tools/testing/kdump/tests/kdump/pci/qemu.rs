// SPDX-License-Identifier: GPL-2.0

//! QEMU's functions. What was read is compared with what other programs have said of them before the panic, and each access with what
//! QEMU itself has seen of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read,
    process::Command,
    sync::LazyLock,
    time::Duration,
};

use flate2::read::ZlibDecoder;
use serde_json::Value;
use vm::Vm;
use vmcore_format::{
    crash_log::CrashLog,
    pci::{Facts, Part, Pci, Reason},
};

use super::{
    dumped::{functions, payload, registers},
    traced,
};
use crate::boots::{boot, of, text, Boot};

/// The network adapter that is told to have refused a request.
pub const NIC: &str = "0000:01:00.0";
pub const IGB: &str = "0000:02:00.0";
const NVME: &str = "0000:03:00.0";
/// The device whose slot loses power.
const LOST: &str = "0000:06:00.0";
const PORT_OF_LOST: &str = "0000:00:15.0";
/// Of all boots.
pub const DEVICES: &str = "
-device pcie-root-port,id=rp1,chassis=1,addr=0x10 -device e1000e,bus=rp1,id=nic
-device pcie-root-port,id=rp2,chassis=2,addr=0x11 -device igb,bus=rp2,id=igb
-D DIR/trace.log";
/// Slots are those of PCI Express, not of ACPI: they have a link, and power.
const MORE: &str = "
-global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off
-device pcie-root-port,id=rp3,chassis=3,addr=0x12 -device nvme,bus=rp3,serial=1,id=nvme
-device pcie-root-port,id=rp4,chassis=4,addr=0x13 -device megasas-gen2,bus=rp4,id=raid
-device pcie-root-port,id=rp5,chassis=5,addr=0x14 -device qemu-xhci,bus=rp5,id=usb
-device pcie-root-port,id=rp6,chassis=6,addr=0x15 -device nvme,bus=rp6,serial=2,id=lost
-device pcie-root-port,id=rp7,chassis=7,addr=0x16 -device virtio-net-pci,bus=rp7,aer=on,id=vnet
-device pcie-root-port,id=empty,chassis=8,addr=0x17";

/// A machine with such devices; both scripts may ask QEMU's monitor.
pub fn machine(name: &str, devices: &str, first: &str, crash: &str) -> Vm {
    let dir = vm::build_dir().join("vm").join(name);
    let script = |script: &str| format!("{}{script}", vm::MONITOR);
    Vm::scenario(name)
        .arguments(&devices.replace("DIR", dir.to_str().expect("a path in UTF-8")))
        .monitor()
        .program("/usr/bin/setpci")
        .first_kernel(&script(first))
        .crash_kernel(&script(crash))
        .deadline(Duration::from_secs(900))
}

/// A crash kernel that leaves errors alone.
pub static KEPT: Boot = LazyLock::new(|| {
    let vm = machine(
        "pci",
        &format!("{DEVICES}{MORE}"),
        include_str!("../../../scripts/pci-first.sh"),
        include_str!("../../../scripts/pci.sh"),
    );
    boot(
        vm.crash_options("pcie_ports=compat")
            // Programs may map what drivers use.
            .first_options("iomem=relaxed")
            .driver("e1000e igb nvme")
            .program("/usr/bin/lspci")
            .program("/usr/sbin/ethtool")
            .program("/usr/sbin/nvme"),
    )
});

/// Configuration spaces as the script has left them in `/out`, by address.
fn configs(when: &str) -> BTreeMap<String, Vec<u8>> {
    let out = &of(&KEPT).out;
    let files = fs::read_dir(out).unwrap();
    let files = files.filter_map(|file| {
        let name = file.unwrap().file_name().into_string().unwrap();
        let address = name.strip_prefix(when)?.strip_prefix('.')?;
        let address = address.strip_suffix(".config")?.to_owned();
        Some((address, fs::read(out.join(&name)).unwrap()))
    });
    files.collect()
}

/// Configuration spaces as `lspci -xxxx` has written them, by address.
fn said_by_lspci() -> BTreeMap<String, Vec<u8>> {
    let said = text(&KEPT, "lspci");
    let mut found: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut address = String::new();
    for line in said.lines() {
        // ADDRESS NAME, then OFFSET: BYTE…
        match line.split_once(": ") {
            Some((at, bytes)) if at.len() <= 3 => {
                let bytes = bytes.split_whitespace();
                let bytes = bytes.map(|byte| u8::from_str_radix(byte, 16).unwrap());
                found.entry(address.clone()).or_default().extend(bytes);
            }
            _ if !line.is_empty() => address = format!("0000:{}", line.split(' ').next().unwrap()),
            _ => {}
        }
    }
    found
}

/// What was read behind BARs: address, value, size; and where BARs of these functions are.
#[allow(clippy::type_complexity)]
fn behind_bars(payload: &[u8]) -> (Vec<(u64, u64, u8)>, Vec<core::ops::Range<u64>>) {
    let (mut found, mut bars) = (Vec::new(), Vec::new());
    for function in functions(payload).values() {
        let mut starts = BTreeMap::new();
        for part in function.parts() {
            match part.unwrap() {
                Part::Resource(resource) if resource.index < 6 => {
                    starts.insert(resource.index, resource.start);
                    bars.push(resource.start..resource.start + resource.len);
                }
                _ => {}
            }
        }
        let read = registers(function).into_iter();
        found.extend(
            read.map(|((bar, at, width), value)| (starts[&bar] + u64::from(at), value, width)),
        );
    }
    (found, bars)
}

#[test]
fn all_configuration_spaces_are_what_sysfs_shows() {
    let payload = payload(&KEPT, "pci");
    let (mut found, mut before) = (functions(&payload), configs("before"));
    assert_eq!(before, configs("after"));
    assert!(before.len() >= 19, "{:?}", before.keys());
    assert!(found.keys().eq(before.keys()));
    assert_eq!(found.remove(LOST).unwrap().head.ended, Reason::GONE);
    assert!(before
        .remove(LOST)
        .unwrap()
        .iter()
        .all(|byte| *byte == u8::MAX));
    for (address, expected) in &before {
        let function = &found[address];
        assert_eq!(
            function.head.config_len as usize,
            expected.len(),
            "{address}"
        );
        assert_eq!(function.head.ended, Reason::NONE, "{address}");
        let read = (0..expected.len()).filter(|at| {
            let read = function.config8(*at as u32);
            assert!(
                read.is_none_or(|read| read == expected[*at]),
                "{address}: {at:#x}"
            );
            read.is_some()
        });
        // Some bodies of capabilities are a vendor's own.
        assert!(read.count() >= expected.len() - 96, "{address}");
    }
}

/// The first byte of that capability; enabled and masked are the upper bits of its first double word.
const MSI_X: u8 = 0x11;
/// What else the crash kernel changes on its way to the dump.
const CHANGED: &[(&str, u32, u32)] = &[
    ("Command: interrupts disabled", 0x04, 0x400),
    (
        "Status of a port: a system error was signalled",
        0x04,
        0x4000_0000,
    ),
];

#[test]
fn all_configuration_spaces_are_what_lspci_said_before_the_panic() {
    let payload = payload(&KEPT, "pci");
    let (found, said) = (functions(&payload), said_by_lspci());
    assert!(found.keys().eq(said.keys()));
    for (address, said) in &said {
        if [LOST, PORT_OF_LOST].contains(&&**address) {
            continue;
        }
        let function = &found[address];
        assert_eq!(function.head.config_len as usize, said.len(), "{address}");
        for (at, said) in (0..).step_by(4).zip(said.chunks_exact(4)) {
            let said = u32::from_le_bytes(said.try_into().unwrap());
            let Some(read) = function.config32(at) else {
                continue;
            };
            let changed = CHANGED.iter().filter(|(_, place, _)| *place == at);
            let mut mask = changed.fold(0, |mask, (_, _, bits)| mask | bits);
            // The dump says of these that it was so.
            if said as u8 == MSI_X && function.head.facts.get(Facts::MSI_DISABLED) == Some(true) {
                mask |= 0xc000_0000;
            }
            assert_eq!(
                (said ^ read) & !mask,
                0,
                "{address}: {at:#x}: {said:#x}, {read:#x}"
            );
        }
    }
}

#[test]
fn what_a_function_is_and_has_above_it_is_told() {
    let payload = payload(&KEPT, "pci");
    let found = functions(&payload);
    for (address, id, port) in [
        (NIC, (0x8086, 0x10d3), "0000:00:10.0"),
        (IGB, (0x8086, 0x10c9), "0000:00:11.0"),
        (NVME, (0x1b36, 0x0010), "0000:00:12.0"),
        ("0000:04:00.0", (0x1000, 0x0079), "0000:00:13.0"),
        ("0000:05:00.0", (0x1b36, 0x000d), "0000:00:14.0"),
        (LOST, (0x1b36, 0x0010), PORT_OF_LOST),
    ] {
        let head = &found[address].head;
        assert_eq!(head.id, id, "{address}");
        assert_eq!(
            head.parent.map(|parent| parent.to_string()).as_deref(),
            Some(port)
        );
        assert_eq!(found[port].head.port_type, Some(4), "{port}");
        assert_eq!(found[port].head.id, (0x1b36, 0x000c));
    }
    let bound = text(&KEPT, "drivers");
    for (address, function) in &found {
        let driver = String::from_utf8_lossy(function.head.driver()).into_owned();
        let line = format!("{address} {driver}");
        let is_bound = function.head.facts.get(Facts::BOUND).unwrap();
        assert_eq!(bound.lines().any(|other| other == line), is_bound, "{line}");
    }
}

#[test]
fn errors_from_before_the_panic_are_found_if_this_kernel_left_them() {
    let payload = payload(&KEPT, "pci");
    let found = functions(&payload);
    let nic = &found[NIC];
    assert_eq!(nic.head.facts.get(Facts::AER_CLEARED), Some(false));
    // The request that was not supported, and its header.
    assert_eq!(nic.config32(0x104).unwrap() & (1 << 20), 1 << 20);
    let header = [0x11c, 0x120, 0x124, 0x128].map(|at| nic.config32(at).unwrap());
    assert_eq!(header, [0x1111_1111, 0x2222_2222, 0x3333_3333, 0x4444_4444]);
    // The error that was corrected.
    assert_eq!(found[IGB].config32(0x110).unwrap() & 1, 1);
    // A port that was told of one: not fatal, by 07:00.0.
    let port = &found["0000:00:16.0"];
    assert_eq!(port.head.facts.get(Facts::AER_CLEARED), Some(false));
    assert_eq!(port.config32(0x130).unwrap() & 0x7f, 0x24);
    assert_eq!(port.config32(0x134).unwrap() >> 16, 0x0700);
}

/// What was injected, and the slot without power; nothing of a slot that is empty, nor of what scanning has left behind.
#[test]
fn the_reader_says_which_device_had_which_error_and_nothing_else() {
    let found: BTreeSet<(String, String)> = findings("pci").into_iter().collect();
    let expected = [
        (NIC, "AER.UNCORRECTABLE"),
        (IGB, "AER.CORRECTABLE"),
        (LOST, "PCI.GONE"),
        (PORT_OF_LOST, "LINK.DOWN"),
        ("0000:00:16.0", "AER.MESSAGE"),
        ("0000:07:00.0", "AER.UNCORRECTABLE"),
    ];
    let expected = expected.map(|(unit, rule)| (unit.to_owned(), rule.to_owned()));
    assert_eq!(found, BTreeSet::from(expected));
    let nothing: [(String, String); 0] = [];
    assert_eq!(findings("pci_registers"), nothing);
}

/// Units and rules of what is worse than information, as `vmcoredd diagnose` says it of a dump.
fn findings(dump: &str) -> Vec<(String, String)> {
    let vmcore = of(&KEPT).out.join("vmcore");
    let said = Command::new(vm::bin_dir().join("vmcoredd"))
        .args(["diagnose", "--json"])
        .arg(vmcore)
        .arg(dump)
        .output()
        .unwrap();
    let said: Value = serde_json::from_slice(&said.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&said.stderr)));
    let findings = said["files"][0]["dumps"][0]["findings"].as_array().unwrap();
    let bad = findings
        .iter()
        .filter(|finding| finding["severity"] != "information");
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    bad.map(|finding| (text(finding, "unit"), text(finding, "rule")))
        .collect()
}

/// Families that are read here, without the device that is lost.
const FAMILIES: [&str; 7] = [
    "ahci",
    "e1000e",
    "igb",
    "igb_82576",
    "megaraid_sas",
    "nvme",
    "xhci",
];

#[test]
fn registers_are_what_qemu_says_and_no_others_are_read() {
    let payload = payload(&KEPT, "pci_registers");
    let read: BTreeSet<String> = functions(&payload)
        .values()
        .filter(|function| !registers(function).is_empty())
        .flat_map(|function| function.parts().collect::<Vec<_>>())
        .filter_map(|part| match part.unwrap() {
            Part::Table(table) => Some(String::from_utf8_lossy(table.name()).into_owned()),
            _ => None,
        })
        .collect();
    assert!(read.iter().eq(&FAMILIES), "{read:?}");

    let (found, bars) = behind_bars(&payload);
    let is_theirs = |at: u64| bars.iter().any(|bar| bar.contains(&at));
    let mut seen = traced::memory(&KEPT, "memory_region_ops_read");
    seen.retain(|(at, ..)| is_theirs(*at));
    let places = |accesses: &[(u64, u64, u8)]| -> BTreeSet<(u64, u8)> {
        accesses.iter().map(|(at, _, size)| (*at, *size)).collect()
    };
    assert!(found.len() > 500, "{}", found.len());
    assert_eq!(places(&found), places(&seen));
    for read in &found {
        assert!(seen.contains(read), "{read:x?}");
    }
}

#[test]
fn registers_are_what_ethtool_said_before_the_panic() {
    let payload = payload(&KEPT, "pci_registers");
    let functions = functions(&payload);
    for (address, least, queues) in [
        (NIC, 10, [0x2810, 0x2818, 0x3810, 0x3818].as_slice()),
        // Of the first queue, and of the last that ethtool knows.
        (IGB, 180, &[0x2810, 0x2818, 0x3810, 0x3818, 0x2b10, 0x3b10]),
    ] {
        let read = registers(&functions[address]);
        let said = text(&KEPT, &format!("ethtool.{address}"));
        // 0xOFFSET: NAME 0xVALUE
        let said = said.lines().filter_map(|line| {
            let (at, rest) = line.strip_prefix("0x")?.split_once(": ")?;
            let value = rest.split_whitespace().last()?.strip_prefix("0x")?;
            let at = u32::from_str_radix(at, 16).ok()?;
            Some((at, u64::from_str_radix(value, 16).ok()?))
        });
        // It has one of igb's under the offset of another, too.
        let mut names: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for (at, value) in said {
            names.entry(at).or_default().push(value);
        }
        names.retain(|at, _| read.contains_key(&(0, *at, 4)));
        assert!(
            names.len() >= least,
            "{address}: {} {names:x?}",
            names.len()
        );
        for at in queues {
            assert!(names.contains_key(at), "{address}: {at:#x}: {names:x?}");
        }
        // The driver has given it buffers to receive into.
        assert!(!names[&0x2818].contains(&0), "{address}: {names:x?}");
        for (at, said) in names {
            assert!(
                said.contains(&read[&(0, at, 4)]),
                "{address}: {at:#x}: {said:x?}"
            );
        }
    }
}

#[test]
fn registers_are_what_nvme_said_before_the_panic() {
    let payload = payload(&KEPT, "pci_registers");
    let functions = functions(&payload);
    let read = registers(&functions[NVME]);
    let said = text(&KEPT, "nvme");
    let said: BTreeMap<&str, u64> = said
        .lines()
        .filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            let value = value.trim().trim_start_matches("0x");
            Some((name.trim(), u64::from_str_radix(value, 16).ok()?))
        })
        .collect();
    for (name, at, words) in [
        ("cap", 0x00, 2),
        ("version", 0x08, 1),
        ("intms", 0x0c, 1),
        ("intmc", 0x10, 1),
        ("cc", 0x14, 1),
        ("csts", 0x1c, 1),
        ("aqa", 0x24, 1),
        ("asq", 0x28, 2),
        ("acq", 0x30, 2),
        ("cmbloc", 0x38, 1),
        ("cmbsz", 0x3c, 1),
    ] {
        let words = (0..words).map(|word| read[&(0, at + 4 * word, 4)] << (32 * word));
        assert_eq!(words.sum::<u64>(), said[name], "{name}");
    }
    assert_ne!(said["asq"], 0);
}

#[test]
fn a_device_behind_a_link_that_is_down_is_left_alone() {
    let payload = payload(&KEPT, "pci_registers");
    let lost = &functions(&payload)[LOST];
    let skipped = lost.parts().find_map(|part| match part.unwrap() {
        Part::Table(table) => Some(table.skipped),
        _ => None,
    });
    assert_eq!(skipped, Some(Reason::LINK_DOWN));
    assert!(registers(lost).is_empty());
}

#[test]
fn nothing_is_written_and_nothing_denied_is_read() {
    let (_, bars) = behind_bars(&payload(&KEPT, "pci_registers"));
    let mut written = traced::memory(&KEPT, "memory_region_ops_write");
    written.retain(|(at, ..)| bars.iter().any(|bar| bar.contains(at)));
    assert_eq!(written, []);
    assert_eq!(traced::config(&KEPT, "pci_cfg_write"), BTreeSet::new());
    let payload = payload(&KEPT, "pci");
    let mut expected = BTreeSet::new();
    for (address, function) in functions(&payload) {
        let offsets = (0..function.head.config_len).step_by(4);
        let read = offsets.filter(|at| function.config32(*at).is_some());
        expected.extend(read.map(|at| (address.clone(), u64::from(at))));
    }
    assert_eq!(traced::config(&KEPT, "pci_cfg_read"), expected);
}

#[test]
fn it_takes_a_small_part_of_its_time() {
    for name in ["pci", "pci_registers"] {
        let payload = payload(&KEPT, name);
        let header = Pci::parse(&payload).unwrap().header;
        assert!(header.taken_ms < header.total_ms / 2, "{header:?}");
        for function in functions(&payload).values() {
            assert!(
                function.head.slowest_us < header.access_us,
                "{:?}",
                function.head
            );
        }
    }
}

#[test]
fn the_log_of_the_crash_kernel_is_there_from_its_first_line_on() {
    let payload = payload(&KEPT, "crash_log");
    let log = CrashLog::parse(&payload).unwrap();
    let mut found = Vec::new();
    for piece in log.pieces() {
        let piece = piece.unwrap();
        let before = found.len();
        ZlibDecoder::new(piece.packed)
            .read_to_end(&mut found)
            .unwrap();
        assert_eq!(found.len() - before, piece.text_len as usize);
    }
    assert!(log.header.finished);
    assert_eq!(
        (log.header.lost, log.header.text_len),
        (0, found.len() as u64)
    );
    let found = String::from_utf8(found).unwrap();
    assert!(
        found.starts_with("<5>[    0.000000] Linux version "),
        "{found}"
    );
    let whole = text(&KEPT, "log");
    assert!(whole.starts_with(&found), "{found}");
    // Some have several.
    assert!(found.lines().count() >= log.header.messages as usize);
    let last = found.lines().last().unwrap();
    assert!(last.contains("/proc/vmcore_devdump is ready"), "{last}");
}
