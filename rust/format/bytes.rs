// SPDX-License-Identifier: GPL-2.0

//! Little-endian integers in byte slices, checked; names in fields of a fixed length.

use super::{
    Error,
    Result, //
};

/// `len` bytes at `offset`, or an error that says `expected`.
pub(super) fn get<'a>(
    bytes: &'a [u8],
    offset: usize,
    len: usize,
    expected: &'static str,
) -> Result<&'a [u8]> {
    offset
        .checked_add(len)
        .and_then(|end| bytes.get(offset..end))
        .ok_or(Error::new(offset as u64, expected))
}

fn array<const N: usize>(bytes: &[u8], offset: usize, expected: &'static str) -> Result<[u8; N]> {
    get(bytes, offset, N, expected)?
        .first_chunk()
        .copied()
        .ok_or(Error::new(offset as u64, expected))
}

pub(super) fn u16_at(bytes: &[u8], offset: usize, expected: &'static str) -> Result<u16> {
    array(bytes, offset, expected).map(u16::from_le_bytes)
}

pub(super) fn u32_at(bytes: &[u8], offset: usize, expected: &'static str) -> Result<u32> {
    array(bytes, offset, expected).map(u32::from_le_bytes)
}

pub(super) fn u64_at(bytes: &[u8], offset: usize, expected: &'static str) -> Result<u64> {
    array(bytes, offset, expected).map(u64::from_le_bytes)
}

/// Fills a structure of fixed size, in the order of the fields. What does not fit is left out.
pub(super) struct Writer<'a>(&'a mut [u8]);

impl<'a> Writer<'a> {
    pub(super) fn new(out: &'a mut [u8]) -> Self {
        Self(out)
    }

    /// What our own structures begin with.
    pub(super) fn prefix(&mut self, signature: &[u8], version: (u16, u16), len: u32) -> &mut Self {
        self.bytes(signature).u16(version.0).u16(version.1).u32(len)
    }

    fn take(&mut self, len: usize) -> &'a mut [u8] {
        match core::mem::take(&mut self.0).split_at_mut_checked(len) {
            Some((field, rest)) => {
                self.0 = rest;
                field
            }
            None => &mut [],
        }
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        for (to, from) in self.take(bytes.len()).iter_mut().zip(bytes) {
            *to = *from;
        }
        self
    }

    pub(super) fn u8(&mut self, value: u8) -> &mut Self {
        self.bytes(&[value])
    }

    pub(super) fn u16(&mut self, value: u16) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    pub(super) fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    pub(super) fn u64(&mut self, value: u64) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    pub(super) fn u32s(&mut self, values: &[u32]) -> &mut Self {
        for value in values {
            self.u32(*value);
        }
        self
    }

    /// Leaves `len` bytes as they are.
    pub(super) fn skip(&mut self, len: usize) -> &mut Self {
        self.take(len);
        self
    }
}

/// Takes fields off a structure of fixed size, in the order of the fields.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads the first `len` of `bytes`, or fails with `expected` if they are not all there. Past them there are zeroes.
    pub(super) fn new(bytes: &'a [u8], len: usize, expected: &'static str) -> Result<Self> {
        get(bytes, 0, len, expected).map(Self)
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let Some((field, rest)) = self.0.split_first_chunk() else {
            return [0; N];
        };
        self.0 = rest;
        *field
    }

    pub(super) fn u8(&mut self) -> u8 {
        u8::from_le_bytes(self.bytes())
    }

    pub(super) fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.bytes())
    }

    pub(super) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes())
    }

    pub(super) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    pub(super) fn u32s<const N: usize>(&mut self) -> [u32; N] {
        core::array::from_fn(|_| self.u32())
    }
}

/// `bytes` as they fit, then zeroes.
pub fn padded<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    Writer::new(&mut out).bytes(bytes.get(..N).unwrap_or(bytes));
    out
}

/// `bytes` as far as their first NUL.
pub fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or(bytes)
}
