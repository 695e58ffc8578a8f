// SPDX-License-Identifier: GPL-2.0

//! NVIDIA's GPUs from Turing on: from a driver's list, not tried on hardware.
//!
//! What `nova-core/regs.rs` names and the driver reads while the firmware starts. Data ports, which count up when they are read, are left out.
//! One that has fallen off the bus reads as ones: then the port above it tells more.

use super::super::family::{
    run,
    Family,
    Group, //
};
use crate::format::devices::{
    Condition,
    Entry, //
};

pub(crate) const NVIDIA: Family = Family {
    name: "nvidia",
    ids: &[],
    classes: &[(Some(0x10de), 0x03_0000, 0xff_0000)],
    tried: false,
    conditions: CONDITIONS,
    groups: &[
        Group::of(ENTRIES),
        Group::of(&of_gsp(0)),
        Group::of(&of_gsp(1)),
    ],
};

/// The architecture in PMC_BOOT_0: Turing and Ampere; what came after Hopper, with it. Those before have no GSP.
const CONDITIONS: &[Condition] = &[architecture(0x1e, 0x16), architecture(0x18, 0x18)];

const fn architecture(mask: u32, value: u32) -> Condition {
    Condition {
        bar: 0,
        width: 4,
        at: 0,
        mask: mask << 24,
        value: value << 24,
    }
}

#[rustfmt::skip]
const ENTRIES: &[Entry] = &[
    run(0x00000, 1),            // PMC_BOOT_0
    run(0x00a00, 1),            // PMC_BOOT_42
    run(0x01400, 64),           // PBUS_SW_SCRATCH
    Entry { condition: 1, ..run(0x111388, 1) },     // RISCV_CPUCTL
];

#[rustfmt::skip]
const fn of_gsp(condition: u16) -> [Entry; 5] {
    [
        Entry { condition, ..run(0x118234, 1) },    // PGC6_AON_SECURE_SCRATCH_GROUP_05: GFW_BOOT
        Entry { condition, ..run(0x110040, 2) },    // MAILBOX0, MAILBOX1
        Entry { condition, ..run(0x110080, 1) },    // OS
        Entry { condition, ..run(0x1100f4, 1) },    // HWCFG2
        Entry { condition, ..run(0x110100, 1) },    // CPUCTL
    ]
}
