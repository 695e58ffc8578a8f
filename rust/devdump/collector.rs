// SPDX-License-Identifier: GPL-2.0

//! The sink of a stream.

use super::{
    super::{
        format::manifest::{
            Reason,
            MISSING_LEN, //
        },
        server::Backend,
    },
    budget::Limits,
    deadline::Deadline,
    failure::Failure,
    store::Store,
};
use kernel::{
    prelude::*,
    time::{
        Instant,
        Monotonic, //
    },
};

use core::cell::Cell;

/// After so many times the time of a dump, nothing is taken any more: the driver has had its chance to finish.
const PATIENCE: u32 = 2;

/// What a driver has written so far.
pub(super) struct Collector {
    pub(super) payload: Store,
    start: Instant<Monotonic>,
    ms: u32,
    /// That of all dumps.
    deadline: Deadline,
    /// What stood in the way first.
    cut: Option<Reason>,
    /// Whether the driver was told that it's late.
    late: Cell<bool>,
    missing: Missing,
}

impl Collector {
    pub(super) fn new(payload: Store, start: Instant<Monotonic>, limits: &Limits) -> Self {
        Self {
            payload,
            start,
            ms: limits.dump_ms,
            deadline: limits.deadline,
            cut: None,
            late: Cell::new(false),
            missing: Missing::default(),
        }
    }

    /// Why it's not complete, if it is not, and what is missing in the words of the driver.
    pub(super) fn shortcoming(&self) -> (Reason, &[u8; MISSING_LEN]) {
        let reason = match self.cut {
            Some(reason) => reason,
            None if self.missing.len == 0 => Reason::NONE,
            None if self.late.get() => Reason::TIME,
            None => Reason::DEVICE,
        };
        (reason, &self.missing.words)
    }

    fn spent_ms(&self) -> u32 {
        u32::try_from(self.start.elapsed().as_millis()).unwrap_or(u32::MAX)
    }

    /// Whether nothing is taken any more.
    fn is_over(&self) -> bool {
        self.spent_ms() > self.ms.saturating_mul(PATIENCE) || self.deadline.is_long_past()
    }
}

impl Backend for Collector {
    fn write(&mut self, bytes: &[u8]) -> Result {
        let written = match self.is_over() {
            true => Err(Failure::new(Reason::TIME)),
            false => self.payload.append(bytes),
        };
        written.map_err(|failure| {
            self.cut.get_or_insert(failure.reason);
            failure.into()
        })
    }

    fn patch(&mut self, offset: usize, bytes: &[u8]) -> Result {
        self.payload.patch(offset, bytes)
    }

    fn len(&self) -> usize {
        self.payload.len()
    }

    fn remaining(&self) -> usize {
        self.payload.room()
    }

    fn ms_left(&self) -> u32 {
        let left = self.ms.saturating_sub(self.spent_ms());
        let left = left.min(self.deadline.ms_left());
        self.late.set(self.late.get() || left == 0);
        left
    }

    fn missing(&mut self, what: &[u8]) {
        self.missing.add(what);
    }

    /// It's for dumps that take longer.
    fn section(&mut self, _name: &[u8], _bytes: u64) {}
}

/// Words, one after the other.
struct Missing {
    words: [u8; MISSING_LEN],
    len: usize,
}

impl Default for Missing {
    fn default() -> Self {
        Self {
            words: [0; MISSING_LEN],
            len: 0,
        }
    }
}

impl Missing {
    const ETC: &[u8] = b", ...";

    /// What does not fit is left out, and that is told.
    fn add(&mut self, what: &[u8]) {
        // Full.
        if self.len == MISSING_LEN {
            return;
        }
        let comma: &[u8] = if self.len == 0 { b"" } else { b", " };
        let room = (MISSING_LEN - Self::ETC.len()).saturating_sub(self.len);
        if comma.len().saturating_add(what.len()) > room {
            self.append(Self::ETC);
            self.len = MISSING_LEN;
            return;
        }
        self.append(comma);
        self.append(what);
    }

    /// As much as fits.
    fn append(&mut self, bytes: &[u8]) {
        let room = self.words.get_mut(self.len..).unwrap_or_default();
        for (place, byte) in room.iter_mut().zip(bytes) {
            *place = *byte;
        }
        self.len = self.len.saturating_add(bytes.len());
    }
}
