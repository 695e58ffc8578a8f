// SPDX-License-Identifier: GPL-2.0

//! What a guest did.

use std::collections::BTreeMap;

use serde::Serialize;

/// The most places of which accesses that hit nothing are counted.
const MAX_UNMAPPED: usize = 4096;

/// Everything that a guest did to an adapter; serializes to the file that `serve` writes.
#[derive(Clone, Debug, Serialize)]
pub struct Stats {
    /// `T4`, `T5` or `T6`.
    pub chip: &'static str,
    /// What the adapter was made from.
    pub seed: u64,
    /// Configuration space.
    pub config: ConfigStats,
    /// BAR0, memory windows included.
    pub bar0: Widths,
    /// Memory windows.
    pub windows: WindowStats,
    /// Reads through a window that touched something private, by kind; those of host memory include such that could not be done.
    pub private_reads: BTreeMap<&'static str, u64>,
    /// Accesses that hit nothing.
    pub unmapped: Vec<Unmapped>,
    /// What is not as it was.
    pub changed: Vec<Change>,
    /// Accesses to BAR0 by the value of the interrupt line register at the time.
    pub spans: BTreeMap<u8, Span>,
}

/// Accesses to BAR0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Reads.
    pub reads: u64,
    /// Writes.
    pub writes: u64,
    /// Bytes of the reads.
    pub bytes: u64,
}

/// Accesses to configuration space.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ConfigStats {
    /// Reads of any width.
    pub reads: u64,
    /// Writes of any width.
    pub writes: u64,
    /// Whether bus mastering was on at any time.
    pub bus_master_enabled: bool,
    /// The values that the command register took, one after the other.
    pub commands: Vec<String>,
}

/// Accesses by width in bytes.
#[derive(Clone, Debug, Serialize)]
pub struct Widths {
    /// Reads.
    pub reads: BTreeMap<usize, u64>,
    /// Writes.
    pub writes: BTreeMap<usize, u64>,
}

impl Default for Widths {
    fn default() -> Self {
        let none = BTreeMap::from([1, 2, 4, 8].map(|width| (width, 0)));
        Self {
            reads: none.clone(),
            writes: none,
        }
    }
}

/// Accesses through memory windows.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct WindowStats {
    /// Reads that left the guest.
    pub reads: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Writes that left the guest.
    pub writes: u64,
    /// Whether the guest may have read window 0 without leaving, uncounted.
    pub mapped: bool,
}

/// Accesses of one kind to one place where there is nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unmapped {
    /// `config`, `bar0`, `bar2`, … or `memory` behind a window.
    pub space: &'static str,
    /// Where.
    pub offset: String,
    /// `read` or `write`.
    pub op: &'static str,
    /// How often.
    pub count: u64,
}

/// Something that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// `config`, `bar0` or `memory`.
    pub space: &'static str,
    /// Where.
    pub offset: String,
    /// The value after a reset.
    pub was: String,
    /// The value now.
    pub is: String,
}

impl Change {
    /// A change of a number.
    pub fn new(space: &'static str, offset: u64, was: u32, is: u32) -> Self {
        Self {
            space,
            offset: hex(offset),
            was: hex(was.into()),
            is: hex(is.into()),
        }
    }
}

/// Counts of accesses that hit nothing.
#[derive(Default)]
pub struct UnmappedCounts(BTreeMap<(&'static str, u64, &'static str), u64>);

impl UnmappedCounts {
    /// Counts one.
    pub fn count(&mut self, space: &'static str, offset: u64, op: &'static str) {
        let full = self.0.len() >= MAX_UNMAPPED;
        match self.0.get_mut(&(space, offset, op)) {
            Some(count) => *count += 1,
            None if full => {}
            None => drop(self.0.insert((space, offset, op), 1)),
        }
    }

    /// The counts, by place.
    pub fn list(&self) -> Vec<Unmapped> {
        let unmapped = |(&(space, offset, op), &count)| Unmapped {
            space,
            offset: hex(offset),
            op,
            count,
        };
        self.0.iter().map(unmapped).collect()
    }
}

/// A number as people read it.
pub fn hex(value: u64) -> String {
    format!("{value:#x}")
}
