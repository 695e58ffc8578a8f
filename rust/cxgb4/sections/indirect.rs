// SPDX-License-Identifier: GPL-2.0

//! Registers that are reached by an index.

use super::super::{
    super::format::cudbg::{
        cause::Cause,
        section::Section,
        Chip, //
    },
    device::Device,
    failure::{
        Failure,
        Result, //
    },
    indirect::{
        self,
        Range, //
    },
    regs::{
        hma,
        ma,
        pcie,
        pm, //
    },
    writer::Writer, //
};

const PCIE: [Range; 5] = [
    Range::new(pcie::PDEBUG, 0x00, 32),
    Range::new(pcie::PDEBUG, 0x21, 32),
    Range::new(pcie::PDEBUG, 0x41, 16),
    Range::new(pcie::CDEBUG, 0x00, 32),
    Range::new(pcie::CDEBUG, 0x21, 24),
];

/// Ranges that a chip does not have are left empty.
const PCIE_RANGES: usize = 6;

const PM: [Range; 4] = [
    Range::new(pm::RX_DEBUG, 0x10000, 32),
    Range::new(pm::RX_DEBUG, 0x10021, 13),
    Range::new(pm::TX_DEBUG, 0x10000, 32),
    Range::new(pm::TX_DEBUG, 0x10021, 29),
];

const MA: [Range; 5] = [
    Range::new(ma::LOCAL_DEBUG, 0xa000, 23),
    Range::new(ma::LOCAL_DEBUG, 0xa400, 30),
    Range::new(ma::LOCAL_DEBUG, 0xa800, 20),
    Range::with_stride(ma::LOCAL_DEBUG, 0xe400, 17, 0x20),
    Range::with_stride(ma::LOCAL_DEBUG, 0xe640, 13, 0x20),
];

const MA_RANGES: usize = 6;

const HMA: [Range; 1] = [Range::new(hma::LOCAL_DEBUG, 0xa000, 32)];

const RANGE_LEN: usize = 144;

/// What `tp_indirect` is if nothing of it was read: Chelsio's viewer relies on it, on chips that have it.
pub(super) fn nothing(device: &Device<'_>, writer: &mut Writer<'_, '_>) -> Result {
    indirect::dump_empty(device.hal.tp_indirect, writer)
}

pub(super) fn collect(
    device: &Device<'_>,
    section: Section,
    writer: &mut Writer<'_, '_>,
) -> Result {
    let (ranges, room): (&[Range], usize) = match section {
        Section::TpIndirect => (device.hal.tp_indirect, 0),
        Section::PcieIndirect => (&PCIE, PCIE_RANGES),
        // On T4 these registers are counters.
        Section::PmIndirect if device.chip() == Chip::T4 => return Err(device.lacks()),
        Section::PmIndirect => (&PM, 0),
        _ if !device.hal.has_hma => return Err(device.lacks()),
        Section::MaIndirect => (&MA, MA_RANGES),
        _ => (&HMA, 0),
    };
    if ranges.is_empty() {
        return Err(Failure::new(Cause::Unsupported, 0, 0));
    }
    indirect::dump(device, ranges, writer)?;
    writer.zeroes(room.saturating_sub(ranges.len()) * RANGE_LEN)
}
