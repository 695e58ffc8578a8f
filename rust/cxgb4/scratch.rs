// SPDX-License-Identifier: GPL-2.0

//! All the memory that collecting takes, besides what is collected.

use super::super::{
    bindings::zlib::{
        Deflate,
        BUF_ERROR, //
    },
    format::cudbg::chunk::{
        ChunkHeader,
        CHUNK_HEADER_LEN,
        CHUNK_SIZE,
        MAX_PACKED,
        MEM_LEVEL,
        WINDOW_BITS, //
    },
};
use crate::series::zeroed;
use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    page::PAGE_SIZE,
    prelude::*, //
};

/// More than a chunk of zeroes takes, deflated and with its header.
const ZEROES_LEN: usize = 512;

/// Taken before the first access to the device, and kept until the last.
pub(super) struct Scratch {
    raw: KVVec<u8>,
    packed: KVVec<u8>,
    /// A whole chunk of zeroes, deflated, in the first `zeroes_len` bytes; 0 until there was one.
    zeroes: KVec<u8>,
    zeroes_len: usize,
    deflate: Deflate,
}

impl Scratch {
    pub(super) fn new() -> Result<Self> {
        // Takes what is free, and wakes nobody for more.
        let flags = GFP_NOWAIT | __GFP_NOWARN;
        Ok(Self {
            raw: zeroed(CHUNK_SIZE, flags)?,
            packed: zeroed(CHUNK_HEADER_LEN + MAX_PACKED, flags)?,
            zeroes: zeroed(ZEROES_LEN, flags)?,
            zeroes_len: 0,
            deflate: Deflate::new(WINDOW_BITS, MEM_LEVEL)?,
        })
    }

    /// Bytes of memory taken, in whole pages. It's always as much.
    pub(super) fn size(&self) -> usize {
        let parts = [
            self.raw.len(),
            self.packed.len(),
            self.zeroes.len(),
            self.deflate.workspace_len(),
        ];
        let pages = parts.iter().fold(0, |pages: usize, len| {
            pages.saturating_add(len.div_ceil(PAGE_SIZE))
        });
        pages.saturating_mul(PAGE_SIZE)
    }

    /// Room for the bytes of a chunk.
    pub(super) fn raw(&mut self) -> &mut [u8] {
        &mut self.raw
    }

    /// A whole chunk of zeroes, whatever is in `raw`, which may be lost; or what zlib returned when it failed.
    pub(super) fn zeroes(&mut self) -> core::result::Result<&[u8], i32> {
        if self.zeroes_len > 0 {
            return self.zeroes.get(..self.zeroes_len).ok_or(BUF_ERROR);
        }
        self.raw.fill(0);
        self.pack(CHUNK_SIZE)
    }

    /// The first `len` bytes of `raw` as a chunk, or what zlib returned when it failed.
    ///
    /// Memories are mostly zeroes, and each chunk of them gives the same: it's deflated once.
    pub(super) fn pack(&mut self, len: usize) -> core::result::Result<&[u8], i32> {
        let raw = self.raw.get(..len).ok_or(BUF_ERROR)?;
        let is_zeroes = len == CHUNK_SIZE && raw.iter().all(|byte| *byte == 0);
        if is_zeroes && self.zeroes_len > 0 {
            return self.zeroes.get(..self.zeroes_len).ok_or(BUF_ERROR);
        }
        let (header, body) = self.packed.split_first_chunk_mut().ok_or(BUF_ERROR)?;
        let packed_len = self.deflate.deflate(raw, body)?;
        *header = ChunkHeader {
            raw_len: len as u32,
            packed_len: packed_len as u32,
        }
        .encode();
        let chunk_len = packed_len.saturating_add(CHUNK_HEADER_LEN);
        let chunk = self.packed.get(..chunk_len).ok_or(BUF_ERROR)?;
        if is_zeroes {
            // If it does not fit, the next one is deflated again.
            if let Some(zeroes) = self.zeroes.get_mut(..chunk.len()) {
                zeroes.copy_from_slice(chunk);
                self.zeroes_len = chunk.len();
            }
        }
        Ok(chunk)
    }
}
