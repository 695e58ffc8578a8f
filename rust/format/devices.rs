// SPDX-License-Identifier: GPL-2.0

//! The compiled table of further devices: which registers of which device may be read, and when.
//!
//! `vmcoredd devices compile` writes it, the initramfs brings it, and `pci_dump.ko` reads it in the crash kernel. A header, then
//! devices, matches, conditions, ranges that are never read, and entries, each a sequence of records of fixed size; a device says which of
//! the others are its own. [`Table::parse`] checks all of it: what a table that was parsed says is within the limits.

mod device;
mod records;
mod table;
mod writer;

pub use self::{
    device::Device,
    records::{
        Condition,
        Entry,
        Match,
        Never,
        NO_CONDITION, //
    },
    table::Table,
    writer::{
        write,
        Description, //
    },
};

/// Where the crash kernel looks for it: below the firmware loader's folders.
pub const FILE_NAME: &str = "vmcore-devdump/devices.bin";
/// The first bytes of it.
pub const SIGNATURE: [u8; 8] = *b"devtable";
/// The layout that is written, and that is understood. There is no other: what is read of a device is not to be guessed at.
pub const VERSION: (u16, u16) = (1, 0);
/// Bytes of a header.
pub const HEADER_LEN: usize = 32;
/// Bytes of a device.
pub const DEVICE_LEN: usize = 48;
/// Bytes of each of the others.
pub const RECORD_LEN: usize = 16;
/// Room for the name of a device.
pub const DEVICE_NAME_LEN: usize = 24;

/// Most bytes of a table; they hold fewer than 4096 entries.
pub const MAX_LEN: usize = 64 * 1024;
/// Most bytes that are read of one device.
pub const MAX_READ: u64 = 1024 * 1024;
/// Most BARs of a device.
pub const BARS: u8 = 6;
