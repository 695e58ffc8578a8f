// SPDX-License-Identifier: GPL-2.0

use super::{
    super::{
        bytes::{
            Reader,
            Writer, //
        },
        Result, //
    },
    record::{
        self,
        RECORD_LEN,
        RESOURCE, //
    },
};

/// Bytes of a resource.
pub const RESOURCE_LEN: usize = 32;

/// An address range that the kernel has for a function: a BAR, the ROM, a window of a bridge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// Its number: 0 to 5 are BARs, 6 is the ROM, what follows depends on the kernel's configuration.
    pub index: u8,
    /// `IORESOURCE_…` of the kernel, as in the third column of sysfs' file `resource`.
    pub flags: u32,
    /// Where it starts, as the CPU sees it.
    pub start: u64,
    /// Bytes of it.
    pub len: u64,
}

impl Resource {
    /// I/O ports.
    pub const IO: u32 = 0x100;
    /// Memory.
    pub const MEM: u32 = 0x200;
    /// It has no address.
    pub const UNSET: u32 = 0x2000_0000;

    /// The bytes of this record.
    pub fn encode(&self) -> [u8; RESOURCE_LEN] {
        let mut out = [0; RESOURCE_LEN];
        record::begin(&mut out, RESOURCE, [self.index, 0], RESOURCE_LEN)
            .u32(self.flags)
            .skip(4)
            .u64(self.start)
            .u64(self.len);
        out
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(bytes, RESOURCE_LEN, "a resource of 32 bytes")?;
        let _kind = fields.u16();
        let index = fields.u8();
        let _ = (fields.u8(), fields.u32());
        let flags = fields.u32();
        let _ = fields.u32();
        Ok(Self {
            index,
            flags,
            start: fields.u64(),
            len: fields.u64(),
        })
    }
}

const _: () = assert!(RECORD_LEN + 24 == RESOURCE_LEN);
