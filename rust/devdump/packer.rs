// SPDX-License-Identifier: GPL-2.0

//! Makes records smaller: by zstd, or by zlib where the kernel has no zstd.
//!
//! At level 1 and with 32 KiB at a time, zstd takes 177 KiB of memory. It is ten times as fast as zlib, for files that are a twentieth larger.

use super::super::format::stream::{
    Packing,
    MOST, //
};

#[cfg(CONFIG_ZSTD_COMPRESS)]
use super::super::bindings::zstd::Zstd as How;

#[cfg(not(CONFIG_ZSTD_COMPRESS))]
use super::super::{
    bindings::zlib::Deflate as How,
    format::cudbg::chunk::{
        MEM_LEVEL,
        WINDOW_BITS, //
    },
};

/// `None`: there is no memory for it, and records stay as large as they are.
pub(super) struct Packer(Option<How>);

#[cfg(CONFIG_ZSTD_COMPRESS)]
impl Packer {
    const PACKING: Packing = Packing::ZSTD;

    pub(super) fn new() -> Self {
        Self(How::new(1, MOST).ok())
    }

    fn compress(how: &mut How, bytes: &[u8], to: &mut [u8]) -> Option<usize> {
        how.compress(bytes, to)
    }
}

#[cfg(not(CONFIG_ZSTD_COMPRESS))]
impl Packer {
    const PACKING: Packing = Packing::ZLIB;

    pub(super) fn new() -> Self {
        Self(How::new(WINDOW_BITS, MEM_LEVEL).ok())
    }

    fn compress(how: &mut How, bytes: &[u8], to: &mut [u8]) -> Option<usize> {
        how.deflate(bytes, to).ok()
    }
}

impl Packer {
    /// Compresses `bytes` into `to`; how, and how many bytes that are. `None`: they do not get smaller.
    pub(super) fn pack(&mut self, bytes: &[u8], to: &mut [u8]) -> Option<(Packing, usize)> {
        let room = to.get_mut(..bytes.len().min(MOST).saturating_sub(1))?;
        let len = Self::compress(self.0.as_mut()?, bytes, room)?;
        Some((Self::PACKING, len))
    }
}
