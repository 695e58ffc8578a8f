// SPDX-License-Identifier: GPL-2.0

//! The log that the firmware keeps in the adapter's memory.

use super::{
    super::{
        super::format::cudbg::{
            cause::Cause,
            section::Section, //
        },
        adapter_memory::AdapterMemory,
        device::Device,
        failure::{
            Failure,
            Result, //
        },
        regs::pcie,
        writer::Writer, //
    },
    memory, //
};

const ENTRY_LEN: u32 = 256;

/// The kinds of memory that the firmware means by a number: 3 is not assigned, 4 and 5 are its flash and what is inside of it.
///
/// C header: `drivers/net/ethernet/chelsio/cxgb4/t4fw_api.h` (`enum fw_memtype`).
fn kinds(number: u32) -> &'static [u32] {
    match number {
        0 => memory::kinds(Section::Edc0),
        1 => memory::kinds(Section::Edc1),
        2 => memory::kinds(Section::Mc0),
        6 => memory::kinds(Section::Mc1),
        7 => memory::kinds(Section::Hma),
        _ => &[],
    }
}

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let place = device.read32(pcie::FW_PF_DEVLOG)?;
    let bad = Failure::new(Cause::BadRegister, pcie::FW_PF_DEVLOG, place.into());
    if place == 0 {
        // Old firmware, or none that has run: only a command would tell.
        return Err(Failure::new(Cause::NeedsFirmware, pcie::FW_PF_DEVLOG, 0));
    }
    let kinds = kinds(pcie::DEVLOG_MEMORY.of(place));
    if kinds.is_empty() {
        return Err(bad);
    }
    let mut memory = AdapterMemory::open(device, kinds)?;
    let addresses = memory.addresses();
    let offset = pcie::DEVLOG_START.of(place) << 4;
    let len = (pcie::DEVLOG_ENTRIES.of(place) + 1) * 128 * ENTRY_LEN;
    let start = addresses.start.checked_add(offset);
    let start = start.filter(|at| at % 8 == 0).ok_or(bad)?;
    let end = start.checked_add(len).ok_or(bad)?;
    // The register may hold anything, such as a place where packets are.
    match memory.shows(&(start..end)) {
        true => memory.copy(start..end, writer),
        false => Err(bad),
    }
}
