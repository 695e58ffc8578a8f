// SPDX-License-Identifier: GPL-2.0

//! All the memory that collecting takes, besides what is collected.

use super::super::{
    bindings::zlib::Deflate,
    format::cudbg::chunk::{
        ChunkHeader,
        CHUNK_HEADER_LEN,
        CHUNK_SIZE,
        MAX_PACKED,
        MEM_LEVEL,
        WINDOW_BITS, //
    },
};
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
    /// A whole chunk of zeroes, deflated; empty until there was one.
    zeroes: KVec<u8>,
    deflate: Deflate,
}

impl Scratch {
    pub(super) fn new() -> Result<Self> {
        // Takes what is free, and wakes nobody for more.
        let flags = GFP_NOWAIT | __GFP_NOWARN;
        Ok(Self {
            raw: KVVec::zeroed(CHUNK_SIZE, flags)?,
            packed: KVVec::zeroed(CHUNK_HEADER_LEN + MAX_PACKED, flags)?,
            zeroes: KVec::with_capacity(ZEROES_LEN, flags)?,
            deflate: Deflate::new(WINDOW_BITS, MEM_LEVEL)?,
        })
    }

    /// Bytes of memory taken, in whole pages. It's always as much.
    pub(super) fn size(&self) -> usize {
        let parts = [
            self.raw.len(),
            self.packed.len(),
            self.zeroes.capacity(),
            self.deflate.workspace_len(),
        ];
        parts
            .iter()
            .map(|len| len.next_multiple_of(PAGE_SIZE))
            .sum()
    }

    /// Room for the bytes of a chunk.
    pub(super) fn raw(&mut self) -> &mut [u8] {
        &mut self.raw
    }

    /// The first `len` bytes of `raw` as a chunk, or what zlib returned when it failed.
    ///
    /// Memories are mostly zeroes, and each chunk of them gives the same: it's deflated once.
    pub(super) fn pack(&mut self, len: usize) -> core::result::Result<&[u8], i32> {
        let raw = &self.raw[..len];
        let is_zeroes = len == CHUNK_SIZE && raw.iter().all(|byte| *byte == 0);
        if is_zeroes && !self.zeroes.is_empty() {
            return Ok(&self.zeroes);
        }
        let (header, body) = self.packed.split_at_mut(CHUNK_HEADER_LEN);
        let packed_len = self.deflate.deflate(raw, body)?;
        header.copy_from_slice(
            &ChunkHeader {
                raw_len: len as u32,
                packed_len: packed_len as u32,
            }
            .encode(),
        );
        let chunk = &self.packed[..CHUNK_HEADER_LEN + packed_len];
        if is_zeroes && chunk.len() <= self.zeroes.capacity() {
            // Fits by the check; if it did not, the next one would be deflated again.
            let _ = self.zeroes.extend_from_slice(chunk, GFP_KERNEL);
        }
        Ok(chunk)
    }
}
