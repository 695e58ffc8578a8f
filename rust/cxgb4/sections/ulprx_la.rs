// SPDX-License-Identifier: GPL-2.0

//! What went through the receive side of upper layer protocols.

use super::super::{
    super::format::cudbg::section::Section,
    device::Device,
    failure::Result,
    regs::ulp,
    writer::Writer, //
};

const ENTRIES: u32 = 512;
const ENTRY_WORDS: usize = 8;

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let select = device.borrow(ulp::RX_LA_CTL)?;
    let position = device.borrow(ulp::RX_LA_RDPTR)?;
    writer.block(|block: &mut [u8; ENTRIES as usize * ENTRY_WORDS * 4]| {
        for word in 0..ENTRY_WORDS {
            select.write(word as u32)?;
            // Each read gives the next entry, the oldest first.
            position.write(device.read32(ulp::RX_LA_WRPTR)?)?;
            for entry in block.chunks_exact_mut(ENTRY_WORDS * 4) {
                entry[word * 4..word * 4 + 4]
                    .copy_from_slice(&device.read32_next(ulp::RX_LA_RDDATA)?.to_le_bytes());
            }
        }
        Ok(())
    })?;
    writer.words(&[ENTRIES])
}
