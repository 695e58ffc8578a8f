// SPDX-License-Identifier: GPL-2.0

//! Decoded content: tables of numbers and words.

use std::io::{Result, Write};

use serde_json::{Map, Value};

/// A value in a table. JSON has numbers as numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Shown with this many digits, in hexadecimal.
    Hex(u64, usize),
    Number(u64),
    Text(String),
}

impl Cell {
    pub fn word(value: u32) -> Self {
        Self::Hex(value.into(), 8)
    }

    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Words behind each other, as one long number.
    pub fn words<'a>(words: impl IntoIterator<Item = &'a u32>) -> Self {
        let digits: Vec<_> = words
            .into_iter()
            .map(|word| format!("{word:08x}"))
            .collect();
        Self::Text(digits.concat())
    }

    fn show(&self) -> String {
        match self {
            Self::Hex(value, digits) => format!("{value:0digits$x}"),
            Self::Number(value) => value.to_string(),
            // What a device says is not for the terminal to act on.
            Self::Text(text) => text.escape_debug().to_string(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Hex(value, _) | Self::Number(value) => (*value).into(),
            Self::Text(text) => text.as_str().into(),
        }
    }
}

impl From<u32> for Cell {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl From<u64> for Cell {
    fn from(value: u64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

impl Block {
    pub fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        Self {
            title: title.into(),
            columns: columns.iter().map(|&column| column.into()).collect(),
            rows: Vec::new(),
        }
    }

    /// A column for each word of a row.
    pub fn words(title: impl Into<String>, first: &str, words: usize) -> Self {
        let mut block = Self::new(title, &[first]);
        block.columns.extend((0..words).map(|n| format!("word{n}")));
        block
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub fn print(&self, out: &mut impl Write) -> Result<()> {
        writeln!(out, "    {}", self.title)?;
        let shown: Vec<Vec<_>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(Cell::show).collect())
            .collect();
        let width = |column: usize| {
            let cells = shown
                .iter()
                .filter_map(|row| row.get(column))
                .map(String::len);
            cells.chain([self.columns[column].len()]).max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..self.columns.len()).map(width).collect();
        for row in [&self.columns].into_iter().chain(&shown) {
            let mut line = String::new();
            for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let gap = if index == 0 { "      " } else { "  " };
                line += &format!("{gap}{cell:<width$}");
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    pub fn json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let pairs = self.columns.iter().zip(row);
            Value::Object(
                pairs
                    .map(|(column, cell)| (column.clone(), cell.json()))
                    .collect(),
            )
        });
        let mut block = Map::new();
        block.insert("title".into(), self.title.as_str().into());
        block.insert("rows".into(), rows.collect());
        Value::Object(block)
    }
}

/// Content that is read from the start on; `None` where it ends.
#[derive(Clone)]
pub struct Cursor<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0 }
    }

    pub fn at(&self) -> usize {
        self.at
    }

    pub fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let bytes = self.data.get(self.at..self.at.checked_add(len)?)?;
        self.at += len;
        Some(bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }

    pub fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub fn u32s<const N: usize>(&mut self) -> Option<[u32; N]> {
        let mut words = [0; N];
        for word in &mut words {
            *word = self.u32()?;
        }
        Some(words)
    }

    /// As many rows as there are, made by `each` until it finds the end, but not more than `most`.
    pub fn rows(
        &mut self,
        most: usize,
        block: &mut Block,
        mut each: impl FnMut(&mut Self, usize) -> Option<Vec<Cell>>,
    ) {
        for index in 0..most {
            match each(self, index) {
                Some(row) => block.rows.push(row),
                None => break,
            }
        }
    }
}
