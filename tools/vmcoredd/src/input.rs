// SPDX-License-Identifier: GPL-2.0

//! Files that hold device dumps. Of a vmcore, only headers and notes are read.

mod elf;
mod kdump;

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use anyhow::{bail, Context, Result};
use vmcore_format::{
    cudbg::header,
    note::{align4, NoteHeader, Notes},
    vmcoredd::{self, DeviceDump},
    Error,
};

/// makedumpfile cannot save more, either.
const MAX_NOTES: u64 = 2 << 30;

/// A device dump.
pub struct Dump {
    pub name: String,
    /// Where the payload is in the file.
    pub offset: u64,
    pub payload: Vec<u8>,
}

/// What a file holds.
pub struct Input {
    pub path: PathBuf,
    /// Kind of file, in words.
    pub kind: &'static str,
    pub dumps: Vec<Dump>,
    /// Where the notes are damaged: dumps behind that are lost.
    pub damage: Option<Error>,
}

impl Input {
    /// Reads the dumps in `path`. Fails if it is no file that could hold any.
    pub fn open(path: &Path) -> Result<Self> {
        Self::read(path).with_context(|| path.display().to_string())
    }

    /// Opens what can be opened of `paths` and tells why the others cannot; whether that is all of them.
    pub fn open_all(paths: &[PathBuf]) -> (Vec<Self>, bool) {
        let mut inputs = Vec::new();
        for path in paths {
            match Self::open(path) {
                Ok(input) => inputs.push(input),
                Err(error) => eprintln!("vmcoredd: {error:#}"),
            }
        }
        let complete = inputs.len() == paths.len();
        (inputs, complete)
    }

    fn read(path: &Path) -> Result<Self> {
        let file = Bytes::open(path)?;
        let start = file.up_to(0, 64)?;
        let (kind, notes) = match start.as_slice() {
            [0x7f, b'E', b'L', b'F', ..] => ("ELF", elf::notes(&file)?),
            [b'K', b'D', b'U', b'M', b'P', b' ', b' ', b' ', ..] => {
                ("kdump-compressed", kdump::notes(&file)?)
            }
            start if start.starts_with(&header::SIGNATURE.to_le_bytes()) => {
                return Self::bare(path, &file)
            }
            start => bail!(explain(start, path)),
        };
        let mut input = Self {
            path: path.to_owned(),
            kind,
            dumps: Vec::new(),
            damage: None,
        };
        let end = notes.offset.saturating_add(notes.len);
        input.damage = input
            .walk(&file.up_to(notes.offset, notes.len)?, notes.offset)
            .err();
        if input.damage.is_none() && end > file.len {
            input.damage = Some(Error {
                offset: file.len,
                expected: "more notes: the file was cut short",
            });
        }
        Ok(input)
    }

    /// Collects the dumps among `notes`, which are at `base` in the file, up to the first damage.
    fn walk(&mut self, notes: &[u8], base: u64) -> std::result::Result<(), Error> {
        let based = |error: Error| error.based_at(base);
        let mut walk = Notes::new(notes);
        let mut end = 0;
        loop {
            let note = match walk.next() {
                Ok(Some(note)) => note,
                Ok(None) => return Ok(()),
                Err(error) => {
                    self.salvage(notes.get(end..).unwrap_or_default(), base + end as u64);
                    return Err(based(error));
                }
            };
            end = usize::try_from(note.desc_offset + align4(note.desc.len() as u64))
                .unwrap_or(notes.len());
            if let Some(dump) = DeviceDump::from_note(&note).map_err(based)? {
                self.add(dump.name, base + dump.payload_offset, dump.payload);
            }
        }
    }

    /// Keeps what is there of a dump that was cut off: its headers tell what that is.
    fn salvage(&mut self, rest: &[u8], offset: u64) {
        let Some((header, payload)) = rest.split_at_checked(vmcoredd::HEADER_LEN) else {
            return;
        };
        if NoteHeader::parse(header).is_ok_and(|header| header.type_ == vmcoredd::NT_VMCOREDD) {
            let name = header[vmcoredd::HEADER_LEN - vmcoredd::NAME_LEN..].split(|byte| *byte == 0);
            let name = name.map(<[u8]>::to_vec).next().unwrap_or_default();
            self.add(&name, offset + vmcoredd::HEADER_LEN as u64, payload);
        }
    }

    fn add(&mut self, name: &[u8], offset: u64, payload: &[u8]) {
        // Names are printed: they are not to move the cursor.
        let name = String::from_utf8_lossy(name).replace(char::is_control, "\u{fffd}");
        self.dumps.push(Dump {
            name,
            offset,
            payload: payload.to_vec(),
        });
    }

    fn bare(path: &Path, file: &Bytes) -> Result<Self> {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let payload = file.up_to(0, file.len)?;
        let dumps = vec![Dump {
            name,
            offset: 0,
            payload,
        }];
        Ok(Self {
            path: path.to_owned(),
            kind: "cudbg",
            dumps,
            damage: None,
        })
    }

    /// The dumps called `names`, or all; complains about those that are not there.
    pub fn select(&self, names: &[String]) -> (Vec<&Dump>, bool) {
        let mut complete = true;
        for name in names {
            if !self.dumps.iter().any(|dump| dump.name == *name) {
                eprintln!(
                    "vmcoredd: {}: no dump is called {name}, see `vmcoredd list`",
                    self.path.display()
                );
                complete = false;
            }
        }
        let wanted = |dump: &&Dump| names.is_empty() || names.contains(&dump.name);
        (self.dumps.iter().filter(wanted).collect(), complete)
    }

    /// Says where the notes are damaged; returns whether they are not.
    pub fn report(&self) -> bool {
        if let Some(damage) = &self.damage {
            eprintln!("vmcoredd: {}: {damage}", self.path.display());
        }
        self.damage.is_none()
    }
}

/// What a file is that cannot be read, and what to do about it.
fn explain(start: &[u8], path: &Path) -> String {
    let path = path.display();
    let packed = [
        (&b"\x1f\x8b"[..], "gzip -d"),
        (b"\xfd7zXZ", "xz -d"),
        (b"\x28\xb5\x2f\xfd", "zstd -d"),
        (b"BZh", "bzip2 -d"),
    ];
    if let Some((_, unpack)) = packed.iter().find(|(magic, _)| start.starts_with(magic)) {
        return format!("the file is compressed as a whole: unpack it first ({unpack} -k {path})");
    }
    if start.starts_with(b"makedumpfile") {
        return format!(
            "a flattened file: make an ordinary one first (makedumpfile -R vmcore <{path})"
        );
    }
    "at offset 0x0: expected an ELF vmcore, a kdump-compressed file (KDUMP) or a cudbg image".into()
}

/// Where notes are in a file.
struct Place {
    offset: u64,
    len: u64,
}

/// A file that is read in places.
struct Bytes {
    file: File,
    len: u64,
}

impl Bytes {
    fn open(path: &Path) -> Result<Self> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        Ok(Self { file, len })
    }

    /// `len` bytes at `offset`, or as many of them as there are.
    fn up_to(&self, offset: u64, len: u64) -> Result<Vec<u8>> {
        // Never more than the file has, whatever a header says; and a file may be all holes.
        let there = self.len.saturating_sub(offset).min(len);
        anyhow::ensure!(
            there <= MAX_NOTES,
            "at offset {offset:#x}: expected less than 2 GiB of notes, not {there} bytes"
        );
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(usize::try_from(there)?)?;
        bytes.resize(usize::try_from(there)?, 0);
        self.file.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }
}
