// SPDX-License-Identifier: GPL-2.0

//! Files that hold device dumps. Of a vmcore, only headers and notes are looked at, and payloads are read when they are needed.

mod compressed;
mod elf;
mod flattened;
mod kdump;
mod notes;
mod open;
mod source;

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
    rc::Rc,
};

use anyhow::{bail, Context, Result};
use vmcore_format::{cudbg::header, manifest::NAME};

use self::{
    open::Opened,
    source::{Place, Source},
};
use crate::{
    complain,
    manifest::{Entry, Manifest},
};

/// Program headers are before this: more than 65,534 of them take. It is also enough for most notes.
const HEADERS: u64 = 16 << 20;

/// A device dump.
#[derive(Clone)]
pub struct Dump {
    pub name: String,
    /// Where the payload is in the vmcore.
    pub offset: u64,
    /// Bytes of the payload.
    pub len: u64,
    source: Rc<Source>,
    /// What the manifest says of it.
    pub entry: Option<Entry>,
}

impl Dump {
    /// `len` bytes of the payload at `at`, or as many of them as there are.
    pub fn up_to(&self, at: u64, len: usize) -> io::Result<Vec<u8>> {
        let there = self.len.saturating_sub(at).min(len as u64);
        self.source
            .up_to(self.offset.saturating_add(at), there as usize)
    }

    /// Where the payload was given up when memory ran out: from there on it is zeroes.
    pub fn given_up(&self) -> Option<u64> {
        self.entry.as_ref()?.kept
    }

    /// Reads the payload from its start on.
    pub fn reader(&self) -> impl Read + '_ {
        Payload { dump: self, at: 0 }
    }

    /// Hands the payload to `out`, piece by piece; returns its CRC-32.
    pub fn copy(&self, mut out: impl FnMut(&[u8]) -> Result<()>) -> Result<u32> {
        let mut crc32 = crc32fast::Hasher::new();
        let mut payload = self.reader();
        let mut buf = vec![0; 1 << 18];
        loop {
            match payload.read(&mut buf).context("reading the vmcore")? {
                0 => return Ok(crc32.finalize()),
                got => {
                    crc32.update(&buf[..got]);
                    out(&buf[..got])?;
                }
            }
        }
    }
}

struct Payload<'a> {
    dump: &'a Dump,
    at: u64,
}

impl Read for Payload<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let len = buf
            .len()
            .min(usize::try_from(self.dump.len - self.at).unwrap_or(usize::MAX));
        let offset = self.dump.offset + self.at;
        let got = self.dump.source.read_at(offset, &mut buf[..len])?;
        self.at += got as u64;
        Ok(got)
    }
}

/// What a file holds.
pub struct Input {
    pub path: PathBuf,
    /// Kind of file, in words.
    pub kind: String,
    /// Without the manifest.
    pub dumps: Vec<Dump>,
    /// Where the file or its notes are damaged: dumps behind that are lost.
    pub damage: Vec<String>,
    pub manifest: Option<Manifest>,
    /// The manifest, as the dump that it is.
    manifest_dump: Option<Dump>,
}

impl Input {
    /// Finds the dumps in `path`, "-" being standard input. Fails if it is no file that could hold any.
    pub fn open(path: &Path) -> Result<Self> {
        let opened = open::open(path);
        opened
            .and_then(|opened| Self::new(path, opened))
            .with_context(|| path.display().to_string())
    }

    /// Opens what can be opened of `paths` and tells why the others cannot; whether that is all of them.
    pub fn open_all(paths: &[PathBuf]) -> (Vec<Self>, bool) {
        let mut inputs = Vec::new();
        for path in paths {
            match Self::open(path) {
                Ok(input) => inputs.push(input),
                Err(error) => complain!("{error:#}"),
            }
        }
        let complete = inputs.len() == paths.len();
        (inputs, complete)
    }

    /// Finds the dumps in a stream.
    pub fn stream(from: impl Read) -> Result<Self> {
        Self::new(Path::new("-"), open::stream(from)?)
    }

    fn new(path: &Path, opened: Opened) -> Result<Self> {
        let source = Rc::new(opened.source);
        let dump = |name: &[u8], payload: Place| Dump {
            // Names are printed: they are not to move the cursor.
            name: String::from_utf8_lossy(name).replace(char::is_control, "\u{fffd}"),
            offset: payload.start,
            len: payload.end.saturating_sub(payload.start),
            source: source.clone(),
            entry: None,
        };
        let (mut kind, dumps, damage) = match locate(&source)? {
            Some(notes) => {
                let (found, damage) = notes::walk(&source, notes)?;
                let dumps = found.iter().map(|found| dump(&found.name, found.payload));
                (
                    kind(&source)?,
                    dumps.collect(),
                    damage.map(|damage| damage.to_string()),
                )
            }
            None => {
                let name = match path.file_stem() {
                    Some(name) if path.as_os_str() != "-" => name.to_string_lossy().into_owned(),
                    _ => "stdin".into(),
                };
                let all = Place {
                    start: 0,
                    end: i64::MAX as u64,
                };
                let end = source.end_of(all)?;
                let dump = dump(name.as_bytes(), Place { end, ..all });
                ("cudbg".to_owned(), vec![dump], None)
            }
        };
        if opened.flattened {
            kind.insert_str(0, "flattened ");
        }
        if let Some(compression) = opened.compression {
            kind = format!("{kind} in {}", compression.name());
        }
        let mut input = Self {
            path: path.to_owned(),
            kind,
            dumps,
            damage: opened.damage.into_iter().chain(damage).collect(),
            manifest: None,
            manifest_dump: None,
        };
        input.find_manifest()?;
        Ok(input)
    }

    fn find_manifest(&mut self) -> Result<()> {
        let is_one = |dump: &Dump| dump.name.as_bytes() == NAME;
        if let Some(index) = self.dumps.iter().rposition(is_one) {
            let dump = self.dumps.remove(index);
            self.manifest = Some(Manifest::read(&dump, &mut self.dumps)?);
            self.manifest_dump = Some(dump);
        }
        Ok(())
    }

    /// The dumps called `names`, or all; complains about those that are not there.
    pub fn select(&self, names: &[String]) -> (Vec<&Dump>, bool) {
        let mut complete = true;
        let all = || self.dumps.iter().chain(&self.manifest_dump);
        for name in names {
            if all().any(|dump| dump.name == *name) {
                continue;
            }
            let absent = self.manifest.iter().flat_map(|manifest| &manifest.absent);
            match absent.into_iter().find(|entry| entry.name == *name) {
                Some(entry) => complain!("{}: {name}: {}", self.path.display(), entry.words()),
                None => complain!(
                    "{}: no dump is called {name}, see `vmcoredd list`",
                    self.path.display()
                ),
            }
            complete = false;
        }
        let selected: Vec<_> = match names {
            [] => self.dumps.iter().collect(),
            names => all().filter(|dump| names.contains(&dump.name)).collect(),
        };
        (selected, complete)
    }

    /// Says what is only worth knowing.
    pub fn remark(&self) {
        let manifest = self.manifest.iter();
        for remark in manifest.flat_map(|manifest| &manifest.remarks) {
            complain!("{}: {remark}", self.path.display());
        }
    }

    /// Says where notes or the manifest are damaged; returns whether they are not.
    pub fn report(&self) -> bool {
        let manifest = self.manifest.as_ref();
        let problems = manifest.map_or(&[][..], |manifest| &manifest.problems);
        self.remark();
        for problem in problems {
            complain!("{}: {problem}", self.path.display());
        }
        for damage in &self.damage {
            complain!("{}: {damage}", self.path.display());
        }
        self.damage.is_empty() && problems.is_empty()
    }
}

/// Where the notes of a vmcore are; `None`: it is a cudbg image.
fn locate(source: &Source) -> Result<Option<Place>> {
    match source.up_to(0, 8)?.as_slice() {
        [0x7f, b'E', b'L', b'F', ..] => elf::notes(source).map(Some),
        b"KDUMP   " => kdump::notes(source).map(Some),
        start if start.starts_with(&header::SIGNATURE.to_le_bytes()) => Ok(None),
        _ => bail!(
            "at offset 0x0: expected an ELF vmcore, a kdump-compressed file (KDUMP), a flattened file (makedumpfile) \
             or a cudbg image"
        ),
    }
}

fn kind(source: &Source) -> Result<String> {
    Ok(match source.up_to(0, 1)?.as_slice() {
        b"K" if kdump::is_split(source)? => "kdump-compressed, one part of a split one",
        b"K" => "kdump-compressed",
        _ => "ELF",
    }
    .into())
}
