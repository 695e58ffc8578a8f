// SPDX-License-Identifier: GPL-2.0

//! Chip generations.
//!
//! C header: `drivers/net/ethernet/chelsio/cxgb4/t4_chip_type.h`.

/// A generation of the Terminator chips.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chip {
    /// Terminator 4.
    T4 = 4,
    /// Terminator 5.
    T5 = 5,
    /// Terminator 6.
    T6 = 6,
}

impl Chip {
    /// The chip code that images carry: generation in the high, `revision` in the low four bits.
    pub const fn code(self, revision: u8) -> u8 {
        ((self as u8) << 4) | (revision & 0xf)
    }

    /// The generation in a chip code, whatever the revision.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code >> 4 {
            4 => Some(Self::T4),
            5 => Some(Self::T5),
            6 => Some(Self::T6),
            _ => None,
        }
    }

    /// The generation of the adapter with PCI device id `device`.
    pub const fn from_device_id(device: u16) -> Option<Self> {
        match device {
            // Boards on which a chip was tried before it was made.
            0xa000 => Some(Self::T4),
            0xb000 => Some(Self::T5),
            0xc006 => Some(Self::T6),
            _ => Self::from_code((device >> 8) as u8),
        }
    }

    /// `"T4"`, `"T5"` or `"T6"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::T4 => "T4",
            Self::T5 => "T5",
            Self::T6 => "T6",
        }
    }
}
