// SPDX-License-Identifier: GPL-2.0

//! Packet sizes of paths, and by how much congestion windows grow.

use super::super::{
    super::format::cudbg::section::Section,
    device::Device,
    failure::Result,
    regs::tp,
    writer::Writer, //
};

pub(super) const MTUS: u32 = 16;
const WINDOWS: u32 = 32;

pub(super) fn mtus(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    for n in 0..MTUS {
        device.write32(tp::MTU_TABLE, tp::MTU_READ | n)?;
        let mtu = device.read_field(tp::MTU_TABLE, tp::MTU)?;
        writer.push(&(mtu as u16).to_le_bytes())?;
    }
    Ok(())
}

pub(super) fn congestion(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    // By size of packets, then by size of the window.
    for row in 0..MTUS * WINDOWS {
        device.write32(tp::CCTRL_TABLE, tp::CCTRL_READ | row)?;
        let increment = device.read_field(tp::CCTRL_TABLE, tp::CCTRL_INCREMENT)?;
        writer.push(&(increment as u16).to_le_bytes())?;
    }
    Ok(())
}
