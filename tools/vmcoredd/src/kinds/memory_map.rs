// SPDX-License-Identifier: GPL-2.0

//! How the memory of a device is used.

use std::borrow::Cow;

use serde::Serialize;

use super::table::Table;

#[derive(Serialize)]
pub struct MemoryMap {
    pub memories: Vec<Area>,
    /// Parts of memories that have a use, by address.
    pub regions: Vec<Area>,
    /// What else is known of it: pages, free ones.
    pub tables: Vec<Table>,
}

/// A range of addresses, the last one included. Registers may say that it ends before it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Area {
    pub name: Cow<'static, str>,
    pub start: u64,
    pub end: u64,
}

impl Area {
    pub fn contains(&self, address: u64) -> bool {
        (self.start..=self.end).contains(&address)
    }
}
