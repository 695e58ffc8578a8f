// SPDX-License-Identifier: GPL-2.0

//! A JSON object in each line. Each has all keys; what is not known is `null`.

use std::{
    io::{self, Write},
    time::{Duration, SystemTime},
};

use anyhow::Result;
use humantime::format_rfc3339_seconds;
use serde::{Serialize, Serializer};

use super::{
    columns::{Get, COLUMNS},
    rows::Row,
    Sink,
};

pub struct Lines<'a>(pub &'a mut dyn Write);

impl Sink for Lines<'_> {
    fn rows(&mut self, rows: Vec<Row>) -> Result<()> {
        let Self(out) = self;
        for row in rows {
            serde_json::to_writer(&mut *out, &row).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = COLUMNS.iter().map(|column| {
            let value = match column.get {
                Get::Text(get) => get(self).map(|text| Value::Text(text.into_owned())),
                Get::Number(get) => get(self).map(Value::Number),
                Get::Time(get) => get(self).map(|millis| Value::Text(time(millis))),
                // As everywhere in our JSON: programs that read numbers do not hold 64 bits.
                Get::Bits(get) => get(self).map(|bits| Value::Text(format!("{bits:#x}"))),
            };
            (column.name, value)
        });
        serializer.collect_map(pairs)
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Number(i64),
}

/// `2026-11-26T03:14:15Z`.
pub fn time(millis: i64) -> String {
    let since = Duration::from_millis(u64::try_from(millis).unwrap_or_default());
    format_rfc3339_seconds(SystemTime::UNIX_EPOCH + since).to_string()
}
