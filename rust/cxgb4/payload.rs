// SPDX-License-Identifier: GPL-2.0

//! Where packets are in the adapter's memory. They are never read: they are large, and not ours to see.

use super::{
    super::format::cudbg::cause::Cause,
    device::Device,
    failure::{
        Failure,
        Result, //
    },
    memory_map::Memories,
    regs::tp,
};

use core::ops::Range;

/// What is at an address, and the first address where that may be different.
pub(crate) enum Around {
    Packets { until: u32 },
    Clear { until: u32 },
}

/// Ranges of addresses that hold packets, in whole double words.
pub(crate) struct Payload([Range<u64>; 2]);

impl Payload {
    /// Fails if the registers that say where packets are make no sense: then nobody knows what not to read.
    pub(crate) fn find(device: &Device<'_>, memories: &Memories) -> Result<Self> {
        let range = |base: u32, page_size: u32, max_page: u32| {
            let start = u64::from(device.read32(base)?);
            let page_size = u64::from(device.read32(page_size)?);
            let len = page_size * u64::from(device.read_field(max_page, tp::PAGES)?);
            if len == 0 {
                return Ok(0..0);
            }
            if !memories.contain(start) {
                return Err(Failure::new(Cause::BadRegister, base, start));
            }
            Ok(start & !7..(start + len).next_multiple_of(8))
        };
        Ok(Self([
            range(tp::PMM_TX_BASE, tp::PMM_TX_PAGE_SIZE, tp::PMM_TX_MAX_PAGE)?,
            range(tp::PMM_RX_BASE, tp::PMM_RX_PAGE_SIZE, tp::PMM_RX_MAX_PAGE)?,
        ]))
    }

    /// Whether there are packets at `address`, and how far.
    pub(crate) fn around(&self, address: u32) -> Around {
        let address = u64::from(address);
        let clip = |until: u64| u32::try_from(until).unwrap_or(u32::MAX);
        if let Some(range) = self.0.iter().find(|range| range.contains(&address)) {
            return Around::Packets {
                until: clip(range.end),
            };
        }
        let starts = self.0.iter().map(|range| range.start);
        Around::Clear {
            until: clip(
                starts
                    .filter(|start| *start > address)
                    .min()
                    .unwrap_or(u64::MAX),
            ),
        }
    }
}
