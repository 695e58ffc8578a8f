// SPDX-License-Identifier: GPL-2.0

//! A vmcore as a file, with just enough understanding to compare two of them.

use std::{fs::File, os::unix::fs::FileExt, path::Path};

use anyhow::{ensure, Context, Result};
use vmcore_format::{
    elf::{Ehdr, Phdr, PT_LOAD, PT_NOTE},
    manifest,
    note::{align4, Note, Notes},
    vmcoredd::DeviceDump,
};

/// An open vmcore.
pub struct CoreFile {
    pub file: File,
    pub name: String,
    pub phdrs: Vec<Phdr>,
}

impl CoreFile {
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let name = path.as_ref().display().to_string();
        let file = File::open(&path).with_context(|| name.clone())?;
        let mut head = vec![0; Ehdr::LEN];
        file.read_exact_at(&mut head, 0)?;
        let end = Ehdr::parse(&head)?.phdrs_end().context("program headers")?;
        head.resize(usize::try_from(end)?, 0);
        file.read_exact_at(&mut head, 0)?;
        let phdrs = Ehdr::parse(&head)?.phdrs(&head).map(|phdr| Ok(phdr?.1));
        let phdrs = phdrs.collect::<Result<_>>()?;
        Ok(Self { file, name, phdrs })
    }

    /// The one segment of notes.
    pub fn notes(&self) -> Result<Phdr> {
        let mut notes = self.phdrs.iter().filter(|phdr| phdr.type_ == PT_NOTE);
        let first = *notes.next().context("no PT_NOTE")?;
        ensure!(
            notes.next().is_none(),
            "{}: more than one PT_NOTE",
            self.name
        );
        Ok(first)
    }

    /// The segments of memory.
    pub fn loads(&self) -> impl Iterator<Item = &Phdr> {
        self.phdrs.iter().filter(|phdr| phdr.type_ == PT_LOAD)
    }

    /// `len` bytes at `offset`, read at once: a file that gives fewer is broken, as makedumpfile sees it.
    pub fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; len];
        let read = self.file.read_at(&mut bytes, offset)?;
        ensure!(
            read == len,
            "{}: {read} bytes at {offset:#x} instead of {len}",
            self.name
        );
        Ok(bytes)
    }

    /// The bytes of all notes.
    pub fn note_bytes(&self) -> Result<Vec<u8>> {
        let notes = self.notes()?;
        self.read(notes.offset, usize::try_from(notes.filesz)?)
    }
}

/// Name and payload of device dumps.
pub type Dumps = Vec<(String, Vec<u8>)>;

/// The manifest in `notes`: the last of the dumps.
pub fn manifest(notes: &[u8]) -> Result<Vec<u8>> {
    let mut dumps = all_dumps(notes)?.0;
    let (name, payload) = dumps.pop().context("no dump at all")?;
    ensure!(name.as_bytes() == manifest::NAME, "{name} is the last dump");
    Ok(payload)
}

/// The dumps in `notes` without the manifest, and the notes without either.
pub fn split_notes(notes: &[u8]) -> Result<(Dumps, Vec<u8>)> {
    let (mut dumps, others) = all_dumps(notes)?;
    dumps.retain(|(name, _)| name.as_bytes() != manifest::NAME);
    Ok((dumps, others))
}

fn all_dumps(notes: &[u8]) -> Result<(Dumps, Vec<u8>)> {
    let (mut dumps, mut others) = (Vec::new(), Vec::new());
    let mut walk = Notes::new(notes);
    let mut last_end = 0;
    while let Some(note) = walk.next()? {
        last_end = end_of(&note, notes.len());
        match DeviceDump::from_note(&note)? {
            Some(dump) => dumps.push((
                String::from_utf8(dump.name.to_vec())?,
                dump.payload.to_vec(),
            )),
            None => others.extend_from_slice(&notes[note.offset as usize..last_end]),
        }
    }
    others.extend_from_slice(&notes[last_end..]);
    Ok((dumps, others))
}

/// Where the next note begins; the padding of the last one may be missing.
fn end_of(note: &Note<'_>, len: usize) -> usize {
    let end = note.desc_offset + align4(note.desc.len() as u64);
    usize::try_from(end).unwrap_or(len).min(len)
}
