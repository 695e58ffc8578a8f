// SPDX-License-Identifier: GPL-2.0

//! What the C driver keeps in memory of the host: in a crash kernel it has nothing. That of the crashed kernel is in the vmcore.

use super::super::{
    super::format::cudbg::{
        cause::Cause,
        section::Section, //
    },
    device::Device,
    failure::{
        Failure,
        Result, //
    },
    writer::Writer, //
};

pub(super) fn collect(_: &Device<'_>, _: Section, _: &mut Writer<'_, '_>) -> Result {
    Err(Failure::new(Cause::HostState, 0, 0))
}
