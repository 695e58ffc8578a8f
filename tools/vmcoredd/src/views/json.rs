// SPDX-License-Identifier: GPL-2.0

//! JSON, as Documentation/json.rst describes it.

use std::{io, path::Path};

use anyhow::Result;
use serde::{Serialize, Serializer};

use crate::{
    kinds::{
        manifest::Manifest,
        register::{Field, Register},
        table::{Cell, Column, Table, Type},
    },
    vmcore::{Host, Vmcore},
};

/// Incremented when something that was there is gone, or means something else.
pub const SCHEMA: u32 = 2;

#[derive(Serialize)]
struct Document<'a, T> {
    schema: u32,
    command: &'a str,
    vmcoredd: &'a str,
    #[serde(flatten)]
    content: &'a T,
}

/// Prints what a command found.
pub fn print(command: &str, content: &impl Serialize) -> Result<()> {
    let document = Document {
        schema: SCHEMA,
        command,
        vmcoredd: env!("CARGO_PKG_VERSION"),
        content,
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    // An error of the output is one, not one of JSON.
    serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from)?;
    io::Write::write_all(&mut out, b"\n")?;
    Ok(io::Write::flush(&mut out)?)
}

/// What commands found in files.
#[derive(Serialize)]
pub struct Files<T> {
    pub files: Vec<File<T>>,
}

/// The same, of commands that say more of a file.
#[derive(Serialize)]
pub struct Of<T> {
    pub files: [T; 1],
}

/// A file, and what a command found in it.
#[derive(Serialize)]
pub struct File<T> {
    pub file: String,
    /// Why it cannot be read.
    pub error: Option<String>,
    pub kind: Option<String>,
    pub host: Option<Host>,
    /// Where it is damaged, and what else is wrong with it.
    pub warnings: Vec<String>,
    pub manifest: Option<Manifest>,
    pub dumps: Vec<T>,
}

impl<T> File<T> {
    pub fn new(vmcore: &Vmcore, dumps: Vec<T>) -> Self {
        Self {
            file: vmcore.path.display().to_string(),
            error: None,
            kind: Some(vmcore.kind.clone()),
            host: Some(vmcore.host.clone()),
            warnings: vmcore.warnings.iter().map(ToString::to_string).collect(),
            manifest: vmcore.manifest.clone(),
            dumps,
        }
    }

    pub fn unreadable(path: &Path, error: &anyhow::Error) -> Self {
        Self {
            file: path.display().to_string(),
            error: Some(format!("{error:#}")),
            kind: None,
            host: None,
            warnings: Vec::new(),
            manifest: None,
            dumps: Vec::new(),
        }
    }
}

/// What is written in hexadecimal is a string.
fn hex(value: u64, digits: usize) -> String {
    format!("{value:#0width$x}", width = digits + 2)
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Number(u64),
    Borrowed(&'a str),
    Owned(String),
    Empty,
}

impl<'a> Value<'a> {
    fn new(cell: &'a Cell, type_: Type) -> Self {
        match (cell, type_) {
            (Cell::Empty, _) => Self::Empty,
            (Cell::Number(value), Type::Number) => Self::Number(*value),
            (Cell::Number(value), Type::Hex(digits)) => Self::Owned(hex(*value, digits)),
            (Cell::Number(value), _) => Self::Owned(value.to_string()),
            (Cell::Text(digits), Type::Digits) => Self::Owned(format!("0x{digits}")),
            (Cell::Text(text), _) => Self::Borrowed(text),
        }
    }
}

struct Row<'a>(&'a [Column], &'a [Cell]);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(columns, cells) = self;
        let pairs = columns.iter().zip(*cells);
        serializer
            .collect_map(pairs.map(|(column, cell)| (&column.name, Value::new(cell, column.type_))))
    }
}

#[derive(Serialize)]
struct TypedColumn<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    type_: &'static str,
}

impl<'a> TypedColumn<'a> {
    fn new(column: &'a Column) -> Self {
        Self {
            name: &column.name,
            type_: match column.type_ {
                Type::Number => "number",
                Type::Counter => "decimal",
                Type::Hex(_) | Type::Digits => "hex",
                Type::Text => "text",
            },
        }
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shape<'a> {
            title: &'a str,
            columns: Vec<TypedColumn<'a>>,
            rows: Vec<Row<'a>>,
        }
        let rows = self.rows.iter().map(|row| Row(&self.columns, row));
        Shape {
            title: &self.title,
            columns: self.columns.iter().map(TypedColumn::new).collect(),
            rows: rows.collect(),
        }
        .serialize(serializer)
    }
}

/// What is known of all of a dump, by name.
#[derive(Default)]
pub struct Facts(pub Table);

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(table) = self;
        let row = table.rows.first().map_or(&[][..], |row| row);
        Row(&table.columns, row).serialize(serializer)
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shape<'a> {
            name: &'a str,
            value: String,
            low: u32,
            bits: u32,
            meaning: Option<&'a str>,
        }
        Shape {
            name: &self.name,
            value: hex(self.value, 1),
            low: self.low,
            bits: self.bits,
            meaning: self.meaning.as_deref(),
        }
        .serialize(serializer)
    }
}

impl Serialize for Register {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shape<'a> {
            address: u64,
            unit: &'a str,
            name: Option<&'a str>,
            value: String,
            bits: u32,
            fields: &'a [Field],
        }
        Shape {
            address: self.address,
            unit: &self.unit,
            name: self.name.as_deref(),
            value: hex(self.value, self.bits as usize / 4),
            bits: self.bits,
            fields: &self.fields,
        }
        .serialize(serializer)
    }
}
