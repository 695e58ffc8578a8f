// SPDX-License-Identifier: GPL-2.0

//! Until when all dumps must be finished.

use kernel::time::{
    Instant,
    Monotonic, //
};

/// A driver looks at the time between two pieces of work, and then finishes its headers: so much later nothing is taken any more.
const GRACE_MS: i64 = 2000;

#[derive(Clone, Copy)]
pub(super) struct Deadline(Option<(Instant<Monotonic>, u32)>);

impl Deadline {
    pub(super) const NEVER: Self = Self(None);

    /// In `ms` milliseconds.
    pub(super) fn after_ms(ms: u32) -> Self {
        Self(Some((Instant::now(), ms)))
    }

    /// Milliseconds until then; 0 when it has passed.
    pub(super) fn ms_left(&self) -> u32 {
        match self.left() {
            Some(left) => u32::try_from(left.max(0)).unwrap_or(u32::MAX),
            None => u32::MAX,
        }
    }

    /// Whether it has passed for so long that a driver has had its chance to finish.
    pub(super) fn is_long_past(&self) -> bool {
        self.left().is_some_and(|left| left < -GRACE_MS)
    }

    fn left(&self) -> Option<i64> {
        let (start, ms) = self.0?;
        Some(i64::from(ms).saturating_sub(start.elapsed().as_millis()))
    }
}
