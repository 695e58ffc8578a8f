// SPDX-License-Identifier: GPL-2.0

//! Broadcom's and LSI's SAS2 and SAS3 controllers: from the driver's list, not tried on hardware.
//!
//! What `mpt3sas_base.c` reads to see whether the firmware has failed, and prints then (`mpi/mpi2.h`). DiagRW and the request queues are left out.
//! The registers are behind BAR1; BAR0 is I/O ports.

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

const fn at(start: u32, count: u16) -> Entry {
    Entry {
        bar: 1,
        ..run(start, count)
    }
}

#[rustfmt::skip]
const ENTRIES: &[Entry] = &[
    at(0x00000, 1),            // Doorbell: state, code of the fault
    at(0x00008, 1),            // HostDiagnostic
    at(0x00030, 2),            // HostInterruptStatus, HostInterruptMask
    at(0x00048, 1),            // ReplyFreeHostIndex
    at(0x0006c, 1),            // ReplyPostHostIndex
    at(0x00074, 3),            // HCBSize, HCBAddressLow, HCBAddressHigh
    at(0x000b0, 4),            // scratch pads
];

/// `mpt3sas_pci_table`.
const IDS: &[u16] = &[
    0x0064, 0x0065, 0x006e, 0x0070, 0x0072, 0x0074, 0x0076, 0x0077, 0x007e, 0x0080, 0x0081, 0x0082,
    0x0083, 0x0084, 0x0085, 0x0086, 0x0087, 0x0090, 0x0091, 0x0094, 0x0095, 0x0096, 0x0097, 0x00aa,
    0x00ab, 0x00ac, 0x00ad, 0x00ae, 0x00af, 0x00c0, 0x00c1, 0x00c2, 0x00c3, 0x00c4, 0x00c5, 0x00c6,
    0x00c7, 0x00c8, 0x00c9, 0x00d1, 0x00e0, 0x00e1, 0x00e2, 0x00e3, 0x00e4, 0x00e5, 0x00e6, 0x00e7,
    0x02b0, 0x02b1,
];
