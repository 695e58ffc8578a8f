// SPDX-License-Identifier: GPL-2.0

//! Reading a configuration space: each double word of it once, but for those that could do something.
//!
//! First the header, then the capabilities, to know what to keep away from, then all that is left. The lists are the device's: they may
//! go in circles, or anywhere.

use super::{
    denied,
    function::Function,
    meter::Meter, //
};
use crate::format::pci::{
    write_range,
    RangeHead,
    Reason,
    Space,
    Status, //
};

/// Double words of the largest configuration space.
pub(crate) const DWORDS: usize = 1024;
/// Bytes of one that has no extended capabilities, and of one that has.
const SIZES: [usize; 2] = [256, 4096];

/// What is known of a double word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing yet.
    Unseen,
    /// What it was.
    Read,
    /// What it was: the first of a capability.
    Head,
    /// Why it was not read.
    Not(Reason),
}

/// A configuration space, as it is being read.
pub(crate) struct Image<'a> {
    values: &'a mut [u32; DWORDS],
    states: &'a mut [State; DWORDS],
    /// Double words that may be read.
    len: usize,
}

impl<'a> Image<'a> {
    /// Reads that of `function`, into memory that may hold anything.
    pub(crate) fn read(
        function: &impl Function,
        meter: &mut Meter<'_>,
        values: &'a mut [u32; DWORDS],
        states: &'a mut [State; DWORDS],
    ) -> Self {
        states.fill(State::Unseen);
        let len = function.config_len() / 4;
        let mut image = Self {
            values,
            states,
            len: len.min(DWORDS),
        };
        let read = image.read_all(function, meter);
        image.give_up(read.err().unwrap_or_default());
        image
    }

    fn read_all(&mut self, function: &impl Function, meter: &mut Meter<'_>) -> Result<(), Reason> {
        if self.dword(0, function, meter)? == u32::MAX {
            return Err(meter.end(Reason::GONE));
        }
        self.rest(0..16, function, meter)?;
        denied::of_device(self);
        denied::walk_capabilities(self, &mut |image, at| image.dword(at, function, meter))?;
        self.rest(16..64, function, meter)?;
        denied::walk_extended(self, &mut |image, at| image.dword(at, function, meter))?;
        self.rest(64..DWORDS, function, meter)
    }

    /// Reads the double words with these numbers that were not yet.
    fn rest(
        &mut self,
        numbers: core::ops::Range<usize>,
        function: &impl Function,
        meter: &mut Meter<'_>,
    ) -> Result<(), Reason> {
        for number in numbers.start..numbers.end.min(self.len) {
            match self.dword(number as u16, function, meter) {
                Err(reason) if meter.ended() == reason => return Err(reason),
                _ => {}
            }
        }
        Ok(())
    }

    /// The double word with a number, read if it was not yet.
    fn dword(
        &mut self,
        number: u16,
        function: &impl Function,
        meter: &mut Meter<'_>,
    ) -> Result<u32, Reason> {
        let index = usize::from(number);
        if index >= self.len {
            return Err(Reason::NONE);
        }
        match self.states.get(index) {
            Some(State::Unseen) => {}
            Some(State::Not(reason)) => return Err(*reason),
            _ => return self.value(number).ok_or(Reason::NONE),
        }
        let mut read = |number: u16| meter.access(|| function.config32(number.saturating_mul(4)));
        let mut value = read(number);
        if value == Ok(u32::MAX) && number != 0 && read(0) == Ok(u32::MAX) {
            // There are no such ids: it is not there any more.
            value = Err(meter.end(Reason::GONE));
        }
        let state = match value {
            Ok(_) => State::Read,
            Err(reason) => State::Not(reason),
        };
        if let (Some(to), Some(known)) = (self.values.get_mut(index), self.states.get_mut(index)) {
            (*to, *known) = (value.unwrap_or(0), state);
        }
        value
    }

    /// What the double word with a number was, if it was read.
    pub(crate) fn value(&self, number: u16) -> Option<u32> {
        let index = usize::from(number);
        match self.states.get(index)? {
            State::Read | State::Head => self.values.get(index).copied(),
            _ => None,
        }
    }

    /// Double words that may be read.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn state(&self, number: u16) -> Option<State> {
        self.states.get(usize::from(number)).copied()
    }

    /// Says that the double word with a number, which was read, is the first of a capability.
    pub(crate) fn set_head(&mut self, number: u16) {
        if let Some(state @ State::Read) = self.states.get_mut(usize::from(number)) {
            *state = State::Head;
        }
    }

    /// Keeps away from the double words with these numbers, unless they were read before.
    pub(crate) fn deny(&mut self, numbers: core::ops::Range<u16>) {
        let numbers = usize::from(numbers.start)..usize::from(numbers.end).min(DWORDS);
        for state in self.states.get_mut(numbers).unwrap_or_default() {
            if *state == State::Unseen {
                *state = State::Not(Reason::DENIED);
            }
        }
    }

    /// What was not read yet will not be.
    fn give_up(&mut self, reason: Reason) {
        for state in self.states.iter_mut() {
            if *state == State::Unseen {
                *state = State::Not(reason);
            }
        }
        // The kernel has set the size to where it must not be read any further.
        let size = self.len.saturating_mul(4);
        if let Some(whole) = SIZES.iter().find(|whole| **whole >= size) {
            for state in self.states.get_mut(self.len..whole / 4).unwrap_or_default() {
                *state = State::Not(Reason::QUIRK);
            }
            self.len = whole / 4;
        }
    }

    /// Writes all of it as ranges.
    pub(crate) fn write<E>(&self, out: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut first = 0;
        while first < self.len {
            let reason = self.reason(first);
            let rest = first..self.len;
            let end = rest
                .clone()
                .find(|at| self.reason(*at) != reason)
                .unwrap_or(rest.end);
            let head = RangeHead {
                space: Space::CONFIG,
                width: 4,
                status: Status::UNREAD,
                reason: reason.unwrap_or_default(),
                start: (first as u32).saturating_mul(4),
                count: end.saturating_sub(first) as u32,
                stride: 4,
            };
            match reason {
                Some(_) => out(&head.encode())?,
                None => self.write_values(head, first..end, out)?,
            }
            first = end;
        }
        Ok(())
    }

    fn write_values<E>(
        &self,
        head: RangeHead,
        numbers: core::ops::Range<usize>,
        out: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut bytes = [0; 256];
        let values = self.values.get(numbers).unwrap_or_default();
        let mut start = head.start;
        for values in values.chunks(64) {
            for (to, from) in bytes.chunks_exact_mut(4).zip(values) {
                to.copy_from_slice(&from.to_le_bytes());
            }
            let len = values.len().saturating_mul(4);
            let bytes = bytes.get(..len).unwrap_or_default();
            write_range(RangeHead { start, ..head }, bytes, out)?;
            start = start.saturating_add(len as u32);
        }
        Ok(())
    }

    /// Why the double word at `index` was not read; `None`: it was.
    fn reason(&self, index: usize) -> Option<Reason> {
        match self.states.get(index)? {
            State::Read | State::Head => None,
            State::Unseen => Some(Reason::NONE),
            State::Not(reason) => Some(*reason),
        }
    }
}
