// SPDX-License-Identifier: GPL-2.0

//! What this kernel has logged so far, as a dump: it has cleared what devices and firmware had recorded of errors, and printed some
//! of that. Nobody else saves this log.

use super::{
    super::{
        bindings::{
            clock::now_ms,
            kmsg_dump::{
                Messages,
                MESSAGE_MAX, //
            },
            zlib::Deflate,
        },
        format::crash_log::{
            piece_header,
            Header,
            MAX_PACKED,
            NAME,
            PIECE_HEADER_LEN,
            PIECE_SIZE, //
        },
        server::Backend,
    },
    registration,
};
use crate::series::zeroed;
use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    prelude::*, //
};

/// Of zlib: half a piece is looked back at, and 16 KiB are for hashing.
const WINDOW_BITS: i32 = 13;
const MEM_LEVEL: i32 = 5;

/// Adds it. What goes wrong is logged, and in the manifest: there is no other use for the error.
pub(crate) fn add() {
    let _ = registration::add(NAME, &mut collect);
}

fn collect(sink: &mut dyn Backend) -> Result {
    let mut header = Header {
        taken_at_ms: now_ms(),
        ..Header::default()
    };
    let mut scratch = Scratch::new()?;
    sink.write(&header.encode())?;
    let mut messages = Messages::new();
    let mut filled = 0usize;
    loop {
        if filled > PIECE_SIZE - MESSAGE_MAX {
            scratch.write_piece(filled, sink)?;
            filled = 0;
        }
        let room = scratch.text.get_mut(filled..).unwrap_or_default();
        let Some((len, number)) = messages.next(room) else {
            break;
        };
        if header.messages == 0 {
            header.lost = number;
        }
        header.messages = header.messages.saturating_add(1);
        header.text_len = header.text_len.saturating_add(len as u64);
        filled = filled.saturating_add(len);
    }
    if filled > 0 {
        scratch.write_piece(filled, sink)?;
    }
    header.finished = true;
    sink.patch(0, &header.encode())
}

/// All the memory that it takes, besides what is collected.
struct Scratch {
    text: KVVec<u8>,
    packed: KVVec<u8>,
    deflate: Deflate,
}

impl Scratch {
    fn new() -> Result<Self> {
        let flags = GFP_NOWAIT | __GFP_NOWARN;
        Ok(Self {
            text: zeroed(PIECE_SIZE, flags)?,
            packed: zeroed(PIECE_HEADER_LEN + MAX_PACKED, flags)?,
            deflate: Deflate::new(WINDOW_BITS, MEM_LEVEL)?,
        })
    }

    /// Writes the first `len` bytes of the text as a piece.
    fn write_piece(&mut self, len: usize, sink: &mut dyn Backend) -> Result {
        let text = self.text.get(..len).ok_or(EINVAL)?;
        let (header, body) = self.packed.split_first_chunk_mut().ok_or(EINVAL)?;
        let packed = self.deflate.deflate(text, body).map_err(|_| EIO)?;
        *header = piece_header(len as u32, packed as u32);
        let piece = self.packed.get(..packed.saturating_add(PIECE_HEADER_LEN));
        sink.write(piece.ok_or(EINVAL)?)
    }
}
