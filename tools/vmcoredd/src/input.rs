// SPDX-License-Identifier: GPL-2.0

//! Files that hold notes. Of a vmcore, only headers and notes are looked at, and payloads are read when they are needed.

mod compressed;
mod elf;
mod flattened;
mod frames;
mod kdump;
pub mod memory;
mod notes;
mod open;
mod progress;
pub mod remote;
mod source;
mod stream;

use std::{
    fmt,
    io::{self, Read},
    path::Path,
    sync::Arc,
};

use anyhow::{Context, Result};
use vmcore_format::{manifest, stream::SIGNATURE};

use self::{
    memory::Core,
    open::Opened,
    source::{Place, Source},
    stream::Stream,
};
pub use self::{
    notes::{HOST, VMCOREINFO},
    open::FileFacts,
    progress::on_progress,
};

/// Program headers are before this: more than 65,534 of them take. It is also enough for most notes.
const HEADERS: u64 = 16 << 20;

/// No machine has a longer name.
const MAX_NAME: usize = 256;

/// What a payload that is a file of its own, as `vmcoredd extract` writes it, is called; `None` if its first bytes are not those
/// of one.
pub type Bare = fn(&[u8]) -> Option<&'static str>;

/// A note with a device dump in it.
#[derive(Clone)]
pub struct Note {
    pub name: String,
    /// Where the payload is in the vmcore.
    pub offset: u64,
    /// Bytes of the payload.
    pub len: u64,
    source: Arc<Source>,
}

impl Note {
    /// `len` bytes of the payload at `at`, or as many of them as there are.
    pub fn up_to(&self, at: u64, len: usize) -> io::Result<Vec<u8>> {
        let there = self.len.saturating_sub(at).min(len as u64);
        self.source
            .up_to(self.offset.saturating_add(at), there as usize)
    }

    /// Reads the payload from its start on.
    pub fn reader(&self) -> impl Read + '_ {
        Payload { note: self, at: 0 }
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
    note: &'a Note,
    at: u64,
}

impl Read for Payload<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let len = buf
            .len()
            .min(usize::try_from(self.note.len - self.at).unwrap_or(usize::MAX));
        let offset = self.note.offset + self.at;
        let got = self.note.source.read_at(offset, &mut buf[..len])?;
        self.at += got as u64;
        Ok(got)
    }
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// makedumpfile says so.
    Incomplete,
    /// Where the notes are was never written.
    NoHeaders,
    /// It could not be decompressed to its end.
    Packed(String),
    /// A stream ends before its last record, while a section was collected.
    Cut { at: u64, section: Option<String> },
    /// A record of a stream is damaged.
    Record(vmcore_format::Error),
    /// Notes are damaged.
    Notes(vmcore_format::Error),
    /// The note of the dump with this name is damaged.
    Dump(String, vmcore_format::Error),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete => {
                f.write_str("the vmcore is incomplete: makedumpfile ran out of space")
            }
            Self::NoHeaders => f.write_str(
                "the program headers are missing: these are the notes behind where they should be",
            ),
            Self::Packed(why) => f.write_str(why),
            Self::Cut { at, section } => {
                write!(f, "the stream is cut short at offset {at:#x}")?;
                match section {
                    Some(section) => write!(f, ", in {section}: what came before is there"),
                    None => f.write_str(": what came before is there"),
                }
            }
            Self::Record(why) => why.fmt(f),
            Self::Notes(why) => why.fmt(f),
            Self::Dump(name, why) => write!(f, "dump {name}: {why}"),
        }
    }
}

/// What a file holds.
pub struct Input {
    /// Kind of file, in words.
    pub kind: String,
    pub file: FileFacts,
    /// Device dumps.
    pub notes: Vec<Note>,
    /// What the kernel that panicked says of itself.
    pub vmcoreinfo: Option<Note>,
    /// The name of the machine, where the file has it.
    pub nodename: Option<String>,
    pub warnings: Vec<Warning>,
    /// What became of the only dump, where the file says that by itself.
    pub entry: Option<manifest::Entry>,
    /// What else is in a vmcore; `None`: it is a payload by itself.
    pub core: Option<Core>,
}

impl Input {
    /// Finds the notes in `path`, a file or a URL, "-" being standard input. Fails if it is no file that could hold any.
    pub fn open(path: &Path, bare: Bare) -> Result<Self> {
        let name = match path.file_stem() {
            Some(name) if path.as_os_str() != "-" => name.to_string_lossy().into_owned(),
            _ => "stdin".into(),
        };
        Self::new(&name, open::open(path, bare)?, bare)
    }

    /// Finds the notes in a stream.
    pub fn stream(from: impl Read, bare: Bare) -> Result<Self> {
        Self::new("stdin", open::stream(from, bare)?, bare)
    }

    fn new(name: &str, opened: Opened, bare: Bare) -> Result<Self> {
        let is_stream = opened.source.up_to(0, SIGNATURE.len())? == SIGNATURE;
        if is_stream {
            return Self::of_stream(opened);
        }
        let source = Arc::new(opened.source);
        let note = |name: &[u8], payload: Place| Note {
            // Names are printed: they are not to move the cursor.
            name: printable(name),
            offset: payload.start,
            len: payload.end.saturating_sub(payload.start),
            source: source.clone(),
        };
        let mut input = Self {
            kind: String::new(),
            file: opened.file,
            notes: Vec::new(),
            vmcoreinfo: None,
            nodename: None,
            core: None,
            entry: None,
            warnings: opened.damage.into_iter().map(Warning::Packed).collect(),
        };
        match locate_at_last(&source, bare, &mut input.warnings)? {
            Located::Notes(places) => {
                input.core = Some(Core::new(&source));
                let walked = notes::walk(&source, &places)?;
                let dumps = walked.dumps.iter();
                input.notes = dumps
                    .map(|found| note(&found.name, found.payload))
                    .collect();
                input.vmcoreinfo = walked.vmcoreinfo.map(|place| note(VMCOREINFO, place));
                let host = walked
                    .host
                    .map(|place| note(HOST, place).up_to(0, MAX_NAME));
                input.nodename = host.transpose()?.map(|name| printable(&name));
                input.describe(&source)?;
                input.warnings.extend(walked.warnings);
            }
            Located::Bare(kind) => {
                let all = Place {
                    start: 0,
                    end: i64::MAX as u64,
                };
                let end = source.end_of(all)?;
                input.kind = kind.into();
                input
                    .notes
                    .push(note(name.as_bytes(), Place { end, ..all }));
            }
        }
        if opened.flattened {
            input.kind.insert_str(0, "flattened ");
        }
        if let Some(compression) = opened.compression {
            input.kind = format!("{} in {}", input.kind, compression.name());
        }
        Ok(input)
    }

    fn of_stream(opened: Opened) -> Result<Self> {
        let stream = Stream::new(opened.source)?;
        let (major, minor) = stream.version;
        let mut kind = format!("stream {major}.{minor}");
        if let Some(compression) = opened.compression {
            kind = format!("{kind} in {}", compression.name());
        }
        let damage = opened.damage.into_iter().map(Warning::Packed);
        Ok(Self {
            kind,
            file: opened.file,
            notes: vec![Note {
                name: stream.name,
                offset: 0,
                len: stream.len,
                source: Arc::new(stream.source),
            }],
            vmcoreinfo: None,
            nodename: None,
            warnings: damage.chain(stream.warnings).collect(),
            entry: stream.entry,
            core: None,
        })
    }

    /// What the headers of a vmcore say beside where its notes are.
    fn describe(&mut self, source: &Source) -> Result<()> {
        let is_incomplete = match source.up_to(0, 1)?.as_slice() {
            b"K" => {
                self.kind = match kdump::is_split(source)? {
                    true => "kdump-compressed, one part of a split one".into(),
                    false => "kdump-compressed".into(),
                };
                self.nodename = kdump::nodename(source)?;
                kdump::is_incomplete(source)?
            }
            _ => {
                self.kind = "ELF".into();
                elf::is_incomplete(source)?
            }
        };
        if is_incomplete {
            self.warnings.push(Warning::Incomplete);
        }
        Ok(())
    }
}

/// For printing.
pub(crate) fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace(char::is_control, "\u{fffd}")
}

/// How vmcores begin.
const ELF: &[u8] = b"\x7fELF";
const KDUMP: &[u8] = b"KDUMP   ";

/// Whether a file that begins like that may be one, or a payload by itself.
fn starts_like_one(start: &[u8], bare: Bare) -> bool {
    [ELF, KDUMP, &SIGNATURE[..]]
        .iter()
        .any(|known| start.starts_with(known))
        || bare(start).is_some()
}

/// The file is of another kind.
#[derive(Debug)]
pub struct Foreign;

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "at offset 0x0: expected an ELF vmcore, a kdump-compressed file (KDUMP), a flattened file (makedumpfile), \
             a stream of /proc/vmcore_devices or a cudbg image",
        )
    }
}

impl std::error::Error for Foreign {}

/// Whether a file cannot be opened because it is of another kind, not because it is damaged.
pub fn is_foreign(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        // What says which kind of ELF file it is.
        let header = cause.downcast_ref::<vmcore_format::Error>();
        cause.is::<Foreign>() || header.is_some_and(|error| [4, 5, 16].contains(&error.offset))
    })
}

/// What a file is.
enum Located {
    /// A vmcore: where its notes are, in order.
    Notes(Vec<Place>),
    /// A payload by itself, and what it is called.
    Bare(&'static str),
}

fn locate(source: &Source, bare: Bare) -> Result<Located> {
    let start = source.up_to(0, 8)?;
    Ok(match start.as_slice() {
        start if start == SIGNATURE => Located::Bare("stream"),
        start if start.starts_with(ELF) => Located::Notes(Place::sorted(elf::notes(source)?)),
        KDUMP => Located::Notes(vec![kdump::notes(source)?]),
        start => match bare(start) {
            Some(kind) => Located::Bare(kind),
            None => return Err(Foreign.into()),
        },
    })
}

/// Like [`locate`], when nothing more will come: notes may have to be found without headers.
fn locate_at_last(source: &Source, bare: Bare, warnings: &mut Vec<Warning>) -> Result<Located> {
    let located = locate(source, bare);
    if located.is_err() && elf::has_no_headers(source) {
        let place = elf::notes_without_headers(source)?;
        if place.start < place.end {
            warnings.push(Warning::NoHeaders);
            return Ok(Located::Notes(vec![place]));
        }
    }
    located
}
