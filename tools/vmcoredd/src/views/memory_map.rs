// SPDX-License-Identifier: GPL-2.0

//! Memory maps as text.

use std::io::{Result, Write};

use crate::kinds::memory_map::{Area, MemoryMap, Pages};

pub fn print(map: &MemoryMap, out: &mut impl Write) -> Result<()> {
    writeln!(out, "  memory map")?;
    for memory in &map.memories {
        let kib = u64::from(memory.end.wrapping_sub(memory.start)) / 1024 + 1;
        writeln!(
            out,
            "    {:#010x}-{:#010x}  {} ({kib} KiB)",
            memory.start, memory.end, memory.name
        )?;
        let inside = |region: &&Area| (memory.start..=memory.end).contains(&region.start);
        for region in map.regions.iter().filter(inside) {
            writeln!(
                out,
                "      {:#010x}-{:#010x}  {}",
                region.start, region.end, region.name
            )?;
        }
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
