// SPDX-License-Identifier: GPL-2.0

//! The words of configuration space that are not zero.

use vmcore_format::cudbg::Chip;

use super::{Word, COMMAND};
use crate::{Options, BAR2_LEN, BAR4_LEN};

/// Offset of the VPD capability.
pub const VPD: u32 = 0xd0;

const VENDOR: u32 = 0x1425;
const ETHERNET: u32 = 0x02_0000;
const ALL: u32 = u32::MAX;

/// Offset and properties of each word.
pub fn words(options: &Options) -> impl Iterator<Item = (u32, Word)> {
    let device = (u32::from(options.device_id()) << 16) | VENDOR;
    // The subsystem id is the product, without the digit of the function.
    let subsystem = ((u32::from(options.device_id()) & 0xff) << 16) | VENDOR;
    let speed = if options.chip == Chip::T6 { 0x83 } else { 0x82 };
    let bar0 = options.bar0_kib << 10;

    [
        (0x00, device, 0, 0),
        // Judged: bus mastering and INTx disable. Firmware turns on memory decoding and SERR.
        (COMMAND, 0x0010_0000, 0x0546, 0x0404),
        (0x08, (ETHERNET << 8) | u32::from(options.revision()), 0, 0),
        (0x0c, 0x0080_0000, 0xffff, 0),
        bar(0, bar0, 0x4),
        bar_high(0, bar0),
        bar(2, BAR2_LEN, 0xc),
        bar_high(2, BAR2_LEN),
        bar(4, BAR4_LEN, 0x4),
        bar_high(4, BAR4_LEN),
        (0x2c, subsystem, 0, 0),
        (0x34, 0x40, 0, 0),
        (0x3c, 0x0000_0100, 0xff, 0),
        // Power management
        (0x40, 0x0003_5001, 0, 0),
        (0x44, 0x0000_0008, 0x0103, 0x0003),
        // MSI: 32 messages, 64-bit, maskable
        (0x50, 0x018a_7005, 0x0071_0000, 0x0001_0000),
        (0x54, 0, 0xffff_fffc, 0),
        (0x58, 0, ALL, 0),
        (0x5c, 0, 0xffff, 0),
        (0x60, 0, ALL, 0),
        // PCI Express endpoint, version 2; device and link control belong to the PCI core
        (0x70, 0x0002_b010, 0, 0),
        (0x74, 0x0000_8fe2, 0, 0),
        (0x78, 0x0000_2810, 0x7fff, 0),
        (0x7c, speed, 0, 0),
        (0x80, speed << 16, 0x0ffb, 0),
        (0x94, 0x0000_001f, 0, 0),
        (0x98, 0, 0xffff, 0),
        (0x9c, 0x0000_000e, 0, 0),
        (0xa0, 0x0000_0003, 0xffff, 0),
        // MSI-X: 32 vectors in BAR4
        (0xb0, 0x001f_d011, 0xc000_0000, 0x8000_0000),
        (0xb4, 0x0000_0004, 0, 0),
        (0xb8, 0x0000_1004, 0, 0),
        // VPD: judged is the address. The flag says that a read is done, and only a read can set it.
        (VPD, 0x0000_0003, 0xffff_0000, 0x7fff_0000),
        (VPD + 4, 0, ALL, 0),
        // Advanced error reporting, which the PCI core sets up
        (0x100, 0x0002_0001, 0, 0),
        (0x108, 0, 0x01ff_f030, 0),
        (0x10c, 0x0006_2030, 0x01ff_f030, 0),
        (0x114, 0x0000_2000, 0xf1c1, 0),
        (0x118, 0x0000_00a0, 0x0140, 0),
    ]
    .into_iter()
    .map(|(offset, reset, writable, judged)| {
        (
            offset,
            Word {
                reset,
                writable,
                judged,
            },
        )
    })
}

/// The lower half of a BAR, with its type in the low bits.
const fn bar(index: u32, len: u32, kind: u32) -> (u32, u32, u32, u32) {
    match len {
        0 => (0x10 + 4 * index, 0, 0, 0),
        _ => (0x10 + 4 * index, kind, !(len - 1), 0),
    }
}

const fn bar_high(index: u32, len: u32) -> (u32, u32, u32, u32) {
    (0x14 + 4 * index, 0, if len == 0 { 0 } else { ALL }, 0)
}
