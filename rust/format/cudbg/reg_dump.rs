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

/// The addresses of the registers to read, ascending: those of the ranges, but for the data of analyzers.
pub fn addresses(chip: Chip) -> impl Iterator<Item = u32> + Clone {
    ranges(chip)
        .iter()
        .flat_map(|&(first, last)| words(first, last))
        .filter(|address| !moves(*address))
}

/// Whether reading the register at `address` moves the position of an analyzer, whose section has what it gives:
/// `ULP_TX_LA_RDDATA_0` to `10`, `ULP_RX_LA_RDDATA`. The C driver reads them here, too.
fn moves(address: u32) -> bool {
    matches!(address, 0x08ec4..=0x08f64 if address % 0x10 == 4) || address == 0x19244
}

/// Units in which two registers can be read at once: those in which the C driver does so somewhere (`t4_read_reg64()`). CIM, TP, PM, MPS,
/// the functions' part of CIM, ports (MPS, too), EDC.
const PAIRED: [(u32, u32); 7] = [
    (0x07b00, 0x07bfc),
    (0x07d00, 0x07ffc),
    (0x08fc0, 0x08ffc),
    (0x09000, 0x11ffc),
    (0x1e000, 0x1fffc),
    (0x20000, 0x3fffc),
    (0x50000, 0x51ffc),
];

/// `TP_PIO_ADDR`, which says whether what follows may be read.
const TELLS: u32 = 0x07e40;

/// Whether the register at `address` can be read together with the next one, if that is one to read.
pub fn is_paired(address: u32) -> bool {
    let mut units = PAIRED.iter();
    address % 8 == 0
        && address != TELLS
        && units.any(|(first, last)| (*first..=*last).contains(&address))
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
