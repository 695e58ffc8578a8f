// SPDX-License-Identifier: GPL-2.0

//! Reading what is in a section.

use crate::kinds::table::{Cell, Table};

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
        table: &mut Table,
        mut each: impl FnMut(&mut Self, usize) -> Option<Vec<Cell>>,
    ) {
        for index in 0..most {
            match each(self, index) {
                Some(row) => table.rows.push(row),
                None => break,
            }
        }
    }
}
