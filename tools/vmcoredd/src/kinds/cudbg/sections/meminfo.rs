// SPDX-License-Identifier: GPL-2.0

//! The memory map of an adapter.

use vmcore_format::cudbg::meminfo::{Meminfo, Range, HIDDEN, MEMORY_NAMES, REGION_NAMES};

use super::Content;
use crate::kinds::{
    memory_map::{Area, MemoryMap},
    table::{hex, number, text, Table},
};

pub fn map(info: &Meminfo) -> MemoryMap {
    let memory = |range: &Range| Area {
        name: (*MEMORY_NAMES.get(range.kind as usize).unwrap_or(&"unknown")).into(),
        start: range.base.into(),
        // Of the whole address space, 0 is behind the end.
        end: range.limit.wrapping_sub(1).into(),
    };
    MemoryMap {
        memories: info.memories().iter().map(memory).collect(),
        regions: regions(info.in_use()),
        tables: vec![usage(info), pages(info)],
    }
}

pub fn decode(content: &Content<'_>) -> Vec<Table> {
    let Ok(info) = Meminfo::decode(content.data) else {
        return Vec::new();
    };
    let MemoryMap {
        memories,
        regions,
        tables: rest,
    } = map(&info);
    let areas = |title: &'static str, areas: &[Area]| {
        let mut table = Table::new(title, [text("name"), hex("start", 8), hex("end", 8)]);
        for area in areas {
            table.row([
                area.name.as_ref().into(),
                area.start.into(),
                area.end.into(),
            ]);
        }
        table
    };
    let mut tables = vec![areas("memories", &memories), areas("regions", &regions)];
    tables.extend(rest);
    tables
}

fn usage(info: &Meminfo) -> Table {
    let [tx_count, tx_size, tx_unit, tx_channels] = info.tx_pages;
    let [rx_count, rx_kib, rx_channels] = info.rx_pages;
    let tx_kib = u64::from(tx_size) << if tx_unit == u32::from(b'M') { 10 } else { 0 };
    let [first, last] = info.up_ram;
    Table::record(
        "use",
        [
            (hex("processor_first", 8), first.into()),
            (hex("processor_last", 8), last.into()),
            (number("rx_pages"), rx_count.into()),
            (number("rx_page_kib"), rx_kib.into()),
            (number("rx_free"), info.free_rx.into()),
            (number("rx_channels"), rx_channels.into()),
            (number("tx_pages"), tx_count.into()),
            (number("tx_page_kib"), tx_kib.into()),
            (number("tx_free"), info.free_tx.into()),
            (number("tx_channels"), tx_channels.into()),
            (number("pstructs"), info.pstructs.into()),
            (number("pstructs_free"), info.free_pstructs.into()),
        ],
    )
}

fn pages(info: &Meminfo) -> Table {
    let mut table = Table::new(
        "pages of ports and loopback channels",
        [
            text("of"),
            number("index"),
            number("used"),
            number("allocated"),
        ],
    );
    for (of, used, allocated) in [
        ("port", info.port_used, info.port_allocated),
        ("loopback", info.loopback_used, info.loopback_allocated),
    ] {
        for (index, (used, allocated)) in (0u32..).zip(used.into_iter().zip(allocated)) {
            table.row([of.into(), index.into(), used.into(), allocated.into()]);
        }
    }
    table
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
            name: (*name).into(),
            start: range.base.into(),
            end: end.into(),
        })
    };
    list.iter().enumerate().filter_map(area).collect()
}
