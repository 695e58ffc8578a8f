// SPDX-License-Identifier: GPL-2.0

//! The serial flash: firmware, its configuration and boot code.

use super::super::{
    super::format::cudbg::section::Section,
    device::Device,
    failure::Result,
    flash::Flash,
    writer::Writer, //
};

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let flash = Flash::open(device)?;
    let len = flash.size()?;
    flash.read(0, len, |word| writer.words(&[word]))
}
