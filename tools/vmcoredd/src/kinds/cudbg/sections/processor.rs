// SPDX-License-Identifier: GPL-2.0

//! The processor: its logic analyzers, queues and page tables.

use vmcore_format::cudbg::Chip;

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    table::{digits, hex, number, text, word, Cell, Table},
};

const ENTRIES: usize = 64;
pub const QUEUES: [&str; 14] = [
    "IBQ TP0", "IBQ TP1", "IBQ ULP", "IBQ SGE0", "IBQ SGE1", "IBQ NCSI", "OBQ ULP0", "OBQ ULP1",
    "OBQ ULP2", "OBQ ULP3", "OBQ SGE", "OBQ NCSI", "OBQ RXQ0", "OBQ RXQ1",
];

/// The upper half of `low` behind the lower half of `high`.
fn across(high: u32, low: u32) -> Cell {
    ((high << 16) | (low >> 16)).into()
}

pub fn la(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut config = Table::new("configuration", ["running", "read", "write"].map(number));
    if let Some(value) = cursor.u32() {
        config.row([value & 1, (value >> 2) & 0xfff, (value >> 16) & 0xfff].map(Cell::from));
    }
    let mut table;
    match content.chip {
        Chip::T6 => {
            table = Table::new(
                "entries",
                [hex("status", 2)].into_iter().chain(
                    [
                        "inst", "data", "pc", "ls0stat", "ls0addr", "ls0data", "ls1stat",
                        "ls1addr", "ls1data",
                    ]
                    .map(word),
                ),
            );
            cursor.rows(content.data.len(), &mut table, |cursor, _| {
                let p = cursor.u32s::<10>()?;
                let first = [
                    ((p[9] >> 16) & 0xff).into(),
                    across(p[9], p[8]),
                    across(p[8], p[7]),
                    across(p[7], p[6]),
                ];
                let rest = [2, 1, 0, 5, 4, 3].map(|n| Cell::from(p[n]));
                Some(first.into_iter().chain(rest).collect())
            });
        }
        _ => {
            table = Table::new(
                "entries",
                [
                    hex("status", 2),
                    word("data"),
                    word("pc"),
                    word("ls0stat"),
                    word("ls0addr"),
                    digits("ls0data"),
                ],
            );
            cursor.rows(content.data.len(), &mut table, |cursor, _| {
                let p = cursor.u32s::<8>()?;
                let shifted = |high: u32, low: u32| Cell::from((high << 28) | (low >> 4));
                Some(vec![
                    ((p[0] >> 4) & 0xff).into(),
                    shifted(p[0], p[1]),
                    shifted(p[1], p[2]),
                    shifted(p[2], p[3]),
                    p[3].into(),
                    Cell::words(&p[4..]),
                ])
            });
        }
    }
    vec![config, table]
}

/// Words as one number, the last word first.
fn long(words: &[u32]) -> Cell {
    Cell::words(words.iter().rev())
}

pub fn memory_la(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut requests = Table::new("requests", [digits("request")]);
    cursor.rows(ENTRIES, &mut requests, |cursor, _| {
        Some(vec![long(&cursor.u32s::<5>()?)])
    });
    let mut responses = Table::new(
        "responses",
        [
            number("count"),
            number("id"),
            number("tag"),
            number("error"),
            hex("data", 16),
            number("ready"),
            number("valid"),
        ],
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
            ((u64::from(high) << 32) | u64::from(low)).into(),
            ((p[0] >> 1) & 1).into(),
            (p[0] & 1).into(),
        ])
    });
    vec![requests, responses]
}

pub fn peripheral_la(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let entries = cursor.u32().unwrap_or(0).min(ENTRIES as u32) as usize;
    let mut requests = Table::new(
        "requests",
        [
            hex("control", 2),
            hex("id", 2),
            hex("bytes", 4),
            word("address"),
            digits("data"),
        ],
    );
    cursor.rows(entries, &mut requests, |cursor, _| {
        let p = cursor.u32s::<6>()?;
        Some(vec![
            ((p[5] >> 22) & 0xff).into(),
            ((p[5] >> 16) & 0x3f).into(),
            (p[5] & 0xffff).into(),
            p[4].into(),
            long(&p[..4]),
        ])
    });
    let mut responses = Table::new(
        "responses",
        [hex("control", 2), hex("id", 2), digits("data")],
    );
    cursor.rows(entries, &mut responses, |cursor, _| {
        let p = cursor.u32s::<6>()?;
        Some(vec![
            ((p[4] >> 6) & 0xff).into(),
            (p[4] & 0x3f).into(),
            long(&p[..4]),
        ])
    });
    vec![requests, responses]
}

/// `struct cudbg_cim_qcfg`: the chip, then arrays with a place for each queue.
pub fn queues(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut table = Table::new(
        "queues; base, size and threshold in bytes",
        [
            text("queue"),
            hex("base", 4),
            number("size"),
            number("threshold"),
            word("rd_wr0"),
            word("rd_wr1"),
            word("status0"),
            word("status1"),
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
            table.row([
                Cell::from(*name),
                bases[n].into(),
                sizes[n].into(),
                thresholds.get(n).copied().into(),
                first.into(),
                second.into(),
                own[2].into(),
                own[3].into(),
            ]);
        }
        Some(())
    };
    // Too short: nothing to show.
    if read().is_none() {
        table.title = format!("cut short after {} bytes", content.data.len());
    }
    vec![table]
}

/// The words of a queue, four by line.
pub fn queue(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut table = Table::words("words of the queue", hex("offset", 4), 4);
    cursor.rows(content.data.len(), &mut table, |cursor, _| {
        let at = cursor.at();
        let words = cursor.u32s::<4>()?;
        Some(
            [Cell::from(at as u32)]
                .into_iter()
                .chain(words.map(Cell::from))
                .collect(),
        )
    });
    vec![table]
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
        let mut table = Table::new(name, [number("entry"), word("value")]);
        cursor.rows(entries, &mut table, |cursor, n| {
            Some(vec![(n as u32).into(), cursor.u32()?.into()])
        });
        table
    })
    .collect()
}
