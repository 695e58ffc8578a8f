// SPDX-License-Identifier: GPL-2.0

//! A line for each dump and for each file that has none, then how often each signature was seen, for people.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
    io::Write,
};

use anyhow::Result;

use super::{
    columns::{Get, COLUMNS},
    ndjson,
    rows::{Row, What},
    Sink,
};

pub struct Table<'a> {
    out: &'a mut dyn Write,
    signatures: BTreeMap<String, Seen>,
}

#[derive(Default)]
struct Seen {
    dumps: u64,
    /// By their hashes.
    hosts: BTreeSet<u64>,
}

impl<'a> Table<'a> {
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            signatures: BTreeMap::new(),
        }
    }

    fn line(&mut self, row: &Row, what: &str) -> Result<()> {
        let file = &row.file;
        let time = text(row, "crash_time").unwrap_or_else(|| "-".into());
        let host = file.host.name.as_deref().unwrap_or("-");
        let dump = row.device.as_ref().map_or("-", |device| &device.dump);
        let name = &file.name;
        writeln!(
            self.out,
            "{time:<20}  {host:<16}  {dump:<20}  {what}  {name}"
        )?;
        Ok(())
    }
}

/// What a column holds.
fn text(row: &Row, name: &str) -> Option<String> {
    let column = COLUMNS.iter().find(|column| column.name == name)?;
    match column.get {
        Get::Text(get) => get(row).map(Into::into),
        Get::Time(get) => get(row).map(ndjson::time),
        Get::Number(_) | Get::Bits(_) => None,
    }
}

impl Sink for Table<'_> {
    fn rows(&mut self, rows: Vec<Row>) -> Result<()> {
        let has_dumps = rows.iter().any(|row| row.device.is_some());
        for row in &rows {
            match row.what {
                What::File if row.file.error.is_some() || !has_dumps => {
                    let error = row.file.error.as_deref().unwrap_or("no device dumps");
                    self.line(row, &format!("{}: {error}", row.file.state.name()))?;
                }
                What::Dump => {
                    let known = ["signature", "dump_error", "dump_format"];
                    let what = known.iter().find_map(|name| text(row, name));
                    self.line(row, &what.unwrap_or_default())?;
                    let Some(signature) = text(row, "signature") else {
                        continue;
                    };
                    let seen = self.signatures.entry(signature).or_default();
                    seen.dumps += 1;
                    let host = row.file.host.name.as_ref().unwrap_or(&row.file.name);
                    let mut hash = DefaultHasher::new();
                    host.hash(&mut hash);
                    seen.hosts.insert(hash.finish());
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<()> {
        let mut signatures: Vec<_> = self.signatures.into_iter().collect();
        signatures.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.hosts.len()));
        if !signatures.is_empty() {
            writeln!(self.out, "\n{:>8}  {:>8}  signature", "hosts", "dumps")?;
        }
        for (signature, seen) in signatures {
            let Seen { dumps, hosts } = seen;
            writeln!(self.out, "{:>8}  {dumps:>8}  {signature}", hosts.len())?;
        }
        Ok(())
    }
}
