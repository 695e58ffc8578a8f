// SPDX-License-Identifier: GPL-2.0

//! How the adapter's memory is used.

use super::super::{
    super::format::cudbg::section::Section,
    device::Device,
    failure::Result,
    memory_map,
    writer::Writer, //
};

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    writer.push(&memory_map::read(device)?.encode())
}
