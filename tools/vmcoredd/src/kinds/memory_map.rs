// SPDX-License-Identifier: GPL-2.0

//! The memory map of an adapter.

use serde::Serialize;
use vmcore_format::cudbg::meminfo::{Meminfo, Range, HIDDEN, MEMORY_NAMES, REGION_NAMES};

#[derive(Serialize)]
pub struct MemoryMap {
    pub memories: Vec<Area>,
    pub regions: Vec<Area>,
    pub processor: [u32; 2],
    pub rx_pages: Pages,
    pub tx_pages: Pages,
    pub pstructs: u32,
    pub free_pstructs: u32,
    pub ports: Vec<Counters>,
    pub loopback: Vec<Counters>,
}

/// A range of addresses, the last one included. Registers may say that it ends before it begins.
#[derive(Serialize)]
pub struct Area {
    pub name: &'static str,
    pub start: u32,
    pub end: u32,
}

#[derive(Serialize)]
pub struct Pages {
    pub count: u32,
    pub kib: u64,
    pub free: u32,
    pub channels: u32,
}

#[derive(Serialize)]
pub struct Counters {
    pub used: u32,
    pub allocated: u32,
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
}

/// Regions in use; one without an end ends where the next begins.
fn regions(list: &[Range]) -> Vec<Area> {
    let area = |(index, range): (usize, &Range)| {
        let next = list
            .get(index + 1)
            .map_or(u32::MAX, |next| next.base.wrapping_sub(1));
        let end = if range.limit == 0 { next } else { range.limit };
        let name = REGION_NAMES.get(range.kind as usize)?;
        // A region of nothing ends just before it begins.
        let is_nothing = end == range.base.wrapping_sub(1);
        (range.kind < HIDDEN && !is_nothing).then_some(Area {
            name,
            start: range.base,
            end,
        })
    };
    list.iter().enumerate().filter_map(area).collect()
}
