// SPDX-License-Identifier: GPL-2.0

//! Section headers.
//!
//! C header: `drivers/net/ethernet/chelsio/cxgb4/cudbg_lib_common.h` (`struct cudbg_entity_hdr`).

use super::{
    super::{
        bytes::{
            Reader,
            Writer, //
        },
        Result, //
    },
    cause::Detail,
    header::HEADER_LEN,
    private::Private,
    status::Status, //
};

/// Bytes of a section header.
pub const SECTION_HEADER_LEN: usize = 52;

/// Where the header of section `id` (1 to 72) is in an image that we write, in bytes.
pub const fn offset(id: u8) -> usize {
    HEADER_LEN + (id as usize).saturating_sub(1) * SECTION_HEADER_LEN
}

/// The header of a section. All zeroes: nobody tried to collect the section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SectionHeader {
    /// Section id, 0 if nobody tried to collect it.
    pub id: u32,
    /// Where the section begins in the image, in bytes.
    pub start: u32,
    /// Bytes of the section, padding included.
    pub size: u32,
    /// How collecting went (`hdr_flags`).
    pub status: Status,
    /// Why the section is not perfect though the status is good.
    pub warning: Status,
    /// What failed: an errno value or a status.
    pub error: Status,
    /// Bytes of padding (0 to 3) at the end of the section.
    pub padding: u8,
    /// Bit 0: there is an extended entity.
    pub flag: u8,
    /// Where the extended entity is.
    pub next_extended: u32,
    /// Why the section is missing or partial; the C driver leaves this 0.
    pub detail: Detail,
    /// What was left out because it's private; the C driver leaves this 0.
    pub left_out: Private,
}

impl SectionHeader {
    /// Whether nobody tried to collect the section.
    pub fn is_absent(&self) -> bool {
        *self == Self::default()
    }

    /// Whether only a part was collected.
    pub fn is_partial(&self) -> bool {
        self.status == Status::PARTIAL || self.warning == Status::PARTIAL
    }

    /// The bytes of this header.
    pub fn encode(&self) -> [u8; SECTION_HEADER_LEN] {
        let mut out = [0; SECTION_HEADER_LEN];

        Writer::new(&mut out)
            .u32(self.id)
            .u32(self.start)
            .u32(self.size)
            .u32(self.status.0 as u32)
            .u32(self.warning.0 as u32)
            .u32(self.error.0 as u32)
            .u8(self.padding)
            .u8(self.flag)
            .skip(2)
            .u32(self.next_extended)
            .u32(self.detail.code)
            .u32(self.detail.at)
            .u64(self.detail.value)
            .u32(self.left_out.0);
        out
    }

    /// Reads the header at the start of `data`.
    ///
    /// Fails only if `data` is too short: what the fields say is checked by [`Image`](super::image::Image).
    pub fn parse(data: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(data, SECTION_HEADER_LEN, "a section header of 52 bytes")?;

        let [id, start, size, status, warning, error] = fields.u32s();
        let [padding, flag, _, _] = fields.u32().to_le_bytes();

        Ok(Self {
            id,
            start,
            size,
            status: Status(status as i32),
            warning: Status(warning as i32),
            error: Status(error as i32),
            padding,
            flag,
            next_extended: fields.u32(),
            detail: Detail {
                code: fields.u32(),
                at: fields.u32(),
                value: fields.u64(),
            },
            left_out: Private(fields.u32()),
        })
    }
}
