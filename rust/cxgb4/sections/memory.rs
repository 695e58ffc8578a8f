// SPDX-License-Identifier: GPL-2.0

//! The adapter's memories, without packets: zeroes are in their place.

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

/// Kinds of memory (`meminfo::MEMORY_NAMES`) that a section may hold.
fn kinds(section: Section) -> &'static [u32] {
    match section {
        Section::Edc0 => &[0],
        Section::Edc1 => &[1],
        // The only one of a T6, the first one of a T5.
        Section::Mc0 => &[2, 3],
        Section::Mc1 => &[4],
        Section::Hma => &[5],
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
                writer.zeroes((end - address) as usize)?;
                address = end;
            }
            Around::Clear { until } => {
                let end = until.min(memory.end);
                while address < end {
                    let word = window.read64(address)?;
                    if word == u64::MAX {
                        device.check_alive()?;
                    }
                    writer.push(&word.to_le_bytes())?;
                    address += 8;
                }
            }
        }
    }
    Ok(())
}
