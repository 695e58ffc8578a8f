// SPDX-License-Identifier: GPL-2.0

//! All registers that can be read without side effects, at the offsets of their addresses.

use super::super::{
    super::format::cudbg::{
        reg_dump,
        section::Section, //
    },
    device::Device,
    failure::Result,
    writer::Writer, //
};

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let mut end = 0;
    for address in reg_dump::addresses(device.chip()) {
        let value = device.read32(address)?;
        writer.zeroes((address as usize).saturating_sub(end))?;
        writer.push(&value.to_le_bytes())?;
        end = address as usize + 4;
    }
    writer.zeroes(reg_dump::len(device.chip()).saturating_sub(end))
}
