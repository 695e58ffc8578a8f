// SPDX-License-Identifier: GPL-2.0

//! All the memory that collecting takes, besides what is collected.

use super::super::{
    bindings::zlib::{
        Deflate,
        BUF_ERROR, //
    },
    format::cudbg::chunk::{
        self,
        stored_end,
        stored_start,
        ChunkHeader,
        CHUNK_HEADER_LEN,
        CHUNK_SIZE,
        MAX_PACKED,
        MEM_LEVEL,
        STORED_END_LEN,
        STORED_START_LEN,
        WINDOW_BITS,
        ZEROES_LEN, //
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

/// Taken before the first access to the device, and kept until the last.
pub(super) struct Scratch {
    raw: KVVec<u8>,
    packed: KVVec<u8>,
    /// A whole chunk of zeroes, which memories mostly are: none of them is deflated.
    zeroes: KVec<u8>,
    /// `None`: chunks hold their bytes as they are.
    deflate: Option<Deflate>,
}

/// What becomes of a chunk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Chunks {
    /// It's kept in memory.
    Deflated,
    /// Somebody else compresses it.
    Stored,
}

impl Scratch {
    pub(super) fn new(chunks: Chunks) -> Result<Self> {
        // Takes what is free, and wakes nobody for more.
        let flags = GFP_NOWAIT | __GFP_NOWARN;
        let mut zeroes = zeroed(ZEROES_LEN, flags)?;
        if let Some(place) = zeroes.first_chunk_mut() {
            *place = chunk::zeroes();
        }
        Ok(Self {
            raw: zeroed(CHUNK_SIZE, flags)?,
            packed: zeroed(
                match chunks {
                    Chunks::Deflated => CHUNK_HEADER_LEN + MAX_PACKED,
                    Chunks::Stored => STORED_START_LEN + STORED_END_LEN,
                },
                flags,
            )?,
            zeroes,
            deflate: match chunks {
                Chunks::Deflated => Some(Deflate::new(WINDOW_BITS, MEM_LEVEL)?),
                Chunks::Stored => None,
            },
        })
    }

    /// Bytes of memory taken, in whole pages. It's always as much.
    pub(super) fn size(&self) -> usize {
        let parts = [
            self.raw.len(),
            self.packed.len(),
            self.zeroes.len(),
            self.deflate.as_ref().map_or(0, Deflate::workspace_len),
        ];
        let pages = parts.iter().fold(0, |pages: usize, len| {
            pages.saturating_add(len.div_ceil(PAGE_SIZE))
        });
        pages.saturating_mul(PAGE_SIZE)
    }

    /// Whether what is written is handed on at once.
    pub(super) fn is_stored(&self) -> bool {
        self.deflate.is_none()
    }

    /// Room for the bytes of a chunk.
    pub(super) fn raw(&mut self) -> &mut [u8] {
        &mut self.raw
    }

    /// A whole chunk of zeroes, whatever is in `raw`.
    pub(super) fn zeroes(&self) -> Parts<'_> {
        [&self.zeroes, &[], &[]]
    }

    /// The first `len` bytes of `raw` as a chunk, or what zlib returned when it failed.
    pub(super) fn pack(&mut self, len: usize) -> core::result::Result<Parts<'_>, i32> {
        let raw = self.raw.get(..len).ok_or(BUF_ERROR)?;
        if len == CHUNK_SIZE && raw.iter().all(|byte| *byte == 0) {
            return Ok(self.zeroes());
        }
        let Some(deflate) = &mut self.deflate else {
            return store(raw, &mut self.packed).ok_or(BUF_ERROR);
        };
        let (header, body) = self.packed.split_first_chunk_mut().ok_or(BUF_ERROR)?;
        let packed_len = deflate.deflate(raw, body)?;
        *header = ChunkHeader {
            raw_len: len as u32,
            packed_len: packed_len as u32,
        }
        .encode();
        let chunk_len = packed_len.saturating_add(CHUNK_HEADER_LEN);
        let chunk = self.packed.get(..chunk_len).ok_or(BUF_ERROR)?;
        Ok([chunk, &[], &[]])
    }
}

/// A chunk, in parts that follow each other.
pub(super) type Parts<'a> = [&'a [u8]; 3];

/// `raw` as a chunk that is not deflated; `around` has room for what is around it.
fn store<'a>(raw: &'a [u8], around: &'a mut [u8]) -> Option<Parts<'a>> {
    let (start, end) = around.split_first_chunk_mut()?;
    *start = stored_start(u16::try_from(raw.len()).ok()?);
    let end = end.first_chunk_mut()?;
    *end = stored_end(raw);
    Some([start, raw, end])
}
