// SPDX-License-Identifier: GPL-2.0

//! ELF notes: a header of three words, a name and a descriptor, each padded to 4 bytes.

use super::{
    bytes::{
        get,
        u32_at, //
    },
    Error,
    Result, //
};

/// Rounds up to the alignment of notes.
pub const fn align4(len: u64) -> u64 {
    len.saturating_add(3) & !3
}

/// The fixed part of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteHeader {
    /// Bytes of the name, with its NUL, without padding.
    pub namesz: u32,
    /// Bytes of the descriptor, without padding.
    pub descsz: u32,
    /// What the descriptor is; depends on the name.
    pub type_: u32,
}

impl NoteHeader {
    /// Bytes of a header.
    pub const LEN: usize = 12;

    /// Parses the first [`NoteHeader::LEN`] bytes; fails if there are fewer.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        const WHAT: &str = "a note header of 12 bytes";
        Ok(Self {
            namesz: u32_at(bytes, 0, WHAT)?,
            descsz: u32_at(bytes, 4, WHAT)?,
            type_: u32_at(bytes, 8, WHAT)?,
        })
    }

    /// Offset of the descriptor from the start of the note.
    pub fn desc_offset(&self) -> u64 {
        Self::LEN as u64 + align4(u64::from(self.namesz))
    }

    /// Bytes from the start of this note to the start of the next.
    pub fn note_len(&self) -> u64 {
        self.desc_offset() + align4(u64::from(self.descsz))
    }

    /// Zeroes, which is what follows the last note of a vmcore.
    pub fn is_end(&self) -> bool {
        self.namesz == 0 && self.descsz == 0 && self.type_ == 0
    }
}

/// A note, where it lies in the bytes that were parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// Offset of the header.
    pub offset: u64,
    /// What the descriptor is; depends on the name.
    pub type_: u32,
    /// With its NUL.
    pub name: &'a [u8],
    /// Offset of the descriptor.
    pub desc_offset: u64,
    /// Without padding.
    pub desc: &'a [u8],
}

/// The notes of a segment, one after the other.
#[derive(Clone, Debug)]
pub struct Notes<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Notes<'a> {
    /// Walks `bytes`, the content of a segment; offsets count from its start.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next note; `None` at the end, which is also where zeroes begin.
    ///
    /// Fails if a note does not fit into the segment; after that there are no more.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<Note<'a>>> {
        let at = self.at;
        let rest = self.bytes.get(at..).unwrap_or(&[]);
        self.at = self.bytes.len();
        if rest.len() < NoteHeader::LEN {
            return match rest.iter().all(|byte| *byte == 0) {
                true => Ok(None),
                false => Err(Error::new(at as u64, "a note header of 12 bytes")),
            };
        }
        let header = NoteHeader::parse(rest)?;
        if header.is_end() {
            return Ok(None);
        }
        let based = |error: Error| error.based_at(at as u64);
        let name = get(
            rest,
            NoteHeader::LEN,
            header.namesz as usize,
            "the name of a note",
        )
        .map_err(based)?;
        let desc_at = usize::try_from(header.desc_offset())
            .map_err(|_| Error::new(at as u64, "a note that fits into memory"))?;
        let desc = get(
            rest,
            desc_at,
            header.descsz as usize,
            "the descriptor of a note",
        )
        .map_err(based)?;
        // The padding of the last note may be missing.
        self.at = at.saturating_add(usize::try_from(header.note_len()).unwrap_or(usize::MAX));
        Ok(Some(Note {
            offset: at as u64,
            type_: header.type_,
            name,
            desc_offset: at.saturating_add(desc_at) as u64,
            desc,
        }))
    }
}
