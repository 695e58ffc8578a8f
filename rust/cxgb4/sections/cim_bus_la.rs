// SPDX-License-Identifier: GPL-2.0

//! What went over the processor's memory interface, and over its peripheral interface.

use super::super::{
    super::format::cudbg::section::Section,
    device::{
        Borrowed,
        Device, //
    },
    failure::Result,
    regs::{
        cim,
        nth, //
    },
    writer::Writer, //
};

const ENTRIES: u32 = 64;
/// Positions from one entry to the next.
const ENTRY_POSITIONS: u32 = 8;
const POSITIONS: u32 = 0x1ff;

/// The register with requests; the one with responses is the other half of the double word.
struct Interface(u32);

/// Bytes of all requests and responses of so many words.
const fn len(words: usize) -> usize {
    2 * ENTRIES as usize * words * 4
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
        let interface = Interface(cim::LA_MA_DEBUG_DATA);
        return interface.read::<{ len(5) }>(device, &config, (0, 0), writer);
    }

    let status = device.read32(cim::DEBUG_STS)?;
    let start = (
        cim::LA_REQUEST_WRITE.of(status),
        cim::LA_RESPONSE_WRITE.of(status),
    );
    let interface = Interface(cim::LA_DEBUG_DATA);
    writer.words(&[ENTRIES])?;
    interface.read::<{ len(6) }>(device, &config, start, writer)
}

impl Interface {
    /// Writes all requests, then all responses, beginning at the positions in `start`.
    fn read<const LEN: usize>(
        &self,
        device: &Device<'_>,
        config: &Borrowed<'_>,
        start: (u32, u32),
        writer: &mut Writer<'_, '_>,
    ) -> Result {
        writer.block(|block: &mut [u8; LEN]| {
            let (requests, responses) = block.split_at_mut(LEN / 2);
            let words = LEN / 2 / 4 / ENTRIES as usize;
            let positions = (0..ENTRIES).flat_map(|entry| {
                (0..ENTRY_POSITIONS)
                    .take(words)
                    .map(move |word| nth(word, entry, ENTRY_POSITIONS))
            });
            let places = requests
                .chunks_exact_mut(4)
                .zip(responses.chunks_exact_mut(4));
            for (position, (request, response)) in positions.zip(places) {
                let at = |start: u32| start.wrapping_add(position) & POSITIONS;
                config.write(
                    (at(start.0) << cim::LA_REQUEST_SHIFT)
                        | (at(start.1) << cim::LA_RESPONSE_SHIFT),
                )?;
                let [first, second] = device.read_pair(self.0)?;
                request.copy_from_slice(&first.to_le_bytes());
                response.copy_from_slice(&second.to_le_bytes());
            }
            Ok(())
        })
    }
}
