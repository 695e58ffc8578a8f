// SPDX-License-Identifier: GPL-2.0

//! What dumps may take.

use super::super::bindings::page::available_bytes;

/// All dumps together: this part of the memory that is available when the module loads.
const SHARE_OF_AVAILABLE: usize = 4;

/// One dump: so long.
pub(super) const DUMP_MS: u32 = 60_000;

/// Bytes that all dumps together may take.
pub(super) fn total_bytes() -> usize {
    available_bytes() / SHARE_OF_AVAILABLE
}
