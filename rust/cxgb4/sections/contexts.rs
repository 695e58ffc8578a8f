// SPDX-License-Identifier: GPL-2.0

//! State of the queues in the scatter-gather engine.

use super::super::{
    super::format::cudbg::section::Section,
    device::Device,
    failure::Result,
    regs::{
        nth,
        sge, //
    },
    writer::Writer, //
};

const EGRESS: u32 = 0;
const INGRESS: u32 = 1;
const FREE_LIST: u32 = 2;
const CONGESTION: u32 = 3;
/// Queues of each kind that are looked at; only the firmware could say how many there are.
const QUEUES: u32 = 256;
const MAX_FREE_LISTS: u32 = 1024;
const WORDS: usize = 6;

/// The bit of a context that says that it's in use; congestion contexts go with free lists.
const fn valid_bit(kind: u32) -> Option<u32> {
    match kind {
        EGRESS => Some(176),
        INGRESS => Some(141),
        FREE_LIST => Some(89),
        _ => None,
    }
}

/// Reads a context; `None` if it's not in use.
fn read(device: &Device<'_>, kind: u32, queue: u32) -> Result<Option<[u32; WORDS]>> {
    device.write32(sge::CTXT_CMD, (kind << sge::CTXT_TYPE_SHIFT) | queue)?;
    device.wait(sge::CTXT_CMD, |command| command & sge::CTXT_BUSY == 0)?;
    let word = |n: usize| device.read32(nth(sge::CTXT_DATA0, n as u32, 4));
    let mut words = [0; WORDS];
    // Most are not in use: the word that says so comes first.
    let telling = valid_bit(kind).map(|bit| (bit as usize / 32, 1 << (bit % 32)));
    if let Some((n, bit)) = telling {
        words[n] = word(n)?;
        if words[n] & bit == 0 {
            return Ok(None);
        }
    }
    for (n, value) in words.iter_mut().enumerate() {
        if telling.is_none_or(|(known, _)| known != n) {
            *value = word(n)?;
        }
    }
    Ok(Some(words))
}

/// Writes the contexts that are in use. The C driver's section has empty ones behind them.
pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let free_lists = MAX_FREE_LISTS >> device.read_field(sge::FLM_CFG, sge::HEADER_START_FLQ)?;
    for (kind, queues) in [(EGRESS, QUEUES), (INGRESS, QUEUES), (FREE_LIST, free_lists)] {
        for queue in 0..queues {
            let Some(context) = read(device, kind, queue)? else {
                continue;
            };
            writer.words(&[kind, queue])?;
            writer.words(&context)?;
            if kind == FREE_LIST {
                if let Some(congestion) = read(device, CONGESTION, queue)? {
                    writer.words(&[CONGESTION, queue])?;
                    writer.words(&congestion)?;
                }
            }
        }
    }
    Ok(())
}
