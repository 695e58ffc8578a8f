// SPDX-License-Identifier: GPL-2.0

//! The table that the crash kernel reads.

use std::collections::BTreeSet;

use anyhow::Result;
use vmcore_format::devices::{self as format, Condition, Description, Entry, Never, NO_CONDITION};

use super::description::{Device, Range};

/// A table of those devices of which something is read. Fails if they are too many, or read too much.
pub fn compile(devices: &[Device]) -> Result<Vec<u8>> {
    let records: Vec<Records> = devices
        .iter()
        .filter(|device| !device.ranges.is_empty())
        .map(Records::new)
        .collect();
    let descriptions: Vec<Description> = records.iter().map(Records::description).collect();
    let mut table = Vec::new();
    format::write(&descriptions, &mut |bytes| {
        table.extend_from_slice(bytes);
        Ok::<_, vmcore_format::Error>(())
    })?;
    // As the module will.
    format::Table::parse(&table)?;
    Ok(table)
}

/// A device as its records.
struct Records<'a> {
    device: &'a Device,
    conditions: Vec<Condition>,
    never: Vec<Never>,
    entries: Vec<Entry>,
}

impl<'a> Records<'a> {
    fn new(device: &'a Device) -> Self {
        let mut conditions: Vec<Condition> = Vec::new();
        let mut number = |wanted: Condition| {
            let known = conditions.iter().position(|condition| *condition == wanted);
            let at = known.unwrap_or_else(|| {
                conditions.push(wanted);
                conditions.len() - 1
            });
            u16::try_from(at).unwrap_or(NO_CONDITION)
        };
        let entry = |range: &Range| Entry {
            bar: range.bar,
            width: range.width,
            count: range.count,
            start: range.start,
            stride: range.stride,
            condition: range.condition.map_or(NO_CONDITION, &mut number),
        };
        let entries = device.ranges.iter().map(entry).collect();
        let read = device.ranges.iter().map(|range| range.bar);
        let bars: BTreeSet<u8> = read
            .chain(conditions.iter().map(|condition| condition.bar))
            .collect();
        let never = device.never.iter().flat_map(|never| {
            let len = (never.end() - never.start()).saturating_add(1);
            let start = *never.start();
            bars.iter().map(move |&bar| Never { bar, start, len })
        });
        Self {
            device,
            never: never.collect(),
            conditions,
            entries,
        }
    }

    fn description(&self) -> Description<'_> {
        Description {
            name: self.device.name.as_bytes(),
            matches: &self.device.matches,
            conditions: &self.conditions,
            never: &self.never,
            entries: &self.entries,
        }
    }
}
