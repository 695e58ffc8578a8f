// SPDX-License-Identifier: GPL-2.0

//! Tables. A column has a type, which all its cells are of, unless they are empty.

use std::borrow::Cow;

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A number of less than 2^53, which every program can hold.
    Number,
    /// A number of up to 64 bits.
    Counter,
    /// A number of up to 64 bits that is written in hexadecimal, with this many digits.
    Hex(usize),
    /// A number of any size, in hexadecimal digits.
    Digits,
    Text,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: Cow<'static, str>,
    pub type_: Type,
}

impl Column {
    pub fn new(name: impl Into<Cow<'static, str>>, type_: Type) -> Self {
        Self {
            name: name.into(),
            type_,
        }
    }
}

pub fn number(name: impl Into<Cow<'static, str>>) -> Column {
    Column::new(name, Type::Number)
}

pub fn counter(name: impl Into<Cow<'static, str>>) -> Column {
    Column::new(name, Type::Counter)
}

pub fn hex(name: impl Into<Cow<'static, str>>, digits: usize) -> Column {
    Column::new(name, Type::Hex(digits))
}

/// 32 bits.
pub fn word(name: impl Into<Cow<'static, str>>) -> Column {
    hex(name, 8)
}

pub fn digits(name: impl Into<Cow<'static, str>>) -> Column {
    Column::new(name, Type::Digits)
}

pub fn text(name: impl Into<Cow<'static, str>>) -> Column {
    Column::new(name, Type::Text)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Number(u64),
    /// Text, or hexadecimal digits.
    Text(String),
    Empty,
}

impl Cell {
    /// Words behind each other, as one long number.
    pub fn words<'a>(words: impl IntoIterator<Item = &'a u32>) -> Self {
        let digits: Vec<_> = words
            .into_iter()
            .map(|word| format!("{word:08x}"))
            .collect();
        Self::Text(digits.concat())
    }

    /// Whether it may be in a column of this type.
    pub fn is(&self, type_: Type) -> bool {
        match (self, type_) {
            (Self::Empty, _) => true,
            (Self::Number(value), Type::Number) => *value < 1 << 53,
            (Self::Number(_), Type::Counter | Type::Hex(_)) => true,
            (Self::Text(text), Type::Digits) => text.bytes().all(|byte| byte.is_ascii_hexdigit()),
            (Self::Text(_), Type::Text) => true,
            _ => false,
        }
    }
}

impl From<u16> for Cell {
    fn from(value: u16) -> Self {
        Self::Number(value.into())
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

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// What is not there is empty.
impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, T::into)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub title: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    /// It has one row: things that are known of something.
    pub is_record: bool,
}

impl Table {
    pub fn new(
        title: impl Into<Cow<'static, str>>,
        columns: impl IntoIterator<Item = Column>,
    ) -> Self {
        Self {
            title: title.into().into_owned(),
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
            is_record: false,
        }
    }

    /// A column of 32 bits for each word of a row.
    pub fn words(title: impl Into<Cow<'static, str>>, first: Column, words: usize) -> Self {
        let words = (0..words).map(|n| word(format!("word{n}")));
        Self::new(title, [first].into_iter().chain(words))
    }

    pub fn record(
        title: impl Into<Cow<'static, str>>,
        pairs: impl IntoIterator<Item = (Column, Cell)>,
    ) -> Self {
        let (columns, row) = pairs.into_iter().unzip();
        Self {
            title: title.into().into_owned(),
            columns,
            rows: vec![row],
            is_record: true,
        }
    }

    /// What a record has in a column.
    pub fn value(&self, column: &str) -> Option<&Cell> {
        let index = self.columns.iter().position(|known| known.name == column)?;
        self.rows.first()?.get(index)
    }

    /// The same, if it is text.
    pub fn text(&self, column: &str) -> Option<&str> {
        match self.value(column)? {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }
}
