// SPDX-License-Identifier: GPL-2.0

//! The header of a transaction that was logged with an error (PCI Express Base Specification, 2.2: the first byte of the header is the
//! highest of the first dword).

use std::fmt;

/// `PP:DD.F` of a requester or completer.
pub struct Id(pub u16);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:02x}:{:02x}.{}",
            self.0 >> 8,
            (self.0 >> 3) & 0x1f,
            self.0 & 7
        )
    }
}

/// How a request is addressed.
enum Kind {
    Memory,
    Io,
    Configuration,
    Message,
    Completion,
}

/// Format and type: bits 31:29 and 28:24 of the first dword, those of `mask`.
const TYPES: [(u8, u8, &str, Kind); 20] = [
    (0x00, 0xdf, "memory read", Kind::Memory),
    (0x01, 0xdf, "locked memory read", Kind::Memory),
    (0x40, 0xdf, "memory write", Kind::Memory),
    (0x5b, 0xdf, "deferrable memory write", Kind::Memory),
    (0x4c, 0xdf, "atomic fetch and add", Kind::Memory),
    (0x4d, 0xdf, "atomic swap", Kind::Memory),
    (0x4e, 0xdf, "atomic compare and swap", Kind::Memory),
    (0x02, 0xff, "I/O read", Kind::Io),
    (0x42, 0xff, "I/O write", Kind::Io),
    (
        0x04,
        0xff,
        "configuration read (type 0)",
        Kind::Configuration,
    ),
    (
        0x44,
        0xff,
        "configuration write (type 0)",
        Kind::Configuration,
    ),
    (
        0x05,
        0xff,
        "configuration read (type 1)",
        Kind::Configuration,
    ),
    (
        0x45,
        0xff,
        "configuration write (type 1)",
        Kind::Configuration,
    ),
    (0x30, 0xf8, "message", Kind::Message),
    (0x70, 0xf8, "message with data", Kind::Message),
    (0x0a, 0xff, "completion without data", Kind::Completion),
    (0x4a, 0xff, "completion with data", Kind::Completion),
    (
        0x0b,
        0xff,
        "completion of a locked read without data",
        Kind::Completion,
    ),
    (
        0x4b,
        0xff,
        "completion of a locked read with data",
        Kind::Completion,
    ),
    (0x80, 0xe0, "prefix", Kind::Message),
];

/// A header of three or four dwords, in words; `None`: none was logged.
pub fn words(header: [u32; 4]) -> Option<String> {
    let [first, second, third, fourth] = header;
    if header == [0; 4] || header == [u32::MAX; 4] {
        return None;
    }
    let code = (first >> 24) as u8;
    let Some((_, _, name, kind)) = TYPES.iter().find(|(value, mask, ..)| code & mask == *value)
    else {
        return Some(format!("a transaction of unknown type {code:#04x}"));
    };
    let from = Id((second >> 16) as u16);
    let tag = (second >> 8) & 0xff;
    let length = match first & 0x3ff {
        0 => 1024,
        dwords => dwords,
    };
    let bytes = 4 * length;
    Some(match kind {
        Kind::Memory => {
            let address = match code & 0x20 {
                0 => u64::from(third),
                _ => (u64::from(third) << 32) | u64::from(fourth),
            };
            format!(
                "{name} of {bytes} bytes at {:#x} by {from}, tag {tag:#x}",
                address & !3
            )
        }
        Kind::Io => format!("{name} at {:#x} by {from}, tag {tag:#x}", third & !3),
        Kind::Configuration => {
            let register = third & 0xffc;
            format!(
                "{name} of register {register:#x} of {} by {from}, tag {tag:#x}",
                Id((third >> 16) as u16)
            )
        }
        Kind::Message => format!("{name} {:#04x} by {from}, tag {tag:#x}", second & 0xff),
        Kind::Completion => {
            let status = match (second >> 13) & 7 {
                0 => "successful",
                1 => "unsupported request",
                2 => "configuration request retry",
                4 => "completer abort",
                _ => "of unknown status",
            };
            let requester = Id((third >> 16) as u16);
            format!(
                "{name} ({status}) by {from} for {requester}, tag {:#x}",
                (third >> 8) & 0xff
            )
        }
    })
}
