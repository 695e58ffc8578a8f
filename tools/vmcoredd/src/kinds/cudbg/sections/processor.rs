// SPDX-License-Identifier: GPL-2.0

//! The processor: its logic analyzers, queues and page tables.

use vmcore_format::cudbg::Chip;

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    table::{Cell, Table},
};

const ENTRIES: usize = 64;
pub const QUEUES: [&str; 14] = [
    "IBQ TP0", "IBQ TP1", "IBQ ULP", "IBQ SGE0", "IBQ SGE1", "IBQ NCSI", "OBQ ULP0", "OBQ ULP1",
    "OBQ ULP2", "OBQ ULP3", "OBQ SGE", "OBQ NCSI", "OBQ RXQ0", "OBQ RXQ1",
];

fn hex(digits: usize, value: u32) -> Cell {
    Cell::Hex(value.into(), digits)
}

/// The upper half of `low` behind the lower half of `high`.
fn across(high: u32, low: u32) -> Cell {
    Cell::word((high << 16) | (low >> 16))
}

pub fn la(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut config = Table::new("configuration", &["running", "read", "write"]);
    if let Some(value) = cursor.u32() {
        config.row([value & 1, (value >> 2) & 0xfff, (value >> 16) & 0xfff].map(Cell::from));
    }
    let mut block;
    match content.chip {
        Chip::T6 => {
            block = Table::new(
                "entries",
                &[
                    "status", "inst", "data", "pc", "ls0stat", "ls0addr", "ls0data", "ls1stat",
                    "ls1addr", "ls1data",
                ],
            );
            cursor.rows(content.data.len(), &mut block, |cursor, _| {
                let p = cursor.u32s::<10>()?;
                let first = [
                    hex(2, (p[9] >> 16) & 0xff),
                    across(p[9], p[8]),
                    across(p[8], p[7]),
                    across(p[7], p[6]),
                ];
                let rest = [2, 1, 0, 5, 4, 3].map(|n| Cell::word(p[n]));
                Some(first.into_iter().chain(rest).collect())
            });
        }
        _ => {
            block = Table::new(
                "entries",
                &["status", "data", "pc", "ls0stat", "ls0addr", "ls0data"],
            );
            cursor.rows(content.data.len(), &mut block, |cursor, _| {
                let p = cursor.u32s::<8>()?;
                let shifted = |high: u32, low: u32| Cell::word((high << 28) | (low >> 4));
                Some(vec![
                    hex(2, (p[0] >> 4) & 0xff),
                    shifted(p[0], p[1]),
                    shifted(p[1], p[2]),
                    shifted(p[2], p[3]),
                    Cell::word(p[3]),
                    Cell::words(&p[4..]),
                ])
            });
        }
    }
    vec![config, block]
}

/// Words as one number, the last word first.
fn number(words: &[u32]) -> Cell {
    Cell::words(words.iter().rev())
}

pub fn memory_la(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut requests = Table::new("requests", &["request"]);
    cursor.rows(ENTRIES, &mut requests, |cursor, _| {
        Some(vec![number(&cursor.u32s::<5>()?)])
    });
    let mut responses = Table::new(
        "responses",
        &["count", "id", "tag", "error", "data", "ready", "valid"],
    );
    cursor.rows(ENTRIES, &mut responses, |cursor, _| {
        let p = cursor.u32s::<5>()?;
        let low = (p[0] >> 2) | ((p[1] & 3) << 30);
        let high = (p[1] >> 2) | ((p[2] & 3) << 30);
        Some(vec![
            ((p[2] >> 10) & 0xff).into(),
            ((p[2] >> 7) & 7).into(),
            ((p[2] >> 3) & 0xf).into(),
            ((p[2] >> 2) & 1).into(),
            Cell::Hex((u64::from(high) << 32) | u64::from(low), 16),
            ((p[0] >> 1) & 1).into(),
            (p[0] & 1).into(),
        ])
    });
    vec![requests, responses]
}

pub fn peripheral_la(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let entries = cursor.u32().unwrap_or(0).min(ENTRIES as u32) as usize;
    let mut requests = Table::new("requests", &["control", "id", "bytes", "address", "data"]);
    cursor.rows(entries, &mut requests, |cursor, _| {
        let p = cursor.u32s::<6>()?;
        Some(vec![
            hex(2, (p[5] >> 22) & 0xff),
            hex(2, (p[5] >> 16) & 0x3f),
            hex(4, p[5] & 0xffff),
            Cell::word(p[4]),
            number(&p[..4]),
        ])
    });
    let mut responses = Table::new("responses", &["control", "id", "data"]);
    cursor.rows(entries, &mut responses, |cursor, _| {
        let p = cursor.u32s::<6>()?;
        Some(vec![
            hex(2, (p[4] >> 6) & 0xff),
            hex(2, p[4] & 0x3f),
            number(&p[..4]),
        ])
    });
    vec![requests, responses]
}

/// `struct cudbg_cim_qcfg`: the chip, then arrays with a place for each queue.
pub fn queues(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut block = Table::new(
        "queues; base, size and threshold in bytes",
        &[
            "queue",
            "base",
            "size",
            "threshold",
            "rd_wr0",
            "rd_wr1",
            "status0",
            "status1",
        ],
    );
    let mut read = || {
        cursor.bytes(2)?;
        let mut list =
            |count: usize| -> Option<Vec<u16>> { (0..count).map(|_| cursor.u16()).collect() };
        let (bases, sizes, thresholds) = (list(14)?, list(14)?, list(6)?);
        cursor.u16()?;
        let pointers = cursor.u32s::<16>()?;
        let status = cursor.u32s::<56>()?;
        for (n, name) in QUEUES.iter().enumerate() {
            // Four words of status each; outbound queues have two more.
            let own = [0, 1, 2, 3].map(|word| status[n * 4 + word]);
            let [first, second] = match n.checked_sub(6) {
                Some(outbound) => [pointers[outbound * 2], pointers[outbound * 2 + 1]],
                None => [own[0], own[1]],
            };
            block.row([
                Cell::from(*name),
                hex(4, bases[n].into()),
                u32::from(sizes[n]).into(),
                thresholds
                    .get(n)
                    .map_or("".into(), |value| u32::from(*value).into()),
                Cell::word(first),
                Cell::word(second),
                Cell::word(own[2]),
                Cell::word(own[3]),
            ]);
        }
        Some(())
    };
    // Too short: nothing to show.
    if read().is_none() {
        block.title = format!("cut short after {} bytes", content.data.len());
    }
    vec![block]
}

/// The words of a queue, four by line.
pub fn queue(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut block = Table::words("words of the queue", "offset", 4);
    cursor.rows(content.data.len(), &mut block, |cursor, _| {
        let at = cursor.at();
        let words = cursor.u32s::<4>()?;
        Some(
            [hex(4, at as u32)]
                .into_iter()
                .chain(words.map(Cell::word))
                .collect(),
        )
    });
    vec![block]
}

pub fn page_tables(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    [
        ("dynamic", 8),
        ("static", 16),
        ("local register file", 8),
        ("data", 512),
    ]
    .into_iter()
    .map(|(name, entries)| {
        let mut block = Table::new(name, &["entry", "value"]);
        cursor.rows(entries, &mut block, |cursor, n| {
            Some(vec![(n as u32).into(), Cell::word(cursor.u32()?)])
        });
        block
    })
    .collect()
}
