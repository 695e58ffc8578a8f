// SPDX-License-Identifier: GPL-2.0

//! What went over the processor's memory interface, and over its peripheral interface.

use super::super::{
    super::format::cudbg::section::Section,
    device::{
        Borrowed,
        Device, //
    },
    failure::Result,
    regs::cim,
    writer::Writer, //
};

const ENTRIES: u32 = 64;
/// Positions from one entry to the next.
const ENTRY_POSITIONS: u32 = 8;
const POSITIONS: u32 = 0x1ff;

/// Requests and responses.
struct Interface {
    requests: u32,
    responses: u32,
    words: u32,
}

pub(super) fn collect(
    device: &Device<'_>,
    section: Section,
    writer: &mut Writer<'_, '_>,
) -> Result {
    let config = device.borrow(cim::DEBUG_CFG)?;
    if config.before & cim::LA_ENABLE != 0 {
        config.write(config.before ^ cim::LA_ENABLE)?;
    }
    if section == Section::CimMaLa {
        let interface = Interface {
            requests: cim::PO_LA_MA_DEBUG_DATA,
            responses: cim::PI_LA_MA_DEBUG_DATA,
            words: 5,
        };
        return interface.read(device, &config, (0, 0), writer);
    }

    let status = device.read32(cim::DEBUG_STS)?;
    let start = (
        cim::LA_REQUEST_WRITE.of(status),
        cim::LA_RESPONSE_WRITE.of(status),
    );
    let interface = Interface {
        requests: cim::PO_LA_DEBUG_DATA,
        responses: cim::PI_LA_DEBUG_DATA,
        words: 6,
    };
    writer.words(&[ENTRIES])?;
    interface.read(device, &config, start, writer)
}

impl Interface {
    /// Writes all requests, then all responses, beginning at the positions in `start`.
    fn read(
        &self,
        device: &Device<'_>,
        config: &Borrowed<'_>,
        start: (u32, u32),
        writer: &mut Writer<'_, '_>,
    ) -> Result {
        let len = (ENTRIES * self.words * 4) as usize;
        writer.block(2 * len, |block| {
            let (requests, responses) = block.split_at_mut(len);
            let words = (0..ENTRIES).flat_map(|entry| {
                let first = entry * ENTRY_POSITIONS;
                first..first + self.words
            });
            let places = requests
                .chunks_exact_mut(4)
                .zip(responses.chunks_exact_mut(4));
            for (word, (request, response)) in words.zip(places) {
                let at = |start: u32| (start + word) & POSITIONS;
                config.write(
                    (at(start.0) << cim::LA_REQUEST_SHIFT)
                        | (at(start.1) << cim::LA_RESPONSE_SHIFT),
                )?;
                request.copy_from_slice(&device.read32(self.requests)?.to_le_bytes());
                response.copy_from_slice(&device.read32(self.responses)?.to_le_bytes());
            }
            Ok(())
        })
    }
}
