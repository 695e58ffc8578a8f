// SPDX-License-Identifier: GPL-2.0

//! Tables of the TCP processor and of the payload memory.

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    table::{Cell, Table},
};

pub fn rss(content: &Content<'_>) -> Vec<Table> {
    const COLUMNS: usize = 8;
    let mut cursor = Cursor::new(content.data);
    let mut block = Table::new("queue by hash", &["hash"]);
    block.columns.extend((0..COLUMNS).map(|n| format!("+{n}")));
    cursor.rows(content.data.len(), &mut block, |cursor, line| {
        let mut row = vec![Cell::from((line * COLUMNS) as u32)];
        for _ in 0..COLUMNS {
            row.push(u32::from(cursor.u16()?).into());
        }
        Some(row)
    });
    vec![block]
}

pub fn rss_functions(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut block = Table::new(
        "virtual functions",
        &[
            "vf",
            "vfl",
            "vfh",
            "hash4tuple_udp",
            "ip4_2tuple",
            "ip4_4tuple",
            "ip6_2tuple",
            "ip6_4tuple",
            "lookup",
            "default_queue",
        ],
    );
    cursor.rows(256, &mut block, |cursor, n| {
        let [low, high] = cursor.u32s()?;
        let bit = |bit: u32| Cell::from((high >> bit) & 1);
        Some(vec![
            (n as u32).into(),
            Cell::word(low),
            Cell::word(high),
            bit(31),
            bit(28),
            bit(27),
            bit(30),
            bit(29),
            bit(26),
            (high & 0x3ff).into(),
        ])
    });
    vec![block]
}

pub fn mtus(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut block = Table::new("sizes of packets", &["index", "mtu"]);
    cursor.rows(16, &mut block, |cursor, n| {
        Some(vec![(n as u32).into(), u32::from(cursor.u16()?).into()])
    });
    vec![block]
}

pub fn congestion(content: &Content<'_>) -> Vec<Table> {
    const WINDOWS: usize = 32;
    let mut cursor = Cursor::new(content.data);
    let mut block = Table::new("increments by MTU and congestion window", &["mtu"]);
    block.columns.extend((0..WINDOWS).map(|n| format!("w{n}")));
    cursor.rows(16, &mut block, |cursor, n| {
        let mut row = vec![Cell::from(n as u32)];
        for _ in 0..WINDOWS {
            row.push(u32::from(cursor.u16()?).into());
        }
        Some(row)
    });
    vec![block]
}

pub fn scheduler(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut block = Table::new(
        "Tx queues; at a core clock of 50 MHz",
        &[
            "queue",
            "kbps",
            "gap_ns_tenths",
            "pace_us",
            "mode",
            "channels",
        ],
    );
    let (Some(rates), Some(gaps), Some(paces)) =
        (cursor.u32s::<8>(), cursor.u32s::<8>(), cursor.u32s::<8>())
    else {
        return vec![block];
    };
    let [mode, map] = cursor.u32s().unwrap_or_default();
    for n in 0..8 {
        let mode = if (mode >> n) & 1 == 0 {
            "class"
        } else {
            "flow"
        };
        block.row([
            (n as u32).into(),
            rates[n].into(),
            gaps[n].into(),
            paces[n].into(),
            mode.into(),
            ((map >> (2 * n)) & 3).into(),
        ]);
    }
    vec![block]
}

pub fn statistics(content: &Content<'_>) -> Vec<Table> {
    const NAMES: [[&str; 7]; 2] = [
        [
            "read",
            "write bypass",
            "write mem",
            "bypass + mem",
            "Rx FIFO wait",
            "wait",
            "Tx latency",
        ],
        [
            "read",
            "write bypass",
            "write mem",
            "flush",
            "Rx FIFO wait",
            "wait",
            "Rx latency",
        ],
    ];
    let mut cursor = Cursor::new(content.data);
    let counts = [cursor.u32s::<7>(), cursor.u32s::<7>()];
    let mut blocks = Vec::new();
    for ((name, counts), names) in ["Tx", "Rx"].iter().zip(counts).zip(NAMES) {
        let mut block = Table::new(*name, &["operation", "count", "bytes_or_cycles"]);
        for (name, count) in names.iter().zip(counts.unwrap_or_default()) {
            let Some(cycles) = cursor.u64() else { break };
            block.row([Cell::from(*name), count.into(), cycles.into()]);
        }
        blocks.push(block);
    }
    blocks
}
