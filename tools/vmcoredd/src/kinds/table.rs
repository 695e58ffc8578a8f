// SPDX-License-Identifier: GPL-2.0

//! Decoded content: tables of numbers and words.

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
pub struct Table {
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
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
}
