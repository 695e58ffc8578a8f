// SPDX-License-Identifier: GPL-2.0

//! makedumpfile's kdump-compressed files. Their notes are never compressed, and each part of a split one has all of them.
//!
//! Source: makedumpfile, `diskdump_mod.h` (`struct disk_dump_header`, `struct kdump_sub_header`,
//! `DUMP_DH_COMPRESSED_INCOMPLETE`), for 64-bit machines.

use anyhow::{bail, ensure, Result};
use vmcore_format::manifest::until_nul;

use super::source::{Place, Source};

/// Since when a file says where its notes are.
const VERSION_WITH_NOTES: u32 = 4;
const VERSION: u64 = 8;
/// The second of the strings of `uname`, 65 bytes each.
const NODENAME: u64 = 12 + 65;
const STATUS: u64 = 424;
const INCOMPLETE: u32 = 8;
const BLOCK_SIZE: u64 = 428;
/// In the sub-header, which is the second block.
const SPLIT: u64 = 12;
const OFFSET_NOTE: u64 = 48;
const SIZE_NOTE: u64 = 56;

/// Where the notes are.
pub fn notes(source: &Source) -> Result<Place> {
    let version = u32::from_le_bytes(field(source, VERSION, "the version of the header")?);
    ensure!(
        !(VERSION_WITH_NOTES..=0xff).contains(&version.swap_bytes()),
        "at offset {VERSION:#x}: expected a little-endian kdump-compressed file, not the big-endian one of another machine"
    );
    ensure!(
        version >= VERSION_WITH_NOTES,
        "at offset {VERSION:#x}: expected header version 4 or later, not {version}"
    );
    let block = block_size(source)?;
    let word = |at, what| field(source, block + at, what).map(u64::from_le_bytes);
    let start = word(OFFSET_NOTE, "the offset of the notes")?;
    let len = word(SIZE_NOTE, "the size of the notes")?;
    // Where a vmcore has no notes, and where the sub-header is a hole that is filled later.
    ensure!(
        start != 0,
        "at offset {:#x}: expected the offset of the notes, not 0",
        block + OFFSET_NOTE
    );
    Ok(Place {
        start,
        end: start.saturating_add(len),
    })
}

/// Whether there are other files with other pages (`makedumpfile --split`).
pub fn is_split(source: &Source) -> Result<bool> {
    let at = block_size(source)? + SPLIT;
    Ok(u32::from_le_bytes(field(source, at, "whether it is split")?) != 0)
}

/// Whether makedumpfile ran out of space.
pub fn is_incomplete(source: &Source) -> Result<bool> {
    let status = u32::from_le_bytes(field(source, STATUS, "the status of the dump")?);
    Ok(status & INCOMPLETE != 0)
}

/// What the machine is called, if the file says so.
pub fn nodename(source: &Source) -> Result<Option<String>> {
    let bytes: [u8; 65] = field(source, NODENAME, "the name of the machine")?;
    let name = until_nul(&bytes);
    Ok((!name.is_empty()).then(|| super::printable(name)))
}

pub fn block_size(source: &Source) -> Result<u64> {
    let block = u32::from_le_bytes(field(source, BLOCK_SIZE, "the size of blocks")?);
    if !block.is_power_of_two() || !(512..=1 << 20).contains(&block) {
        bail!(
            "at offset {BLOCK_SIZE:#x}: expected a block size of 512 bytes to 1 MiB, not {block}"
        );
    }
    Ok(block.into())
}

pub fn field<const N: usize>(source: &Source, offset: u64, what: &str) -> Result<[u8; N]> {
    match source.up_to(offset, N)?.try_into() {
        Ok(bytes) => Ok(bytes),
        Err(_) => bail!("at offset {offset:#x}: expected {what}, but the file ends there"),
    }
}
