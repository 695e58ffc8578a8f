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
    Headers {
        /// In bytes, as all numbers here.
        offset: u64,
        /// At least 1.
        len: u64,
    },
    /// Bytes of the device dump notes, from `offset` on.
    Dumps {
        /// From the start of the first one.
        offset: u64,
        /// At least 1.
        len: u64,
    },
    /// Bytes of the lower file, from `offset` on: notes or PT_LOAD data.
    Lower {
        /// In the lower file.
        offset: u64,
        /// At least 1.
        len: u64,
    },
    /// Padding.
    Zeroes {
        /// At least 1.
        len: u64,
    },
    /// End of file.
    End,
}

/// The geometry of a stacked file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    page: u64,
    /// The same in both files.
    headers_len: u64,
    /// A multiple of 4.
    dumps_len: u64,
    /// Notes of the lower file.
    notes_len: u64,
    /// Where PT_LOAD data starts in this file.
    loads: u64,
    /// By how much PT_LOAD data moved up.
    shift: u64,
    size: u64,
}

impl Layout {
    /// Where the program headers of a vmcore end, from its first [`Ehdr::LEN`] bytes: at least so much is needed by
    /// [`Layout::new`]. Less than 4 MiB.
    ///
    /// Fails if they are not those of a vmcore.
    pub fn headers_end(ehdr: &[u8]) -> Result<u64> {
        let ehdr = Ehdr::parse(ehdr)?;
        if ehdr.phoff != Ehdr::LEN as u64 {
            return Err(Error::new(32, "program headers behind the ELF header"));
        }
        ehdr.phdrs_end()
            .ok_or(Error::new(32, "program headers within the file"))
    }

    /// The layout of `dumps_len` bytes of notes stacked on a vmcore that is `lower_size` bytes long and starts with
    /// `headers`. `page` is the page size, a power of two. `dumps_len` is rounded up to a multiple of 4.
    ///
    /// The vmcore must be as the kernel makes it (`fs/proc/vmcore.c`, `merge_note_headers_elf64()`): one PT_NOTE, the
    /// first segment, at the page behind the headers; then PT_LOAD segments at whole pages behind the notes. Fails if it
    /// is not; it must then be left alone.
    pub fn new(headers: &[u8], lower_size: u64, dumps_len: u64, page: u64) -> Result<Self> {
        if !page.is_power_of_two() {
            return Err(Error::new(0, "a page size that is a power of two"));
        }
        let headers_len = Self::headers_end(headers)?.checked_next_multiple_of(page);
        let ehdr = Ehdr::parse(headers)?;
        let mut notes = None;
        let mut lower_loads = lower_size;
        for phdr in ehdr.phdrs(headers) {
            let (at, phdr) = phdr?;
            let at = at as u64;
            let end = phdr
                .offset
                .checked_add(phdr.filesz)
                .filter(|end| *end <= lower_size)
                .ok_or(Error::new(at, "a segment within the file"))?;
            match (notes, phdr.type_) {
                (None, PT_NOTE) if Some(phdr.offset) == headers_len => notes = Some((phdr, end)),
                (None, PT_NOTE) => {
                    return Err(Error::new(at, "notes at the page behind the headers"))
                }
                (None, _) => return Err(Error::new(at, "a PT_NOTE before all other segments")),
                (Some((_, notes_end)), PT_LOAD) if phdr.offset >= notes_end => {
                    lower_loads = lower_loads.min(phdr.offset & !page.wrapping_sub(1));
                }
                (Some(_), PT_LOAD) => return Err(Error::new(at, "PT_LOAD data behind the notes")),
                (Some(_), _) => return Err(Error::new(at, "one PT_NOTE, then PT_LOAD segments")),
            }
        }
        let (notes, notes_end) = notes.ok_or(Error::new(ehdr.phoff, "a PT_NOTE"))?;
        if notes_end > lower_loads || lower_loads & page.wrapping_sub(1) != 0 {
            return Err(Error::new(
                ehdr.phoff,
                "PT_LOAD data at the page behind the notes",
            ));
        }
        Self::stack(&notes, notes_end, lower_loads, lower_size, dumps_len, page)
            .ok_or(Error::new(0, "a file of less than 2^63 bytes"))
    }

    fn stack(
        notes: &Phdr,
        notes_end: u64,
        lower_loads: u64,
        lower_size: u64,
        dumps_len: u64,
        page: u64,
    ) -> Option<Self> {
        let dumps_len = dumps_len.checked_next_multiple_of(4)?;
        let loads = notes_end
            .checked_add(dumps_len)?
            .checked_next_multiple_of(page)?
            .max(lower_loads);
        let shift = loads.checked_sub(lower_loads)?;
        let size = lower_size.checked_add(shift)?;

        i64::try_from(size).is_ok().then_some(Self {
            page,
            headers_len: notes.offset,
            dumps_len,
            notes_len: notes.filesz,
            loads,
            shift,
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
        self.shift
    }

    /// Where `len` bytes at `offset` are in the lower file, if all of them are PT_LOAD data.
    pub fn load_range(&self, offset: u64, len: u64) -> Option<u64> {
        let end = offset.checked_add(len)?;
        if offset < self.loads || end > self.size {
            return None;
        }
        offset.checked_sub(self.shift)
    }

    /// Turns the headers of the lower file into those of the stacked one.
    ///
    /// Fails, and changes nothing, if they are not the headers that the layout was made from.
    pub fn rewrite(&self, headers: &mut [u8]) -> Result<()> {
        let lower_size = self.size.saturating_sub(self.shift);
        if Self::new(headers, lower_size, self.dumps_len, self.page)? != *self {
            return Err(Error::new(0, "the headers that the layout was made from"));
        }
        let phnum = Ehdr::parse(headers)?.phnum as usize;
        // `new()` has seen one PT_NOTE, the first, and PT_LOADs, all of them within `headers`.
        for bytes in headers
            .get_mut(Ehdr::LEN..)
            .unwrap_or_default()
            .chunks_exact_mut(Phdr::LEN)
            .take(phnum)
        {
            let mut phdr = Phdr::parse(bytes)?;
            if phdr.type_ == PT_NOTE {
                phdr.filesz = self.dumps_len.saturating_add(self.notes_len);
                phdr.memsz = phdr.filesz;
            } else {
                phdr.offset = phdr.offset.saturating_add(self.shift);
            }
            phdr.write(bytes);
        }
        Ok(())
    }

    /// What the stacked file holds at `pos`.
    pub fn at(&self, pos: u64) -> Part {
        // Nothing here can saturate: `size`, which is the largest, does not.
        let notes = self.headers_len.saturating_add(self.dumps_len);
        let padding = notes.saturating_add(self.notes_len);
        let until = |end: u64| end.checked_sub(pos).filter(|len| *len != 0);

        if let Some(len) = until(self.headers_len) {
            Part::Headers { offset: pos, len }
        } else if let Some(len) = until(notes) {
            let offset = pos.saturating_sub(self.headers_len);
            Part::Dumps { offset, len }
        } else if let Some(len) = until(padding) {
            let offset = pos.saturating_sub(self.dumps_len);
            Part::Lower { offset, len }
        } else if let Some(len) = until(self.loads) {
            Part::Zeroes { len }
        } else if let Some(len) = until(self.size) {
            let offset = pos.saturating_sub(self.shift);
            Part::Lower { offset, len }
        } else {
            Part::End
        }
    }
}
