// SPDX-License-Identifier: GPL-2.0

//! The header of an image.
//!
//! C header: `drivers/net/ethernet/chelsio/cxgb4/cudbg_lib_common.h` (`struct cudbg_hdr`).

use super::{
    super::{
        bytes::{
            Reader,
            Writer, //
        },
        Error,
        Result, //
    },
    chip::Chip, //
};

/// Bytes of the header.
pub const HEADER_LEN: usize = 56;
/// Section headers that follow the header.
pub const MAX_SECTIONS: u16 = 72;
/// Section ids are bytes: later versions cannot have more.
const MAX_KNOWN_SECTIONS: u16 = 256;
/// First word of an image.
pub const SIGNATURE: u32 = 67_856_866;
/// Format version, before the point.
pub const MAJOR: u16 = 1;
/// Format version, after the point.
pub const MINOR: u16 = 14;
/// `dump_type` of the images that the kernel makes.
pub const DUMP_TYPE_MINI: u8 = 1;

/// How sections are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// As they are, without chunk headers.
    None = 1,
    /// As deflated chunks.
    Zlib = 2,
}

/// The header of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bytes from the start of the image to the section headers.
    pub header_len: u32,
    /// Format version, before the point.
    pub major: u16,
    /// Format version, after the point.
    pub minor: u16,
    /// Bytes of the image.
    pub data_len: u32,
    /// Always 0 so far.
    pub flags: u32,
    /// Number of section headers.
    pub max_sections: u16,
    /// Chip code, see [`Chip::code`].
    pub chip_code: u8,
    /// [`DUMP_TYPE_MINI`]; three bits.
    pub dump_type: u8,
    /// How sections are stored.
    pub compression: Compression,
}

impl Header {
    /// The header of an image of `data_len` bytes with deflated sections.
    pub const fn new(chip_code: u8, data_len: u32) -> Self {
        Self {
            header_len: HEADER_LEN as u32,
            major: MAJOR,
            minor: MINOR,
            data_len,
            flags: 0,
            max_sections: MAX_SECTIONS,
            chip_code,
            dump_type: DUMP_TYPE_MINI,
            compression: Compression::Zlib,
        }
    }

    /// The chip's generation, if it is a known one.
    pub const fn chip(&self) -> Option<Chip> {
        Chip::from_code(self.chip_code)
    }

    /// The bytes of this header.
    pub fn encode(&self) -> [u8; HEADER_LEN] {
        let mut out = [0; HEADER_LEN];

        Writer::new(&mut out)
            .u32(SIGNATURE)
            .u32(self.header_len)
            .u16(self.major)
            .u16(self.minor)
            .u32(self.data_len)
            .u32(self.flags)
            .u16(self.max_sections)
            .u8(self.chip_code)
            .u8((self.dump_type & 7) | ((self.compression as u8) << 4));
        out
    }

    /// Reads the header at the start of `image`.
    ///
    /// Fails on another signature, major version or storage; minor versions only add sections.
    pub fn parse(image: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(image, HEADER_LEN, "a cudbg header of 56 bytes")?;

        if fields.u32() != SIGNATURE {
            return Err(Error::new(0, "the cudbg signature"));
        }
        let header_len = fields.u32();
        if (header_len as usize) < HEADER_LEN {
            return Err(Error::new(4, "a cudbg header of at least 56 bytes"));
        }
        let major = fields.u16();
        if major != MAJOR {
            return Err(Error::new(8, "cudbg version 1"));
        }
        let minor = fields.u16();
        let data_len = fields.u32();
        let flags = fields.u32();
        let max_sections = fields.u16();
        if !(1..=MAX_KNOWN_SECTIONS).contains(&max_sections) {
            return Err(Error::new(20, "1 to 256 section headers"));
        }
        let chip_code = fields.u8();
        let kinds = fields.u8();
        let compression = match kinds >> 4 {
            1 => Compression::None,
            2 => Compression::Zlib,
            _ => return Err(Error::new(23, "sections stored plainly or by zlib")),
        };

        Ok(Self {
            header_len,
            major,
            minor,
            data_len,
            flags,
            max_sections,
            chip_code,
            dump_type: kinds & 7,
            compression,
        })
    }
}
