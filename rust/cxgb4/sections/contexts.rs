// SPDX-License-Identifier: GPL-2.0

//! State of the queues in the scatter-gather engine.
//!
//! The firmware uses these registers, too, and goes on when the host has panicked: what was read counts only if the command is still
//! ours afterwards.

use super::super::{
    super::format::cudbg::{
        cause::Cause,
        meminfo::{
            DBQ_CONTEXTS,
            IMSG_CONTEXTS, //
        },
        section::Section, //
    },
    device::Device,
    failure::{
        Failure,
        Result, //
    },
    indirect::TRIES,
    memory_map,
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
/// Queues of each kind that there are in any case. The C driver stops there if no firmware says how many there are.
const QUEUES: u32 = 256;
/// Most of each kind that a command can name.
const MAX_QUEUES: u32 = 1 << 17;
const MAX_FREE_LISTS: u32 = 1024;
const WORDS: usize = 6;
/// Bytes of a context in the adapter's memory.
const LEN: u32 = 4 * WORDS as u32;
/// Part of the time that is left that contexts from [`QUEUES`] on may take.
const TIME_SHARE: u32 = 8;

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
    let command = (kind << sge::CTXT_TYPE_SHIFT) | queue;
    let mut found = 0;
    for _ in 0..TRIES {
        device.write32(sge::CTXT_CMD, command)?;
        device.wait(sge::CTXT_CMD, |command| command & sge::CTXT_BUSY == 0)?;
        let context = data(device, kind)?;
        found = device.read32(sge::CTXT_CMD)?;
        if found & (sge::CTXT_BUSY | sge::CTXT_NAMES) == command {
            return Ok(context);
        }
    }
    Err(Failure::new(Cause::Moving, sge::CTXT_CMD, found.into()))
}

/// The context that was asked for last.
fn data(device: &Device<'_>, kind: u32) -> Result<Option<[u32; WORDS]>> {
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

fn write(device: &Device<'_>, kind: u32, queue: u32, writer: &mut Writer<'_, '_>) -> Result<bool> {
    let Some(context) = read(device, kind, queue)? else {
        return Ok(false);
    };
    writer.words(&[kind, queue])?;
    writer.words(&context)?;
    Ok(true)
}

/// Writes the contexts that are in use: those that there are in any case, then those that the adapter's memory has room for. The C
/// driver's section has empty ones behind them.
pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    for kind in [EGRESS, INGRESS] {
        for queue in 0..QUEUES {
            write(device, kind, queue, writer)?;
        }
    }
    let free_lists = MAX_FREE_LISTS >> device.read_field(sge::FLM_CFG, sge::HEADER_START_FLQ)?;
    for queue in 0..free_lists {
        if write(device, FREE_LIST, queue, writer)? {
            write(device, CONGESTION, queue, writer)?;
        }
    }

    // If the memory map makes no sense, nobody knows of more; its own section says why.
    let Ok(map) = memory_map::read(device) else {
        return Ok(());
    };
    let ms = writer.ms_left();
    let enough = ms.saturating_sub(ms / TIME_SHARE);
    for (kind, region) in [(EGRESS, DBQ_CONTEXTS), (INGRESS, IMSG_CONTEXTS)] {
        let room = map.room(region).unwrap_or(0) / LEN;
        for queue in QUEUES..room.min(MAX_QUEUES) {
            if writer.ms_left() < enough {
                return Err(writer.late(0));
            }
            write(device, kind, queue, writer)?;
        }
    }
    Ok(())
}
