// SPDX-License-Identifier: GPL-2.0

//! Which queue gets which packets.

use super::super::{
    super::format::cudbg::section::Section,
    device::Device,
    failure::Result,
    indirect::Indirect,
    regs::tp,
    writer::Writer, //
};

/// The lookup table, 16 bits by entry.
pub(super) fn table(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    for row in 0..device.hal.rss_entries / 2 {
        device.write32(tp::RSS_LKP_TABLE, tp::RSS_READ | row)?;
        let value = device.wait(tp::RSS_LKP_TABLE, |value| value & tp::RSS_VALID != 0)?;
        for queue in [tp::RSS_QUEUE0, tp::RSS_QUEUE1] {
            writer.push(&(queue.of(value) as u16).to_le_bytes())?;
        }
    }
    Ok(())
}

/// The configuration of each virtual function, two words.
pub(super) fn virtual_functions(
    device: &Device<'_>,
    _: Section,
    writer: &mut Writer<'_, '_>,
) -> Result {
    let config = device.borrow_without(tp::RSS_CONFIG_VRT, tp::VRT_WRITES)?;
    let pio = Indirect::open(device, tp::PIO)?;
    let addresses = device.hal.vfs.saturating_sub(1) << tp::VRT_ADDRESS_SHIFT;
    let others = config.before & !(tp::VRT_READ_GROUP | tp::VRT_READ | addresses);
    for vf in 0..device.hal.vfs {
        config.write(others | (vf << tp::VRT_ADDRESS_SHIFT) | tp::VRT_READ)?;
        writer.words(&[pio.read(tp::RSS_VFL_CONFIG)?, pio.read(tp::RSS_VFH_CONFIG)?])?;
    }
    Ok(())
}
