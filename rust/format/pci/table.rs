// SPDX-License-Identifier: GPL-2.0

use super::{
    super::{
        bytes::Reader,
        manifest::{
            padded,
            until_nul, //
        },
        Result, //
    },
    reason::Reason,
    record::{
        self,
        TABLE, //
    },
};

/// Bytes of a table's record.
pub const TABLE_LEN: usize = 40;
/// Room for the name.
const NAME_LEN: usize = 24;
const NAME_OFFSET: usize = 16;

/// Who says what may be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin(pub u8);

impl Origin {
    /// The module.
    pub const BUILT_IN: Self = Self(0);
    /// The compiled table of further devices.
    pub const EXTERNAL: Self = Self(1);
}

/// A table that matches the function: the ranges behind BARs that follow were read by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Who says so.
    pub origin: Origin,
    /// Why nothing was read by it, if so.
    pub skipped: Reason,
    /// Why it was not read to its end, if so: what follows is what was read before.
    pub ended: Reason,
    /// Its name, zero-padded.
    pub name: [u8; NAME_LEN],
}

impl Table {
    /// The name, as far as its first NUL; not necessarily UTF-8.
    pub fn name(&self) -> &[u8] {
        until_nul(&self.name)
    }

    /// The bytes of this record.
    pub fn encode(&self) -> [u8; TABLE_LEN] {
        let mut out = [0; TABLE_LEN];
        record::begin(&mut out, TABLE, [self.origin.0, self.skipped.0], TABLE_LEN)
            .u8(self.ended.0)
            .skip(7)
            .bytes(&self.name);
        out
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(bytes, TABLE_LEN, "a table of 40 bytes")?;
        let _kind = fields.u16();
        let (origin, skipped) = (Origin(fields.u8()), Reason(fields.u8()));
        let _len = fields.u32();
        Ok(Self {
            origin,
            skipped,
            ended: Reason(fields.u8()),
            name: padded(bytes.get(NAME_OFFSET..).unwrap_or_default()),
        })
    }
}
