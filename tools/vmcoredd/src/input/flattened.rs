// SPDX-License-Identifier: GPL-2.0

//! Streams: makedumpfile's flattened files, and vmcores that come through a pipe.
//!
//! A flattened file (`makedumpfile -F`) is a header of 4096 bytes and records: offset and size, both big-endian, then the
//! bytes that belong there. Records are in any order, and later ones count: of an ELF vmcore, makedumpfile writes the program
//! headers last. The last record has an offset of -1.
//!
//! Source: makedumpfile, `makedumpfile.h` (`struct makedumpfile_header`, `struct makedumpfile_data_header`).

use std::{
    fs::File,
    io::{self, Read, Write},
    sync::Arc,
};

use anyhow::{bail, ensure, Result};

use super::{
    elf, locate, progress,
    source::{Pieces, Place, ReadAt, Source},
    Bare, Located, HEADERS,
};

/// How a flattened file starts.
pub const SIGNATURE: &[u8] = b"makedumpfile\0\0\0\0";
const HEADER_LEN: usize = 4096;
const TYPE_AND_VERSION: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
/// So much of a plain stream is one record.
const PIECE: u64 = 1 << 20;

/// What records are taken from.
pub trait Carrier {
    /// Fills `buf` with what comes next; fewer bytes only at the end.
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize>;
    /// Passes over `len` bytes; returns how many there were.
    fn skip(&mut self, len: u64) -> io::Result<u64>;
    /// Passes over `len` bytes that will be read later: where, and how many there were.
    fn keep(&mut self, len: u64) -> io::Result<(u64, u64)>;
    /// Where kept bytes are.
    fn file(&self) -> io::Result<Arc<dyn ReadAt>>;
}

/// A file: everything stays where it is.
pub struct InPlace {
    source: Source,
    at: u64,
    len: u64,
}

impl InPlace {
    pub fn new(file: Arc<dyn ReadAt>) -> io::Result<Self> {
        Ok(Self {
            len: file.len()?,
            source: Source::plain(file),
            at: 0,
        })
    }
}

impl Carrier for InPlace {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let got = self.source.read_at(self.at, buf)?;
        self.at += got as u64;
        Ok(got)
    }

    fn skip(&mut self, len: u64) -> io::Result<u64> {
        let len = len.min(self.len.saturating_sub(self.at));
        self.at += len;
        Ok(len)
    }

    fn keep(&mut self, len: u64) -> io::Result<(u64, u64)> {
        Ok((self.at, self.skip(len)?))
    }

    fn file(&self) -> io::Result<Arc<dyn ReadAt>> {
        self.source.file()
    }
}

/// A pipe: what is kept goes to a file without a name.
pub struct Spooled<R> {
    from: R,
    spool: File,
    len: u64,
}

impl<R: Read> Spooled<R> {
    pub fn new(from: R) -> io::Result<Self> {
        Ok(Self {
            from,
            spool: tempfile::tempfile()?,
            len: 0,
        })
    }

    fn pass(&mut self, len: u64, mut to: impl Write) -> io::Result<u64> {
        let passed = io::copy(&mut self.from.by_ref().take(len), &mut to)?;
        progress::advance(passed);
        Ok(passed)
    }
}

impl<R: Read> Carrier for Spooled<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while done < buf.len() {
            match self.from.read(&mut buf[done..]) {
                Ok(0) => break,
                Ok(got) => done += got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    fn skip(&mut self, len: u64) -> io::Result<u64> {
        self.pass(len, io::sink())
    }

    fn keep(&mut self, len: u64) -> io::Result<(u64, u64)> {
        let at = self.len;
        let spool = self.spool.try_clone()?;
        self.len += self.pass(len, spool)?;
        Ok((at, self.len - at))
    }

    fn file(&self) -> io::Result<Arc<dyn ReadAt>> {
        Ok(Arc::new(self.spool.try_clone()?))
    }
}

/// What came of reading a flattened file.
pub enum Outcome {
    Read(Source),
    /// It must be read once more, now that is known where the notes are.
    Again(Vec<Place>),
}

/// Reads a flattened file from its start on. `notes`: where the notes are, if that is known.
pub fn flattened(
    carrier: &mut impl Carrier,
    notes: Option<Vec<Place>>,
    bare: Bare,
) -> Result<Outcome> {
    let mut header = [0; HEADER_LEN];
    let got = carrier.read(&mut header)?;
    ensure!(
        got == HEADER_LEN && header.starts_with(SIGNATURE),
        "at offset {got:#x}: expected the header of a flattened file, 4096 bytes"
    );
    ensure!(
        header[SIGNATURE.len()..].starts_with(&TYPE_AND_VERSION),
        "at offset 0x10: expected a flattened file of type 1, version 1"
    );
    let mut collector = Collector::new(carrier, bare, notes, false);
    let mut offset = HEADER_LEN as u64;
    collector.pieces.cut = loop {
        let mut record = [0; 16];
        if collector.carrier.read(&mut record)? < record.len() {
            break true;
        }
        let (start, len) = record.split_at(8);
        let word = |bytes: &[u8]| bytes.try_into().map(i64::from_be_bytes);
        let (start, len) = (word(start)?, word(len)?);
        if start == -1 {
            break false;
        }
        let (Ok(start), Ok(len @ 1..)) = (u64::try_from(start), u64::try_from(len)) else {
            bail!(
                "at offset {offset:#x} of the flattened file: expected a record, not one of {len} bytes for offset {start}"
            );
        };
        if collector.record(start, len)? < len {
            break true;
        }
        offset = offset.saturating_add(16 + len);
    };
    collector.finish()
}

/// Reads a vmcore from its start on.
pub fn plain(carrier: &mut impl Carrier, bare: Bare) -> Result<Source> {
    let mut collector = Collector::new(carrier, bare, None, true);
    let mut at = 0;
    loop {
        let got = collector.record(at, PIECE)?;
        at += got;
        if got < PIECE {
            break;
        }
    }
    match collector.finish()? {
        Outcome::Read(source) => Ok(source),
        Outcome::Again(_) => bail!("expected notes behind the headers that lead to them"),
    }
}

struct Collector<'a, C> {
    carrier: &'a mut C,
    bare: Bare,
    pieces: Pieces,
    /// Headers come before everything else.
    in_order: bool,
    /// Where the notes are, as soon as that is known. Only then is kept what is in them, and what is in `HEADERS`.
    notes: Option<Vec<Place>>,
    /// Until then, all before this is kept.
    limit: u64,
    /// The first byte that was not kept then.
    unsure: u64,
    /// More was kept since headers were looked at.
    changed: bool,
}

impl<'a, C: Carrier> Collector<'a, C> {
    fn new(carrier: &'a mut C, bare: Bare, notes: Option<Vec<Place>>, in_order: bool) -> Self {
        Self {
            carrier,
            bare,
            pieces: Pieces::default(),
            in_order,
            notes,
            limit: HEADERS,
            unsure: u64::MAX,
            changed: false,
        }
    }

    /// Takes `len` bytes that belong to `start`; returns how many there were.
    fn record(&mut self, start: u64, len: u64) -> Result<u64> {
        let end = start + len;
        let mut at = start;
        while at < end {
            let (wanted, until) = self.wanted(at)?;
            let len = until.min(end) - at;
            let got = if wanted {
                let (place, got) = self.carrier.keep(len)?;
                self.pieces.insert(at, got, place);
                self.changed = true;
                got
            } else {
                if self.notes.is_none() {
                    self.unsure = self.unsure.min(at);
                }
                self.carrier.skip(len)?
            };
            at += got;
            self.pieces.len = self.pieces.len.max(at);
            if got < len {
                break;
            }
        }
        Ok(at - start)
    }

    /// Whether the byte at `at` is wanted, and up to where that is so.
    fn wanted(&mut self, at: u64) -> Result<(bool, u64)> {
        if at < HEADERS {
            return Ok((true, HEADERS));
        }
        let enough = at >= self.limit || self.limit == u64::MAX;
        if self.notes.is_none() && enough && std::mem::take(&mut self.changed) {
            let pieces = std::mem::take(&mut self.pieces);
            let mut source = Source::pieces(self.carrier.file()?, pieces);
            let looked = self.look(&source);
            self.pieces = source.take_pieces();
            looked?;
        }
        let Some(notes) = &self.notes else {
            return Ok(match at < self.limit {
                true => (true, self.limit),
                false => (false, u64::MAX),
            });
        };
        let next = notes.partition_point(|place| place.end <= at);
        Ok(match notes.get(next) {
            Some(place) if at < place.start => (false, place.start),
            Some(place) => (true, place.end),
            None => (false, u64::MAX),
        })
    }

    /// Finds out where the notes are, or at least where they may be.
    fn look(&mut self, source: &Source) -> Result<()> {
        match locate(source, self.bare) {
            Ok(Located::Notes(notes)) => self.notes = Some(notes),
            // All of it is a dump.
            Ok(Located::Bare(_)) => self.limit = u64::MAX,
            // Headers that were never written do not come later, either.
            Err(error) if self.in_order && !elf::has_no_headers(source) => return Err(error),
            Err(_) => {
                self.limit = match elf::likely_end(source, self.limit) {
                    Ok(end) if end > self.limit => end.saturating_add(HEADERS),
                    Ok(_) => self.limit,
                    // The sub-header of a kdump-compressed file comes behind its notes.
                    Err(_) => u64::MAX,
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Outcome> {
        let source = Source::pieces(self.carrier.file()?, self.pieces);
        match locate(&source, self.bare) {
            Ok(Located::Notes(notes))
                if notes.iter().any(|place| {
                    place.end > HEADERS
                        && (self.unsure < place.end
                            || self.notes.as_ref().is_some_and(|known| *known != notes))
                }) =>
            {
                Ok(Outcome::Again(notes))
            }
            _ => Ok(Outcome::Read(source)),
        }
    }
}
