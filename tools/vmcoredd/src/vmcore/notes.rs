// SPDX-License-Identifier: GPL-2.0

//! What is left of a vmcore when its memory is taken away: an ELF file with the device dumps, the kernel's log, what the kernel says of itself, and the
//! name of the machine as notes. Every command reads it like a vmcore, and it can go where a vmcore must not.

use std::io::Write;

use anyhow::{anyhow, ensure, Context, Result};
use vmcore_format::{
    elf::{Ehdr, Phdr, PT_NOTE},
    note::align4,
    vmcoredd,
};

use super::{Vmcore, KERNEL_LOG};
use crate::{
    input::{HOST, VMCOREINFO},
    kinds::crash_log,
};

/// Headers of the file, before the notes.
const NOTES_AT: u64 = (Ehdr::LEN + Phdr::LEN) as u64;
const ET_CORE: u16 = 4;
const EM_X86_64: u16 = 62;

/// Writes the notes of `vmcore`.
pub fn write(vmcore: &Vmcore, out: &mut dyn Write) -> Result<()> {
    let log = match vmcore.kernel_log() {
        Ok(log) => Some(crash_log::encode(&log)?),
        Err(_) => None,
    };
    let host = vmcore.host.name.as_deref().map(|name| (HOST, 1, name));
    let info = vmcore.info().map(|info| (VMCOREINFO, 0, info));
    let others: Vec<_> = host
        .into_iter()
        .chain(info)
        .flat_map(|(owner, type_, text)| other(owner, type_, text.as_bytes()))
        .collect();
    // The manifest stays the last.
    let lens = log.iter().map(|log| log.len() as u64);
    let lens = lens.chain(vmcore.all().map(|dump| dump.len));
    let total: u64 = lens
        .map(|len| align4(vmcoredd::HEADER_LEN as u64 + len))
        .sum();
    let total = others.len() as u64 + total;
    out.write_all(&ehdr())?;
    let notes_header = Phdr {
        type_: PT_NOTE,
        offset: NOTES_AT,
        filesz: total,
        memsz: total,
        ..Phdr::default()
    };
    out.write_all(&notes_header.encode())?;
    out.write_all(&others)?;
    if let Some(log) = &log {
        note(out, KERNEL_LOG, log.len() as u64, |out| {
            Ok(out.write_all(log)?)
        })?;
    }
    for dump in vmcore.all() {
        note(out, &dump.name, dump.len, |out| {
            let mut written = 0;
            dump.copy(|piece| {
                written += piece.len() as u64;
                Ok(out.write_all(piece)?)
            })?;
            ensure!(written == dump.len, "the file ends inside of it");
            Ok(())
        })
        .with_context(|| dump.name.clone())?;
    }
    Ok(())
}

/// A note that is no device dump.
fn other(owner: &[u8], type_: u32, text: &[u8]) -> Vec<u8> {
    let mut note = Vec::new();
    for word in [owner.len() as u32 + 1, text.len() as u32, type_] {
        note.extend(word.to_le_bytes());
    }
    for part in [&[owner, &[0]].concat(), text] {
        note.extend(part);
        note.resize(note.len().next_multiple_of(4), 0);
    }
    note
}

fn note(
    out: &mut dyn Write,
    name: &str,
    len: u64,
    payload: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<()> {
    let header = vmcoredd::header(name.as_bytes(), len);
    out.write_all(&header.map_err(|error| anyhow!("a name that no note can have: {error}"))?)?;
    payload(out)?;
    let padding = align4(len) - len;
    Ok(out.write_all(&[0; 4][..padding as usize])?)
}

/// The header of a core file with one program header.
fn ehdr() -> Vec<u8> {
    let mut out = b"\x7fELF\x02\x01\x01".to_vec();
    out.resize(16, 0);
    for half in [ET_CORE, EM_X86_64] {
        out.extend(half.to_le_bytes());
    }
    out.extend(1u32.to_le_bytes());
    // Entry, program headers, section headers.
    for address in [0, Ehdr::LEN as u64, 0] {
        out.extend(address.to_le_bytes());
    }
    out.extend(0u32.to_le_bytes());
    for half in [Ehdr::LEN as u16, Phdr::LEN as u16, 1, 0, 0, 0] {
        out.extend(half.to_le_bytes());
    }
    out
}
