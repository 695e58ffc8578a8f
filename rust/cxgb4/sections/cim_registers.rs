// SPDX-License-Identifier: GPL-2.0

//! Registers and page tables of the processor.

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
    regs::nth,
    writer::Writer, //
};

/// Address and length, in words, of each page table: dynamic, static, local register file, data.
const PAGE_TABLES: [(u32, u32); 4] = [(0x2800, 8), (0x2840, 16), (0x3000, 8), (0x3800, 512)];

pub(super) fn registers(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    if device.hal.up_cim.is_empty() {
        return Err(Failure::new(Cause::Unsupported, 0, 0));
    }
    let cim = Cim::open(device)?;
    for range in device.hal.up_cim {
        range.dump(range.header(), writer, |address| cim.read(address))?;
    }
    Ok(())
}

pub(super) fn page_tables(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let cim = Cim::open(device)?;
    for (first, count) in PAGE_TABLES {
        for n in 0..count {
            writer.words(&[cim.read(nth(first, n, 4))?])?;
        }
    }
    Ok(())
}
