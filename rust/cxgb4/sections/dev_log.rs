// SPDX-License-Identifier: GPL-2.0

//! The log that the firmware keeps in the adapter's memory.

use super::{
    super::{
        super::format::cudbg::{
            cause::Cause,
            section::Section, //
        },
        device::Device,
        failure::{
            Failure,
            Result, //
        },
        memory_map::Memories,
        regs::pcie,
        window::Window,
        writer::Writer, //
    },
    memory, //
};

const ENTRY_LEN: u32 = 256;

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let place = device.read32(pcie::FW_PF_DEVLOG)?;
    let bad = Failure::new(Cause::BadRegister, pcie::FW_PF_DEVLOG, place.into());
    if place == 0 {
        // Old firmware, or none that has run: only a command would tell.
        return Err(Failure::new(Cause::NeedsFirmware, pcie::FW_PF_DEVLOG, 0));
    }
    let kinds = memory::KINDS
        .get(pcie::DEVLOG_MEMORY.of(place) as usize)
        .ok_or(bad)?;
    let memory = Memories::find(device)?.of_kind(kinds)?;
    let offset = pcie::DEVLOG_START.of(place) << 4;
    let len = (pcie::DEVLOG_ENTRIES.of(place) + 1) * 128 * ENTRY_LEN;
    let start = memory.start.checked_add(offset).filter(|at| at % 8 == 0);
    let start = start.ok_or(bad)?;
    let end = start.checked_add(len).filter(|end| *end <= memory.end);
    let end = end.ok_or(bad)?;
    memory::copy(device, &mut Window::open(device)?, start..end, writer)
}
