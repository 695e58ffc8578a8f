// SPDX-License-Identifier: GPL-2.0

//! A dump that is handed out while it is collected: a header, then records, the last of which says how it ended.
//!
//! Records say where in the dump their bytes belong, and later ones count: a driver may change what it has written. One that is
//! damaged spoils itself only, and what ends without an [`End`] was cut short.

use super::{
    bytes::{
        Reader,
        Writer, //
    },
    manifest::{
        until_nul,
        Reason,
        Status, //
    },
    vmcoredd::NAME_LEN,
    Error,
    Result, //
};

/// The first bytes of a stream.
pub const SIGNATURE: [u8; 8] = *b"devdumps";

/// The layout that is written, and that is understood: a larger minor version adds to the end of the header, and kinds of records.
pub const VERSION: (u16, u16) = (1, 0);

/// Bytes of a header.
pub const HEADER_LEN: usize = 176;

/// Where the header has its CRC-32.
pub const HEADER_CRC_OFFSET: usize = 16;

/// Bytes of the header of a record.
pub const RECORD_LEN: usize = 40;

/// Where the header of a record has the CRC-32 of all of it.
pub const RECORD_CRC_OFFSET: usize = 4;

/// The first bytes of a record, by which it is found behind damage.
pub const RECORD_SIGNATURE: [u8; 4] = *b"DREC";

/// Most bytes of a dump in a record.
pub const MOST: usize = 32 * 1024;

/// Most bytes that a record stores: those of a dump that do not get smaller are stored as they are.
pub const MOST_STORED: usize = MOST;

/// What is the same for all records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Name of the dump, zero-padded.
    pub name: [u8; NAME_LEN],
    /// Version of the core module, zero-padded.
    pub version: [u8; 32],
    /// Release of the crash kernel, zero-padded.
    pub release: [u8; 64],
    /// CRC-32 of the header, with zero for itself.
    pub crc32: u32,
}

impl Header {
    /// The bytes of this header.
    pub fn encode(&self) -> [u8; HEADER_LEN] {
        let mut out = [0; HEADER_LEN];

        Writer::new(&mut out)
            .prefix(&SIGNATURE, VERSION, HEADER_LEN as u32)
            .u32(self.crc32)
            .u32(0)
            .bytes(&self.name)
            .skip(4)
            .bytes(&self.version)
            .bytes(&self.release);
        out
    }

    /// Reads the header at the start of `bytes`, and how long it is. Fails if it is of another major version. Does not check the
    /// CRC.
    pub fn parse(bytes: &[u8]) -> Result<(Self, usize)> {
        let mut fields = Reader::new(bytes, HEADER_LEN, "a header of 176 bytes")?;
        if bytes.get(..SIGNATURE.len()) != Some(&SIGNATURE) {
            return Err(Error::new(0, "a stream of a device dump"));
        }
        let _signature = fields.u64();
        if fields.u16() != VERSION.0 {
            return Err(Error::new(8, "a stream of version 1"));
        }
        let _minor = fields.u16();
        let len = fields.u32() as usize;
        if !(HEADER_LEN..=1 << 16).contains(&len) {
            return Err(Error::new(12, "a header of 176 to 65536 bytes"));
        }
        let [crc32, _reserved] = fields.u32s();
        let name = fields.bytes();
        let _padding = fields.u32();
        let header = Self {
            crc32,
            name,
            version: fields.bytes(),
            release: fields.bytes(),
        };
        Ok((header, len))
    }

    /// The name, as far as its first NUL; not necessarily UTF-8.
    pub fn name(&self) -> &[u8] {
        until_nul(&self.name)
    }
}

/// What is in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(pub u16);

impl Kind {
    /// Bytes of the dump.
    pub const DATA: Self = Self(1);
    /// The name of the section that begins or goes on: the bytes are those of the name, and `extent` is how many of the section come,
    /// 0 if that is not known.
    pub const SECTION: Self = Self(2);
    /// The driver's words for what is missing.
    pub const MISSING: Self = Self(3);
    /// The last record: an [`End`].
    pub const END: Self = Self(4);
}

/// How a record stores its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packing(pub u16);

impl Packing {
    /// As they are.
    pub const NONE: Self = Self(0);
    /// As a frame of zstd.
    pub const ZSTD: Self = Self(1);
    /// As a stream of zlib.
    pub const ZLIB: Self = Self(2);
}

/// The header of a record; what it stores follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// CRC-32 of this header, with zero for itself, and of what is stored.
    pub crc32: u32,
    /// What is in it.
    pub kind: Kind,
    /// How it is stored.
    pub packing: Packing,
    /// Bytes that it has.
    pub len: u32,
    /// Bytes that are stored.
    pub stored: u32,
    /// Where in the dump its bytes belong; of other kinds than [`Kind::DATA`], how many bytes the dump had.
    pub offset: u64,
    /// See [`Kind::SECTION`].
    pub extent: u64,
    /// How many records were before it.
    pub number: u32,
}

impl Record {
    /// The bytes of this header.
    pub fn encode(&self) -> [u8; RECORD_LEN] {
        let mut out = [0; RECORD_LEN];

        Writer::new(&mut out)
            .bytes(&RECORD_SIGNATURE)
            .u32(self.crc32)
            .u16(self.kind.0)
            .u16(self.packing.0)
            .u32(self.len)
            .u32(self.stored)
            .u32(self.number)
            .u64(self.offset)
            .u64(self.extent);
        out
    }

    /// Reads the header at the start of `bytes`. Fails if it cannot be one. Does not check the CRC.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(bytes, RECORD_LEN, "the header of a record of 40 bytes")?;
        if bytes.get(..RECORD_SIGNATURE.len()) != Some(&RECORD_SIGNATURE) {
            return Err(Error::new(0, "a record"));
        }
        let _signature = fields.u32();
        let crc32 = fields.u32();
        let kind = Kind(fields.u16());
        let packing = Packing(fields.u16());
        let [len, stored, number] = fields.u32s();
        let record = Self {
            crc32,
            kind,
            packing,
            len,
            stored,
            number,
            offset: fields.u64(),
            extent: fields.u64(),
        };
        if len as usize > MOST {
            return Err(Error::new(12, "at most 32 KiB in a record"));
        }
        if stored as usize > MOST_STORED || (packing == Packing::NONE && stored != len) {
            return Err(Error::new(16, "as many bytes as a record can store"));
        }
        // Offsets of files are signed.
        if record.offset > i64::MAX as u64 - MOST as u64 {
            return Err(Error::new(24, "an offset below 2^63"));
        }
        Ok(record)
    }
}

/// Bytes of an [`End`].
pub const END_LEN: usize = 48;

/// How the collection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// What became of the dump.
    pub status: Status,
    /// Why that is not "complete".
    pub reason: Reason,
    /// What the driver returned: 0 or a negative errno.
    pub errno: i32,
    /// Milliseconds that it took, the reader's included.
    pub ms: u32,
    /// Bytes of the dump.
    pub bytes: u64,
    /// Bytes of the dump in all records.
    pub written: u64,
    /// Milliseconds that the driver waited for the reader.
    pub waited_ms: u32,
}

impl End {
    /// The bytes of it.
    pub fn encode(&self) -> [u8; END_LEN] {
        let mut out = [0; END_LEN];

        Writer::new(&mut out)
            .u32(self.status.0)
            .u32(self.reason.0)
            .u32(self.errno as u32)
            .u32(self.ms)
            .u64(self.bytes)
            .u64(self.written)
            .u32(self.waited_ms);
        out
    }

    /// Reads what [`End::encode`] has made.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(bytes, END_LEN, "an end of 48 bytes")?;
        let [status, reason, errno, ms] = fields.u32s();
        Ok(Self {
            status: Status(status),
            reason: Reason(reason),
            errno: errno as i32,
            ms,
            bytes: fields.u64(),
            written: fields.u64(),
            waited_ms: fields.u32(),
        })
    }
}
