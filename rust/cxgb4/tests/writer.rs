// SPDX-License-Identifier: GPL-2.0

//! In place of the writer that deflates: keeps what is written, up to a limit, and until a time.

use std::{cell::Cell, marker::PhantomData, rc::Rc};

use super::failure::{Failure, Result};
use crate::format::cudbg::{cause::Cause, private::Private, section::Section};

pub(crate) struct Writer<'a, 's> {
    pub(crate) bytes: Vec<u8>,
    limit: usize,
    pub(crate) left_out: Private,
    /// Microseconds, now and when time is over.
    clock: Rc<Cell<u64>>,
    end: u64,
    _lifetimes: PhantomData<(&'a (), &'s ())>,
}

pub(crate) struct Changeable(usize);

impl Writer<'_, '_> {
    pub(crate) fn new(limit: usize, clock: &Rc<Cell<u64>>, ms: u64) -> Self {
        Self {
            bytes: Vec::new(),
            limit,
            left_out: Private::NONE,
            clock: Rc::clone(clock),
            end: clock.get() + ms * 1000,
            _lifetimes: PhantomData,
        }
    }

    pub(crate) fn ms_left(&self) -> u32 {
        (self.end.saturating_sub(self.clock.get()) / 1000) as u32
    }

    pub(crate) fn late(&self, at: u32) -> Failure {
        Failure::new(Cause::Deadline, at, self.bytes.len() as u64)
    }

    pub(crate) fn expect(&mut self, _section: Section, _bytes: u64) {}

    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result {
        if self.ms_left() == 0 {
            return Err(self.late(0));
        }
        if self.bytes.len() + bytes.len() > self.limit {
            return Err(Failure::new(Cause::Budget, 0, self.bytes.len() as u64));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    pub(crate) fn changeable(&mut self, bytes: [u8; 24]) -> Result<Changeable> {
        let place = Changeable(self.bytes.len());
        self.push(&bytes)?;
        Ok(place)
    }

    pub(crate) fn change(&mut self, place: &Changeable, bytes: [u8; 24]) {
        self.bytes[place.0..place.0 + 24].copy_from_slice(&bytes);
    }

    pub(crate) fn finish(&mut self) -> Result {
        Ok(())
    }

    pub(crate) fn words(&mut self, words: &[u32]) -> Result {
        words
            .iter()
            .try_for_each(|word| self.push(&word.to_le_bytes()))
    }

    pub(crate) fn block<const LEN: usize>(
        &mut self,
        fill: impl FnOnce(&mut [u8; LEN]) -> Result,
    ) -> Result {
        let start = self.bytes.len();
        self.zeroes(LEN)?;
        let filled = fill(self.bytes.last_chunk_mut().expect("enough zeroes"));
        if filled.is_err_and(|failure| failure.is_late()) {
            self.bytes.truncate(start);
        }
        filled
    }

    pub(crate) fn leave_out(&mut self, what: Private, len: usize) -> Result {
        self.left_out = self.left_out.with(what);
        self.zeroes(len)
    }

    pub(crate) fn zeroes(&mut self, len: usize) -> Result {
        let fits = len.min(self.limit - self.bytes.len());
        self.bytes.resize(self.bytes.len() + fits, 0);
        match fits == len {
            true => Ok(()),
            false => Err(Failure::new(Cause::Budget, 0, self.bytes.len() as u64)),
        }
    }
}
