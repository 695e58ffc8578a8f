// SPDX-License-Identifier: GPL-2.0

//! The adapter's memories, but for what is private.

use super::super::{
    super::format::cudbg::section::Section,
    adapter_memory::AdapterMemory,
    device::Device,
    failure::Result,
    writer::Writer, //
};

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
    let mut memory = AdapterMemory::open(device, kinds(section))?;
    memory.copy(memory.addresses(), writer)
}
