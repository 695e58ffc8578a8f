// SPDX-License-Identifier: GPL-2.0

//! Intel's 82575 to I354.
//!
//! What `igb_get_regs()` (`igb/igb_ethtool.c`) reads, without statistics, the packet that woke the machine up, and the filters for that.

use super::super::family::{
    every,
    run,
    Family,
    Group, //
};
use crate::format::devices::Entry;

pub(crate) const IGB: Family = Family {
    name: "igb",
    ids: &[(0x8086, IDS)],
    classes: &[],
    tried: true,
    conditions: &[],
    groups: &[Group::of(ENTRIES)],
};

#[rustfmt::skip]
const ENTRIES: &[Entry] = &[
    run(0x00000, 1),            // CTRL
    run(0x00008, 1),            // STATUS
    run(0x00010, 1),            // EECD
    run(0x00018, 1),            // CTRL_EXT
    run(0x00020, 4),            // MDIC, SCTL, FCAL, FCAH
    run(0x00034, 2),            // CONNSW, VET
    run(0x000c8, 1),            // ICS
    run(0x000d0, 1),            // IMS
    run(0x000d8, 1),            // IMC
    run(0x000e0, 1),            // IAM
    run(0x00100, 1),            // RCTL
    run(0x00170, 1),            // FCTTV
    run(0x00400, 2),            // TCTL, TCTL_EXT
    run(0x00410, 1),            // TIPG
    run(0x00e00, 1),            // LEDCTL
    run(0x01000, 1),            // PBA
    run(0x01008, 1),            // PBS
    run(0x01048, 2),            // FRTIMER, TCPTIMER
    run(0x01520, 5),            // EICS, EIMS, EIMC, EIAC, EIAM
    run(0x01680, 10),           // EITR
    run(0x02160, 1),            // FCRTL
    run(0x02168, 1),            // FCRTH
    run(0x02460, 1),            // FCRTV
    every(0x03410, 3, 8),       // TDFH, TDFT, TDFHS
    run(0x03430, 1),            // TDFPC
    run(0x03590, 1),            // DTXCTL
    run(0x04200, 1),            // PCS_CFG0
    run(0x04208, 2),            // PCS_LCTL, PCS_LSTAT
    run(0x04218, 4),            // PCS_ANADV, PCS_LPAB, PCS_NPTX, PCS_LPABNP
    run(0x05000, 3),            // RXCSUM, RLPML, RFCTL
    run(0x05400, 32),           // RAL, RAH
    run(0x05480, 4),            // PSRTYPE
    run(0x05800, 1),            // WUC
    run(0x05808, 1),            // WUFC
    run(0x05810, 1),            // WUS
    run(0x05818, 2),            // MRQC, VT_CTL
    run(0x05838, 1),            // IPAV
    every(0x05840, 4, 8),       // IP4AT
    run(0x05880, 4),            // IP6AT
    run(0x05900, 1),            // WUPL
    run(0x05a80, 17),           // IMIR, IMIREXT, IMIRVP
    every(0x05f00, 4, 8),       // FFLT
    // The first four queues, where all of these chips have them.
    every(0x02800, 4, 0x100),   // RDBAL
    every(0x02804, 4, 0x100),   // RDBAH
    every(0x02808, 4, 0x100),   // RDLEN
    every(0x0280c, 4, 0x100),   // SRRCTL
    every(0x02810, 4, 0x100),   // RDH
    every(0x02818, 4, 0x100),   // RDT
    every(0x02828, 4, 0x100),   // RXDCTL
    every(0x03800, 4, 0x100),   // TDBAL
    every(0x03804, 4, 0x100),   // TDBAH
    every(0x03808, 4, 0x100),   // TDLEN
    every(0x03810, 4, 0x100),   // TDH
    every(0x03814, 4, 0x100),   // DCA_TXCTRL
    every(0x03818, 4, 0x100),   // TDT
    every(0x03828, 4, 0x100),   // TXDCTL
    every(0x03838, 4, 0x100),   // TDWBAL
    every(0x0383c, 4, 0x100),   // TDWBAH
];

/// What the 82576 has besides: queues 4 to 15.
pub(crate) const IGB_82576: Family = Family {
    name: "igb_82576",
    ids: &[(0x8086, IDS_82576)],
    classes: &[],
    tried: true,
    conditions: &[],
    groups: &[Group::of(ENTRIES_82576)],
};

#[rustfmt::skip]
const ENTRIES_82576: &[Entry] = &[
    run(0x05490, 4),            // PSRTYPE
    every(0x0c100, 12, 0x40),   // RDBAL
    every(0x0c104, 12, 0x40),   // RDBAH
    every(0x0c108, 12, 0x40),   // RDLEN
    every(0x0c10c, 12, 0x40),   // SRRCTL
    every(0x0c110, 12, 0x40),   // RDH
    every(0x0c118, 12, 0x40),   // RDT
    every(0x0c128, 12, 0x40),   // RXDCTL
    every(0x0e100, 12, 0x40),   // TDBAL
    every(0x0e104, 12, 0x40),   // TDBAH
    every(0x0e108, 12, 0x40),   // TDLEN
    every(0x0e110, 12, 0x40),   // TDH
    every(0x0e118, 12, 0x40),   // TDT
    every(0x0e128, 12, 0x40),   // TXDCTL
    every(0x0e138, 12, 0x40),   // TDWBAL
    every(0x0e13c, 12, 0x40),   // TDWBAH
];

/// `igb_pci_tbl`.
const IDS: &[u16] = &[
    0x0438, 0x043a, 0x043c, 0x0440, 0x10a7, 0x10a9, 0x10c9, 0x10d6, 0x10e6, 0x10e7, 0x10e8, 0x150a,
    0x150d, 0x150e, 0x150f, 0x1510, 0x1511, 0x1516, 0x1518, 0x1521, 0x1522, 0x1523, 0x1524, 0x1526,
    0x1527, 0x1533, 0x1536, 0x1537, 0x1538, 0x1539, 0x157b, 0x157c, 0x1f40, 0x1f41, 0x1f45,
];

/// Those of `igb_pci_tbl` for which `igb_get_invariants_82575()` says `e1000_82576`.
const IDS_82576: &[u16] = &[
    0x10c9, 0x10e6, 0x10e7, 0x10e8, 0x150a, 0x150d, 0x1518, 0x1526,
];
