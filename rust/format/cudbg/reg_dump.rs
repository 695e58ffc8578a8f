// SPDX-License-Identifier: GPL-2.0

//! The register dump: a buffer with the value of the register at address `a` at offset `a`, zeroes where no register is read.
//!
//! If there was no time for all of them, the dump is as long as ever, and its section header says which was the first that was not
//! read ([`Cause::Deadline`](super::cause::Cause::Deadline)); behind it, only those that are [`telling`] were.

mod t4;
mod t5;
mod t6;
mod telling;

pub use self::telling::{
    telling,
    MOST_TELLING, //
};

use super::{
    super::bytes,
    chip::Chip,
    words, //
};

/// Bytes of the register dump of `chip`.
pub const fn len(chip: Chip) -> usize {
    match chip {
        Chip::T4 => 160 << 10,
        Chip::T5 | Chip::T6 => 332 << 10,
    }
}

/// The registers to read, as addresses of the first and the last register of each range, ascending.
pub fn ranges(chip: Chip) -> &'static [(u32, u32)] {
    match chip {
        Chip::T4 => &t4::RANGES,
        Chip::T5 => &t5::RANGES,
        Chip::T6 => &t6::RANGES,
    }
}

/// The addresses of the registers to read, ascending.
pub fn addresses(chip: Chip) -> impl Iterator<Item = u32> + Clone {
    ranges(chip)
        .iter()
        .flat_map(|&(first, last)| words(first, last))
}

/// The registers that a dump of `chip` holds, as (address, value); a dump cut short gives those that are there.
pub fn values(chip: Chip, dump: &[u8]) -> impl Iterator<Item = (u32, u32)> + '_ {
    addresses(chip).map_while(|address| {
        let value = bytes::u32_at(dump, address as usize, "a register").ok()?;
        Some((address, value))
    })
}

/// Whether a dump of `chip` holds the register at `address`, if the first that was not read is the one at `unread`.
pub fn was_read(chip: Chip, address: u32, unread: u32) -> bool {
    address < unread || telling(chip).any(|telling| telling == address)
}
