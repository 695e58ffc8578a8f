// SPDX-License-Identifier: GPL-2.0

use super::{
    super::{
        bytes::Writer,
        Error, //
    },
    records::{
        Condition,
        Entry,
        Match,
        Never, //
    },
    DEVICE_LEN,
    DEVICE_NAME_LEN,
    HEADER_LEN,
    MAX_LEN,
    RECORD_LEN,
    SIGNATURE,
    VERSION, //
};

/// A device, before it is in a table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Description<'a> {
    /// 1 to 23 bytes.
    pub name: &'a [u8],
    /// Which functions are meant.
    pub matches: &'a [Match],
    /// What entries refer to by number.
    pub conditions: &'a [Condition],
    /// What is never read.
    pub never: &'a [Never],
    /// What is read.
    pub entries: &'a [Entry],
}

/// Writes a table of `devices` to `out`, part by part; what that returns is passed on. Fails before that if they are too many. What a
/// device says is not checked: [`Table::parse`](super::Table::parse) does that.
pub fn write<E: From<Error>>(
    devices: &[Description<'_>],
    out: &mut impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let counts = Counts::of(devices.iter()).ok_or(Error::new(0, "fewer records"))?;
    let len = counts
        .len(devices.len())
        .filter(|len| *len <= MAX_LEN)
        .ok_or(Error::new(12, "a table of at most 64 KiB"))?;
    let mut header = [0; HEADER_LEN];
    Writer::new(&mut header)
        .prefix(&SIGNATURE, VERSION, len as u32)
        .u16(devices.len() as u16)
        .u16(counts.matches)
        .u16(counts.conditions)
        .u16(counts.never)
        .u16(counts.entries);
    out(&header)?;

    for (index, device) in devices.iter().enumerate() {
        let before = Counts::of(devices.iter().take(index)).unwrap_or_default();
        let own = Counts::of(core::iter::once(device)).unwrap_or_default();
        let name = device.name.get(..DEVICE_NAME_LEN).unwrap_or(device.name);
        let mut record = [0; DEVICE_LEN];
        let mut fields = Writer::new(&mut record);
        fields
            .bytes(name)
            .skip(DEVICE_NAME_LEN.saturating_sub(name.len()));
        for (first, count) in [
            (before.matches, own.matches),
            (before.conditions, own.conditions),
            (before.never, own.never),
            (before.entries, own.entries),
        ] {
            fields.u16(first).u16(count);
        }
        out(&record)?;
    }
    let mut records = devices.iter().flat_map(|device| device.matches);
    records.try_for_each(|record| out(&record.encode()))?;
    let mut records = devices.iter().flat_map(|device| device.conditions);
    records.try_for_each(|record| out(&record.encode()))?;
    let mut records = devices.iter().flat_map(|device| device.never);
    records.try_for_each(|record| out(&record.encode()))?;
    let mut records = devices.iter().flat_map(|device| device.entries);
    records.try_for_each(|record| out(&record.encode()))
}

/// Records of some devices.
#[derive(Clone, Copy, Default)]
struct Counts {
    matches: u16,
    conditions: u16,
    never: u16,
    entries: u16,
}

impl Counts {
    /// `None`: more than can be counted.
    fn of<'a>(mut devices: impl Iterator<Item = &'a Description<'a>>) -> Option<Self> {
        let add = |sum: u16, len: usize| sum.checked_add(u16::try_from(len).ok()?);
        devices.try_fold(Self::default(), |sum, device| {
            Some(Self {
                matches: add(sum.matches, device.matches.len())?,
                conditions: add(sum.conditions, device.conditions.len())?,
                never: add(sum.never, device.never.len())?,
                entries: add(sum.entries, device.entries.len())?,
            })
        })
    }

    /// Bytes of a table that has these and so many devices.
    fn len(&self, devices: usize) -> Option<usize> {
        let Self {
            matches,
            conditions,
            never,
            entries,
        } = *self;
        [matches, conditions, never, entries]
            .iter()
            .fold(0usize, |sum, count| sum.saturating_add((*count).into()))
            .checked_mul(RECORD_LEN)?
            .checked_add(devices.checked_mul(DEVICE_LEN)?)?
            .checked_add(HEADER_LEN)
    }
}
