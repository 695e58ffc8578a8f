// SPDX-License-Identifier: GPL-2.0

//! Intel's I225 and I226: from the driver's list, not tried on hardware.
//!
//! What `igc_ethtool_get_regs()` (`igc/igc_ethtool.c`) reads, without statistics, and without ICR at 0x1500, which reading clears.

use super::super::family::{
    every,
    run,
    Family,
    Group, //
};
use crate::format::devices::Entry;

pub(crate) const IGC: Family = Family {
    name: "igc",
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
    run(0x00010, 1),            // EECD
    run(0x00018, 1),            // CTRL_EXT
    run(0x00020, 1),            // MDIC
    run(0x00028, 2),            // FCAL, FCAH
    run(0x00034, 1),            // CONNSW
    run(0x00100, 1),            // RCTL
    run(0x00170, 1),            // FCTTV
    run(0x00400, 1),            // TCTL
    run(0x00410, 1),            // TIPG
    run(0x01504, 4),            // ICS, IMS, IMC, IAM
    run(0x01520, 5),            // EICS, EIMS, EIMC, EIAC, EIAM
    run(0x01680, 10),           // EITR
    run(0x02160, 1),            // FCRTL
    run(0x02168, 1),            // FCRTH
    run(0x02460, 1),            // FCRTV
    run(0x05000, 3),            // RXCSUM, RLPML, RFCTL
    run(0x05400, 32),           // RAL, RAH
    run(0x05480, 4),            // PSRTYPE
    run(0x055b0, 1),            // VLANPQF
    run(0x05cb0, 8),            // ETQF
    // Four queues.
    every(0x0c000, 4, 0x40),    // RDBAL
    every(0x0c004, 4, 0x40),    // RDBAH
    every(0x0c008, 4, 0x40),    // RDLEN
    every(0x0c00c, 4, 0x40),    // SRRCTL
    every(0x0c010, 4, 0x40),    // RDH
    every(0x0c018, 4, 0x40),    // RDT
    every(0x0c028, 4, 0x40),    // RXDCTL
    every(0x0e000, 4, 0x40),    // TDBAL
    every(0x0e004, 4, 0x40),    // TDBAH
    every(0x0e008, 4, 0x40),    // TDLEN
    every(0x0e010, 4, 0x40),    // TDH
    every(0x0e018, 4, 0x40),    // TDT
    every(0x0e028, 4, 0x40),    // TXDCTL
];

/// `igc_pci_tbl`.
const IDS: &[u16] = &[
    0x0d9f, 0x125b, 0x125c, 0x125d, 0x125e, 0x125f, 0x15f2, 0x15f3, 0x15f7, 0x15f8, 0x15fd, 0x3100,
    0x3101, 0x3102, 0x5502, 0x5503,
];
