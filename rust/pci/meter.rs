// SPDX-License-Identifier: GPL-2.0

//! Every access is timed: a function that is slow, or has had its time, is left alone.

use crate::format::pci::Reason;

/// What may be taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Microseconds of an access. One that does not answer takes the completion timeout of its bridge: 50 ms and more.
    pub(crate) access_us: u32,
    /// Milliseconds of a function.
    pub(crate) function_ms: u32,
    /// Milliseconds of all.
    pub(crate) total_ms: u32,
}

/// The time of all functions.
pub(crate) struct Total {
    limits: Limits,
    start_ns: u64,
    end_ns: u64,
}

impl Total {
    /// From now on.
    pub(crate) fn new(limits: Limits, now_ns: u64) -> Self {
        Self {
            limits,
            start_ns: now_ns,
            end_ns: now_ns.saturating_add(u64::from(limits.total_ms).saturating_mul(1_000_000)),
        }
    }

    /// Milliseconds since it began.
    pub(crate) fn taken_ms(&self, now_ns: u64) -> u32 {
        u32::try_from(now_ns.saturating_sub(self.start_ns) / 1_000_000).unwrap_or(u32::MAX)
    }
}

/// The time of one function.
pub(crate) struct Meter<'a> {
    total: &'a Total,
    now_ns: fn() -> u64,
    end_ns: u64,
    accesses: u32,
    taken_ns: u64,
    slowest_ns: u64,
    /// Slow accesses that do not end it.
    pardons: u32,
    ended: Option<Reason>,
}

impl<'a> Meter<'a> {
    /// From now on, by a clock; `pardons` slow accesses do not end it: whoever runs a virtual machine may have taken its processor away.
    pub(crate) fn new(total: &'a Total, now_ns: fn() -> u64, pardons: u32) -> Self {
        let function_ns = u64::from(total.limits.function_ms).saturating_mul(1_000_000);
        Self {
            total,
            now_ns,
            end_ns: now_ns().saturating_add(function_ns),
            accesses: 0,
            taken_ns: 0,
            slowest_ns: 0,
            pardons,
            ended: None,
        }
    }

    /// Makes an access, unless this function is to be left alone: then, why. What a slow access has read is good, and the last.
    pub(crate) fn access<T>(&mut self, read: impl FnOnce() -> Option<T>) -> Result<T, Reason> {
        if let Some(reason) = self.ended {
            return Err(reason);
        }
        let start = (self.now_ns)();
        let late = [
            (self.total.end_ns, Reason::TIME),
            (self.end_ns, Reason::FUNCTION_TIME),
        ];
        if let Some((_, reason)) = late.iter().find(|(end, _)| start >= *end) {
            return Err(self.end(*reason));
        }
        let value = read();
        let taken = (self.now_ns)().saturating_sub(start);
        self.accesses = self.accesses.saturating_add(1);
        self.taken_ns = self.taken_ns.saturating_add(taken);
        self.slowest_ns = self.slowest_ns.max(taken);
        if taken > u64::from(self.total.limits.access_us).saturating_mul(1000) {
            match self.pardons.checked_sub(1) {
                Some(left) => self.pardons = left,
                None => _ = self.end(Reason::SLOW),
            }
        }
        value.ok_or(Reason::FAILED)
    }

    /// Leaves the function alone from now on. The first reason stays.
    pub(crate) fn end(&mut self, reason: Reason) -> Reason {
        *self.ended.get_or_insert(reason)
    }

    /// Why it is left alone; [`Reason::NONE`]: it is not.
    pub(crate) fn ended(&self) -> Reason {
        self.ended.unwrap_or_default()
    }

    /// Accesses, microseconds that they took, microseconds of the slowest.
    pub(crate) fn tally(&self) -> [u32; 3] {
        let us = |ns: u64| u32::try_from(ns / 1000).unwrap_or(u32::MAX);
        [self.accesses, us(self.taken_ns), us(self.slowest_ns)]
    }
}
