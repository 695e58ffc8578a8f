// SPDX-License-Identifier: GPL-2.0

//! Sections whose tables are different: rows are known by their first cells.

use std::{
    collections::BTreeMap,
    io::{Result, Write},
};

use serde::Serialize;

use crate::{
    kinds::{
        table::{Cell, Table},
        Tables,
    },
    views::table,
};

#[derive(Serialize)]
pub struct Section {
    section: String,
    /// Rows that are different, or only in one of them, of so many.
    changed: usize,
    of: usize,
    /// If they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rows: Vec<String>,
}

/// `None`: they are the same. With `all`, the rows that are not.
pub fn compare(before: &Tables, after: &Tables, all: bool) -> Option<Section> {
    let (old, new) = (rows(&before.tables), rows(&after.tables));
    let mut section = Section {
        section: after.section.to_string(),
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
type Row<'a> = Vec<(&'a str, &'a Cell)>;

fn rows(tables: &[Table]) -> BTreeMap<String, Row<'_>> {
    let mut rows = BTreeMap::new();
    for table in tables {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for row in &table.rows {
            let first = row.first().map_or_else(String::new, table::text);
            let count = seen.entry(first.clone()).or_default();
            *count += 1;
            let mut key = format!("{} {first}", table.title);
            if *count > 1 {
                key += &format!(" ({count})");
            }
            let columns = table.columns.iter().map(String::as_str);
            rows.insert(key.trim().to_owned(), columns.zip(row).collect());
        }
    }
    rows
}

fn cells(old: &Row<'_>, new: &Row<'_>) -> String {
    let changed = new.iter().zip(old).filter(|(new, old)| new != old);
    let changed: Vec<_> = changed
        .map(|((column, new), (_, old))| {
            format!("{column} {} -> {}", table::text(old), table::text(new))
        })
        .collect();
    changed.join(", ")
}

impl Section {
    pub fn print(&self, out: &mut impl Write) -> Result<()> {
        let Self {
            section,
            changed,
            of,
            rows,
        } = self;
        let hint = if rows.is_empty() {
            format!(" (--section {section} shows them)")
        } else {
            String::new()
        };
        writeln!(out, "  {section}: {changed} of {of} rows differ{hint}")?;
        rows.iter().try_for_each(|row| writeln!(out, "    {row}"))
    }
}
