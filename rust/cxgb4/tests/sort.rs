// SPDX-License-Identifier: GPL-2.0

//! In place of the kernel's sort.

use crate::format::cudbg::meminfo::Range;

pub(super) fn sort_by_base(ranges: &mut [Range]) {
    ranges.sort_by_key(|range| range.base);
}
