// SPDX-License-Identifier: GPL-2.0

use core::fmt;

use super::{
    super::{
        bytes::{
            get,
            Reader, //
        },
        Error,
        Result, //
    },
    reason::Reason,
    record::{
        self,
        RANGE, //
    },
};

/// Bytes of a range before its values.
pub const RANGE_LEN: usize = 24;
/// Most values of a range.
pub const MAX_VALUES: u32 = 1 << 16;

/// What is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Space(pub u8);

impl Space {
    /// The configuration space.
    pub const CONFIG: Self = Self(0);

    /// What is behind BAR `index`, 0 to 5.
    pub const fn bar(index: u8) -> Self {
        Self(index.saturating_add(1))
    }

    /// The number of the BAR, if it is one.
    pub const fn bar_index(self) -> Option<u8> {
        match self.0 {
            1..=6 => Some(self.0.saturating_sub(1)),
            _ => None,
        }
    }
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (*self, self.bar_index()) {
            (Self::CONFIG, _) => write!(f, "configuration"),
            (_, Some(index)) => write!(f, "BAR{index}"),
            (Self(number), None) => write!(f, "space {number}"),
        }
    }
}

/// Whether a range was read, and whether it needs to be stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status(pub u8);

impl Status {
    /// It was read; the values follow.
    pub const VALUES: Self = Self(0);
    /// It was read, and all of it is zeroes.
    pub const ZEROES: Self = Self(1);
    /// It was read, and all of it is ones: what is not there answers so.
    pub const ONES: Self = Self(2);
    /// It was not read.
    pub const UNREAD: Self = Self(3);
}

/// Values that were read, or were not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RangeHead {
    /// Where from.
    pub space: Space,
    /// Bytes of an access, and of a value: 1, 2, 4 or 8.
    pub width: u8,
    /// Whether it was read.
    pub status: Status,
    /// Why not.
    pub reason: Reason,
    /// Where the first value is.
    pub start: u32,
    /// How many values there are.
    pub count: u32,
    /// Bytes from one to the next, at least as many as a value has.
    pub stride: u32,
}

impl RangeHead {
    /// Bytes of the values that follow; none that could be counted if there are too many.
    fn values_len(&self) -> Option<usize> {
        if self.status != Status::VALUES {
            return Some(0);
        }
        usize::try_from(self.count)
            .ok()?
            .checked_mul(self.width.into())
    }

    /// The bytes before the values.
    pub fn encode(&self) -> [u8; RANGE_LEN] {
        let mut out = [0; RANGE_LEN];
        let len = self
            .values_len()
            .unwrap_or(usize::MAX)
            .saturating_add(RANGE_LEN);
        record::begin(&mut out, RANGE, [self.space.0, self.width], len)
            .u8(self.status.0)
            .u8(self.reason.0)
            .skip(2)
            .u32s(&[self.start, self.count, self.stride]);
        out
    }
}

/// A range, with its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range<'a> {
    /// Where it is, and whether it was read.
    pub head: RangeHead,
    values: &'a [u8],
}

impl<'a> Range<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let mut fields = Reader::new(bytes, RANGE_LEN, "a range of at least 24 bytes")?;
        let _kind = fields.u16();
        let (space, width) = (Space(fields.u8()), fields.u8());
        let _len = fields.u32();
        let (status, reason) = (Status(fields.u8()), Reason(fields.u8()));
        let _ = fields.u16();
        let [start, count, stride] = fields.u32s();
        let head = RangeHead {
            space,
            width,
            status,
            reason,
            start,
            count,
            stride,
        };
        if !matches!(width, 1 | 2 | 4 | 8) {
            return Err(Error::new(3, "a width of 1, 2, 4 or 8 bytes"));
        }
        if stride < width.into() {
            return Err(Error::new(20, "a stride of at least the width"));
        }
        if count > MAX_VALUES {
            return Err(Error::new(16, "a range of at most 65536 values"));
        }
        // The last value ends where 32 bits can still count.
        let last = u64::from(stride).checked_mul(count.saturating_sub(1).into());
        let end = last.and_then(|last| last.checked_add(u64::from(start) + u64::from(width)));
        if end.is_none_or(|end| end > 1 << 32) {
            return Err(Error::new(16, "a range that ends within 4 GiB"));
        }
        let len = head.values_len().unwrap_or(usize::MAX);
        Ok(Self {
            head,
            values: get(bytes, RANGE_LEN, len, "all values of a range")?,
        })
    }

    /// The value with this index; `None`: it was not read, or there is none.
    pub fn value(&self, index: u32) -> Option<u64> {
        if index >= self.head.count {
            return None;
        }
        let width = usize::from(self.head.width);
        match self.head.status {
            Status::VALUES => {
                let start = usize::try_from(index).ok()?.checked_mul(width)?;
                let bytes = self.values.get(start..start.checked_add(width)?)?;
                let mut value = [0; 8];
                for (to, from) in value.iter_mut().zip(bytes) {
                    *to = *from;
                }
                Some(u64::from_le_bytes(value))
            }
            Status::ZEROES => Some(0),
            Status::ONES => {
                u64::MAX.checked_shr(64u32.saturating_sub(u32::from(self.head.width) * 8))
            }
            _ => None,
        }
    }

    /// All values, each with where it is; `None`: not read.
    pub fn values(&self) -> impl Iterator<Item = (u32, Option<u64>)> + 'a {
        let range = *self;
        (0..range.head.count).map(move |index| {
            let offset = index.saturating_mul(range.head.stride);
            (range.head.start.saturating_add(offset), range.value(index))
        })
    }

    /// The byte at `at`; `None`: it was not read, or is not in this range.
    pub(super) fn byte(&self, at: u32) -> Option<u8> {
        let offset = at.checked_sub(self.head.start)?;
        let index = offset.checked_div(self.head.stride)?;
        let within = offset.checked_rem(self.head.stride)?;
        let value = self.value(index)?.to_le_bytes();
        value
            .get(..usize::from(self.head.width))?
            .get(usize::try_from(within).ok()?)
            .copied()
    }
}
