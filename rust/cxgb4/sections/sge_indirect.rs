// SPDX-License-Identifier: GPL-2.0

//! Debug registers of the scatter-gather engine, and on T6 where the queues of each function are.
//!
//! The latter can make an engine under load miss doorbells. Nobody rings them any more: the kernel that did is dead.

use super::super::{
    super::format::cudbg::{
        section::Section,
        Chip, //
    },
    device::Device,
    failure::Result,
    indirect::{
        self,
        Range, //
    },
    regs::{
        nth,
        sge, //
    },
    writer::Writer, //
};

use core::slice::ChunksExactMut;

const INDEXES: u32 = 16;
const RANGE_LEN: usize = (4 + 32) * 4;
const PFS: u32 = 8;
const MAX_VFS: u32 = 256;
const MAPS: u32 = 4;
/// Register addresses, values of all functions, number of virtual functions.
const QBASE_LEN: u32 = (1 + MAPS + (PFS + MAX_VFS) * MAPS + 1) * 4;

/// What the section is if nothing of it was read: Chelsio's viewer relies on it.
pub(super) fn nothing(writer: &mut Writer<'_, '_>) -> Result {
    let ranges = [sge::DEBUG_DATA_HIGH, sge::DEBUG_DATA_LOW]
        .map(|data| Range::new((sge::DEBUG_INDEX, data), 0, 0));
    indirect::dump_empty(&ranges, writer)
}

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    writer.block(|block: &mut [u8; 2 * RANGE_LEN]| {
        let index = device.borrow(sge::DEBUG_INDEX)?;
        let (high, low) = block.split_at_mut(RANGE_LEN);
        let high = begin(high, sge::DEBUG_DATA_HIGH);
        let low = begin(low, sge::DEBUG_DATA_LOW);
        for (n, (high, low)) in (0..INDEXES).zip(high.zip(low)) {
            index.write(n)?;
            high.copy_from_slice(&device.read32(sge::DEBUG_DATA_HIGH)?.to_le_bytes());
            low.copy_from_slice(&device.read32(sge::DEBUG_DATA_LOW)?.to_le_bytes());
        }
        Ok(())
    })?;

    if device.chip() < Chip::T6 {
        return writer.zeroes(QBASE_LEN as usize);
    }
    let maps = |n: u32| nth(sge::QBASE_MAP0, n, 4);
    writer.words(&[sge::QBASE_INDEX])?;
    for n in 0..MAPS {
        writer.words(&[maps(n)])?;
    }
    let index = device.borrow(sge::QBASE_INDEX)?;
    // Physical functions, then virtual ones.
    for function in 0..device.hal.vfs.saturating_add(PFS) {
        index.write(function)?;
        for n in 0..MAPS {
            writer.words(&[device.read32(maps(n))?])?;
        }
    }
    writer.zeroes((MAX_VFS.saturating_sub(device.hal.vfs) * MAPS * 4) as usize)?;
    writer.words(&[device.hal.vfs])
}

/// Writes what a range of values of `data` begins with; the places of the values.
fn begin(range: &mut [u8], data: u32) -> ChunksExactMut<'_, u8> {
    let mut places = range.chunks_exact_mut(4);
    let words = [sge::DEBUG_INDEX, data, 0, INDEXES];
    for (word, place) in words.iter().zip(&mut places) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    places
}
