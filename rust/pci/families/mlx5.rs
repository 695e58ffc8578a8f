// SPDX-License-Identifier: GPL-2.0

//! NVIDIA's ConnectX-4 and later: from the driver's list, not tried on hardware.
//!
//! The initialization segment as `mlx5/core/health.c` reads it (`struct mlx5_init_seg`, `include/linux/mlx5/device.h`), big endian: versions, state of
//! the interface, health buffer, counters. Doorbells and `clr_intx` are left out.

use super::super::family::{
    run,
    Family,
    Group, //
};
use crate::format::devices::Entry;

pub(crate) const MLX5: Family = Family {
    name: "mlx5",
    ids: &[(0x15b3, IDS)],
    classes: &[],
    tried: false,
    conditions: &[],
    groups: &[Group::of(ENTRIES)],
};

#[rustfmt::skip]
const ENTRIES: &[Entry] = &[
    run(0x00000, 2),            // fw_rev, cmdif_rev_fw_sub
    run(0x00010, 2),            // cmdq_addr, state of the interface
    run(0x001fc, 1),            // initializing
    run(0x00200, 16),           // health buffer
    run(0x01000, 2),            // timer
    run(0x01010, 1),            // health counter
];

/// `mlx5_core_pci_table`.
const IDS: &[u16] = &[
    0x1013, 0x1015, 0x1017, 0x1019, 0x101b, 0x101d, 0x101f, 0x1021, 0x1023, 0x1025, 0x1027, 0x2101,
    0xa2d2, 0xa2d6, 0xa2dc, 0xa2df,
];
