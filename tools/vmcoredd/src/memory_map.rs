// SPDX-License-Identifier: GPL-2.0

//! The memory map of an adapter.

use std::io::{Result, Write};

use serde::Serialize;
use vmcore_format::cudbg::meminfo::{Meminfo, Range, HIDDEN, MEMORY_NAMES, REGION_NAMES};

#[derive(Serialize)]
pub struct MemoryMap {
    memories: Vec<Area>,
    regions: Vec<Area>,
    processor: [u32; 2],
    rx_pages: Pages,
    tx_pages: Pages,
    pstructs: u32,
    free_pstructs: u32,
    ports: Vec<Counters>,
    loopback: Vec<Counters>,
}

/// A range of addresses, the last one included.
#[derive(Serialize)]
struct Area {
    name: &'static str,
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct Pages {
    count: u32,
    kib: u64,
    free: u32,
    channels: u32,
}

#[derive(Serialize)]
struct Counters {
    used: u32,
    allocated: u32,
}

impl MemoryMap {
    pub fn new(info: &Meminfo) -> Self {
        let name = |names: &[&'static str], kind: u32| {
            names.get(kind as usize).copied().unwrap_or("unknown")
        };
        let memory = |range: &Range| Area {
            name: name(&MEMORY_NAMES, range.kind),
            start: range.base,
            end: range.limit.wrapping_sub(1),
        };
        let [tx_count, tx_size, tx_unit, tx_channels] = info.tx_pages;
        let [rx_count, rx_kib, rx_channels] = info.rx_pages;
        let tx_kib = u64::from(tx_size) << if tx_unit == u32::from(b'M') { 10 } else { 0 };
        let counters = |used: &[u32], allocated: &[u32]| {
            let pairs = used.iter().zip(allocated);
            pairs
                .map(|(used, allocated)| Counters {
                    used: *used,
                    allocated: *allocated,
                })
                .collect()
        };
        Self {
            memories: info.memories().iter().map(memory).collect(),
            regions: regions(info.in_use()),
            processor: info.up_ram,
            rx_pages: Pages {
                count: rx_count,
                kib: rx_kib.into(),
                free: info.free_rx,
                channels: rx_channels,
            },
            tx_pages: Pages {
                count: tx_count,
                kib: tx_kib,
                free: info.free_tx,
                channels: tx_channels,
            },
            pstructs: info.pstructs,
            free_pstructs: info.free_pstructs,
            ports: counters(&info.port_used, &info.port_allocated),
            loopback: counters(&info.loopback_used, &info.loopback_allocated),
        }
    }

    pub fn print(&self, out: &mut impl Write) -> Result<()> {
        writeln!(out, "  memory map")?;
        for memory in &self.memories {
            let kib = u64::from(memory.end.wrapping_sub(memory.start)) / 1024 + 1;
            writeln!(
                out,
                "    {:#010x}-{:#010x}  {} ({kib} KiB)",
                memory.start, memory.end, memory.name
            )?;
            let inside = |region: &&Area| (memory.start..=memory.end).contains(&region.start);
            for region in self.regions.iter().filter(inside) {
                writeln!(
                    out,
                    "      {:#010x}-{:#010x}  {}",
                    region.start, region.end, region.name
                )?;
            }
        }
        let [first, last] = self.processor;
        writeln!(out, "    processor RAM {first:#x}-{last:#x}")?;
        for (name, pages) in [("Rx", &self.rx_pages), ("Tx", &self.tx_pages)] {
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
            self.pstructs, self.free_pstructs
        )
    }
}

/// Regions in use; one without an end ends where the next begins.
fn regions(list: &[Range]) -> Vec<Area> {
    let area = |(index, range): (usize, &Range)| {
        let next = list
            .get(index + 1)
            .map_or(u32::MAX, |next| next.base.wrapping_sub(1));
        let end = if range.limit == 0 { next } else { range.limit };
        let name = REGION_NAMES.get(range.kind as usize)?;
        // A region of nothing ends before it begins.
        (range.kind < HIDDEN && end >= range.base).then_some(Area {
            name,
            start: range.base,
            end,
        })
    };
    list.iter().enumerate().filter_map(area).collect()
}
