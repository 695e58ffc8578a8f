// SPDX-License-Identifier: GPL-2.0

//! The records of 16 bytes.

use super::{
    super::{
        bytes::{
            Reader,
            Writer, //
        },
        Error,
        Result, //
    },
    BARS,
    RECORD_LEN, //
};

/// Which functions are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Vendor id; `None`: any.
    pub vendor: Option<u16>,
    /// Device id; `None`: any.
    pub device: Option<u16>,
    /// Vendor id of the subsystem; `None`: any.
    pub subvendor: Option<u16>,
    /// Device id of the subsystem; `None`: any.
    pub subdevice: Option<u16>,
    /// Class, subclass and programming interface, as in `0x010802`.
    pub class: u32,
    /// Which bits of the class count; 0: any class.
    pub class_mask: u32,
}

impl Match {
    /// Nothing said yet: any function. As it is, it is refused.
    pub const ANY: Self = Self {
        vendor: None,
        device: None,
        subvendor: None,
        subdevice: None,
        class: 0,
        class_mask: 0,
    };

    /// Functions with these ids.
    pub const fn id(vendor: u16, device: u16) -> Self {
        Self {
            vendor: Some(vendor),
            device: Some(device),
            ..Self::ANY
        }
    }

    /// Functions of this class, subclass and programming interface.
    pub const fn class(class: u32) -> Self {
        Self {
            class,
            class_mask: 0xff_ffff,
            ..Self::ANY
        }
    }

    /// Whether a function with these ids and this class is meant.
    pub fn fits(&self, id: (u16, u16), subsystem: (u16, u16), class: u32) -> bool {
        [
            (self.vendor, id.0),
            (self.device, id.1),
            (self.subvendor, subsystem.0),
            (self.subdevice, subsystem.1),
        ]
        .iter()
        .all(|(wanted, found)| wanted.is_none_or(|wanted| wanted == *found))
            && (self.class ^ class) & self.class_mask == 0
    }

    /// The bytes of this record.
    pub fn encode(&self) -> [u8; RECORD_LEN] {
        let mut out = [0; RECORD_LEN];
        // 0xffff is no vendor, and no device of any.
        let id = |id: Option<u16>| id.unwrap_or(u16::MAX);
        Writer::new(&mut out)
            .u16(id(self.vendor))
            .u16(id(self.device))
            .u16(id(self.subvendor))
            .u16(id(self.subdevice))
            .u32(self.class)
            .u32(self.class_mask);
        out
    }

    /// Fails if any function of any vendor would do.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(bytes, RECORD_LEN, "a match of 16 bytes")?;
        let mut id = || Some(fields.u16()).filter(|id| *id != u16::MAX);
        let (vendor, device, subvendor, subdevice) = (id(), id(), id(), id());
        let [class, class_mask] = fields.u32s();
        if vendor.is_none() && class_mask & 0xff_ff00 != 0xff_ff00 {
            return Err(Error::new(0, "a vendor, or a class and a subclass"));
        }
        if (class | class_mask) >> 24 != 0 {
            return Err(Error::new(8, "a class of 24 bits"));
        }
        Ok(Self {
            vendor,
            device,
            subvendor,
            subdevice,
            class,
            class_mask,
        })
    }
}

/// What has to be so before entries that say it are read: `(register & mask) == value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The register's BAR.
    pub bar: u8,
    /// Its bytes: 1, 2 or 4.
    pub width: u8,
    /// Where it is, a multiple of the width.
    pub at: u32,
    /// Which bits count.
    pub mask: u32,
    /// What they have to be.
    pub value: u32,
}

impl Condition {
    /// The bytes of this record.
    pub fn encode(&self) -> [u8; RECORD_LEN] {
        let mut out = [0; RECORD_LEN];
        Writer::new(&mut out)
            .u8(self.bar)
            .u8(self.width)
            .skip(2)
            .u32s(&[self.at, self.mask, self.value]);
        out
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(bytes, RECORD_LEN, "a condition of 16 bytes")?;
        let (bar, width, zero) = (fields.u8(), fields.u8(), fields.u16());
        let [at, mask, value] = fields.u32s();
        if bar >= BARS {
            return Err(Error::new(0, "BAR 0 to 5"));
        }
        if !matches!(width, 1 | 2 | 4) {
            return Err(Error::new(1, "a width of 1, 2 or 4 bytes"));
        }
        if zero != 0 {
            return Err(Error::new(2, "zeroes"));
        }
        if at % u32::from(width) != 0 || at.checked_add(width.into()).is_none() {
            return Err(Error::new(4, "a multiple of the width below 4 GiB"));
        }
        if mask == 0 || value & !mask != 0 {
            return Err(Error::new(8, "a mask, and a value within it"));
        }
        Ok(Self {
            bar,
            width,
            at,
            mask,
            value,
        })
    }
}

/// What no entry and no condition of the device may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Never {
    /// The BAR.
    pub bar: u8,
    /// The first byte.
    pub start: u32,
    /// Bytes of it, at least 1.
    pub len: u32,
}

impl Never {
    /// Whether any of the `len` bytes at `start` of BAR `bar` is among them.
    pub fn touches(&self, bar: u8, start: u32, len: u32) -> bool {
        let end = |start: u32, len: u32| u64::from(start) + u64::from(len);
        self.bar == bar
            && u64::from(start) < end(self.start, self.len)
            && u64::from(self.start) < end(start, len)
    }

    /// The bytes of this record.
    pub fn encode(&self) -> [u8; RECORD_LEN] {
        let mut out = [0; RECORD_LEN];
        Writer::new(&mut out)
            .u8(self.bar)
            .skip(3)
            .u32(self.start)
            .u32(self.len);
        out
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(bytes, RECORD_LEN, "a range of 16 bytes")?;
        let [bar, start, len, zero] = fields.u32s();
        if bar >= BARS.into() {
            return Err(Error::new(0, "BAR 0 to 5, and zeroes"));
        }
        if len == 0 {
            return Err(Error::new(8, "at least one byte"));
        }
        if zero != 0 {
            return Err(Error::new(12, "zeroes"));
        }
        Ok(Self {
            bar: bar as u8,
            start,
            len,
        })
    }
}

/// [`Entry::condition`] of one that is always read.
pub const NO_CONDITION: u16 = u16::MAX;

/// Registers that may be read, each of them once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Their BAR.
    pub bar: u8,
    /// Bytes of each: 1, 2, 4 or 8.
    pub width: u8,
    /// How many.
    pub count: u16,
    /// Where the first is, a multiple of the width.
    pub start: u32,
    /// Bytes from one to the next, a multiple of the width.
    pub stride: u16,
    /// Number of the device's condition that has to be met, or [`NO_CONDITION`].
    pub condition: u16,
}

impl Entry {
    /// Bytes that it reads.
    pub fn read_len(&self) -> u64 {
        u64::from(self.count).saturating_mul(self.width.into())
    }

    /// Where its last register ends.
    pub fn end(&self) -> u64 {
        u64::from(self.count.saturating_sub(1))
            .saturating_mul(self.stride.into())
            .saturating_add(u64::from(self.start))
            .saturating_add(self.width.into())
    }

    /// Where its registers are.
    pub fn offsets(self) -> impl Iterator<Item = u32> {
        (0..u32::from(self.count)).map(move |index| {
            let offset = index.saturating_mul(self.stride.into());
            self.start.saturating_add(offset)
        })
    }

    /// The bytes of this record.
    pub fn encode(&self) -> [u8; RECORD_LEN] {
        let mut out = [0; RECORD_LEN];
        Writer::new(&mut out)
            .u8(self.bar)
            .u8(self.width)
            .u16(self.count)
            .u32(self.start)
            .u16(self.stride)
            .u16(self.condition);
        out
    }

    /// `conditions`: those that the device has.
    pub(super) fn parse(bytes: &[u8], conditions: u16) -> Result<Self> {
        let mut fields = Reader::new(bytes, RECORD_LEN, "an entry of 16 bytes")?;
        let entry = Self {
            bar: fields.u8(),
            width: fields.u8(),
            count: fields.u16(),
            start: fields.u32(),
            stride: fields.u16(),
            condition: fields.u16(),
        };
        let flags = fields.u32();
        if entry.bar >= BARS {
            return Err(Error::new(0, "BAR 0 to 5"));
        }
        if !matches!(entry.width, 1 | 2 | 4 | 8) {
            return Err(Error::new(1, "a width of 1, 2, 4 or 8 bytes"));
        }
        if entry.count == 0 {
            return Err(Error::new(2, "at least one register"));
        }
        if entry.start % u32::from(entry.width) != 0 {
            return Err(Error::new(4, "a multiple of the width"));
        }
        if entry.stride < entry.width.into() || entry.stride % u16::from(entry.width) != 0 {
            return Err(Error::new(8, "a stride that is a multiple of the width"));
        }
        if entry.end() > 1 << 32 {
            return Err(Error::new(4, "registers below 4 GiB"));
        }
        if entry.condition != NO_CONDITION && entry.condition >= conditions {
            return Err(Error::new(10, "a condition of this device"));
        }
        if flags != 0 {
            return Err(Error::new(12, "zeroes"));
        }
        Ok(entry)
    }
}
