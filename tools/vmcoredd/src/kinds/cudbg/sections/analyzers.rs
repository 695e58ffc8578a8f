// SPDX-License-Identifier: GPL-2.0

//! Logic analyzers of upper layer protocols and of the TCP processor.

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    table::{hex, number, word, Cell, Table},
};

pub fn tcp(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mode = cursor.u32s::<2>().map_or(0, |[_, mode]| mode);
    let mut table = Table::new(
        format!("entries, the oldest first; mode {mode}"),
        [number("entry"), hex("value", 16)],
    );
    cursor.rows(128, &mut table, |cursor, n| {
        Some(vec![(n as u32).into(), cursor.u64()?.into()])
    });
    vec![table]
}

pub fn receive(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut table = Table::words("entries, the oldest first", number("entry"), 8);
    cursor.rows(512, &mut table, |cursor, n| {
        let words = cursor.u32s::<8>()?;
        Some(
            [Cell::from(n as u32)]
                .into_iter()
                .chain(words.map(Cell::from))
                .collect(),
        )
    });
    vec![table]
}

pub fn transmit(content: &Content<'_>) -> Vec<Table> {
    const ANALYZERS: usize = 11;
    const ENTRIES: usize = 512;
    const SAMPLES: usize = 128;

    let mut cursor = Cursor::new(content.data);
    // Signature, revision and size.
    cursor.bytes(8);
    let mut positions = [[0; ANALYZERS]; 3];
    for list in &mut positions {
        *list = cursor.u32s().unwrap_or_default();
    }
    let mut tables = Vec::new();
    let mut table = Table::new(
        "analyzers",
        [
            number("analyzer"),
            word("read"),
            word("write"),
            word("first"),
        ],
    );
    for n in 0..ANALYZERS {
        let [read, write, first] = positions.map(|list| list[n]);
        table.row([(n as u32).into(), read.into(), write.into(), first.into()]);
    }
    tables.push(table);
    for n in 0..ANALYZERS {
        let mut table = Table::words(format!("analyzer {n}"), number("entry"), 4);
        cursor.rows(ENTRIES / 4, &mut table, |cursor, line| {
            let words = cursor.u32s::<4>()?;
            Some(
                [Cell::from(line as u32 * 4)]
                    .into_iter()
                    .chain(words.map(Cell::from))
                    .collect(),
            )
        });
        tables.push(table);
    }
    let mut control = cursor.clone();
    cursor.bytes(SAMPLES * 4);
    let mut table = Table::words("samples of the inside", word("control"), 6);
    cursor.rows(SAMPLES, &mut table, |cursor, _| {
        let control = Cell::from(control.u32()?);
        let words = cursor.u32s::<6>()?;
        Some([control].into_iter().chain(words.map(Cell::from)).collect())
    });
    tables.push(table);
    tables
}
