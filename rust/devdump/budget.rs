// SPDX-License-Identifier: GPL-2.0

//! What dumps may take.

use core::ops::RangeInclusive;

use super::super::bindings::page::available_bytes;
use kernel::prelude::*;

/// All dumps together: this part of the memory that is available when the module loads.
const SHARE_OF_AVAILABLE: usize = 4;

/// What may be asked for as time of a dump, in seconds.
const SECONDS: RangeInclusive<u32> = 1..=3600;

/// Milliseconds of a dump that may take `seconds`, or `EINVAL` and what to ask for instead in the log.
pub(super) fn dump_ms(seconds: u32) -> Result<u32> {
    if !SECONDS.contains(&seconds) {
        pr_err!("dump_seconds={seconds}: a dump may take 1 to 3600 seconds\n");
        return Err(EINVAL);
    }
    Ok(seconds * 1000)
}

/// Bytes that all dumps together may take.
pub(super) fn total_bytes() -> usize {
    available_bytes() / SHARE_OF_AVAILABLE
}
