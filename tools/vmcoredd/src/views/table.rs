// SPDX-License-Identifier: GPL-2.0

//! Tables as text.

use std::io::Result;

use super::out::{Look, Out};
use crate::kinds::table::{Cell, Table, Type};

pub fn text(cell: &Cell, type_: Type) -> String {
    match (cell, type_) {
        (Cell::Number(value), Type::Hex(digits)) => format!("{value:0digits$x}"),
        (Cell::Number(value), _) => value.to_string(),
        // What a device says is not for the terminal to act on.
        (Cell::Text(text), _) => text.escape_debug().to_string(),
        (Cell::Empty, _) => String::new(),
    }
}

/// Prints a table below its title.
pub fn print(table: &Table, out: &mut Out) -> Result<()> {
    out.line(6, format!("    {}", Look::Heading.paint(&table.title)))?;
    if table.is_record {
        return print_record(table, out);
    }
    let is_text = |index: usize| table.columns[index].type_ == Type::Text;
    let shown = table.rows.iter().map(|row| {
        let cells = row.iter().zip(&table.columns);
        cells
            .map(|(cell, column)| text(cell, column.type_))
            .collect::<Vec<_>>()
    });
    let mut rows: Vec<Vec<String>> = vec![table
        .columns
        .iter()
        .map(|column| column.name.to_string())
        .collect()];
    rows.extend(shown);
    let widths: Vec<_> = (0..table.columns.len())
        .map(|index| {
            let cells = rows.iter().map(|row| row[index].chars().count());
            cells.max().unwrap_or(0)
        })
        .collect();
    for row in &rows {
        let mut line = "      ".to_owned();
        for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
            if index > 0 {
                line += "  ";
            }
            line += &match is_text(index) {
                true => format!("{cell:<width$}"),
                false => format!("{cell:>width$}"),
            };
        }
        out.line(8, line)?;
    }
    Ok(())
}

/// A line for each thing that is known.
fn print_record(table: &Table, out: &mut Out) -> Result<()> {
    let names = table.columns.iter().map(|column| column.name.len());
    let width = names.max().unwrap_or(0);
    for row in &table.rows {
        for (cell, column) in row.iter().zip(&table.columns) {
            let line = format!(
                "      {:<width$}  {}",
                column.name,
                text(cell, column.type_)
            );
            out.line(8 + width, line)?;
        }
    }
    Ok(())
}
