// SPDX-License-Identifier: GPL-2.0

//! Broadcom's Tigon3: from the driver's list, not tried on hardware.
//!
//! What `tg3_dump_legacy_regs()` (`tg3.c`) prints when transmitting hangs, but for the copy of the configuration space in front, mailboxes,
//! windows to memory, what not all of these chips have, and statistics, which the driver adds up: reading clears them.

use super::super::family::{
    run,
    Family,
    Group, //
};
use crate::format::devices::Entry;

pub(crate) const TG3: Family = Family {
    name: "tg3",
    ids: &[(0x14e4, IDS)],
    classes: &[],
    tried: false,
    conditions: &[],
    groups: &[Group::of(ENTRIES)],
};

#[rustfmt::skip]
const ENTRIES: &[Entry] = &[
    run(0x00400, 256),          // MAC_MODE
    run(0x00c00, 32),           // SNDDATAI_MODE
    run(0x01000, 1),            // SNDDATAC_MODE
    run(0x01400, 32),           // SNDBDS_MODE
    run(0x01800, 18),           // SNDBDI_MODE
    run(0x01c00, 1),            // SNDBDC_MODE
    run(0x02000, 8),            // RCVLPC_MODE
    run(0x02400, 3),            // RCVDBDI_MODE
    run(0x02800, 1),            // RCVDCC_MODE
    run(0x02c00, 8),            // RCVBDI_MODE
    run(0x03000, 5),            // RCVCC_MODE
    run(0x03400, 2),            // RCVLSC_MODE
    run(0x03800, 2),            // MBFREE_MODE
    run(0x03c00, 64),           // HOSTCC_MODE
    run(0x04000, 4),            // MEMARB_MODE
    run(0x04400, 22),           // BUFMGR_MODE
    run(0x04800, 2),            // RDMAC_MODE
    run(0x04c00, 2),            // WDMAC_MODE
    run(0x05000, 2),            // RX_CPU_MODE, RX_CPU_STATE
    run(0x0501c, 1),            // RX_CPU_PGMCTR
    run(0x06000, 3),            // MSGINT_MODE
    run(0x06400, 1),            // DMAC_MODE
    run(0x06800, 19),           // GRC_MODE
];

/// `tg3_pci_tbl`.
const IDS: &[u16] = &[
    0x1600, 0x1601, 0x1641, 0x1642, 0x1643, 0x1644, 0x1645, 0x1646, 0x1647, 0x1648, 0x1649, 0x164d,
    0x1653, 0x1654, 0x1655, 0x1656, 0x1657, 0x1659, 0x165a, 0x165b, 0x165d, 0x165e, 0x165f, 0x1665,
    0x1668, 0x1669, 0x166a, 0x166b, 0x166e, 0x1672, 0x1673, 0x1674, 0x1676, 0x1677, 0x1678, 0x1679,
    0x167a, 0x167b, 0x167d, 0x167e, 0x167f, 0x1680, 0x1681, 0x1682, 0x1683, 0x1684, 0x1686, 0x1687,
    0x1688, 0x1689, 0x1690, 0x1691, 0x1692, 0x1693, 0x1694, 0x1696, 0x1698, 0x1699, 0x169a, 0x169b,
    0x169c, 0x169d, 0x16a0, 0x16a6, 0x16a7, 0x16a8, 0x16b0, 0x16b1, 0x16b2, 0x16b3, 0x16b4, 0x16b5,
    0x16b6, 0x16b7, 0x16c6, 0x16c7, 0x16dd, 0x16f3, 0x16f7, 0x16fd, 0x16fe, 0x170d, 0x170e, 0x1712,
    0x1713,
];
