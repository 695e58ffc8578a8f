// SPDX-License-Identifier: GPL-2.0

//! ELF vmcores.

use anyhow::{ensure, Context, Result};
use vmcore_format::{
    elf::{Ehdr, Phdr, PT_NOTE},
    note::NoteHeader,
};

use super::{
    source::{Place, Source},
    HEADERS,
};

/// Machines whose `e_flags` mean nothing, so that makedumpfile's can be told.
const EM_X86_64: u16 = 62;
const EM_AARCH64: u16 = 183;
/// makedumpfile, `elf_info.h`: `DUMP_ELF_INCOMPLETE`.
const INCOMPLETE: u32 = 1;
/// In a section header: `sh_info`.
const SH_INFO: u64 = 44;
/// Program headers in memory at a time.
const SOME: usize = 1024;

/// Where the notes are, all of them.
pub fn notes(source: &Source) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    let ehdr = phdrs(source, |phdr| {
        if phdr.type_ == PT_NOTE {
            places.push(Place {
                start: phdr.offset,
                end: phdr.offset.saturating_add(phdr.filesz),
            });
        }
    })?;
    ensure!(
        !places.is_empty(),
        "at offset {:#x}: expected a program header of type PT_NOTE",
        ehdr.phoff
    );
    Ok(places)
}

/// Physical address, bytes in the file, and where they are, of each segment of a type.
pub fn segments(source: &Source, type_: u32) -> Result<Vec<(u64, u64, u64)>> {
    let mut segments = Vec::new();
    phdrs(source, |phdr| {
        if phdr.type_ == type_ {
            segments.push((phdr.paddr, phdr.filesz, phdr.offset));
        }
    })?;
    Ok(segments)
}

/// Whether no program header was ever written: they are zeroes, or, of a flattened file that was cut short, nothing.
pub fn has_no_headers(source: &Source) -> bool {
    let headers = || -> Result<Vec<u8>> {
        let ehdr = ehdr(source)?;
        let len = end(&ehdr)? - ehdr.phoff;
        Ok(source.up_to(ehdr.phoff, usize::try_from(len)?)?)
    };
    headers().is_ok_and(|bytes| bytes.iter().all(|byte| *byte == 0))
}

/// Where the notes must be then.
pub fn notes_without_headers(source: &Source) -> Result<Place> {
    Ok(Place {
        start: end(&ehdr(source)?)?,
        end: likely_end(source, u64::MAX)?,
    })
}

/// Whether makedumpfile ran out of space.
pub fn is_incomplete(source: &Source) -> Result<bool> {
    let Ehdr { machine, flags, .. } = ehdr(source)?;
    Ok([EM_X86_64, EM_AARCH64].contains(&machine) && flags & INCOMPLETE != 0)
}

/// Hands on all program headers.
fn phdrs(source: &Source, mut to: impl FnMut(Phdr)) -> Result<Ehdr> {
    let ehdr = ehdr(source)?;
    let (mut at, end) = (ehdr.phoff, end(&ehdr)?);
    while at < end {
        let len = (end - at).min((SOME * Phdr::LEN) as u64) as usize;
        let bytes = source.up_to(at, len)?;
        for (index, bytes) in bytes.chunks(Phdr::LEN).enumerate() {
            to(Phdr::parse(bytes)
                .map_err(|error| error.based_at(at + (index * Phdr::LEN) as u64))?);
        }
        ensure!(
            bytes.len() == len,
            "at offset {:#x}: expected a program header of 56 bytes",
            at + bytes.len() as u64
        );
        at += len as u64;
    }
    Ok(ehdr)
}

fn ehdr(source: &Source) -> Result<Ehdr> {
    let mut ehdr = Ehdr::parse_large(&source.up_to(0, Ehdr::LEN)?)?;
    if ehdr.phnum == Ehdr::PN_XNUM {
        let at = ehdr.shoff.saturating_add(SH_INFO);
        let word: Option<[u8; 4]> = source.up_to(at, 4)?.try_into().ok();
        ehdr.phnum = word.map_or(0, u32::from_le_bytes);
        ensure!(
            ehdr.shoff != 0 && ehdr.phnum != 0,
            "at offset {at:#x}: expected the number of program headers, which is not in the ELF header"
        );
    }
    Ok(ehdr)
}

/// Where the program headers end.
fn end(ehdr: &Ehdr) -> Result<u64> {
    let end = ehdr
        .phdrs_end()
        .context("program headers end behind 2^64")?;
    ensure!(
        end <= HEADERS,
        "at offset 0x20: expected program headers in the first 16 MiB"
    );
    Ok(end)
}

/// Where notes end that have no program header yet: makedumpfile puts them behind the program headers, which it writes
/// last. Looks at headers of notes before `limit` only; the result is behind it if notes go on there.
pub fn likely_end(source: &Source, limit: u64) -> Result<u64> {
    let mut at = end(&ehdr(source)?)?;
    while at < limit {
        match NoteHeader::parse(&source.up_to(at, NoteHeader::LEN)?) {
            // Names are "LINUX", "VMCOREINFO": what is longer is memory.
            Ok(note) if !note.is_end() && note.namesz <= 64 => {
                at = at.saturating_add(note.note_len())
            }
            _ => break,
        }
    }
    Ok(at)
}
