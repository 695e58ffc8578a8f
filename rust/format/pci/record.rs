// SPDX-License-Identifier: GPL-2.0

//! What all records begin with: kind, two bytes of its own, length.

use super::super::{
    bytes::{
        Reader,
        Writer, //
    },
    Error,
    Result, //
};

/// Bytes before what a kind of record says by itself.
pub(super) const RECORD_LEN: usize = 8;

pub(super) const FUNCTION: u16 = 1;
pub(super) const RESOURCE: u16 = 2;
pub(super) const TABLE: u16 = 3;
pub(super) const RANGE: u16 = 4;

/// A record, whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) bytes: &'a [u8],
    /// Where it is in the dump.
    pub(super) offset: u64,
}

/// Begins the record in `out`, which has `len` bytes in all.
pub(super) fn begin(out: &mut [u8], kind: u16, own: [u8; 2], len: usize) -> Writer<'_> {
    let mut fields = Writer::new(out);
    fields
        .u16(kind)
        .bytes(&own)
        .u32(u32::try_from(len).unwrap_or(u32::MAX));
    fields
}

/// Records, one after the other. After one that is damaged or cut off the walk is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Records<'a> {
    rest: &'a [u8],
    offset: u64,
}

impl<'a> Records<'a> {
    pub(super) fn new(bytes: &'a [u8], offset: u64) -> Self {
        Self {
            rest: bytes,
            offset,
        }
    }

    /// The next record; `None` at the end.
    pub(super) fn next(&mut self) -> Option<Result<Record<'a>>> {
        let bytes = core::mem::take(&mut self.rest);
        if bytes.is_empty() {
            return None;
        }
        let offset = self.offset;
        Some(self.take(bytes).map_err(|error| error.based_at(offset)))
    }

    fn take(&mut self, bytes: &'a [u8]) -> Result<Record<'a>> {
        let mut fields = Reader::new(bytes, RECORD_LEN, "a record of at least 8 bytes")?;
        let kind = fields.u16();
        let _own = fields.u16();
        let len = fields.u32() as usize;
        if len < RECORD_LEN {
            return Err(Error::new(4, "a record of at least 8 bytes"));
        }
        let (bytes, rest) = bytes
            .split_at_checked(len)
            .ok_or(Error::new(4, "a whole record"))?;
        let offset = self.offset;
        self.rest = rest;
        self.offset = offset.saturating_add(len as u64);
        Ok(Record {
            kind,
            bytes,
            offset,
        })
    }
}
