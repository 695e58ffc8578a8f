// SPDX-License-Identifier: GPL-2.0

use super::super::{
    bindings::sort::{
        sort_items,
        Sortable, //
    },
    format::cudbg::meminfo::Range,
};

use core::cmp::Ordering;

impl Sortable for Range {
    fn compare(&self, other: &Self) -> Ordering {
        self.base.cmp(&other.base)
    }
}

/// Sorts by address. Ranges with the same address end in the order in which the C driver would list them.
pub(super) fn sort_by_base(ranges: &mut [Range]) {
    sort_items(ranges);
}
