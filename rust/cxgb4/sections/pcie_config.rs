// SPDX-License-Identifier: GPL-2.0

//! The configuration space of the function, as the adapter sees it.

use super::super::{
    super::format::cudbg::{
        pcie_config,
        section::Section, //
    },
    device::Device,
    failure::Result,
    regs::pcie,
    writer::Writer, //
};

/// Bytes that are left empty.
const ROOM_LEN: usize = 6 * 4;

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let request = device.hal.config_enable | (device.pf << pcie::CFG_FUNCTION_SHIFT);
    let copied = pcie_config::offsets().try_for_each(|offset| {
        device.write32(pcie::CFG_SPACE_REQ, request | offset)?;
        writer.words(&[device.read32(pcie::CFG_SPACE_DATA)?])
    });
    // While it's enabled, each read of the data is a read of the configuration space.
    device.write32(pcie::CFG_SPACE_REQ, 0)?;
    copied?;
    // The C driver has room for more.
    writer.zeroes(ROOM_LEN)
}
