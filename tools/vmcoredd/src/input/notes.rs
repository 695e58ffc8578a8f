// SPDX-License-Identifier: GPL-2.0

//! Notes, found without reading what is in them.

use std::io;

use vmcore_format::{
    manifest::until_nul,
    note::NoteHeader,
    vmcoredd::{HEADER_LEN, NAME_LEN, NOTE_NAME, NT_VMCOREDD},
};

use super::{
    source::{Place, Source},
    Warning,
};

/// Owner of the kernel's own notes, which have no other name to be long.
pub const VMCOREINFO: &[u8] = b"VMCOREINFO";
/// Owner of a note of ours: the name of the machine, in a file that has no other place for it.
pub const HOST: &[u8] = b"vmcoredd";
/// No note has a longer name; what looks like one is something else.
const MAX_NAME: u32 = 256;
/// So many zeroes between notes are passed over.
const MAX_HOLE: u64 = 1 << 20;
/// So far is looked for a dump behind a note whose size makes no sense.
const MAX_GAP: u64 = 64 << 20;
/// With more damage than that, it is not notes.
const MAX_WARNINGS: usize = 100;

/// A device dump.
pub struct Found {
    pub name: Vec<u8>,
    /// The payload, or what is there of it.
    pub payload: Place,
}

/// What notes there are.
#[derive(Default)]
pub struct Walked {
    pub dumps: Vec<Found>,
    /// What the kernel says of itself.
    pub vmcoreinfo: Option<Place>,
    pub host: Option<Place>,
    pub warnings: Vec<Warning>,
}

/// The notes in `places`.
pub fn walk(source: &Source, places: &[Place]) -> io::Result<Walked> {
    let mut walker = Walker {
        window: Window {
            source,
            start: 0,
            bytes: Vec::new(),
        },
        walked: Walked::default(),
    };
    for place in places {
        let there = source.end_of(*place)?;
        let goes_on = walker.segment(place.start, there, there == place.end)?;
        if there < place.end {
            walker.warn(there, "more notes: the file was cut short");
        }
        if !goes_on || there < place.end {
            break;
        }
    }
    Ok(walker.walked)
}

struct Walker<'a> {
    window: Window<'a>,
    walked: Walked,
}

impl Walker<'_> {
    fn warn(&mut self, offset: u64, expected: &'static str) {
        let warning = Warning::Notes(vmcore_format::Error { offset, expected });
        self.walked.warnings.push(warning);
    }

    /// Walks from `at` to `end`; returns whether there may be notes elsewhere. `is_whole`: what is behind `end` was never there.
    fn segment(&mut self, mut at: u64, end: u64, is_whole: bool) -> io::Result<bool> {
        while at < end {
            if self.walked.warnings.len() >= MAX_WARNINGS {
                self.warn(at, "notes: what follows is lost");
                return Ok(false);
            }
            let bytes = self
                .window
                .get(at, (end - at).min(HEADER_LEN as u64) as usize)?;
            let Ok(header) = NoteHeader::parse(bytes) else {
                if bytes.iter().any(|byte| *byte != 0) && is_whole {
                    self.warn(at, "a note header of 12 bytes");
                }
                break;
            };
            if header.is_end() {
                match self.behind_zeroes(at, end)? {
                    Some(next) => at = next,
                    None => break,
                }
                continue;
            }
            let note = Seen::new(at, header, bytes);
            let behind = note.desc.saturating_add(header.descsz.into());
            if behind <= end {
                self.take(&note, behind);
                // The padding of the last note may be missing.
                at = at.saturating_add(header.note_len());
                continue;
            }
            // Of one that is cut off, what is there; if its size is wrong, the next dump may be found.
            let next = match is_whole {
                true => self.next_dump(at + 4, end)?,
                false => None,
            };
            if note.desc + NAME_LEN as u64 <= end {
                self.take(&note, next.unwrap_or(end));
            }
            if is_whole {
                let warning = note.damage("a size inside of the notes");
                self.walked.warnings.push(warning);
            }
            match next {
                Some(next) => at = next,
                None => return Ok(is_whole),
            }
        }
        Ok(true)
    }

    /// A note that ends at `end`.
    fn take(&mut self, note: &Seen, end: u64) {
        let Seen {
            header, desc, name, ..
        } = note;
        let place = Place { start: *desc, end };
        if name == VMCOREINFO {
            self.walked.vmcoreinfo.get_or_insert(place);
        }
        if name == HOST {
            self.walked.host.get_or_insert(place);
        }
        if !note.is_dump() {
            return;
        }
        if (header.descsz as usize) < NAME_LEN {
            let warning = note.damage("the 44 bytes of a dump name");
            return self.walked.warnings.push(warning);
        }
        self.walked.dumps.push(Found {
            name: note.dump.clone(),
            payload: Place {
                start: desc + NAME_LEN as u64,
                ..place
            },
        });
    }

    /// Where notes go on behind zeroes, which a processor leaves that did not stop; `None` if they do not.
    fn behind_zeroes(&mut self, mut at: u64, end: u64) -> io::Result<Option<u64>> {
        let limit = end.min(at.saturating_add(MAX_HOLE));
        while at < limit {
            let bytes = self.window.get(at, (limit - at).min(4) as usize)?;
            let is_zero = bytes.iter().all(|byte| *byte == 0);
            match is_zero {
                true if bytes.len() == 4 => at += 4,
                true => break,
                false => {
                    let bytes = self
                        .window
                        .get(at, (end - at).min(HEADER_LEN as u64) as usize)?;
                    return Ok(match NoteHeader::parse(bytes) {
                        Ok(header) if (1..=MAX_NAME).contains(&header.namesz) => Some(at),
                        _ => {
                            self.warn(at, "a note or nothing behind zeroes");
                            None
                        }
                    });
                }
            }
        }
        Ok(None)
    }

    /// Where the next device dump begins, at `at` or behind it.
    fn next_dump(&mut self, mut at: u64, end: u64) -> io::Result<Option<u64>> {
        let limit = end.min(at.saturating_add(MAX_GAP));
        while at < limit {
            let bytes = self
                .window
                .get(at, (limit - at).min(HEADER_LEN as u64) as usize)?;
            let Ok(header) = NoteHeader::parse(bytes) else {
                break;
            };
            if header.type_ != NT_VMCOREDD {
                at += 4;
                continue;
            }
            let note = Seen::new(at, header, bytes);
            let behind = note.desc.saturating_add(header.descsz.into());
            if note.is_dump() && header.descsz as usize >= NAME_LEN && behind <= end {
                return Ok(Some(at));
            }
            at += 4;
        }
        Ok(None)
    }
}

/// The start of a note.
struct Seen {
    header: NoteHeader,
    at: u64,
    /// Where the descriptor is.
    desc: u64,
    name: Vec<u8>,
    /// What the dump is called, if it is one.
    dump: Vec<u8>,
}

impl Seen {
    fn new(at: u64, header: NoteHeader, bytes: &[u8]) -> Self {
        let part = |start: usize, len: usize| {
            let end = bytes.len().min(start.saturating_add(len));
            until_nul(bytes.get(start..end).unwrap_or_default()).to_vec()
        };
        Self {
            header,
            at,
            desc: at.saturating_add(header.desc_offset()),
            name: part(NoteHeader::LEN, header.namesz.min(MAX_NAME) as usize),
            dump: part(HEADER_LEN - NAME_LEN, NAME_LEN.min(header.descsz as usize)),
        }
    }

    fn is_dump(&self) -> bool {
        self.header.type_ == NT_VMCOREDD
            && self.name == until_nul(&NOTE_NAME)
            && self.header.desc_offset() == (HEADER_LEN - NAME_LEN) as u64
    }

    fn damage(&self, expected: &'static str) -> Warning {
        let error = vmcore_format::Error {
            offset: self.desc,
            expected,
        };
        match self.is_dump() {
            true => Warning::Dump(super::printable(&self.dump), error),
            false => Warning::Notes(vmcore_format::Error {
                offset: self.at,
                ..error
            }),
        }
    }
}

/// A part of the file in memory, so that small notes are not read one by one.
struct Window<'a> {
    source: &'a Source,
    start: u64,
    bytes: Vec<u8>,
}

impl Window<'_> {
    const LEN: usize = 4 << 10;

    /// `len` bytes at `offset`, or as many of them as there are.
    fn get(&mut self, offset: u64, len: usize) -> io::Result<&[u8]> {
        let inside = |window: &Self| {
            let from = usize::try_from(offset.checked_sub(window.start)?).ok()?;
            let to = from.checked_add(len)?;
            (to <= window.bytes.len()).then_some(from..to)
        };
        if inside(self).is_none() {
            self.bytes = self.source.up_to(offset, Self::LEN)?;
            self.start = offset;
        }
        let range = inside(self).unwrap_or(0..self.bytes.len().min(len));
        Ok(&self.bytes[range])
    }
}
