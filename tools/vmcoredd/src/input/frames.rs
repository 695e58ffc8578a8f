// SPDX-License-Identifier: GPL-2.0

//! What zstd, pzstd and lz4 write: frames, one behind the other, and between them some that are to be skipped.
//!
//! Source: RFC 8878, section 3.1; lz4's `doc/lz4_Frame_format.md`.

use std::io::{self, Read};

const ZSTD: u32 = 0xfd2f_b528;
const LZ4: u32 = 0x184d_2204;
/// `lz4 -l`: only blocks, up to the end.
const LEGACY: u32 = 0x184c_2102;
/// Decompressed, no block of these is larger.
const LEGACY_BLOCK: usize = 8 << 20;

/// Whether a file that starts with these bytes may have frames of zstd behind some that are to be skipped; the length of the
/// first.
pub fn skippable(start: &[u8]) -> Option<u64> {
    let word = |at| {
        start
            .get(at..at + 4)?
            .try_into()
            .ok()
            .map(u32::from_le_bytes)
    };
    let (magic, len) = (word(0)?, word(4)?);
    (0x184d_2a50..=0x184d_2a5f)
        .contains(&magic)
        .then_some(8 + u64::from(len))
}

/// Whether a file that starts with these bytes is one of `lz4 -l`, or an ordinary one of lz4.
pub fn is_lz4(start: &[u8]) -> bool {
    [LZ4, LEGACY]
        .iter()
        .any(|magic| start.starts_with(&magic.to_le_bytes()))
}

pub fn is_zstd(start: &[u8]) -> bool {
    start.starts_with(&ZSTD.to_le_bytes())
}

/// What is in all frames.
pub struct Frames<R: Read>(Option<Frame<R>>);

enum Frame<R: Read> {
    Between(Start<R>),
    // It has tables of some KiB.
    Zstd(Box<ruzstd::decoding::StreamingDecoder<Start<R>, ruzstd::decoding::FrameDecoder>>),
    Lz4(lz4_flex::frame::FrameDecoder<Start<R>>),
    Legacy(Start<R>, io::Cursor<Vec<u8>>),
}

impl<R: Read> Frames<R> {
    pub fn new(from: R) -> Self {
        Self(Some(Frame::Between(Start {
            start: Vec::new(),
            from,
            has_ended: false,
        })))
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        // What fails is not gone on with.
        while let Some(mut frame) = self.0.take() {
            let got = frame.read(buf)?;
            if got > 0 {
                self.0 = Some(frame);
                return Ok(got);
            }
            self.0 = frame.next()?;
        }
        Ok(0)
    }
}

impl<R: Read> Frame<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Between(_) => Ok(0),
            Self::Zstd(frame) => frame.read(buf),
            Self::Lz4(frame) => frame.read(buf),
            Self::Legacy(from, block) => {
                if block.position() == block.get_ref().len() as u64 {
                    *block = io::Cursor::new(legacy_block(from)?);
                }
                block.read(buf)
            }
        }
    }

    /// The frame behind this one, which has ended; `None` if there is none.
    fn next(self) -> io::Result<Option<Self>> {
        let mut from = match self {
            Self::Between(from) | Self::Legacy(from, _) => from,
            Self::Zstd(frame) => frame.into_inner(),
            Self::Lz4(frame) => {
                let from = frame.into_inner();
                // It has a mark at its end.
                if from.has_ended {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                from
            }
        };
        let start = from.peek(8)?;
        if start.is_empty() {
            return Ok(None);
        }
        if let Some(len) = skippable(start) {
            let skipped = io::copy(&mut from.by_ref().take(len), &mut io::sink())?;
            return match skipped == len {
                true => Ok(Some(Self::Between(from))),
                false => Err(io::ErrorKind::UnexpectedEof.into()),
            };
        }
        Ok(Some(match start {
            start if is_zstd(start) => {
                let frame =
                    ruzstd::decoding::StreamingDecoder::new(from).map_err(io::Error::other)?;
                Self::Zstd(Box::new(frame))
            }
            start if start.starts_with(&LEGACY.to_le_bytes()) => {
                from.start.drain(..4);
                Self::Legacy(from, io::Cursor::default())
            }
            start if is_lz4(start) => Self::Lz4(lz4_flex::frame::FrameDecoder::new(from)),
            _ => return Err(io::Error::other("something else behind the last frame")),
        }))
    }
}

/// The next block of a legacy frame; empty where it ends.
fn legacy_block(from: &mut Start<impl Read>) -> io::Result<Vec<u8>> {
    let start = from.peek(8)?;
    if start.is_empty() || is_lz4(start) || skippable(start).is_some() {
        return Ok(Vec::new());
    }
    let mut len = [0; 4];
    from.read_exact(&mut len)?;
    let len = u32::from_le_bytes(len) as usize;
    if len > lz4_flex::block::get_maximum_output_size(LEGACY_BLOCK) {
        return Err(io::Error::other("a block of more than 8 MiB"));
    }
    let mut packed = vec![0; len];
    from.read_exact(&mut packed)?;
    lz4_flex::block::decompress(&packed, LEGACY_BLOCK).map_err(io::Error::other)
}

/// A reader of which one can know what comes next.
struct Start<R> {
    /// Bytes that were read, and are to be read again.
    start: Vec<u8>,
    from: R,
    /// Nothing is left of it.
    has_ended: bool,
}

impl<R: Read> Start<R> {
    /// The next `len` bytes, or as many of them as there are.
    fn peek(&mut self, len: usize) -> io::Result<&[u8]> {
        let missing = len.saturating_sub(self.start.len()) as u64;
        self.from
            .by_ref()
            .take(missing)
            .read_to_end(&mut self.start)?;
        Ok(&self.start)
    }
}

impl<R: Read> Read for Start<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let got = match self.start.is_empty() {
            true => self.from.read(buf)?,
            false => {
                let len = buf.len().min(self.start.len());
                for (to, byte) in buf.iter_mut().zip(self.start.drain(..len)) {
                    *to = byte;
                }
                len
            }
        };
        self.has_ended |= got == 0 && !buf.is_empty();
        Ok(got)
    }
}
