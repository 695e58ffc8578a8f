// SPDX-License-Identifier: GPL-2.0

//! ELF vmcores.

use anyhow::{ensure, Context, Result};
use vmcore_format::{
    elf::{Ehdr, PT_NOTE},
    note::NoteHeader,
};

use super::{
    source::{Place, Source},
    HEADERS,
};

/// Where the notes are.
pub fn notes(source: &Source) -> Result<Place> {
    let (ehdr, end) = ehdr(source)?;
    let headers = source.up_to(0, usize::try_from(end)?)?;
    for phdr in ehdr.phdrs(&headers) {
        let (_, phdr) = phdr?;
        if phdr.type_ == PT_NOTE {
            return Ok(Place {
                start: phdr.offset,
                end: phdr.offset.saturating_add(phdr.filesz),
            });
        }
    }
    anyhow::bail!(
        "at offset {:#x}: expected a program header of type PT_NOTE",
        ehdr.phoff
    )
}

/// Physical address, bytes in the file, and where they are, of each segment of a type.
pub fn segments(source: &Source, type_: u32) -> Result<Vec<(u64, u64, u64)>> {
    let (ehdr, end) = ehdr(source)?;
    let headers = source.up_to(0, usize::try_from(end)?)?;
    let mut segments = Vec::new();
    for phdr in ehdr.phdrs(&headers) {
        let (_, phdr) = phdr?;
        if phdr.type_ == type_ {
            segments.push((phdr.paddr, phdr.filesz, phdr.offset));
        }
    }
    Ok(segments)
}

fn ehdr(source: &Source) -> Result<(Ehdr, u64)> {
    let ehdr = Ehdr::parse(&source.up_to(0, Ehdr::LEN)?)?;
    let end = ehdr
        .phdrs_end()
        .context("program headers end behind 2^64")?;
    ensure!(
        end <= HEADERS,
        "at offset 0x20: expected program headers in the first 16 MiB"
    );
    Ok((ehdr, end))
}

/// Where notes end that have no program header yet: makedumpfile puts them behind the program headers, which it writes
/// last. Looks at headers of notes before `limit` only; the result is behind it if notes go on there.
pub fn likely_end(source: &Source, limit: u64) -> Result<u64> {
    let (_, mut at) = ehdr(source)?;
    while at < limit {
        match NoteHeader::parse(&source.up_to(at, NoteHeader::LEN)?) {
            // Names are "LINUX", "VMCOREINFO": what is longer is memory.
            Ok(note) if !note.is_end() && note.namesz <= 64 => at += note.note_len(),
            _ => break,
        }
    }
    Ok(at)
}
