// SPDX-License-Identifier: GPL-2.0

//! The columns: name, type, and what is in them. Documentation/scan.rst says what they mean.

use std::{
    borrow::Cow,
    time::{Duration, SystemTime},
};

use super::rows::{millis, Device, Register, Row, What};
use crate::findings::Finding;

/// Incremented when a column is gone or means something else; not for a new one.
pub const SCHEMA: i64 = 1;

/// How to get a value; its type.
pub enum Get {
    Text(fn(&Row) -> Option<Cow<'_, str>>),
    Number(fn(&Row) -> Option<i64>),
    /// Milliseconds since 1970.
    Time(fn(&Row) -> Option<i64>),
    /// What was read from a device.
    Bits(fn(&Row) -> Option<u64>),
}

pub struct Column {
    pub name: &'static str,
    pub get: Get,
}

const fn text(name: &'static str, get: fn(&Row) -> Option<Cow<'_, str>>) -> Column {
    let get = Get::Text(get);
    Column { name, get }
}

const fn number(name: &'static str, get: fn(&Row) -> Option<i64>) -> Column {
    let get = Get::Number(get);
    Column { name, get }
}

const fn time(name: &'static str, get: fn(&Row) -> Option<i64>) -> Column {
    let get = Get::Time(get);
    Column { name, get }
}

const fn bits(name: &'static str, get: fn(&Row) -> Option<u64>) -> Column {
    let get = Get::Bits(get);
    Column { name, get }
}

pub const COLUMNS: [Column; 34] = [
    number("schema", |_| Some(SCHEMA)),
    text("record", |row| {
        let record = match row.what {
            What::File => "file",
            What::Dump => "dump",
            What::Finding(_) => "finding",
            What::Register(_) => "register",
        };
        Some(record.into())
    }),
    // The file.
    text("file", |row| borrowed(&row.file.name)),
    number("file_bytes", |row| row.file.facts.bytes.and_then(signed)),
    time("file_time", |row| row.file.facts.modified.and_then(millis)),
    text("file_kind", |row| some(&row.file.kind)),
    text("file_state", |row| Some(row.file.state.name().into())),
    text("file_error", |row| some(&row.file.error)),
    text("host", |row| some(&row.file.host.name)),
    text("kernel", |row| some(&row.file.host.kernel)),
    time("crash_time", |row| {
        let seconds = row.file.host.crash_time?;
        millis(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
    }),
    text("panic", |row| some(&row.file.panic)),
    // The dump.
    text("dump", |row| borrowed(&device(row)?.dump)),
    text("dump_format", |row| Some(device(row)?.format.into())),
    text("dump_status", |row| {
        borrowed(&device(row)?.entry.as_ref()?.status)
    }),
    text("dump_error", |row| some(&device(row)?.error)),
    number("dump_bytes", |row| device(row)?.bytes.and_then(signed)),
    number("dump_ms", |row| {
        Some(device(row)?.entry.as_ref()?.ms.into())
    }),
    text("device", |row| some(&device(row)?.kind)),
    text("firmware", |row| some(&device(row)?.firmware)),
    // The verdict on the device.
    text("verdict", |row| {
        borrowed(&device(row)?.verdict.as_ref()?.words)
    }),
    text("verdict_severity", |row| {
        Some(device(row)?.verdict.as_ref()?.severity?.name().into())
    }),
    text("confidence", |row| {
        Some(device(row)?.verdict.as_ref()?.confidence.name().into())
    }),
    text("signature", |row| {
        borrowed(&device(row)?.verdict.as_ref()?.signature)
    }),
    // A finding.
    text("finding", |row| match &row.what {
        What::Register(register) => some(&register.finding),
        _ => borrowed(&finding(row)?.sign),
    }),
    text("severity", |row| Some(finding(row)?.severity.name().into())),
    text("unit", |row| borrowed(&finding(row)?.unit)),
    text("words", |row| borrowed(&finding(row)?.words)),
    text("rule", |row| borrowed(&finding(row)?.rule)),
    // A register.
    text("register", |row| borrowed(&register(row)?.evidence.name)),
    text("role", |row| Some(register(row)?.role.into())),
    number("address", |row| signed(register(row)?.evidence.address?)),
    bits("value", |row| Some(register(row)?.evidence.value)),
    text("fields", |row| {
        let words = &register(row)?.evidence.words;
        (!words.is_empty()).then_some(Cow::Borrowed(words))
    }),
];

fn device(row: &Row) -> Option<&Device> {
    row.device.as_deref()
}

fn finding(row: &Row) -> Option<&Finding> {
    match &row.what {
        What::Finding(finding) => Some(finding),
        _ => None,
    }
}

fn register(row: &Row) -> Option<&Register> {
    match &row.what {
        What::Register(register) => Some(register),
        _ => None,
    }
}

fn borrowed(text: &str) -> Option<Cow<'_, str>> {
    Some(Cow::Borrowed(text))
}

fn some(text: &Option<String>) -> Option<Cow<'_, str>> {
    text.as_deref().map(Cow::Borrowed)
}

fn signed(number: u64) -> Option<i64> {
    number.try_into().ok()
}
