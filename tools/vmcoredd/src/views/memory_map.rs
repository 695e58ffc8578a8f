// SPDX-License-Identifier: GPL-2.0

//! Memory maps as text.

use std::io::Result;

use super::{
    out::{Look, Out},
    table,
};
use crate::kinds::memory_map::{Area, MemoryMap};

pub fn print(map: &MemoryMap, out: &mut Out) -> Result<()> {
    out.line(4, format!("  {}", Look::Heading.paint("memory map")))?;
    for line in lines(map) {
        out.line(10, line)?;
    }
    for table in &map.tables {
        table::print(table, out)?;
    }
    Ok(())
}

/// What registers say that make no sense.
const BACKWARDS: &str = "ends before it begins";

/// Memories with the regions in them, then those that are in none.
fn lines(map: &MemoryMap) -> Vec<String> {
    let mut lines = Vec::new();
    for memory in &map.memories {
        let size = match memory.end.checked_sub(memory.start) {
            Some(less_one) => format!("{} KiB", less_one / 1024 + 1),
            None => BACKWARDS.to_owned(),
        };
        lines.push(format!("    {} ({size})", area(memory)));
        let inside = |region: &&Area| memory.contains(region.start);
        lines.extend(map.regions.iter().filter(inside).map(region));
    }
    let is_nowhere = |region: &&Area| {
        let mut memories = map.memories.iter();
        !memories.any(|memory| memory.contains(region.start))
    };
    let mut nowhere = map.regions.iter().filter(is_nowhere).peekable();
    if nowhere.peek().is_some() {
        lines.push("    in no memory".into());
    }
    lines.extend(nowhere.map(region));
    lines
}

fn area(area: &Area) -> String {
    format!("{:#010x}-{:#010x}  {}", area.start, area.end, area.name)
}

fn region(region: &Area) -> String {
    match region.end < region.start {
        true => format!("      {} ({BACKWARDS})", area(region)),
        false => format!("      {}", area(region)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_before_it_begins_is_called_that() {
        let area = |name: &'static str, start, end| Area {
            name: name.into(),
            start,
            end,
        };
        let map = MemoryMap {
            memories: vec![
                area("EDC0", 0, 0xf_ffff),
                area("HMA", 0x76d0_0000, 0x671f_ffff),
            ],
            regions: vec![
                area("iSCSI region", 0x1000, 0x1fff),
                area("TDDP region", 0x3000, 0x2000),
                area("STAG region", 0x9000_0000, 0x9000_0fff),
            ],
            tables: Vec::new(),
        };
        assert_eq!(
            lines(&map),
            [
                "    0x00000000-0x000fffff  EDC0 (1024 KiB)",
                "      0x00001000-0x00001fff  iSCSI region",
                "      0x00003000-0x00002000  TDDP region (ends before it begins)",
                "    0x76d00000-0x671fffff  HMA (ends before it begins)",
                "    in no memory",
                "      0x90000000-0x90000fff  STAG region",
            ]
        );
    }
}
