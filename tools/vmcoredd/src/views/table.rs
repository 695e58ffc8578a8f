// SPDX-License-Identifier: GPL-2.0

//! Tables as text and as JSON.

use std::io::{Result, Write};

use serde_json::{Map, Value};

use crate::kinds::table::{Cell, Table};

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Hex(value, digits) => format!("{value:0digits$x}"),
        Cell::Number(value) => value.to_string(),
        // What a device says is not for the terminal to act on.
        Cell::Text(text) => text.escape_debug().to_string(),
    }
}

/// A value in JSON.
pub fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Hex(value, _) | Cell::Number(value) => (*value).into(),
        Cell::Text(text) => text.as_str().into(),
    }
}

pub fn print(table: &Table, out: &mut impl Write) -> Result<()> {
    writeln!(out, "    {}", table.title)?;
    let shown: Vec<Vec<_>> = table
        .rows
        .iter()
        .map(|row| row.iter().map(text).collect())
        .collect();
    let width = |column: usize| {
        let cells = shown
            .iter()
            .filter_map(|row| row.get(column))
            .map(String::len);
        cells
            .chain([table.columns[column].len()])
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<_> = (0..table.columns.len()).map(width).collect();
    for row in [&table.columns].into_iter().chain(&shown) {
        let mut line = String::new();
        for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let gap = if index == 0 { "      " } else { "  " };
            line += &format!("{gap}{cell:<width$}");
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

pub fn json(table: &Table) -> Value {
    let rows = table.rows.iter().map(|row| {
        let pairs = table.columns.iter().zip(row);
        Value::Object(
            pairs
                .map(|(column, cell)| (column.clone(), value(cell)))
                .collect(),
        )
    });
    let mut block = Map::new();
    block.insert("title".into(), table.title.as_str().into());
    block.insert("rows".into(), rows.collect());
    Value::Object(block)
}
