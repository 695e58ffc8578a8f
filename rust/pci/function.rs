// SPDX-License-Identifier: GPL-2.0

//! What reading needs of a function.

use crate::format::pci::Reason;

/// A function of a device.
pub(crate) trait Function: Sized {
    /// A piece of its memory that can be read.
    type Piece;

    /// Bytes of its configuration space that may be accessed.
    fn config_len(&self) -> usize;
    /// Reads the double word at `at` of it. `None`: that is not possible. What does not answer reads as ones.
    fn config32(&self, at: u16) -> Option<u32>;
    /// The bridge above it.
    fn parent(&self) -> Option<Self>;
    /// Where its PCI Express capability is.
    fn express(&self) -> Option<u16>;
    /// Where power management is.
    fn power(&self) -> Option<u16>;
    /// Where Downstream Port Containment is.
    fn containment(&self) -> Option<u16>;
    /// Bytes behind a BAR, without an access. Fails if it is no memory, or has no address.
    fn bar_len(&self, bar: u8) -> Result<u64, Reason>;
    /// Maps `len` bytes at `start` of a BAR.
    fn map(&self, bar: u8, start: u32, len: usize) -> Result<Self::Piece, Reason>;
    /// Reads the `width` bytes at `at` of what is mapped, in one access. `None`: that is not possible.
    fn read(piece: &Self::Piece, at: usize, width: u8) -> Option<u64>;
}
