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
use crate::format::devices::Entry;

pub(crate) const NVIDIA: Family = Family {
    name: "nvidia",
    ids: &[],
    classes: &[(Some(0x10de), 0x03_0000, 0xff_0000)],
    tried: false,
    conditions: &[],
    groups: &[Group::of(ENTRIES)],
};

#[rustfmt::skip]
const ENTRIES: &[Entry] = &[
    run(0x00000, 1),            // PMC_BOOT_0
    run(0x00a00, 1),            // PMC_BOOT_42
    run(0x01400, 64),           // PBUS_SW_SCRATCH
    run(0x118234, 1),           // GFW_BOOT
    run(0x110040, 2),           // MAILBOX0, MAILBOX1 of the GSP
    run(0x110080, 1),           // OS
    run(0x1100f4, 1),           // HWCFG2
    run(0x110100, 1),           // CPUCTL
    run(0x111388, 1),           // RISCV_CPUCTL
];
