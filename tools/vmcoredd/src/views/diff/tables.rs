// SPDX-License-Identifier: GPL-2.0

//! Sections whose tables are different: rows are known by their first cells.

use std::{collections::BTreeMap, io::Result};

use serde::Serialize;

use crate::{
    kinds::table::{Cell, Column, Table},
    views::{out::Out, table},
};

#[derive(Serialize)]
pub struct Section {
    section: String,
    /// Rows that are different, or only in one of them, of so many.
    changed: usize,
    of: usize,
    /// If they were asked for.
    rows: Vec<String>,
}

/// `None`: they are the same. With `all`, the rows that are not.
pub fn compare(name: &str, before: &[Table], after: &[Table], all: bool) -> Option<Section> {
    let (old, new) = (rows(before), rows(after));
    let mut section = Section {
        section: name.to_owned(),
        changed: 0,
        of: new.len().max(old.len()),
        rows: Vec::new(),
    };
    let mut note = |what: String| {
        section.changed += 1;
        if all {
            section.rows.push(what);
        }
    };
    for (key, row) in &new {
        match old.get(key) {
            None => note(format!("{key}: new")),
            Some(before) if before != row => note(format!("{key}: {}", cells(before, row))),
            Some(_) => {}
        }
    }
    for key in old.keys().filter(|key| !new.contains_key(*key)) {
        note(format!("{key}: gone"));
    }
    (section.changed > 0).then_some(section)
}

/// Columns and cells of a row.
type Row<'a> = Vec<(&'a Column, &'a Cell)>;

/// Rows by the title of their table and their first cell; a record is a row for each of its columns.
fn rows(tables: &[Table]) -> BTreeMap<String, Row<'_>> {
    let mut rows = BTreeMap::new();
    for table in tables {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for row in &table.rows {
            let cells = table.columns.iter().zip(row);
            if table.is_record {
                rows.extend(cells.map(|pair| (pair.0.name.to_string(), vec![pair])));
                continue;
            }
            let cells: Row<'_> = cells.collect();
            let first = cells.first();
            let first = first.map_or_else(String::new, |(column, cell)| {
                table::text(cell, column.type_)
            });
            let count = seen.entry(first.clone()).or_default();
            *count += 1;
            let mut key = format!("{} {first}", table.title);
            if *count > 1 {
                key += &format!(" ({count})");
            }
            rows.insert(key.trim().to_owned(), cells);
        }
    }
    rows
}

fn cells(old: &Row<'_>, new: &Row<'_>) -> String {
    let changed = new.iter().zip(old).filter(|(new, old)| new != old);
    let changed = changed.map(|((column, new), (_, old))| {
        let [old, new] = [old, new].map(|cell| table::text(cell, column.type_));
        format!("{} {old} -> {new}", column.name)
    });
    changed.collect::<Vec<_>>().join(", ")
}

impl Section {
    pub fn print(&self, out: &mut Out) -> Result<()> {
        let Self {
            section,
            changed,
            of,
            rows,
        } = self;
        let hint = match rows.is_empty() {
            true => format!(" (--section {section} shows them)"),
            false => String::new(),
        };
        out.line(
            4,
            format!("  {section}: {changed} of {of} rows differ{hint}"),
        )?;
        for row in rows {
            out.line(6, format!("    {row}"))?;
        }
        Ok(())
    }
}
