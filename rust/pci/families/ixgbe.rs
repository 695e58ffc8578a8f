// SPDX-License-Identifier: GPL-2.0

//! Intel's 82598 to E610: from the driver's list, not tried on hardware.
//!
//! Of what `ixgbe_get_regs()` (`ixgbe/ixgbe_ethtool.c`) reads: state, interrupts by EICS, queues, links. EICR and statistics are left out.

use super::super::family::{
    every,
    run,
    Family,
    Group, //
};
use crate::format::devices::Entry;

pub(crate) const IXGBE: Family = Family {
    name: "ixgbe",
    ids: &[(0x8086, IDS)],
    classes: &[],
    tried: false,
    conditions: &[],
    groups: &[Group::of(ENTRIES)],
};

#[rustfmt::skip]
const ENTRIES: &[Entry] = &[
    run(0x00000, 1),            // CTRL
    run(0x00008, 1),            // STATUS
    run(0x00018, 1),            // CTRL_EXT
    run(0x00020, 1),            // ESDP
    run(0x00028, 1),            // EODSDP
    run(0x00048, 2),            // FRTIMER, TCPTIMER
    run(0x00200, 1),            // LEDCTL
    run(0x00808, 1),            // EICS
    run(0x00880, 1),            // EIMS
    run(0x00888, 1),            // EIMC
    run(0x00810, 1),            // EIAC
    run(0x00890, 1),            // EIAM
    run(0x00898, 1),            // GPIE
    run(0x03000, 1),            // RXCTRL
    run(0x03c00, 8),            // RXPBSIZE
    run(0x04240, 1),            // HLREG0
    run(0x042a0, 1),            // AUTOC
    run(0x042a4, 1),            // LINKS
    run(0x05080, 1),            // FCTRL
    run(0x05088, 1),            // VLNCTRL
    run(0x10110, 1),            // EEMNGCTL
    // Receive queues. Where two of them have their RDBAL, other chips have causes of interrupts: it is left out.
    every(0x01008, 64, 0x40),   // RDLEN
    every(0x01010, 64, 0x40),   // RDH
    every(0x01018, 64, 0x40),   // RDT
    every(0x01028, 64, 0x40),   // RXDCTL
    // Transmit queues.
    every(0x06008, 32, 0x40),   // TDLEN
    every(0x06010, 32, 0x40),   // TDH
    every(0x06018, 32, 0x40),   // TDT
    every(0x06028, 32, 0x40),   // TXDCTL
];

/// `ixgbe_pci_tbl`.
const IDS: &[u16] = &[
    0x10b6, 0x10c6, 0x10c7, 0x10c8, 0x10db, 0x10dd, 0x10e1, 0x10ec, 0x10f1, 0x10f4, 0x10f7, 0x10f8,
    0x10f9, 0x10fb, 0x10fc, 0x1507, 0x1508, 0x150b, 0x1514, 0x1517, 0x151c, 0x1528, 0x1529, 0x152a,
    0x154a, 0x154d, 0x154f, 0x1557, 0x1558, 0x1560, 0x1563, 0x15aa, 0x15ab, 0x15ac, 0x15ad, 0x15ae,
    0x15b0, 0x15c2, 0x15c3, 0x15c4, 0x15c6, 0x15c7, 0x15c8, 0x15ce, 0x15d1, 0x15e4, 0x15e5, 0x57ae,
    0x57af, 0x57b0, 0x57b1, 0x57b2,
];
