// SPDX-License-Identifier: GPL-2.0

//! The adapter's memories, but for what is private.

use super::super::{
    super::format::cudbg::section::Section,
    adapter_memory::AdapterMemory,
    device::Device,
    failure::Result,
    writer::Writer, //
};

/// The kinds of memory that a section is of; the second of a pair is on chips that have two of them.
pub(super) fn kinds(section: Section) -> &'static [u32] {
    match section {
        Section::Edc0 => &[0],
        Section::Edc1 => &[1],
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
    let mut memory = AdapterMemory::open(device, kinds(section))?;
    let addresses = memory.addresses();
    let size = addresses.end.saturating_sub(addresses.start);
    writer.expect(section, size.into());
    memory.copy(addresses, writer)
}
