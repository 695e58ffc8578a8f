// SPDX-License-Identifier: GPL-2.0

//! The manifest: which dumps were asked for, and what became of each.
//!
//! It is the payload of the last device dump note, [`NAME`]. A header, then one entry per dump, in order.

use super::{
    bytes::{
        get,
        u64_at,
        Reader,
        Writer, //
    },
    vmcoredd::NAME_LEN,
    Error,
    Result, //
};

pub use super::bytes::{
    padded,
    until_nul, //
};

/// Name of the dump that is the manifest.
pub const NAME: &[u8] = b"vmcore_devdump";

/// The first bytes of a manifest.
pub const SIGNATURE: [u8; 8] = *b"vmcoredd";

/// The layout that is written, and that is understood: a larger minor version only adds to the ends of header and entries.
pub const VERSION: (u16, u16) = (1, 1);

/// Bytes of a header.
pub const HEADER_LEN: usize = 160;

/// Where the header has the CRC-32 of the manifest.
pub const CRC_OFFSET: usize = 28;

/// Bytes of an entry.
pub const ENTRY_LEN: usize = 200;

/// Bytes of an entry of version 1.0, which ends before [`Entry::kept`].
const FIRST_ENTRY_LEN: usize = 192;

/// Room for the driver's words on what is missing.
pub const MISSING_LEN: usize = 104;

/// What became of a dump.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status(pub u32);

impl Status {
    /// All of it is there.
    pub const COMPLETE: Self = Self(0);
    /// What is there is good, something is missing.
    pub const PARTIAL: Self = Self(1);
    /// Collecting failed: there is no dump.
    pub const FAILED: Self = Self(2);
    /// It was not collected at all.
    pub const REFUSED: Self = Self(3);

    /// Words for this status; `None`: unknown.
    pub const fn words(self) -> Option<&'static str> {
        Some(match self {
            Self::COMPLETE => "complete",
            Self::PARTIAL => "partial",
            Self::FAILED => "failed",
            Self::REFUSED => "refused",
            _ => return None,
        })
    }

    /// Whether there is a note.
    pub const fn has_dump(self) -> bool {
        matches!(self, Self::COMPLETE | Self::PARTIAL)
    }
}

/// Why a dump is not complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reason(pub u32);

impl Reason {
    /// It is complete.
    pub const NONE: Self = Self(0);
    /// The memory of all dumps was used up.
    pub const TOTAL_BUDGET: Self = Self(1);
    /// The memory of one dump was used up.
    pub const DUMP_BUDGET: Self = Self(2);
    /// The time was over.
    pub const TIME: Self = Self(3);
    /// No memory was free.
    pub const NO_MEMORY: Self = Self(4);
    /// The driver returned an error.
    pub const DRIVER: Self = Self(5);
    /// The driver could not have all of it from its device.
    pub const DEVICE: Self = Self(6);
    /// Name, size or callback are wrong.
    pub const ARGUMENTS: Self = Self(7);
    /// There was a dump of that name.
    pub const NAME_TAKEN: Self = Self(8);
    /// The file was open.
    pub const FILE_OPEN: Self = Self(9);
    /// It was still being collected when the file was opened.
    pub const UNFINISHED: Self = Self(10);
    /// It was all there; when memory ran out, its end was given up.
    pub const GIVEN_UP: Self = Self(11);

    /// Words for this reason; `None`: unknown.
    pub const fn words(self) -> Option<&'static str> {
        Some(match self {
            Self::NONE => "",
            Self::TOTAL_BUDGET => "memory for all dumps was used up",
            Self::DUMP_BUDGET => "memory for one dump was used up",
            Self::TIME => "time was over",
            Self::NO_MEMORY => "no memory was free",
            Self::DRIVER => "the driver failed",
            Self::DEVICE => "the device did not give all",
            Self::ARGUMENTS => "name, size or callback were wrong",
            Self::NAME_TAKEN => "there was a dump of that name",
            Self::FILE_OPEN => "the vmcore was open already",
            Self::UNFINISHED => "it was still being collected when the vmcore was opened",
            Self::GIVEN_UP => "given up when memory ran out",
            _ => return None,
        })
    }
}

/// What is the same for all dumps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Entries that follow.
    pub entries: u32,
    /// Dumps that were asked for and have no entry.
    pub unrecorded: u32,
    /// CRC-32 of header and entries, with zero for itself.
    pub crc32: u32,
    /// Bytes of memory that all dumps may take.
    pub total_bytes: u64,
    /// Bytes of memory that one dump may take.
    pub dump_bytes: u64,
    /// Bytes of memory that dumps take.
    pub held_bytes: u64,
    /// Milliseconds that a dump may take.
    pub dump_ms: u32,
    /// Version of the core module, zero-padded.
    pub version: [u8; 32],
    /// Release of the crash kernel, zero-padded.
    pub release: [u8; 64],
}

impl Header {
    /// The bytes of this header.
    pub fn encode(&self) -> [u8; HEADER_LEN] {
        let mut out = [0; HEADER_LEN];

        Writer::new(&mut out)
            .prefix(&SIGNATURE, VERSION, HEADER_LEN as u32)
            .u32(ENTRY_LEN as u32)
            .u32(self.entries)
            .u32(self.unrecorded)
            .u32(self.crc32)
            .u64(self.total_bytes)
            .u64(self.dump_bytes)
            .u64(self.held_bytes)
            .u32(self.dump_ms)
            .skip(4)
            .bytes(&self.version)
            .bytes(&self.release);
        out
    }
}

/// What became of one dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// As it was asked for, zero-padded.
    pub name: [u8; NAME_LEN],
    /// What became of it.
    pub status: Status,
    /// Why that is not "complete".
    pub reason: Reason,
    /// What the driver was told: 0 or a negative errno.
    pub errno: i32,
    /// Bytes of the payload.
    pub bytes: u64,
    /// Bytes that the driver asked for; 0: it did not say.
    pub asked: u64,
    /// CRC-32 of the payload.
    pub crc32: u32,
    /// Milliseconds that collecting took.
    pub ms: u32,
    /// Bytes of memory that it takes.
    pub held_bytes: u64,
    /// What is missing, in the words of the driver, zero-padded.
    pub missing: [u8; MISSING_LEN],
    /// Bytes of the payload before those that were given up when memory ran out and are zeroes now. Size and CRC-32 are those of
    /// all of it.
    pub kept: u64,
}

impl Entry {
    /// The bytes of this entry.
    pub fn encode(&self) -> [u8; ENTRY_LEN] {
        let mut out = [0; ENTRY_LEN];

        Writer::new(&mut out)
            .bytes(&self.name)
            .u32(self.status.0)
            .u32(self.reason.0)
            .u32(self.errno as u32)
            .u64(self.bytes)
            .u64(self.asked)
            .u32(self.crc32)
            .u32(self.ms)
            .u64(self.held_bytes)
            .bytes(&self.missing)
            .u64(self.kept);
        out
    }

    fn parse(bytes: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(bytes, FIRST_ENTRY_LEN, "an entry of 192 bytes")?;
        let name = fields.bytes();
        let [status, reason, errno] = fields.u32s();
        let entry = Self {
            name,
            status: Status(status),
            reason: Reason(reason),
            errno: errno as i32,
            bytes: fields.u64(),
            asked: fields.u64(),
            crc32: fields.u32(),
            ms: fields.u32(),
            held_bytes: fields.u64(),
            missing: fields.bytes(),
            kept: 0,
        };
        let kept = u64_at(bytes, FIRST_ENTRY_LEN, "what was kept").unwrap_or(entry.bytes);
        Ok(Self { kept, ..entry })
    }

    /// The offset in the payload from which on it was given up, if it was.
    pub fn given_up(&self) -> Option<u64> {
        (self.kept < self.bytes).then_some(self.kept)
    }

    /// The name, as far as its first NUL; not necessarily UTF-8.
    pub fn name(&self) -> &[u8] {
        until_nul(&self.name)
    }

    /// The driver's words, as far as their first NUL; not necessarily UTF-8.
    pub fn missing(&self) -> &[u8] {
        until_nul(&self.missing)
    }
}

/// A manifest that was found.
#[derive(Clone, Copy, Debug)]
pub struct Manifest<'a> {
    /// What is the same for all dumps.
    pub header: Header,
    entries: &'a [u8],
    /// Where `entries` start in the manifest.
    start: usize,
    entry_len: usize,
}

impl<'a> Manifest<'a> {
    /// The version of the manifest in `payload`; `None` if it is none.
    pub fn version(payload: &[u8]) -> Option<(u16, u16)> {
        let mut fields = Reader::new(payload.strip_prefix(&SIGNATURE)?, 4, "a version").ok()?;
        Some((fields.u16(), fields.u16()))
    }

    /// Parses the manifest in `payload`. Fails if it is of another major version, or damaged. Does not check the CRC.
    pub fn parse(payload: &'a [u8]) -> Result<Self> {
        match Self::version(payload) {
            Some((major, _)) if major == VERSION.0 => {}
            Some(_) => return Err(Error::new(8, "a manifest of version 1")),
            None => return Err(Error::new(0, "a manifest")),
        }
        let mut fields = Reader::new(payload, HEADER_LEN, "a header of 160 bytes")?;
        let [_, _, _, header_len, entry_len, entries, unrecorded, crc32] = fields.u32s();
        let [total_bytes, dump_bytes, held_bytes] = core::array::from_fn(|_| fields.u64());
        let [dump_ms, _reserved] = fields.u32s();
        let header = Header {
            entries,
            unrecorded,
            crc32,
            total_bytes,
            dump_bytes,
            held_bytes,
            dump_ms,
            version: fields.bytes(),
            release: fields.bytes(),
        };
        let (start, entry_len) = (header_len as usize, entry_len as usize);
        if start < HEADER_LEN {
            return Err(Error::new(12, "a header of at least 160 bytes"));
        }
        if entry_len < FIRST_ENTRY_LEN {
            return Err(Error::new(16, "entries of at least 192 bytes"));
        }
        let len = entry_len
            .checked_mul(entries as usize)
            .ok_or(Error::new(20, "fewer entries"))?;
        Ok(Self {
            header,
            entries: get(payload, start, len, "all entries")?,
            start,
            entry_len,
        })
    }

    /// All bytes of the manifest.
    pub fn size(&self) -> usize {
        self.start.saturating_add(self.entries.len())
    }

    /// What became of each dump, in the order in which they were asked for.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + 'a {
        // Whole ones: `parse()` has counted them.
        self.entries
            .chunks_exact(self.entry_len)
            .filter_map(|entry| Entry::parse(entry).ok())
    }
}
