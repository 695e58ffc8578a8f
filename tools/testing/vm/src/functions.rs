// SPDX-License-Identifier: GPL-2.0

//! Machines with many PCI functions.

/// Functions that a machine of tests has by itself: host bridge, LPC, AHCI, SMBus, and the one that shares a directory.
pub const USUAL: usize = 5;
/// Slots of the root bus that are free.
const SLOTS: core::ops::Range<usize> = 3..0x1f;
const PER_SLOT: usize = 8;

/// Arguments for QEMU: `count` more functions, `ports` of them root ports, which have 4 KiB of configuration space; below the last one
/// there is another bus.
pub fn many(count: usize, ports: usize) -> String {
    let mut devices = String::new();
    let room = (SLOTS.len() * PER_SLOT).min(count);
    for number in 0..room {
        let (slot, function) = (SLOTS.start + number / PER_SLOT, number % PER_SLOT);
        let model = match number < ports {
            true => format!("pcie-root-port,id=port{number},chassis={number},hotplug=off"),
            false => "edu".to_owned(),
        };
        devices += &format!(" -device {model},addr={slot:#x}.{function},multifunction=on");
    }
    let Some(rest) = count.checked_sub(room + 1) else {
        return devices;
    };
    devices += &format!(" -device pcie-pci-bridge,id=more,bus=port{}", ports - 1);
    for number in 0..rest {
        let (slot, function) = (1 + number / PER_SLOT, number % PER_SLOT);
        devices += &format!(" -device edu,bus=more,addr={slot:#x}.{function},multifunction=on");
    }
    devices
}
