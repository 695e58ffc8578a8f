// SPDX-License-Identifier: GPL-2.0

//! Chunks: pieces of a section, each deflated on its own.
//!
//! C header: `drivers/net/ethernet/chelsio/cxgb4/cudbg_zlib.h` (`struct cudbg_compress_hdr`).
//!
//! Chunks follow each other without padding, so their headers are not aligned.

use super::super::{
    bytes::{
        Reader,
        Writer, //
    },
    Error,
    Result, //
};

/// Most bytes that go into a chunk, before compression.
pub const CHUNK_SIZE: usize = 64_512;
/// Bytes of a chunk header.
pub const CHUNK_HEADER_LEN: usize = 280;
/// Marks a chunk compressed by zlib.
pub const CHUNK_ID: u32 = 17;
/// zlib's `windowBits`.
pub const WINDOW_BITS: i32 = 12;
/// zlib's `memLevel`.
pub const MEM_LEVEL: i32 = 4;
/// Most bytes that a chunk has after compression, by the rule of zlib's `deflateBound()`; chunk header excluded.
pub const MAX_PACKED: usize = CHUNK_SIZE + CHUNK_SIZE.div_ceil(8) + CHUNK_SIZE.div_ceil(64) + 11;

/// The header of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkHeader {
    /// Bytes before compression, 1 to [`CHUNK_SIZE`].
    pub raw_len: u32,
    /// Bytes after compression, at least 1.
    pub packed_len: u32,
}

impl ChunkHeader {
    /// The bytes of this header.
    pub fn encode(&self) -> [u8; CHUNK_HEADER_LEN] {
        let mut out = [0; CHUNK_HEADER_LEN];

        Writer::new(&mut out)
            .u32(CHUNK_ID)
            .skip(4)
            .u64(u64::from(self.raw_len))
            .u64(u64::from(self.packed_len));
        out
    }

    /// Reads the header at the start of `data`.
    ///
    /// Fails if the lengths are not those of a chunk. Unused fields may hold anything: the C driver leaves remains of a
    /// failed section there.
    pub fn parse(data: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(data, CHUNK_HEADER_LEN, "a chunk header of 280 bytes")?;

        if fields.u32() != CHUNK_ID {
            return Err(Error::new(0, "a chunk compressed by zlib"));
        }
        let _hole = fields.u32();
        let len = |len: u64, max: usize| {
            u32::try_from(len)
                .ok()
                .filter(|len| (1..=max).contains(&(*len as usize)))
        };

        Ok(Self {
            raw_len: len(fields.u64(), CHUNK_SIZE)
                .ok_or(Error::new(8, "a chunk of 1 to 64512 bytes"))?,
            packed_len: len(fields.u64(), u32::MAX as usize)
                .ok_or(Error::new(16, "a zlib stream of 1 to 4294967295 bytes"))?,
        })
    }
}

/// Bytes that a [stored](Stored) chunk has, chunk header included.
pub const STORED_LEN: usize = CHUNK_HEADER_LEN + 2 + 5 + RAW_LEN + 4;
const RAW_LEN: usize = 24;

/// A chunk whose zlib stream holds its bytes as they are: others of as many bytes can take its place.
pub struct Stored(pub [u8; RAW_LEN]);

impl Stored {
    /// The chunk: header, and a zlib stream of a single stored block (RFC 1950 and 1951).
    pub fn encode(&self) -> [u8; STORED_LEN] {
        // A window of `WINDOW_BITS`, nothing deflated.
        const HEADER: [u8; 2] = [0x48, 0x0d];
        const LAST: u8 = 1;
        let header = ChunkHeader {
            raw_len: RAW_LEN as u32,
            packed_len: (STORED_LEN - CHUNK_HEADER_LEN) as u32,
        };
        let mut out = [0; STORED_LEN];

        Writer::new(&mut out)
            .bytes(&header.encode())
            .bytes(&HEADER)
            .u8(LAST)
            .bytes(&(RAW_LEN as u16).to_le_bytes())
            .bytes(&(!(RAW_LEN as u16)).to_le_bytes())
            .bytes(&self.0)
            .bytes(&adler32(&self.0).to_be_bytes());
        out
    }
}

/// The checksum of a zlib stream, of a few bytes.
fn adler32(bytes: &[u8; RAW_LEN]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (mut low, mut high) = (1u32, 0u32);
    for byte in bytes {
        low = low.wrapping_add((*byte).into()) % MODULUS;
        high = high.wrapping_add(low) % MODULUS;
    }
    (high << 16) | low
}
