// SPDX-License-Identifier: GPL-2.0

//! The crash kernel's own log, up to when the core was loaded, as the dump [`NAME`].
//!
//! A header, then pieces of text, each compressed on its own, from the oldest line to the newest. A line has its level and its time,
//! as in `<4>[    0.412345] mce: …`.
//!
//! A dump that was cut off is read as far as whole pieces go.

use super::{
    bytes::{
        Reader,
        Writer, //
    },
    Error,
    Result, //
};

/// Name of the dump.
pub const NAME: &[u8] = b"crash_log";
/// The first bytes of it.
pub const SIGNATURE: [u8; 8] = *b"crashlog";
/// The layout that is written, and that is understood: a larger minor version only adds to the end of the header.
pub const VERSION: (u16, u16) = (1, 0);
/// Bytes of a header.
pub const HEADER_LEN: usize = 48;
/// Most bytes of text in a piece.
pub const PIECE_SIZE: usize = 16384;
/// Bytes before each compressed piece.
pub const PIECE_HEADER_LEN: usize = 8;
/// Most bytes that a piece has after compression, by the rule of zlib's `deflateBound()`.
pub const MAX_PACKED: usize = PIECE_SIZE + PIECE_SIZE.div_ceil(8) + PIECE_SIZE.div_ceil(64) + 11;

/// What is the same for all of it. All zeroes but for `taken_at_ms`, if the dump never got to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Whether the dump got to its end.
    pub finished: bool,
    /// Milliseconds since the crash kernel had started.
    pub taken_at_ms: u32,
    /// Messages that the kernel had overwritten before: the oldest.
    pub lost: u64,
    /// Messages that are there.
    pub messages: u32,
    /// Bytes of text, in all pieces.
    pub text_len: u64,
}

const FINISHED: u32 = 1 << 0;

impl Header {
    /// The bytes of this header.
    pub fn encode(&self) -> [u8; HEADER_LEN] {
        let mut out = [0; HEADER_LEN];
        Writer::new(&mut out)
            .prefix(&SIGNATURE, VERSION, HEADER_LEN as u32)
            .u32(if self.finished { FINISHED } else { 0 })
            .u32(self.taken_at_ms)
            .u64(self.lost)
            .u32(self.messages)
            .skip(4)
            .u64(self.text_len);
        out
    }
}

/// The bytes before a compressed piece.
pub fn piece_header(text_len: u32, packed_len: u32) -> [u8; PIECE_HEADER_LEN] {
    let mut out = [0; PIECE_HEADER_LEN];
    Writer::new(&mut out).u32(text_len).u32(packed_len);
    out
}

/// A dump with a sound header.
#[derive(Clone, Copy, Debug)]
pub struct CrashLog<'a> {
    /// What is the same for all of it.
    pub header: Header,
    pieces: Pieces<'a>,
}

impl<'a> CrashLog<'a> {
    /// Whether `payload` is such a dump, of whatever version.
    pub fn is(payload: &[u8]) -> bool {
        payload.starts_with(&SIGNATURE)
    }

    /// Parses the header of the dump in `payload`. Fails if it is of another major version, or damaged.
    pub fn parse(payload: &'a [u8]) -> Result<Self> {
        if !Self::is(payload) {
            return Err(Error::new(0, "a crash kernel's log"));
        }
        let mut fields = Reader::new(payload, HEADER_LEN, "a header of 48 bytes")?;
        let _signature = fields.u64();
        if fields.u16() != VERSION.0 {
            return Err(Error::new(8, "version 1 of a crash kernel's log"));
        }
        let _minor = fields.u16();
        let start = fields.u32();
        if (start as usize) < HEADER_LEN {
            return Err(Error::new(12, "a header of at least 48 bytes"));
        }
        let flags = fields.u32();
        let taken_at_ms = fields.u32();
        let lost = fields.u64();
        let [messages, _] = fields.u32s();
        let header = Header {
            finished: flags & FINISHED != 0,
            taken_at_ms,
            lost,
            messages,
            text_len: fields.u64(),
        };
        let rest = payload
            .get(start as usize..)
            .ok_or(Error::new(12, "a header inside of the dump"))?;
        let offset = start.into();
        Ok(Self {
            header,
            pieces: Pieces { rest, offset },
        })
    }

    /// The pieces, from the oldest to the newest. Where one is damaged or cut off, there is an error, which is the last.
    pub fn pieces(&self) -> Pieces<'a> {
        self.pieces
    }
}

/// A piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// A zlib stream.
    pub packed: &'a [u8],
    /// Bytes of text in it, 1 to [`PIECE_SIZE`].
    pub text_len: u32,
    /// Where the stream is in the dump.
    pub offset: u64,
}

/// Walks the pieces.
#[derive(Clone, Copy, Debug)]
pub struct Pieces<'a> {
    rest: &'a [u8],
    offset: u64,
}

impl<'a> Pieces<'a> {
    fn take(&mut self, bytes: &'a [u8]) -> Result<Piece<'a>> {
        let mut fields = Reader::new(bytes, PIECE_HEADER_LEN, "a piece of at least 8 bytes")?;
        let [text_len, packed_len] = fields.u32s();
        if !(1..=PIECE_SIZE).contains(&(text_len as usize)) {
            return Err(Error::new(0, "a piece of 1 to 16384 bytes"));
        }
        let (packed, rest) = bytes
            .split_at_checked(PIECE_HEADER_LEN)
            .and_then(|(_, rest)| rest.split_at_checked(packed_len as usize))
            .ok_or(Error::new(4, "a whole piece"))?;
        let offset = self.offset.saturating_add(PIECE_HEADER_LEN as u64);
        self.offset = offset.saturating_add(packed_len.into());
        self.rest = rest;
        Ok(Piece {
            packed,
            text_len,
            offset,
        })
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<Piece<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = core::mem::take(&mut self.rest);
        if bytes.is_empty() {
            return None;
        }
        let offset = self.offset;
        Some(self.take(bytes).map_err(|error| error.based_at(offset)))
    }
}
