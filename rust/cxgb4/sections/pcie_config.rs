// SPDX-License-Identifier: GPL-2.0

//! The configuration space of the function, as the adapter sees it.

use super::super::{
    super::format::cudbg::section::Section,
    device::Device,
    failure::Result,
    regs::pcie,
    writer::Writer, //
};

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

/// Bytes that are left empty.
const ROOM_LEN: usize = 6 * 4;

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let offsets = RANGES
        .iter()
        .flat_map(|&(first, last)| (first..=last).step_by(4));
    let request = device.hal.config_enable | (device.pf << pcie::CFG_FUNCTION_SHIFT);
    let copied = offsets.into_iter().try_for_each(|offset| {
        device.write32(pcie::CFG_SPACE_REQ, request | offset)?;
        writer.words(&[device.read32(pcie::CFG_SPACE_DATA)?])
    });
    // While it's enabled, each read of the data is a read of the configuration space.
    device.write32(pcie::CFG_SPACE_REQ, 0)?;
    copied?;
    // The C driver has room for more.
    writer.zeroes(ROOM_LEN)
}
