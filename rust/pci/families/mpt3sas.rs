// SPDX-License-Identifier: GPL-2.0

//! Broadcom's and LSI's SAS2 and SAS3 controllers: from the driver's list, not tried on hardware.
//!
//! What `mpt3sas_base.c` reads to see whether the firmware has failed, and prints then (`mpi/mpi2.h`). DiagRW and the request queues are left out.
//! The registers are behind the first BAR that is memory: BAR0 or BAR1.

use super::super::family::{
    run,
    Family,
    Group, //
};
use crate::format::devices::Entry;

pub(crate) const MPT3SAS: Family = Family {
    name: "mpt3sas",
    ids: &[(0x1000, IDS)],
    classes: &[],
    tried: false,
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
    // Doorbell: state, code of the fault.
    behind(0, 0x00, 1), behind(1, 0x00, 1),
    // HostDiagnostic.
    behind(0, 0x08, 1), behind(1, 0x08, 1),
    // HostInterruptStatus, HostInterruptMask.
    behind(0, 0x30, 2), behind(1, 0x30, 2),
    // ReplyFreeHostIndex.
    behind(0, 0x48, 1), behind(1, 0x48, 1),
    // ReplyPostHostIndex.
    behind(0, 0x6c, 1), behind(1, 0x6c, 1),
    // HCBSize, HCBAddressLow, HCBAddressHigh.
    behind(0, 0x74, 3), behind(1, 0x74, 3),
    // Scratch pads.
    behind(0, 0xb0, 4), behind(1, 0xb0, 4),
];

/// `mpt3sas_pci_table`.
const IDS: &[u16] = &[
    0x0064, 0x0065, 0x006e, 0x0070, 0x0072, 0x0074, 0x0076, 0x0077, 0x007e, 0x0080, 0x0081, 0x0082,
    0x0083, 0x0084, 0x0085, 0x0086, 0x0087, 0x0090, 0x0091, 0x0094, 0x0095, 0x0096, 0x0097, 0x00aa,
    0x00ab, 0x00ac, 0x00ad, 0x00ae, 0x00af, 0x00c0, 0x00c1, 0x00c2, 0x00c3, 0x00c4, 0x00c5, 0x00c6,
    0x00c7, 0x00c8, 0x00c9, 0x00d1, 0x00e0, 0x00e1, 0x00e2, 0x00e3, 0x00e4, 0x00e5, 0x00e6, 0x00e7,
    0x02b0, 0x02b1,
];
