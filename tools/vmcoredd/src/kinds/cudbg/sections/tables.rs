// SPDX-License-Identifier: GPL-2.0

//! Tables of the TCP processor and of the payload memory.

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    table::{counter, number, text, word, Cell, Table},
};

pub fn rss(content: &Content<'_>) -> Vec<Table> {
    const COLUMNS: usize = 8;
    let mut cursor = Cursor::new(content.data);
    let queues = (0..COLUMNS).map(|n| number(format!("+{n}")));
    let mut table = Table::new("queue by hash", [number("hash")].into_iter().chain(queues));
    cursor.rows(content.data.len(), &mut table, |cursor, line| {
        let mut row = vec![Cell::from((line * COLUMNS) as u32)];
        for _ in 0..COLUMNS {
            row.push(cursor.u16()?.into());
        }
        Some(row)
    });
    vec![table]
}

pub fn rss_functions(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut table = Table::new(
        "virtual functions",
        [
            number("vf"),
            word("vfl"),
            word("vfh"),
            number("hash4tuple_udp"),
            number("ip4_2tuple"),
            number("ip4_4tuple"),
            number("ip6_2tuple"),
            number("ip6_4tuple"),
            number("lookup"),
            number("default_queue"),
        ],
    );
    cursor.rows(256, &mut table, |cursor, n| {
        let [low, high] = cursor.u32s()?;
        let bit = |bit: u32| Cell::from((high >> bit) & 1);
        Some(vec![
            (n as u32).into(),
            low.into(),
            high.into(),
            bit(31),
            bit(28),
            bit(27),
            bit(30),
            bit(29),
            bit(26),
            (high & 0x3ff).into(),
        ])
    });
    vec![table]
}

pub fn mtus(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut table = Table::new("sizes of packets", ["index", "mtu"].map(number));
    cursor.rows(16, &mut table, |cursor, n| {
        Some(vec![(n as u32).into(), cursor.u16()?.into()])
    });
    vec![table]
}

pub fn congestion(content: &Content<'_>) -> Vec<Table> {
    const WINDOWS: usize = 32;
    let mut cursor = Cursor::new(content.data);
    let windows = (0..WINDOWS).map(|n| number(format!("w{n}")));
    let mut table = Table::new(
        "increments by MTU and congestion window",
        [number("mtu")].into_iter().chain(windows),
    );
    cursor.rows(16, &mut table, |cursor, n| {
        let mut row = vec![Cell::from(n as u32)];
        for _ in 0..WINDOWS {
            row.push(cursor.u16()?.into());
        }
        Some(row)
    });
    vec![table]
}

pub fn scheduler(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut table = Table::new(
        "Tx queues; at a core clock of 50 MHz",
        [
            number("queue"),
            number("kbps"),
            number("gap_ns_tenths"),
            number("pace_us"),
            text("mode"),
            number("channels"),
        ],
    );
    let (Some(rates), Some(gaps), Some(paces)) =
        (cursor.u32s::<8>(), cursor.u32s::<8>(), cursor.u32s::<8>())
    else {
        return vec![table];
    };
    let [mode, map] = cursor.u32s().unwrap_or_default();
    for n in 0..8 {
        let mode = if (mode >> n) & 1 == 0 {
            "class"
        } else {
            "flow"
        };
        table.row([
            (n as u32).into(),
            rates[n].into(),
            gaps[n].into(),
            paces[n].into(),
            mode.into(),
            ((map >> (2 * n)) & 3).into(),
        ]);
    }
    vec![table]
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
    let mut tables = Vec::new();
    for ((name, counts), names) in ["Tx", "Rx"].iter().zip(counts).zip(NAMES) {
        let mut table = Table::new(
            *name,
            [
                text("operation"),
                number("count"),
                counter("bytes_or_cycles"),
            ],
        );
        for (name, count) in names.iter().zip(counts.unwrap_or_default()) {
            let Some(cycles) = cursor.u64() else { break };
            table.row([Cell::from(*name), count.into(), cycles.into()]);
        }
        tables.push(table);
    }
    tables
}
