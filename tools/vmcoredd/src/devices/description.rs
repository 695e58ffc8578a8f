// SPDX-License-Identifier: GPL-2.0

//! What a file of `devices.d` says: which devices it is about, what is read of them, and what that means.

use std::{collections::BTreeMap, fmt, ops::RangeInclusive};

use vmcore_format::devices::{Condition, Match};

use crate::kinds::register::Kind;

#[derive(Debug, PartialEq)]
pub struct Device {
    pub name: String,
    pub matches: Vec<Match>,
    pub ranges: Vec<Range>,
    pub registers: Vec<Register>,
    /// Offsets in any BAR.
    pub never: Vec<RangeInclusive<u32>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    pub bar: u8,
    pub start: u32,
    pub count: u16,
    /// From one to the next, in bytes.
    pub stride: u16,
    /// In bytes.
    pub width: u8,
    /// What has to be so, or it is not read.
    pub condition: Option<Condition>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Register {
    pub bar: u8,
    pub at: u32,
    /// In bytes.
    pub width: u8,
    pub name: String,
    pub kind: Kind,
    /// By their lowest bit.
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    pub bits: RangeInclusive<u8>,
    pub values: BTreeMap<u64, String>,
}

impl Range {
    /// The first byte of each access.
    pub fn offsets(&self) -> impl Iterator<Item = u32> + '_ {
        (0..u32::from(self.count)).map(|at| self.start + at * u32::from(self.stride))
    }

    pub fn reads(&self, bar: u8, at: u32) -> bool {
        let inside = at.checked_sub(self.start).is_some_and(|distance| {
            let stride = u32::from(self.stride);
            distance / stride < self.count.into() && distance % stride < self.width.into()
        });
        self.bar == bar && inside
    }

    pub fn bytes(&self) -> u64 {
        u64::from(self.count) * u64::from(self.width)
    }
}

impl Field {
    /// Of the value of its register.
    pub fn of(&self, value: u64) -> u64 {
        let width = u32::from(self.bits.end() - self.bits.start()) + 1;
        let value = value >> self.bits.start();
        match width {
            64 => value,
            _ => value & ((1 << width) - 1),
        }
    }

    /// What that value means, if it has a name.
    pub fn meaning(&self, value: u64) -> Option<&str> {
        self.values.get(&self.of(value)).map(String::as_str)
    }
}

/// As it is written.
pub fn id(id: &Match) -> String {
    let ids = [id.vendor, id.device, id.subvendor, id.subdevice];
    let ids: Vec<_> = ids
        .into_iter()
        .flatten()
        .map(|id| format!("{id:04x}"))
        .collect();
    match id.class_mask {
        0 => ids.join(":"),
        0xff_ff00 => format!("class {:04x}", id.class >> 8),
        _ => format!("class {:06x}", id.class),
    }
}

/// What it is about and how much, in a line.
impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let matches: Vec<_> = self.matches.iter().map(id).collect();
        let reads: u32 = self.ranges.iter().map(|range| u32::from(range.count)).sum();
        let bytes: u64 = self.ranges.iter().map(Range::bytes).sum();
        let (name, named) = (&self.name, self.registers.len());
        write!(
            f,
            "{name} ({}): {reads} registers are read, {bytes} bytes; {named} have names",
            matches.join(", ")
        )
    }
}
