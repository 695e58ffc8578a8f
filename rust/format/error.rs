// SPDX-License-Identifier: GPL-2.0

use core::fmt;

/// What was expected, and where it was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// Offset in bytes, from the start of what was being parsed.
    pub offset: u64,
    /// What a valid file has there.
    pub expected: &'static str,
}

/// What parsers return.
pub type Result<T> = core::result::Result<T, Error>;

impl Error {
    pub(super) const fn new(offset: u64, expected: &'static str) -> Self {
        Self { offset, expected }
    }

    /// The same error, seen from a container in which the parsed bytes start at `base`.
    pub fn based_at(self, base: u64) -> Self {
        Self {
            offset: base.saturating_add(self.offset),
            ..self
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "at offset {:#x}: expected {}",
            self.offset, self.expected
        )
    }
}

impl core::error::Error for Error {}
