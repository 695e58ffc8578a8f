// SPDX-License-Identifier: GPL-2.0

//! ELF vmcores.

use anyhow::{Context, Result};
use vmcore_format::elf::{Ehdr, PT_NOTE};

use super::{Bytes, Place};

pub(super) fn notes(file: &Bytes) -> Result<Place> {
    let ehdr = Ehdr::parse(&file.up_to(0, Ehdr::LEN as u64)?)?;
    let end = ehdr
        .phdrs_end()
        .context("program headers end behind 2^64")?;
    // At most 4 MiB: Ehdr has checked their number. Where they begin is a matter of the file's length.
    let headers = file.up_to(0, end)?;
    for phdr in ehdr.phdrs(&headers) {
        let (_, phdr) = phdr?;
        if phdr.type_ == PT_NOTE {
            return Ok(Place {
                offset: phdr.offset,
                len: phdr.filesz,
            });
        }
    }
    anyhow::bail!(
        "at offset {:#x}: expected a program header of type PT_NOTE",
        ehdr.phoff
    )
}
