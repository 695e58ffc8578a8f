// SPDX-License-Identifier: GPL-2.0

//! makedumpfile's kdump-compressed files.
//!
//! Source: makedumpfile, `diskdump_mod.h` (`struct disk_dump_header`, `struct kdump_sub_header`), for 64-bit machines.

use anyhow::{bail, ensure, Result};

use super::{Bytes, Place};

/// Since when a file says where its notes are.
const VERSION_WITH_NOTES: u32 = 4;
const VERSION: u64 = 8;
const BLOCK_SIZE: u64 = 428;
/// In the sub-header, which is the second block.
const OFFSET_NOTE: u64 = 48;
const SIZE_NOTE: u64 = 56;

pub(super) fn notes(file: &Bytes) -> Result<Place> {
    let version = u32::from_le_bytes(field(file, VERSION, "the version of the header")?);
    ensure!(
        version >= VERSION_WITH_NOTES,
        "at offset {VERSION:#x}: expected header version 4 or later, not {version}"
    );
    let block = u64::from(u32::from_le_bytes(field(
        file,
        BLOCK_SIZE,
        "the size of blocks",
    )?));
    if !block.is_power_of_two() || !(512..=1 << 20).contains(&block) {
        bail!(
            "at offset {BLOCK_SIZE:#x}: expected a block size of 512 bytes to 1 MiB, not {block}"
        );
    }
    let offset = u64::from_le_bytes(field(file, block + OFFSET_NOTE, "the offset of the notes")?);
    let len = u64::from_le_bytes(field(file, block + SIZE_NOTE, "the size of the notes")?);
    Ok(Place { offset, len })
}

fn field<const N: usize>(file: &Bytes, offset: u64, what: &str) -> Result<[u8; N]> {
    match file.up_to(offset, N as u64)?.try_into() {
        Ok(bytes) => Ok(bytes),
        Err(_) => bail!("at offset {offset:#x}: expected {what}, but the file ends there"),
    }
}
