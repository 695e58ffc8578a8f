// SPDX-License-Identifier: GPL-2.0

use super::{
    super::{
        bytes::Reader,
        manifest::until_nul,
        Error,
        Result, //
    },
    records::{
        Condition,
        Entry,
        Match,
        Never, //
    },
    DEVICE_LEN,
    DEVICE_NAME_LEN,
    MAX_READ,
    RECORD_LEN, //
};

/// The records of one kind, of all devices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section<'a> {
    pub(super) bytes: &'a [u8],
    /// Where they are in the table.
    pub(super) offset: u64,
}

/// The records of one kind that a device has.
#[derive(Clone, Copy, Debug)]
struct Part<'a> {
    bytes: &'a [u8],
    offset: u64,
    len: u16,
}

impl<'a> Part<'a> {
    /// `count` records of `section` from number `first` on.
    fn of(section: Section<'a>, first: u16, count: u16) -> Option<Self> {
        let start = usize::from(first).checked_mul(RECORD_LEN)?;
        let len = usize::from(count).checked_mul(RECORD_LEN)?;
        Some(Self {
            bytes: section.bytes.get(start..start.checked_add(len)?)?,
            offset: section.offset.saturating_add(start as u64),
            len: count,
        })
    }

    /// Each record, parsed by `parse`; errors say where in the table they are.
    fn records<T>(
        self,
        parse: impl Fn(&'a [u8]) -> Result<T> + 'a,
    ) -> impl Iterator<Item = Result<T>> + 'a {
        let records = self.bytes.chunks_exact(RECORD_LEN).enumerate();
        records.map(move |(index, bytes)| {
            let offset = (index as u64).saturating_mul(RECORD_LEN as u64);
            parse(bytes).map_err(|error| error.based_at(self.offset.saturating_add(offset)))
        })
    }
}

/// The sections that devices refer to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sections<'a> {
    pub(super) matches: Section<'a>,
    pub(super) conditions: Section<'a>,
    pub(super) never: Section<'a>,
    pub(super) entries: Section<'a>,
}

/// A device, and what may be read of it.
#[derive(Clone, Copy, Debug)]
pub struct Device<'a> {
    name: [u8; DEVICE_NAME_LEN],
    matches: Part<'a>,
    conditions: Part<'a>,
    never: Part<'a>,
    entries: Part<'a>,
}

impl<'a> Device<'a> {
    /// Reads the device in `bytes`, which may refer to `sections`.
    pub(super) fn parse(bytes: &[u8], sections: Sections<'a>) -> Result<Self> {
        let mut fields = Reader::new(bytes, DEVICE_LEN, "a device of 48 bytes")?;
        let name = fields.bytes();
        let mut part = |section, offset| {
            let (first, count) = (fields.u16(), fields.u16());
            Part::of(section, first, count).ok_or(Error::new(offset, "records that are there"))
        };
        let device = Self {
            name,
            matches: part(sections.matches, 24)?,
            conditions: part(sections.conditions, 28)?,
            never: part(sections.never, 32)?,
            entries: part(sections.entries, 36)?,
        };
        if fields.u64() != 0 {
            return Err(Error::new(40, "zeroes"));
        }
        if device.name().is_empty() || !matches!(device.name, [.., 0]) {
            return Err(Error::new(0, "a name of 1 to 23 bytes"));
        }
        Ok(device)
    }

    /// Whether all that it refers to is sound, and within the limits.
    pub(super) fn check(&self) -> Result<()> {
        self.matches.records(Match::parse).try_for_each(drop_ok)?;
        self.never.records(Never::parse).try_for_each(drop_ok)?;
        for condition in self.conditions.records(Condition::parse) {
            let condition = condition?;
            if self.is_never(condition.bar, condition.at, condition.width.into()) {
                let offset = self.conditions.offset;
                return Err(Error::new(
                    offset,
                    "conditions outside of what is never read",
                ));
            }
        }
        let mut read = 0u64;
        let conditions = self.conditions.len;
        for entry in self
            .entries
            .records(move |bytes| Entry::parse(bytes, conditions))
        {
            read = read.saturating_add(entry?.read_len());
            if read > MAX_READ {
                let offset = self.entries.offset;
                return Err(Error::new(offset, "at most 1 MiB to be read of a device"));
            }
        }
        Ok(())
    }

    /// The name, as far as its first NUL; not necessarily UTF-8.
    pub fn name(&self) -> &[u8] {
        until_nul(&self.name)
    }

    /// Whether a function with these ids and this class is meant.
    pub fn fits(&self, id: (u16, u16), subsystem: (u16, u16), class: u32) -> bool {
        self.matches()
            .any(|wanted| wanted.fits(id, subsystem, class))
    }

    /// Which functions are meant: those that one of these fits.
    pub fn matches(&self) -> impl Iterator<Item = Match> + 'a {
        self.matches.records(Match::parse).filter_map(Result::ok)
    }

    /// What has to be so, by the numbers that entries say.
    pub fn conditions(&self) -> impl Iterator<Item = Condition> + 'a {
        self.conditions
            .records(Condition::parse)
            .filter_map(Result::ok)
    }

    /// The condition with a number.
    pub fn condition(&self, number: u16) -> Option<Condition> {
        let start = usize::from(number).saturating_mul(RECORD_LEN);
        Condition::parse(self.conditions.bytes.get(start..)?).ok()
    }

    /// What is never read.
    pub fn never(&self) -> impl Iterator<Item = Never> + 'a {
        self.never.records(Never::parse).filter_map(Result::ok)
    }

    /// What is read.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + 'a {
        let conditions = self.conditions.len;
        self.entries
            .records(move |bytes| Entry::parse(bytes, conditions))
            .filter_map(Result::ok)
    }

    /// Whether any of the `len` bytes at `start` of BAR `bar` is never read.
    pub fn is_never(&self, bar: u8, start: u32, len: u32) -> bool {
        self.never().any(|never| never.touches(bar, start, len))
    }
}

fn drop_ok<T>(result: Result<T>) -> Result<()> {
    result.map(|_| ())
}
