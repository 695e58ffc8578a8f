// SPDX-License-Identifier: GPL-2.0

//! Broadcom's MegaRAID: doorbell, state of the firmware, interrupts (`struct megasas_register_set`, `megaraid_sas.h`), as far as the driver
//! reads them while it waits for the firmware (`megasas_transition_to_ready()`). Queue ports, from which reading takes, are left alone.
//!
//! The registers are behind the first BAR that is memory: BAR0 or BAR1.

use super::super::family::{
    run,
    Family,
    Group, //
};
use crate::format::devices::Entry;

pub(crate) const MEGARAID_SAS: Family = Family {
    name: "megaraid_sas",
    ids: &[(0x1000, IDS), (0x1028, &[0x0015])],
    classes: &[],
    tried: true,
    conditions: &[],
    groups: &[Group::of(ENTRIES)],
};

const fn behind(bar: u8, start: u32, count: u16) -> Entry {
    Entry {
        bar,
        ..run(start, count)
    }
}

#[rustfmt::skip]
const ENTRIES: &[Entry] = &[
    // Doorbell.
    behind(0, 0x00, 1), behind(1, 0x00, 1),
    // Host diagnostic.
    behind(0, 0x08, 1), behind(1, 0x08, 1),
    // Outbound doorbell, interrupt status and mask.
    behind(0, 0x2c, 3), behind(1, 0x2c, 3),
    // Reply post host index.
    behind(0, 0x6c, 1), behind(1, 0x6c, 1),
    // Scratch pads; the state of the firmware is in the first.
    behind(0, 0xb0, 4), behind(1, 0xb0, 4),
];

/// `megasas_pci_table`.
const IDS: &[u16] = &[
    0x0014, 0x0015, 0x0016, 0x0017, 0x001b, 0x001c, 0x002f, 0x0052, 0x0053, 0x005b, 0x005d, 0x005f,
    0x0060, 0x0071, 0x0073, 0x0078, 0x0079, 0x007c, 0x00ce, 0x00cf, 0x0411, 0x0413, 0x10e0, 0x10e1,
    0x10e2, 0x10e3, 0x10e4, 0x10e5, 0x10e6, 0x10e7,
];
