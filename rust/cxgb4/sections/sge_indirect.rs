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
    regs::sge,
    writer::Writer, //
};

const INDEXES: usize = 16;
const RANGE_LEN: usize = (4 + 32) * 4;
const PFS: u32 = 8;
const MAX_VFS: u32 = 256;
const MAPS: u32 = 4;
/// Register addresses, values of all functions, number of virtual functions.
const QBASE_LEN: u32 = (1 + MAPS + (PFS + MAX_VFS) * MAPS + 1) * 4;

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    writer.block(2 * RANGE_LEN, |block| {
        let index = device.borrow(sge::DEBUG_INDEX)?;
        let (high, low) = block.split_at_mut(RANGE_LEN);
        let mut halves = [(high, sge::DEBUG_DATA_HIGH), (low, sge::DEBUG_DATA_LOW)];
        for (range, data) in &mut halves {
            put(range, 0, sge::DEBUG_INDEX);
            put(range, 1, *data);
            put(range, 3, INDEXES as u32);
        }
        for n in 0..INDEXES {
            index.write(n as u32)?;
            for (range, data) in &mut halves {
                put(range, 4 + n, device.read32(*data)?);
            }
        }
        Ok(())
    })?;

    if device.chip() < Chip::T6 {
        return writer.zeroes(QBASE_LEN as usize);
    }
    let maps = |n: u32| sge::QBASE_MAP0 + 4 * n;
    writer.words(&[sge::QBASE_INDEX])?;
    for n in 0..MAPS {
        writer.words(&[maps(n)])?;
    }
    let index = device.borrow(sge::QBASE_INDEX)?;
    // Physical functions, then virtual ones.
    for function in 0..PFS + device.hal.vfs {
        index.write(function)?;
        for n in 0..MAPS {
            writer.words(&[device.read32(maps(n))?])?;
        }
    }
    writer.zeroes(((MAX_VFS - device.hal.vfs) * MAPS * 4) as usize)?;
    writer.words(&[device.hal.vfs])
}

fn put(block: &mut [u8], place: usize, word: u32) {
    block[place * 4..place * 4 + 4].copy_from_slice(&word.to_le_bytes());
}
