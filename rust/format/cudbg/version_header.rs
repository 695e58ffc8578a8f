// SPDX-License-Identifier: GPL-2.0

//! What sections begin with whose layout may change.
//!
//! C header: `drivers/net/ethernet/chelsio/cxgb4/cudbg_lib_common.h` (`struct cudbg_ver_hdr`).

use super::super::{
    bytes::{
        Reader,
        Writer, //
    },
    Error,
    Result, //
};

/// Bytes of the header.
pub const VERSION_HEADER_LEN: usize = 8;

const SIGNATURE: u32 = 0xcced_b001;

/// The header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionHeader {
    /// Revision of the layout; later ones only append.
    pub revision: u16,
    /// Bytes behind the header.
    pub size: u16,
}

impl VersionHeader {
    /// A header.
    pub const fn new(revision: u16, size: u16) -> Self {
        Self { revision, size }
    }

    /// Its bytes.
    pub fn encode(&self) -> [u8; VERSION_HEADER_LEN] {
        let mut out = [0; VERSION_HEADER_LEN];
        Writer::new(&mut out)
            .u32(SIGNATURE)
            .u16(self.revision)
            .u16(self.size);
        out
    }

    /// Reads the header of a section. Fails if it's too short or has none.
    pub fn decode(section: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(section, VERSION_HEADER_LEN, "a versioned cudbg section")?;
        if fields.u32() != SIGNATURE {
            return Err(Error::new(0, "a versioned cudbg section"));
        }
        Ok(Self::new(fields.u16(), fields.u16()))
    }
}
