// SPDX-License-Identifier: GPL-2.0

//! Registers behind an index, in ranges of up to 32.

use vmcore_format::cudbg::section::Section;

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    table::{hex, text, word, Cell, Table},
};

const WORDS: usize = 32;

/// Names of index registers.
const NAMES: [(u32, &str); 11] = [
    (0x10cc, "SGE_DEBUG"),
    (0x5a04, "PCIE_PDEBUG"),
    (0x5a10, "PCIE_CDEBUG"),
    (0x78f8, "MA_LOCAL_DEBUG"),
    (0x7b50, "CIM_HOST_ACC"),
    (0x7e18, "TP_TM_PIO"),
    (0x7e40, "TP_PIO"),
    (0x7e50, "TP_MIB"),
    (0x8fd0, "PM_RX_DBG"),
    (0x8ff0, "PM_TX_DBG"),
    (0x51320, "HMA_LOCAL_DEBUG"),
];

/// Words of the scheduler's channels and classes are this far from each other.
fn stride(section: Section, first: u32, count: usize) -> u32 {
    match (section, first, count) {
        (Section::UpCimIndirect, 0x4900.., 4) => 0x120,
        (Section::UpCimIndirect, 0x4900.., _) => 0x10,
        (Section::UpCimIndirect, ..) => 4,
        _ => 1,
    }
}

pub fn decode(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut tables = Vec::new();
    while let Some(table) = range(content.section, &mut cursor) {
        if !table.rows.is_empty() {
            tables.push(table);
        }
    }
    tables
}

fn range(section: Section, cursor: &mut Cursor<'_>) -> Option<Table> {
    let [index, data, first, count] = cursor.u32s()?;
    let name = NAMES
        .iter()
        .find(|(register, _)| *register == index)
        .map_or("index", |(_, name)| name);
    let title = format!("{name} ({index:#x}, {data:#x})");
    let mut table = Table::new(title, [hex("index", 4), word("value")]);
    let mut values = Vec::new();
    while values.len() < WORDS {
        match cursor.u32() {
            Some(value) => values.push(value),
            None => break,
        }
    }
    let (first, count, stride) = match (section, count) {
        // Counted up, and how many is not said.
        (Section::MaIndirect, 0) => {
            let count: usize = if first == 0xe620 { 17 } else { 13 };
            (first.wrapping_sub(0x20 * count as u32), count, 0x20)
        }
        _ => {
            let count = (count as usize).min(WORDS);
            (first, count, stride(section, first, count))
        }
    };
    if index != 0 {
        for (n, value) in (0..).zip(values.into_iter().take(count)) {
            let index = first.wrapping_add(n * stride);
            table.row([index.into(), value.into()]);
        }
    }
    Some(table)
}

/// Debug registers, and on T6 the queues of each function.
pub fn sge(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut tables: Vec<_> = (0..2)
        .map_while(|_| range(content.section, &mut cursor))
        .collect();
    let [index, ..] = cursor.u32s::<5>().unwrap_or_default();
    let mut table = Table::words("SGE_QBASE: queues of functions", text("function"), 4);
    // 8 physical, 256 virtual functions.
    cursor.rows(8 + 256, &mut table, |cursor, n| {
        let name = match n {
            0..=7 => format!("PF{n}"),
            _ => format!("VF{}", n - 8),
        };
        let words = cursor.u32s::<4>()?;
        Some(
            [Cell::Text(name)]
                .into_iter()
                .chain(words.map(Cell::from))
                .collect(),
        )
    });
    if index != 0 {
        tables.push(table);
    }
    tables
}
