// SPDX-License-Identifier: GPL-2.0

//! Broadcom's SAS4 controllers: from the driver's list, not tried on hardware.
//!
//! What `mpi3mr_fw.c` reads when it looks for faults (`struct mpi3_sysif_registers`).

use super::super::family::{
    run,
    Family,
    Group, //
};
use crate::format::devices::Entry;

pub(crate) const MPI3MR: Family = Family {
    name: "mpi3mr",
    ids: &[(0x1000, IDS)],
    classes: &[],
    tried: false,
    conditions: &[],
    groups: &[Group::of(ENTRIES)],
};

#[rustfmt::skip]
const ENTRIES: &[Entry] = &[
    run(0x00000, 2),            // IOC information
    run(0x00014, 1),            // configuration
    run(0x0001c, 1),            // status
    run(0x00024, 5),            // admin queues
    run(0x01c08, 1),            // host diagnostic
    run(0x01c10, 1),            // fault
    run(0x01c14, 3),            // fault information
    run(0x01cf0, 4),            // scratch pads
];

/// `mpi3mr_pci_id_table`.
const IDS: &[u16] = &[0x00a5, 0x00b3, 0x00b5];
