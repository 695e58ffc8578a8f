// SPDX-License-Identifier: GPL-2.0

//! Dumps that were handed out while they were collected, in records: `Documentation/file-format.rst`.
//!
//! Only what records say is kept in memory, and one that is unpacked. Where one is damaged, the dump has zeroes, and records are looked
//! for behind it.

use std::{
    io::{self, Read},
    sync::Mutex,
};

use anyhow::Result;
use vmcore_format::{
    manifest::{padded, Entry, MISSING_LEN},
    stream::{
        End, Header, Kind, Packing, Record, HEADER_CRC_OFFSET, MOST, RECORD_CRC_OFFSET, RECORD_LEN,
        RECORD_SIGNATURE, VERSION,
    },
    Error,
};

use super::{
    printable,
    source::{Pieces, Source},
    Warning,
};

/// So much is looked at at a time for a record behind damage.
const STEP: usize = 1 << 20;
/// With more damage than that, the rest is lost.
const MAX_WARNINGS: usize = 100;

/// What is in a file of records.
pub struct Stream {
    pub name: String,
    pub version: (u16, u16),
    /// The dump.
    pub source: Source,
    /// Bytes of it.
    pub len: u64,
    /// What became of it; `None`: it was cut short.
    pub entry: Option<Entry>,
    pub warnings: Vec<Warning>,
}

impl Stream {
    /// Finds all records. Fails if it is not a stream that this version can read.
    pub fn new(file: Source) -> Result<Self> {
        let start = file.up_to(0, 1 << 16)?;
        let (header, header_len) = Header::parse(&start)?;
        let mut walker = Walker {
            file,
            at: header_len as u64,
            number: 0,
            lost: 0,
            len: 0,
            section: None,
            missing: Vec::new(),
            end: None,
            records: Vec::new(),
            unpacked: 0,
            pieces: Pieces::default(),
            warnings: Vec::new(),
        };
        if !start
            .get(..header_len)
            .is_some_and(|header| is_whole(header, HEADER_CRC_OFFSET, &[]))
        {
            walker.warn(0, "a header of another CRC-32: what it says may be wrong");
        }
        walker.walk()?;
        Ok(walker.finish(&header))
    }
}

/// Whether the CRC-32 at `crc_at` is that of `header`, with zero there, and of `rest`.
fn is_whole(header: &[u8], crc_at: usize, rest: &[u8]) -> bool {
    let Some((before, field)) = header.split_at_checked(crc_at) else {
        return false;
    };
    let Some((field, behind)) = field.split_first_chunk::<4>() else {
        return false;
    };
    let mut crc32 = crc32fast::Hasher::new();
    for part in [before, &[0; 4], behind, rest] {
        crc32.update(part);
    }
    crc32.finalize() == u32::from_le_bytes(*field)
}

struct Walker {
    file: Source,
    /// Where the next record should be.
    at: u64,
    /// Its number.
    number: u32,
    /// Bytes of the file that are no records.
    lost: u64,
    /// Bytes of the dump.
    len: u64,
    /// The section that was begun last.
    section: Option<String>,
    /// What is missing, in the driver's words.
    missing: Vec<u8>,
    end: Option<End>,
    records: Vec<Stored>,
    /// Bytes of all records, unpacked.
    unpacked: u64,
    /// Where the dump is among these.
    pieces: Pieces,
    warnings: Vec<Warning>,
}

impl Walker {
    fn warn(&mut self, offset: u64, expected: &'static str) {
        self.warnings
            .push(Warning::Record(Error { offset, expected }));
    }

    fn walk(&mut self) -> Result<()> {
        while self.end.is_none() && self.warnings.len() < MAX_WARNINGS {
            match self.record(self.at)? {
                Some((record, stored)) => self.take(&record, stored),
                None if self.file.up_to(self.at, 1)?.is_empty() => break,
                None if self.is_cut_off()? => break,
                None => {
                    let at = self.at;
                    self.warn(at, "a record whose CRC-32 is right");
                    match self.find(at + 1)? {
                        Some(next) => self.at = next,
                        None => break,
                    }
                    self.lost += self.at - at;
                }
            }
        }
        Ok(())
    }

    /// The record at `at`, and what it stores.
    fn record(&self, at: u64) -> Result<Option<(Record, Vec<u8>)>> {
        let header = self.file.up_to(at, RECORD_LEN)?;
        let Ok(record) = Record::parse(&header) else {
            return Ok(None);
        };
        let stored = self
            .file
            .up_to(at + RECORD_LEN as u64, record.stored as usize)?;
        let is_whole =
            stored.len() == record.stored as usize && is_whole(&header, RECORD_CRC_OFFSET, &stored);
        Ok(is_whole.then_some((record, stored)))
    }

    /// Whether the file ends in the record that should be next.
    fn is_cut_off(&self) -> Result<bool> {
        let header = self.file.up_to(self.at, RECORD_LEN)?;
        let signature = header.len().min(RECORD_SIGNATURE.len());
        if header[..signature] != RECORD_SIGNATURE[..signature] {
            return Ok(false);
        }
        let Ok(record) = Record::parse(&header) else {
            return Ok(header.len() < RECORD_LEN);
        };
        let end = self.at + RECORD_LEN as u64 + u64::from(record.stored);
        Ok(record.number == self.number && self.file.up_to(end - 1, 1)?.is_empty())
    }

    /// Where a record is, at `at` or behind it.
    fn find(&self, mut at: u64) -> Result<Option<u64>> {
        loop {
            let bytes = self.file.up_to(at, STEP)?;
            if bytes.len() < RECORD_SIGNATURE.len() {
                return Ok(None);
            }
            for (nth, start) in bytes.windows(RECORD_SIGNATURE.len()).enumerate() {
                let at = at + nth as u64;
                if *start == RECORD_SIGNATURE && self.record(at)?.is_some() {
                    return Ok(Some(at));
                }
            }
            at += (bytes.len() - (RECORD_SIGNATURE.len() - 1)) as u64;
        }
    }

    fn take(&mut self, record: &Record, stored: Vec<u8>) {
        let at = self.at;
        self.at += RECORD_LEN as u64 + u64::from(record.stored);
        if record.number != self.number && self.lost == 0 {
            self.warn(at, "the record with the next number: some are missing");
        }
        self.number = record.number.wrapping_add(1);
        match record.kind {
            Kind::DATA => self.data(at, record),
            Kind::SECTION => self.section = Some(printable(&stored)),
            Kind::MISSING => {
                if !self.missing.is_empty() {
                    self.missing.extend(b", ");
                }
                self.missing.extend(stored);
            }
            Kind::END => match End::parse(&stored) {
                Ok(end) => self.end = Some(end),
                Err(error) => self.warn(at + RECORD_LEN as u64, error.expected),
            },
            // Of a later version.
            _ => {}
        }
    }

    fn data(&mut self, at: u64, record: &Record) {
        // What is lost was of records, and these may have had so many bytes: no more than that is missing.
        let hole = self
            .lost
            .div_ceil(RECORD_LEN as u64)
            .saturating_mul(MOST as u64);
        if record.offset > self.len.saturating_add(hole) {
            return self.warn(at + 24, "bytes that follow those before");
        }
        let len = u64::from(record.len);
        self.pieces.insert(record.offset, len, self.unpacked);
        self.records.push(Stored {
            start: self.unpacked,
            at: at + RECORD_LEN as u64,
            stored: record.stored,
            len: record.len,
            packing: record.packing,
        });
        self.unpacked += len;
        self.len = self.len.max(record.offset + len);
    }

    fn finish(mut self, header: &Header) -> Stream {
        match &self.end {
            Some(end) if end.bytes != self.len => {
                self.warnings.push(Warning::Record(Error {
                    offset: self.at,
                    expected: "as many bytes as the last record says",
                }));
            }
            Some(_) => {}
            None => self.warnings.push(Warning::Cut {
                at: self.at,
                section: self.section.clone(),
            }),
        }
        let entry = self.end.map(|end| Entry {
            name: header.name,
            status: end.status,
            reason: end.reason,
            errno: end.errno,
            bytes: end.bytes,
            asked: 0,
            crc32: 0,
            ms: end.ms,
            held_bytes: 0,
            missing: padded(&self.missing[..self.missing.len().min(MISSING_LEN)]),
            kept: end.bytes,
        });
        self.pieces.len = self.len;
        let records = Records {
            file: self.file,
            records: self.records,
            last: Mutex::new(None),
        };
        Stream {
            name: printable(header.name()),
            version: VERSION,
            source: Source::records(records, self.pieces),
            len: self.len,
            entry,
            warnings: self.warnings,
        }
    }
}

/// What is in records, unpacked, one behind the other.
pub struct Records {
    file: Source,
    records: Vec<Stored>,
    /// The record that was unpacked last, and what was in it.
    last: Mutex<Option<(usize, Vec<u8>)>>,
}

/// A record that is whole.
struct Stored {
    /// Where it starts, unpacked.
    start: u64,
    /// Where it is stored, and in how many bytes.
    at: u64,
    stored: u32,
    len: u32,
    packing: Packing,
}

impl Records {
    /// Fills `buf` with what is at `offset`; fewer bytes only at the end.
    pub fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut last = self.last.lock().unwrap_or_else(|error| error.into_inner());
        let mut done = 0;
        while done < buf.len() {
            let at = offset + done as u64;
            let next = self.records.partition_point(|record| record.start <= at);
            let Some(index) = next.checked_sub(1) else {
                break;
            };
            let bytes = match &mut *last {
                Some((held, bytes)) if *held == index => bytes,
                last => &mut last.insert((index, self.unpack(&self.records[index])?)).1,
            };
            let within = (at - self.records[index].start) as usize;
            let Some(rest) = bytes.get(within..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            let len = rest.len().min(buf.len() - done);
            buf[done..done + len].copy_from_slice(&rest[..len]);
            done += len;
        }
        Ok(done)
    }

    fn unpack(&self, record: &Stored) -> io::Result<Vec<u8>> {
        let damage = |what: &dyn std::fmt::Display| {
            let at = record.at;
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("record at {at:#x}: {what}"),
            )
        };
        let stored = self.file.up_to(record.at, record.stored as usize)?;
        let most = u64::from(record.len) + 1;
        let mut bytes = Vec::with_capacity(most as usize);
        let unpacked = match record.packing {
            Packing::NONE => {
                bytes = stored;
                Ok(0)
            }
            Packing::ZLIB => flate2::read::ZlibDecoder::new(stored.as_slice())
                .take(most)
                .read_to_end(&mut bytes),
            Packing::ZSTD => match ruzstd::decoding::StreamingDecoder::new(stored.as_slice()) {
                Ok(decoder) => decoder.take(most).read_to_end(&mut bytes),
                Err(error) => return Err(damage(&error)),
            },
            Packing(other) => {
                return Err(damage(&format_args!(
                    "packed in a way that this vmcoredd does not know ({other})"
                )))
            }
        };
        unpacked.map_err(|error| damage(&error))?;
        match bytes.len() == record.len as usize {
            true => Ok(bytes),
            false => Err(damage(&format_args!("expected {} bytes in it", record.len))),
        }
    }
}
