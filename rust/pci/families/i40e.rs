// SPDX-License-Identifier: GPL-2.0

//! Intel's X710 and XL710: from the driver's list, not tried on hardware.
//!
//! What the register test of `i40e/i40e_diag.c` and the service task of `i40e/i40e_main.c` read: admin queues, events of malicious drivers, reset,
//! queues. PFINT_ICR0 is left out.

use super::super::family::{
    every,
    run,
    Family,
    Group, //
};
use crate::format::devices::Entry;

pub(crate) const I40E: Family = Family {
    name: "i40e",
    ids: &[(0x8086, IDS)],
    classes: &[],
    tried: false,
    conditions: &[],
    groups: &[Group::of(ENTRIES)],
};

#[rustfmt::skip]
const ENTRIES: &[Entry] = &[
    run(0x38400, 1),            // PFINT_STAT_CTL0
    run(0x38500, 1),            // PFINT_LNKLST0
    run(0x38800, 1),            // PFINT_ICR0_ENA
    every(0x80000, 4, 0x80),    // PF_ATQBAL, PF_ARQBAL, PF_ATQBAH, PF_ARQBAH
    run(0x80200, 1),            // PF_ATQLEN
    run(0x80280, 1),            // PF_ARQLEN
    run(0x80300, 1),            // PF_ATQH
    run(0x80380, 1),            // PF_ARQH
    run(0x80400, 1),            // PF_ATQT
    run(0x80480, 1),            // PF_ARQT
    run(0x83048, 1),            // GL_FWSTS
    run(0xb8188, 1),            // GLGEN_RSTAT
    run(0xe6400, 1),            // PF_MDET_TX
    run(0xe6480, 1),            // GL_MDET_TX
    run(0x12a400, 1),           // PF_MDET_RX
    run(0x12a510, 1),           // GL_MDET_RX
    // The first 128 queues.
    run(0xe4000, 128),          // QTX_HEAD
    run(0x100000, 128),         // QTX_ENA
    run(0x108000, 128),         // QTX_TAIL
    run(0x120000, 128),         // QRX_ENA
    run(0x128000, 128),         // QRX_TAIL
];

/// `i40e_pci_tbl`.
const IDS: &[u16] = &[
    0x0cf8, 0x0d58, 0x0dd2, 0x0dda, 0x104e, 0x104f, 0x1572, 0x1574, 0x1580, 0x1581, 0x1583, 0x1584,
    0x1585, 0x1586, 0x1587, 0x1588, 0x1589, 0x158a, 0x158b, 0x15ff, 0x37ce, 0x37cf, 0x37d0, 0x37d1,
    0x37d2, 0x37d3,
];
