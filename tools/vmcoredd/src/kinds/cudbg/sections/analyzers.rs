// SPDX-License-Identifier: GPL-2.0

//! Logic analyzers of upper layer protocols and of the TCP processor.

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    table::{Cell, Table},
};

pub fn tcp(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mode = cursor.u32s::<2>().map_or(0, |[_, mode]| mode);
    let mut block = Table::new(
        format!("entries, the oldest first; mode {mode}"),
        &["entry", "value"],
    );
    cursor.rows(128, &mut block, |cursor, n| {
        Some(vec![(n as u32).into(), Cell::Hex(cursor.u64()?, 16)])
    });
    vec![block]
}

pub fn receive(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut block = Table::words("entries, the oldest first", "entry", 8);
    cursor.rows(512, &mut block, |cursor, n| {
        let words = cursor.u32s::<8>()?;
        Some(
            [Cell::from(n as u32)]
                .into_iter()
                .chain(words.map(Cell::word))
                .collect(),
        )
    });
    vec![block]
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
    let mut blocks = Vec::new();
    let mut block = Table::new("analyzers", &["analyzer", "read", "write", "first"]);
    for n in 0..ANALYZERS {
        let [read, write, first] = positions.map(|list| list[n]);
        block.row([
            (n as u32).into(),
            Cell::word(read),
            Cell::word(write),
            Cell::word(first),
        ]);
    }
    blocks.push(block);
    for n in 0..ANALYZERS {
        let mut block = Table::words(format!("analyzer {n}"), "entry", 4);
        cursor.rows(ENTRIES / 4, &mut block, |cursor, line| {
            let words = cursor.u32s::<4>()?;
            Some(
                [Cell::from(line as u32 * 4)]
                    .into_iter()
                    .chain(words.map(Cell::word))
                    .collect(),
            )
        });
        blocks.push(block);
    }
    let mut control = cursor.clone();
    cursor.bytes(SAMPLES * 4);
    let mut block = Table::words("samples of the inside", "control", 6);
    cursor.rows(SAMPLES, &mut block, |cursor, _| {
        let control = Cell::word(control.u32()?);
        let words = cursor.u32s::<6>()?;
        Some([control].into_iter().chain(words.map(Cell::word)).collect())
    });
    blocks.push(block);
    blocks
}
