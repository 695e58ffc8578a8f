// SPDX-License-Identifier: GPL-2.0

//! cudbg, Chelsio's container for adapter state, version 1.14.
//!
//! An image is a [header](header::Header), a table of 72 [section headers](section_header::SectionHeader) in which the
//! section with id `n` has entry `n - 1`, and the sections in any order. A section is a sequence of
//! [chunks](chunk::ChunkHeader), each deflated on its own, and up to 3 bytes of padding.
//!
//! C headers: `drivers/net/ethernet/chelsio/cxgb4/cudbg_{if,lib_common,zlib,entity}.h`.

pub mod cause;
pub mod chip;
pub mod chunk;
pub mod header;
pub mod image;
pub mod meminfo;
pub mod pcie_config;
pub mod private;
pub mod reg_dump;
pub mod section;
pub mod section_header;
pub mod status;
pub mod version_header;

pub use self::{
    chip::Chip,
    version_header::VersionHeader, //
};

use core::iter::successors;

/// Bytes before the first section: header and section headers.
pub const TABLE_END: usize =
    header::HEADER_LEN + header::MAX_SECTIONS as usize * section_header::SECTION_HEADER_LEN;

/// Offsets of the words from `first` to `last`.
fn words(first: u32, last: u32) -> impl Iterator<Item = u32> + Clone {
    successors(Some(first), move |offset| {
        offset.checked_add(4).filter(|next| *next <= last)
    })
}
