// SPDX-License-Identifier: GPL-2.0

//! ELF vmcores.

use anyhow::{Context, Result};
use vmcore_format::elf::{Ehdr, PT_NOTE};

use super::{Bytes, Place};

/// More than 65,534 program headers take.
const MAX_HEADERS: u64 = 16 << 20;

pub(super) fn notes(file: &Bytes) -> Result<Place> {
    let ehdr = Ehdr::parse(&file.up_to(0, Ehdr::LEN as u64)?)?;
    let end = ehdr
        .phdrs_end()
        .context("program headers end behind 2^64")?;
    anyhow::ensure!(
        end <= MAX_HEADERS,
        "at offset 0x20: expected program headers in the first 16 MiB"
    );
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
