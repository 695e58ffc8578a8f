// SPDX-License-Identifier: GPL-2.0

//! What the adapter's processor did last.

use super::super::{
    super::format::cudbg::{
        cause::Cause,
        section::Section, //
    },
    cim::Cim,
    device::Device,
    failure::{
        Failure,
        Result, //
    },
    writer::Writer, //
};

/// Addresses of the processor.
const CONFIG: u32 = 0x140;
const DATA: u32 = 0x144;

const ENABLE: u32 = 1 << 0;
const READ_ENABLE: u32 = 1 << 1;
const READ_SHIFT: u32 = 2;
const WRITE_SHIFT: u32 = 16;
const POSITIONS: u32 = 0xfff;
/// Of a position, counts words of an entry.
const WORD_IN_ENTRY: u32 = 0xf;
const WORDS: usize = 2048;

/// The analyzer while it stands still. It goes on, as it was, when this is dropped.
struct Frozen<'a> {
    cim: Cim<'a>,
    config: u32,
}

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        // If it does not take it, nothing more can be done.
        let _ = self.cim.write(CONFIG, self.config & !READ_ENABLE);
    }
}

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let cim = Cim::open(device)?;
    let config = cim.read(CONFIG)?;
    writer.words(&[config])?;
    let la = Frozen { cim, config };
    if config & ENABLE != 0 {
        la.cim.write(CONFIG, 0)?;
    }

    let mut position = (la.cim.read(CONFIG)? >> WRITE_SHIFT) & POSITIONS;
    for _ in 0..WORDS {
        la.cim
            .write(CONFIG, (position << READ_SHIFT) | READ_ENABLE)?;
        // It has read long before the next access, unless it does not at all: an entry is enough to see that.
        if position & WORD_IN_ENTRY == 0 {
            let now = la.cim.read(CONFIG)?;
            if now & READ_ENABLE != 0 {
                return Err(Failure::new(Cause::Timeout, CONFIG, now.into()));
            }
        }
        writer.words(&[la.cim.read(DATA)?])?;
        let next = match position & WORD_IN_ENTRY < device.hal.cim_la_last_word {
            true => position + 1,
            false => (position & 0xff0) + 0x10,
        };
        position = next & POSITIONS;
    }
    // To whole entries.
    let len = WORDS.checked_next_multiple_of(device.hal.cim_la_words);
    let missing = len.unwrap_or(WORDS).saturating_sub(WORDS);
    writer.zeroes(missing.saturating_mul(4))
}
