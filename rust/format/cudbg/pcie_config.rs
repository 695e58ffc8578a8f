// SPDX-License-Identifier: GPL-2.0

//! What section `pcie_config` holds: words of the configuration space.

use super::words;

/// First and last offset of each range.
const RANGES: [(u32, u32); 14] = [
    (0x0, 0x34),
    (0x3c, 0x40),
    (0x50, 0x64),
    (0x70, 0x80),
    (0x94, 0xa0),
    (0xb0, 0xb8),
    (0xd0, 0xd4),
    (0x100, 0x128),
    (0x140, 0x148),
    (0x150, 0x164),
    (0x170, 0x178),
    (0x180, 0x194),
    (0x1a0, 0x1b8),
    (0x1c0, 0x208),
];

/// Their offsets, in the order of the section.
pub fn offsets() -> impl Iterator<Item = u32> {
    RANGES.iter().flat_map(|&(first, last)| words(first, last))
}
