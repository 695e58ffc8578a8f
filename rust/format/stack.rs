// SPDX-License-Identifier: GPL-2.0

//! Where things are in the stacked vmcore.
//!
//! ```text
//! lower file                       stacked file
//! headers                          headers, rewritten
//!                                  device dumps
//! notes                            notes
//! zeroes up to a page              zeroes up to a page
//! PT_LOAD data                     PT_LOAD data
//! ```
//!
//! PT_LOAD data moves by whole pages, so that a mapping of it can be handed on to the lower file.

use super::{
    elf::{
        Ehdr,
        Phdr,
        PT_LOAD,
        PT_NOTE, //
    },
    Error,
    Result, //
};

/// What the stacked file holds at some offset: how many bytes of it follow, and where they come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Bytes of the rewritten headers, from `offset` on.
    Headers { offset: u64, len: u64 },
    /// Bytes of the device dump notes, from `offset` on.
    Dumps { offset: u64, len: u64 },
    /// Bytes of the lower file, from `offset` on: notes or PT_LOAD data.
    Lower { offset: u64, len: u64 },
    /// Padding.
    Zeroes { len: u64 },
    /// End of file.
    End,
}

/// The geometry of a stacked file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Bytes of headers, the same in both files.
    headers_len: u64,
    /// Bytes of device dump notes, a multiple of 4.
    dumps_len: u64,
    /// Bytes of notes in the lower file.
    notes_len: u64,
    /// Offset of the first PT_LOAD byte in the lower file and in this one.
    lower_loads: u64,
    loads: u64,
    /// Size of this file.
    size: u64,
}

impl Layout {
    /// Where the headers of a vmcore end, from its first [`Ehdr::LEN`] bytes: at least so much is needed by [`Layout::new`].
    pub fn headers_end(ehdr: &[u8]) -> Result<u64> {
        Ehdr::parse(ehdr)?
            .phdrs_end()
            .ok_or(Error::new(32, "program headers within the file"))
    }

    /// The layout of `dumps_len` bytes of notes stacked on a vmcore that is `lower_size` bytes long and starts with
    /// `headers`. `page` is the page size, a power of two.
    ///
    /// The vmcore must be as the kernel makes it: one PT_NOTE, before all PT_LOAD segments in the file, and nothing
    /// else.
    pub fn new(headers: &[u8], lower_size: u64, dumps_len: u64, page: u64) -> Result<Self> {
        let ehdr = Ehdr::parse(headers)?;
        let mut notes: Option<Phdr> = None;
        let mut lower_loads = lower_size;
        for phdr in ehdr.phdrs(headers) {
            let (at, phdr) = phdr?;
            let at = at as u64;
            let fits = phdr
                .offset
                .checked_add(phdr.filesz)
                .is_some_and(|end| end <= lower_size);
            match phdr.type_ {
                _ if !fits => return Err(Error::new(at, "a segment within the file")),
                PT_NOTE if notes.is_none() => notes = Some(phdr),
                PT_NOTE => return Err(Error::new(at, "only one PT_NOTE")),
                PT_LOAD => lower_loads = lower_loads.min(phdr.offset & !(page - 1)),
                _ => return Err(Error::new(at, "a PT_LOAD or PT_NOTE")),
            }
        }
        let end_of_headers = ehdr.phdrs_end().unwrap_or(u64::MAX);
        let notes = notes.ok_or(Error::new(ehdr.phoff, "a PT_NOTE"))?;
        let notes_end = notes.offset + notes.filesz;
        if notes.offset < end_of_headers || notes.offset % 4 != 0 {
            return Err(Error::new(ehdr.phoff, "notes behind the headers"));
        }
        if notes_end > lower_loads || lower_loads % page != 0 {
            return Err(Error::new(ehdr.phoff, "PT_LOAD data behind the notes"));
        }
        let too_large = Error::new(0, "a file of less than 2^63 bytes");
        let dumps_len = dumps_len.checked_next_multiple_of(4).ok_or(too_large)?;
        let loads = notes_end
            .checked_add(dumps_len)
            .and_then(|end| end.checked_next_multiple_of(page))
            .ok_or(too_large)?
            .max(lower_loads);
        let size = loads
            .checked_add(lower_size - lower_loads)
            .filter(|size| *size <= i64::MAX as u64)
            .ok_or(too_large)?;
        Ok(Self {
            headers_len: notes.offset,
            dumps_len,
            notes_len: notes.filesz,
            lower_loads,
            loads,
            size,
        })
    }

    /// Bytes from the start of the file to the device dumps.
    pub fn headers_len(&self) -> u64 {
        self.headers_len
    }

    /// Size of the stacked file.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// By how much PT_LOAD data moves: whole pages.
    pub fn shift(&self) -> u64 {
        self.loads - self.lower_loads
    }

    /// Where `len` bytes at `offset` are in the lower file, if all of them are PT_LOAD data.
    pub fn load_range(&self, offset: u64, len: u64) -> Option<u64> {
        let end = offset.checked_add(len)?;
        (offset >= self.loads && end <= self.size.next_multiple_of(4096))
            .then(|| offset - self.shift())
    }

    /// Turns the headers of the lower file into those of the stacked one.
    pub fn rewrite(&self, headers: &mut [u8]) -> Result<()> {
        let ehdr = Ehdr::parse(headers)?;
        for index in 0..u64::from(ehdr.phnum) {
            let at = (ehdr.phoff + index * Phdr::LEN as u64) as usize;
            let bytes = headers
                .get_mut(at..at.saturating_add(Phdr::LEN))
                .ok_or(Error::new(at as u64, "a program header of 56 bytes"))?;
            let mut phdr = Phdr::parse(bytes)?;
            if phdr.type_ == PT_NOTE {
                phdr.filesz = self.dumps_len + self.notes_len;
                phdr.memsz = phdr.filesz;
            } else {
                phdr.offset = phdr.offset.saturating_add(self.shift());
            }
            bytes.copy_from_slice(&phdr.encode());
        }
        Ok(())
    }

    /// What the stacked file holds at `pos`.
    pub fn at(&self, pos: u64) -> Part {
        let dumps = self.headers_len;
        let notes = dumps + self.dumps_len;
        let padding = notes + self.notes_len;
        match pos {
            _ if pos < dumps => Part::Headers {
                offset: pos,
                len: dumps - pos,
            },
            _ if pos < notes => Part::Dumps {
                offset: pos - dumps,
                len: notes - pos,
            },
            _ if pos < padding => Part::Lower {
                offset: pos - self.dumps_len,
                len: padding - pos,
            },
            _ if pos < self.loads => Part::Zeroes {
                len: self.loads - pos,
            },
            _ if pos < self.size => Part::Lower {
                offset: pos - self.shift(),
                len: self.size - pos,
            },
            _ => Part::End,
        }
    }
}
