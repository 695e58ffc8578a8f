// SPDX-License-Identifier: GPL-2.0

use super::{
    super::{
        bytes::{
            Reader,
            Writer, //
        },
        Error,
        Result, //
    },
    SIGNATURE,
    VERSION, //
};

/// Bytes of a header.
pub const HEADER_LEN: usize = 64;

/// What became of the table of further devices that the crash kernel's administrator may give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct External(pub u32);

impl External {
    /// There was none.
    pub const ABSENT: Self = Self(0);
    /// It was used.
    pub const USED: Self = Self(1);
    /// It was damaged, see [`Header::external_offset`].
    pub const DAMAGED: Self = Self(2);
    /// The kernel is locked down: only what is built in is read.
    pub const LOCKED_DOWN: Self = Self(3);
    /// It could not be read, or is too long.
    pub const UNREADABLE: Self = Self(4);

    /// Words for this; `None`: unknown.
    pub const fn words(self) -> Option<&'static str> {
        Some(match self {
            Self::ABSENT => "none",
            Self::USED => "used",
            Self::DAMAGED => "damaged",
            Self::LOCKED_DOWN => "refused: the kernel is locked down",
            Self::UNREADABLE => "could not be read",
            _ => return None,
        })
    }
}

/// What is the same for all functions. Counts and times are those at the end of the dump; all zeroes, if it never got there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Functions that the kernel knows.
    pub found: u32,
    /// Functions with a record here.
    pub written: u32,
    /// Whether the dump got to its end.
    pub finished: bool,
    /// Whether registers behind BARs were read, too.
    pub mmio: bool,
    /// What became of the table of further devices.
    pub external: External,
    /// Where in that table the damage is.
    pub external_offset: u32,
    /// Milliseconds since the crash kernel had started when reading began.
    pub started_ms: u32,
    /// Milliseconds that all took.
    pub taken_ms: u32,
    /// Milliseconds that all may take.
    pub total_ms: u32,
    /// Milliseconds that a function may take.
    pub function_ms: u32,
    /// Microseconds that an access may take.
    pub access_us: u32,
}

const FINISHED: u32 = 1 << 0;
const MMIO: u32 = 1 << 1;

impl Header {
    /// The bytes of this header.
    pub fn encode(&self) -> [u8; HEADER_LEN] {
        let mut out = [0; HEADER_LEN];
        let flags = if self.finished { FINISHED } else { 0 } | if self.mmio { MMIO } else { 0 };

        Writer::new(&mut out)
            .prefix(&SIGNATURE, VERSION, HEADER_LEN as u32)
            .u32(self.found)
            .u32(self.written)
            .u32(flags)
            .u32(self.external.0)
            .u32(self.external_offset)
            .u32(self.started_ms)
            .u32(self.taken_ms)
            .u32(self.total_ms)
            .u32(self.function_ms)
            .u32(self.access_us);
        out
    }

    /// Reads the header at the start of `payload`; with it comes where records start.
    pub(super) fn parse(payload: &[u8]) -> Result<(Self, usize)> {
        if !payload.starts_with(&SIGNATURE) {
            return Err(Error::new(0, "a dump of PCI functions"));
        }
        let mut fields = Reader::new(payload, HEADER_LEN, "a header of 64 bytes")?;
        let _signature = fields.u64();
        if fields.u16() != VERSION.0 {
            return Err(Error::new(8, "version 1 of a dump of PCI functions"));
        }
        let _minor = fields.u16();
        let len = fields.u32() as usize;
        if len < HEADER_LEN {
            return Err(Error::new(12, "a header of at least 64 bytes"));
        }
        let [found, written, flags] = fields.u32s();
        let header = Self {
            found,
            written,
            finished: flags & FINISHED != 0,
            mmio: flags & MMIO != 0,
            external: External(fields.u32()),
            external_offset: fields.u32(),
            started_ms: fields.u32(),
            taken_ms: fields.u32(),
            total_ms: fields.u32(),
            function_ms: fields.u32(),
            access_us: fields.u32(),
        };
        Ok((header, len))
    }
}
