// SPDX-License-Identifier: GPL-2.0

//! C header: `include/linux/timekeeping.h`

use kernel::bindings;

/// Nanoseconds since the kernel was booted.
pub(crate) fn now_ns() -> u64 {
    // SAFETY: No precondition.
    let now = unsafe { bindings::ktime_get() };
    u64::try_from(now).unwrap_or(0)
}

/// The same in milliseconds, as far as 32 bits go.
pub(crate) fn now_ms() -> u32 {
    u32::try_from(now_ns() / 1_000_000).unwrap_or(u32::MAX)
}
