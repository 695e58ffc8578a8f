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
        let mut out = [0; STORED_LEN];

        Writer::new(&mut out)
            .bytes(&stored_start(RAW_LEN as u16))
            .bytes(&self.0)
            .bytes(&stored_end(&self.0));
        out
    }
}

/// Bytes in front of those of a chunk that holds `len` bytes as they are: its header, and the start of a zlib stream of a single
/// stored block. [`stored_end`] comes behind them.
pub fn stored_start(len: u16) -> [u8; STORED_START_LEN] {
    let header = ChunkHeader {
        raw_len: len.into(),
        packed_len: u32::from(len).saturating_add(ZLIB_LEN),
    };
    let mut out = [0; STORED_START_LEN];

    Writer::new(&mut out)
        .bytes(&header.encode())
        .bytes(&ZLIB_HEADER)
        .u8(LAST)
        .bytes(&len.to_le_bytes())
        .bytes(&(!len).to_le_bytes());
    out
}

/// What comes behind the bytes of a chunk that holds them as they are.
pub fn stored_end(bytes: &[u8]) -> [u8; STORED_END_LEN] {
    adler32(bytes).to_be_bytes()
}

/// Bytes that [`zeroes`] has, chunk header included.
pub const ZEROES_LEN: usize = CHUNK_HEADER_LEN + 85;

/// A whole chunk of zeroes, as zlib deflates it: where nothing else is deflated, these need not be stored.
pub fn zeroes() -> [u8; ZEROES_LEN] {
    // Its start and its end; between them are zeroes.
    const START: [u8; 17] = [
        0x48, 0x89, 0xed, 0xc1, 0x31, 0x01, 0x00, 0x00, 0x00, 0xc2, 0xa0, 0xf5, 0x4f, 0xed, 0x69,
        0x09, 0xa0,
    ];
    const END: [u8; 6] = [0xe0, 0x06, 0xfc, 0x00, 0x00, 0x01];
    let header = ChunkHeader {
        raw_len: CHUNK_SIZE as u32,
        packed_len: (ZEROES_LEN - CHUNK_HEADER_LEN) as u32,
    };
    let mut out = [0; ZEROES_LEN];

    Writer::new(&mut out)
        .bytes(&header.encode())
        .bytes(&START)
        .skip(ZEROES_LEN - CHUNK_HEADER_LEN - START.len() - END.len())
        .bytes(&END);
    out
}

/// Bytes of what [`stored_end`] makes.
pub const STORED_END_LEN: usize = 4;

/// Bytes of what [`stored_start`] makes.
pub const STORED_START_LEN: usize = CHUNK_HEADER_LEN + 2 + 5;
/// Bytes of a zlib stream of a single stored block, besides those in it.
const ZLIB_LEN: u32 = 2 + 5 + 4;
/// A window of `WINDOW_BITS`, nothing deflated.
const ZLIB_HEADER: [u8; 2] = [0x48, 0x0d];
/// A stored block, and the last.
const LAST: u8 = 1;

/// The checksum of a zlib stream.
fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    /// After so many bytes, neither sum can have overflown.
    const STEP: usize = 2048;
    let (mut low, mut high) = (1u32, 0u32);
    for step in bytes.chunks(STEP) {
        for byte in step {
            low = low.wrapping_add((*byte).into());
            high = high.wrapping_add(low);
        }
        low %= MODULUS;
        high %= MODULUS;
    }
    (high << 16) | low
}
