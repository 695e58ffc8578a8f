// SPDX-License-Identifier: GPL-2.0

//! Reading registers behind BARs, as a table says.

use super::{
    family::{
        Field,
        Group,
        Rules, //
    },
    function::Function,
    meter::Meter,
    precious::is_precious,
};
use crate::format::{
    devices::{
        Condition,
        Entry,
        BARS as BAR_COUNT,
        MAX_READ,
        NO_CONDITION, //
    },
    pci::{
        write_range,
        RangeHead,
        Reason,
        Space,
        Status, //
    },
};

/// Bytes of values that are read before they are written.
pub(crate) const BUFFER: usize = 4096;
/// Most bytes that are mapped at once.
const MAPPED: u64 = 1 << 20;
/// Where BARs are in the configuration space, and which of their bits say what they are: one has 64 bits, and ends in the next.
const BARS: u16 = 0x10;
const BAR_FLAGS: u32 = 0xf;
const BAR_IS_LONG: u32 = 1 << 2;
/// Most times that a group is there: xHCI has 255 ports.
const REPEATS: u32 = 255;

/// Which device it is.
#[derive(Clone, Copy)]
pub(crate) struct Identity {
    pub(crate) vendor: u16,
    pub(crate) class: u32,
}

/// What is known of a function after some reads.
#[derive(Default)]
pub(crate) struct ReadSoFar {
    /// Bytes that were read of it.
    bytes: u64,
    /// Bytes behind its BARs, of those that were asked for.
    bars: [Option<Result<u64, Reason>>; BAR_COUNT as usize],
}

/// Reads of one function.
pub(crate) struct Reader<'a, 'm, F: Function, Out> {
    pub(crate) function: &'a F,
    pub(crate) identity: Identity,
    pub(crate) meter: &'a mut Meter<'m>,
    pub(crate) buffer: &'a mut [u8; BUFFER],
    pub(crate) state: &'a mut ReadSoFar,
    pub(crate) out: Out,
}

impl<F, Out, E> Reader<'_, '_, F, Out>
where
    F: Function,
    Out: FnMut(&[u8]) -> Result<(), E>,
{
    /// Reads all that `rules` say.
    pub(crate) fn table(&mut self, rules: &Rules<'_>) -> Result<(), E> {
        match rules {
            Rules::BuiltIn(family) => family
                .groups
                .iter()
                .try_for_each(|group| self.group(rules, group)),
            Rules::External(device) => device
                .entries()
                .try_for_each(|entry| self.entry(rules, entry)),
        }
    }

    fn group(&mut self, rules: &Rules<'_>, group: &Group) -> Result<(), E> {
        let place = self.place(group);
        let (base, repeats, stride) = match place {
            Ok(place) => place,
            Err(reason) => {
                let mut entries = group.entries.iter();
                return entries.try_for_each(|entry| self.unread(*entry, reason));
            }
        };
        for index in 0..repeats {
            let moved = index.saturating_mul(stride).saturating_add(base);
            for entry in group.entries {
                match entry.start.checked_add(moved) {
                    Some(start) => self.entry(rules, Entry { start, ..*entry })?,
                    None => self.unread(*entry, Reason::NONSENSE)?,
                }
            }
        }
        Ok(())
    }

    /// Where a group is, how often, and bytes from one to the next.
    fn place(&mut self, group: &Group) -> Result<(u32, u32, u32), Reason> {
        let base = match group.base {
            Some(field) => self.field(field)?,
            None => 0,
        };
        if base % 4 != 0 {
            return Err(Reason::NONSENSE);
        }
        match group.repeat {
            Some((field, stride)) => match self.field(field)? {
                0 => Err(Reason::CONDITION),
                count => Ok((base, count.min(REPEATS), stride)),
            },
            None => Ok((base, 1, 0)),
        }
    }

    fn field(&mut self, field: Field) -> Result<u32, Reason> {
        let value = self.single(field.bar, field.at, 4)?;
        match value as u32 {
            u32::MAX => Err(Reason::NONSENSE),
            value => Ok((value & field.mask).checked_shr(field.shift).unwrap_or(0)),
        }
    }

    fn is_met(&mut self, condition: Condition) -> Result<bool, Reason> {
        let value = self.single(condition.bar, condition.at, condition.width)?;
        Ok(value as u32 & condition.mask == condition.value)
    }

    /// A single register that says something about others.
    fn single(&mut self, bar: u8, at: u32, width: u8) -> Result<u64, Reason> {
        if self.is_precious(bar, at, width.into()) {
            return Err(Reason::DENIED);
        }
        self.check_bar(bar, u64::from(at).saturating_add(width.into()))?;
        let piece = self.function.map(bar, at, width.into())?;
        self.meter.access(|| F::read(&piece, 0, width))
    }

    fn is_precious(&self, bar: u8, start: u32, len: u32) -> bool {
        is_precious(self.identity.vendor, self.identity.class, bar, start, len)
    }

    /// Whether `end` is inside of a BAR.
    fn check_bar(&mut self, bar: u8, end: u64) -> Result<(), Reason> {
        let known = self.state.bars.get(usize::from(bar)).copied().flatten();
        let len = known.unwrap_or_else(|| {
            let len = self.bar_len(bar);
            if let Some(place) = self.state.bars.get_mut(usize::from(bar)) {
                *place = Some(len);
            }
            len
        });
        match len? {
            len if end <= len => Ok(()),
            _ => Err(Reason::OUTSIDE),
        }
    }

    /// Bytes behind a BAR. What the kernel has assigned, a device may have forgotten.
    fn bar_len(&mut self, bar: u8) -> Result<u64, Reason> {
        let len = self.function.bar_len(bar)?;
        let at = BARS.saturating_add(u16::from(bar).saturating_mul(4));
        let mut read = |at: u16| self.meter.access(|| self.function.config32(at));
        let low = read(at)?;
        let is_set = match low & BAR_IS_LONG {
            0 => low & !BAR_FLAGS != 0,
            _ => low & !BAR_FLAGS != 0 || read(at.saturating_add(4))? != 0,
        };
        match is_set {
            true => Ok(len),
            false => Err(Reason::NO_BAR),
        }
    }

    fn entry(&mut self, rules: &Rules<'_>, entry: Entry) -> Result<(), E> {
        match self.may_read(rules, entry) {
            Ok(()) => self.values(rules, entry),
            Err(reason) => self.unread(entry, reason),
        }
    }

    fn may_read(&mut self, rules: &Rules<'_>, entry: Entry) -> Result<(), Reason> {
        match self.meter.ended() {
            Reason::NONE => {}
            ended => return Err(ended),
        }
        self.check_bar(entry.bar, entry.end())?;
        let read = self.state.bytes.saturating_add(entry.read_len());
        if read > MAX_READ {
            return Err(Reason::LIMIT);
        }
        if entry.condition != NO_CONDITION {
            let condition = rules.condition(entry.condition).ok_or(Reason::CONDITION)?;
            if !self.is_met(condition)? {
                return Err(Reason::CONDITION);
            }
        }
        self.state.bytes = read;
        Ok(())
    }

    /// Reads the registers of an entry, piece by piece.
    fn values(&mut self, rules: &Rules<'_>, entry: Entry) -> Result<(), E> {
        let in_buffer = BUFFER.checked_div(entry.width.into()).unwrap_or(1);
        let in_map = MAPPED.checked_div(entry.stride.into()).unwrap_or(1);
        let most = in_map.clamp(1, in_buffer as u64) as u16;
        let mut first = 0u16;
        while first < entry.count {
            let count = most.min(entry.count.saturating_sub(first));
            let moved = u32::from(first).saturating_mul(entry.stride.into());
            let piece = Entry {
                start: entry.start.saturating_add(moved),
                count,
                ..entry
            };
            let len = piece.end().saturating_sub(piece.start.into());
            match self.function.map(piece.bar, piece.start, len as usize) {
                Ok(mapped) => self.piece(rules, piece, &mapped)?,
                Err(reason) => self.unread(piece, reason)?,
            }
            first = first.saturating_add(count);
        }
        Ok(())
    }

    /// Reads the registers of an entry that fit into the buffer.
    fn piece(&mut self, rules: &Rules<'_>, entry: Entry, mapped: &F::Piece) -> Result<(), E> {
        let width = u32::from(entry.width);
        let mut first = 0u16;
        // Registers up to the next that is not read, until there are no more.
        loop {
            let mut end = first;
            let mut reason = Reason::NONE;
            while end < entry.count {
                let offset = u32::from(end).saturating_mul(entry.stride.into());
                let at = entry.start.saturating_add(offset);
                let value = match self.is_precious(entry.bar, at, width)
                    || rules.is_never(entry.bar, at, width)
                {
                    true => Err(Reason::DENIED),
                    false => self
                        .meter
                        .access(|| F::read(mapped, offset as usize, entry.width)),
                };
                match value {
                    Ok(value) => self.keep(end.saturating_sub(first), entry.width, value),
                    Err(why) => {
                        reason = why;
                        break;
                    }
                }
                end = end.saturating_add(1);
            }
            if end > first {
                let count = end.saturating_sub(first);
                match self.is_there() {
                    Ok(()) => self.write(part(entry, first, count))?,
                    Err(why) => self.unread(part(entry, first, count), why)?,
                }
            }
            if end >= entry.count {
                return Ok(());
            }
            let left = match reason {
                Reason::DENIED | Reason::FAILED => 1,
                _ => entry.count.saturating_sub(end),
            };
            self.unread(part(entry, end, left), reason)?;
            first = end.saturating_add(left);
            if first >= entry.count {
                return Ok(());
            }
        }
    }

    fn keep(&mut self, index: u16, width: u8, value: u64) {
        let width = usize::from(width);
        let place = self
            .buffer
            .get_mut(usize::from(index).saturating_mul(width)..);
        let place = place.and_then(|place| place.get_mut(..width));
        for (to, from) in place
            .unwrap_or_default()
            .iter_mut()
            .zip(value.to_le_bytes())
        {
            *to = from;
        }
    }

    /// Whether the device still has an id: what was read is good then.
    fn is_there(&mut self) -> Result<(), Reason> {
        match self.meter.access(|| self.function.config32(0)) {
            Ok(u32::MAX) => Err(self.meter.end(Reason::GONE)),
            // That nothing more is read does not make worse what was.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    fn write(&mut self, entry: Entry) -> Result<(), E> {
        let len = usize::try_from(entry.read_len()).unwrap_or(0);
        let values = self.buffer.get(..len).unwrap_or_default();
        write_range(head(entry), values, &mut self.out)
    }

    fn unread(&mut self, entry: Entry, reason: Reason) -> Result<(), E> {
        let head = RangeHead {
            status: Status::UNREAD,
            reason,
            ..head(entry)
        };
        (self.out)(&head.encode())
    }
}

/// `count` registers of an entry from number `first` on.
fn part(entry: Entry, first: u16, count: u16) -> Entry {
    let moved = u32::from(first).saturating_mul(entry.stride.into());
    Entry {
        start: entry.start.saturating_add(moved),
        count,
        ..entry
    }
}

fn head(entry: Entry) -> RangeHead {
    RangeHead {
        space: Space::bar(entry.bar),
        width: entry.width,
        start: entry.start,
        count: entry.count.into(),
        stride: entry.stride.into(),
        ..RangeHead::default()
    }
}
