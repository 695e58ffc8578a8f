// SPDX-License-Identifier: GPL-2.0

//! Memory maps as text.

use std::io::{Result, Write};

use crate::kinds::memory_map::{Area, MemoryMap, Pages};

pub fn print(map: &MemoryMap, out: &mut impl Write) -> Result<()> {
    writeln!(out, "  memory map")?;
    for memory in &map.memories {
        let size = match memory.end.checked_sub(memory.start) {
            Some(less_one) => format!("{} KiB", u64::from(less_one) / 1024 + 1),
            None => BACKWARDS.to_owned(),
        };
        writeln!(out, "    {} ({size})", area(memory))?;
        let inside = |region: &&Area| (memory.start..=memory.end).contains(&region.start);
        for region in map.regions.iter().filter(inside) {
            print_region(region, out)?;
        }
    }
    let mut nowhere = map.regions.iter().filter(|region| {
        let mut memories = map.memories.iter();
        !memories.any(|memory| (memory.start..=memory.end).contains(&region.start))
    });
    if let Some(first) = nowhere.next() {
        writeln!(out, "    in no memory")?;
        std::iter::once(first)
            .chain(nowhere)
            .try_for_each(|region| print_region(region, out))?;
    }
    let [first, last] = map.processor;
    writeln!(out, "    processor RAM {first:#x}-{last:#x}")?;
    for (name, pages) in [("Rx", &map.rx_pages), ("Tx", &map.tx_pages)] {
        let Pages {
            count,
            kib,
            free,
            channels,
        } = pages;
        writeln!(
            out,
            "    {name} pages: {count} of {kib} KiB, {free} free, {channels} channels"
        )?;
    }
    writeln!(
        out,
        "    Pstructs: {}, {} free",
        map.pstructs, map.free_pstructs
    )
}

/// What registers say that make no sense.
const BACKWARDS: &str = "ends before it begins";

fn area(area: &Area) -> String {
    format!("{:#010x}-{:#010x}  {}", area.start, area.end, area.name)
}

fn print_region(region: &Area, out: &mut impl Write) -> Result<()> {
    let backwards = region.end < region.start;
    let remark = if backwards {
        format!(" ({BACKWARDS})")
    } else {
        String::new()
    };
    writeln!(out, "      {}{remark}", area(region))
}

#[cfg(test)]
mod tests {
    use vmcore_format::cudbg::meminfo::{Meminfo, Range};

    use super::*;

    #[test]
    fn what_ends_before_it_begins_is_called_that() {
        let range = |base, limit, kind| Range { base, limit, kind };
        let mut info = Meminfo {
            available_count: 2,
            region_count: 4,
            ..Meminfo::default()
        };
        info.available[0] = range(0, 0x10_0000, 0);
        info.available[1] = range(0x76d0_0000, 0x6720_0000, 5);
        info.regions[0] = range(0x1000, 0x1fff, 12);
        info.regions[1] = range(0x3000, 0x2000, 13);
        // Nothing is no nonsense.
        info.regions[2] = range(0x4000, 0x3fff, 14);
        info.regions[3] = range(0x9000_0000, 0x9000_0fff, 15);
        let mut out = Vec::new();
        print(&MemoryMap::new(&info), &mut out).unwrap();
        let said = String::from_utf8(out).unwrap();
        let lines: Vec<_> = said.lines().skip(1).take(6).collect();
        assert_eq!(
            lines,
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
