// SPDX-License-Identifier: GPL-2.0

use core::fmt;

use super::{
    super::{
        bytes::Reader,
        manifest::{
            padded,
            until_nul, //
        },
        Result, //
    },
    facts::Facts,
    parts::{
        Part,
        Parts, //
    },
    range::Space,
    reason::Reason,
    record::{
        self,
        FUNCTION, //
    },
};

/// Bytes of a function's record.
pub const FUNCTION_LEN: usize = 96;
const DRIVER_LEN: usize = 24;
const DRIVER_OFFSET: usize = FUNCTION_LEN - DRIVER_LEN;

/// Where a function is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// Domain (segment); those of Intel's VMD have more than 16 bits.
    pub domain: u32,
    /// Bus.
    pub bus: u8,
    /// Device in the upper five bits, function in the lower three.
    pub devfn: u8,
}

impl fmt::Display for Address {
    /// As Linux and `lspci -D` write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { domain, bus, devfn } = self;
        write!(f, "{domain:04x}:{bus:02x}:{:02x}.{}", devfn >> 3, devfn & 7)
    }
}

/// What a function is, and how reading it went. Ids and class are those that the kernel read when it scanned the bus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FunctionHead {
    /// Where it is.
    pub address: Address,
    /// The bridge above it; `None`: it is on a root bus.
    pub parent: Option<Address>,
    /// Vendor and device id.
    pub id: (u16, u16),
    /// Subsystem's vendor and device id.
    pub subsystem: (u16, u16),
    /// Base class, subclass, programming interface, revision: from the upper byte to the lower.
    pub class: u32,
    /// Header type, with the bit for several functions.
    pub header_type: u8,
    /// Device/port type, as in the PCI Express capability; `None`: it has none.
    pub port_type: Option<u8>,
    /// Bytes of configuration space that may be read; the kernel knows functions with other numbers than 256 and 4096.
    pub config_len: u32,
    /// What this kernel had done to it before.
    pub facts: Facts,
    /// Why reading its configuration space ended early, if so.
    pub ended: Reason,
    /// Accesses to it.
    pub accesses: u32,
    /// Microseconds that they took.
    pub taken_us: u32,
    /// Microseconds of the slowest.
    pub slowest_us: u32,
    /// The driver of this kernel that had it, zero-padded; empty: none.
    pub driver: [u8; DRIVER_LEN],
}

const HAS_PARENT: u8 = 1 << 0;
const HAS_PORT_TYPE: u8 = 1 << 1;

impl FunctionHead {
    /// The name of the driver; not necessarily UTF-8.
    pub fn driver(&self) -> &[u8] {
        until_nul(&self.driver)
    }

    /// The bytes of this record.
    pub fn encode(&self) -> [u8; FUNCTION_LEN] {
        let mut out = [0; FUNCTION_LEN];
        let has = if self.parent.is_some() { HAS_PARENT } else { 0 }
            | if self.port_type.is_some() {
                HAS_PORT_TYPE
            } else {
                0
            };
        let parent = self.parent.unwrap_or_default();

        record::begin(&mut out, FUNCTION, [self.ended.0, has], FUNCTION_LEN)
            .u32(self.address.domain)
            .u8(self.address.bus)
            .u8(self.address.devfn)
            .u8(self.header_type)
            .u8(self.port_type.unwrap_or(0))
            .u32(parent.domain)
            .u8(parent.bus)
            .u8(parent.devfn)
            .skip(2)
            .u16(self.id.0)
            .u16(self.id.1)
            .u16(self.subsystem.0)
            .u16(self.subsystem.1)
            .u32s(&[
                self.class,
                self.config_len,
                self.facts.known,
                self.facts.set,
                self.accesses,
                self.taken_us,
                self.slowest_us,
            ])
            .skip(12)
            .bytes(&self.driver);
        out
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(bytes, FUNCTION_LEN, "a function of 96 bytes")?;
        let _kind = fields.u16();
        let (ended, has) = (Reason(fields.u8()), fields.u8());
        let _len = fields.u32();
        let address = Address {
            domain: fields.u32(),
            bus: fields.u8(),
            devfn: fields.u8(),
        };
        let (header_type, port_type) = (fields.u8(), fields.u8());
        let parent = Address {
            domain: fields.u32(),
            bus: fields.u8(),
            devfn: fields.u8(),
        };
        let _ = fields.u16();
        let id = (fields.u16(), fields.u16());
        let subsystem = (fields.u16(), fields.u16());
        let [class, config_len, known, set, accesses, taken_us, slowest_us] = fields.u32s();
        Ok(Self {
            address,
            parent: (has & HAS_PARENT != 0).then_some(parent),
            id,
            subsystem,
            class,
            header_type,
            port_type: (has & HAS_PORT_TYPE != 0).then_some(port_type),
            config_len,
            facts: Facts { known, set },
            ended,
            accesses,
            taken_us,
            slowest_us,
            driver: padded(bytes.get(DRIVER_OFFSET..).unwrap_or_default()),
        })
    }
}

/// A function, and what is said of it.
#[derive(Clone, Copy, Debug)]
pub struct Function<'a> {
    /// What it is.
    pub head: FunctionHead,
    pub(super) parts: Parts<'a>,
}

impl<'a> Function<'a> {
    /// What is said of it, in the order in which it was read. What is damaged is an error; where the dump is cut off, that is the
    /// last.
    pub fn parts(&self) -> Parts<'a> {
        self.parts
    }

    /// A byte of its configuration space; `None`: it was not read.
    pub fn config8(&self, at: u32) -> Option<u8> {
        self.parts().find_map(|part| match part {
            Ok(Part::Range(range)) if range.head.space == Space::CONFIG => range.byte(at),
            _ => None,
        })
    }

    /// A word of it, at a multiple of 2.
    pub fn config16(&self, at: u32) -> Option<u16> {
        let high = self.config8(at.checked_add(1)?)?;
        Some(u16::from_le_bytes([self.config8(at)?, high]))
    }

    /// A double word of it, at a multiple of 4.
    pub fn config32(&self, at: u32) -> Option<u32> {
        let high = u32::from(self.config16(at.checked_add(2)?)?);
        Some(u32::from(self.config16(at)?) | (high << 16))
    }
}
