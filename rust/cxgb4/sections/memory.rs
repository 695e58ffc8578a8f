// SPDX-License-Identifier: GPL-2.0

//! The adapter's memories, except for packets.

use super::super::{
    super::format::cudbg::section::Section,
    device::Device,
    failure::Result,
    memory_map::Memories,
    payload::{
        Around,
        Payload, //
    },
    window::Window,
    writer::Writer, //
};

use core::ops::Range;

/// The kinds of memory that a driver means by a number; the second of a pair is on chips that have two of them.
pub(super) const KINDS: [&[u32]; 5] = [&[0], &[1], &[2, 3], &[4], &[5]];

fn kinds(section: Section) -> &'static [u32] {
    match section {
        Section::Edc0 => KINDS[0],
        Section::Edc1 => KINDS[1],
        Section::Mc0 => KINDS[2],
        Section::Mc1 => KINDS[3],
        Section::Hma => KINDS[4],
        _ => &[],
    }
}

pub(super) fn collect(
    device: &Device<'_>,
    section: Section,
    writer: &mut Writer<'_, '_>,
) -> Result {
    let memories = Memories::find(device)?;
    let memory = memories.of_kind(kinds(section))?;
    let payload = Payload::find(device, &memories)?;
    let mut window = Window::open(device)?;
    let mut address = memory.start;

    // Memories begin and end at whole MiB, and payload at whole double words.
    while address < memory.end {
        match payload.around(address) {
            Around::Packets { until } => {
                let end = until.min(memory.end);
                writer.zeroes(end.saturating_sub(address) as usize)?;
                address = end;
            }
            Around::Clear { until } => {
                let end = until.min(memory.end);
                copy(device, &mut window, address..end, writer)?;
                address = end;
            }
        }
    }
    Ok(())
}

/// Writes what is at `addresses`, in whole double words.
pub(super) fn copy(
    device: &Device<'_>,
    window: &mut Window<'_>,
    addresses: Range<u32>,
    writer: &mut Writer<'_, '_>,
) -> Result {
    for address in addresses.step_by(8) {
        let word = window.read64(address)?;
        if word == u64::MAX {
            device.check_alive()?;
        }
        writer.push(&word.to_le_bytes())?;
    }
    Ok(())
}
