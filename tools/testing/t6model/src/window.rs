// SPDX-License-Identifier: GPL-2.0

//! Memory windows: ranges of BAR0 behind which the adapter's memory shows.

use crate::BAR0_LEN;

/// Windows of the chip.
pub const WINDOWS: u32 = 8;

/// A memory window that is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Where it is in BAR0.
    pub base: u32,
    /// Bytes, a power of two.
    pub aperture: u32,
    /// The address in memory of its first byte.
    pub address: u32,
}

impl Window {
    /// The window behind the values of `PCIE_MEM_ACCESS_BASE_WIN` and `PCIE_MEM_ACCESS_OFFSET`.
    ///
    /// None if it is not set up, belongs to another BAR, or does not fit into BAR0. The low bits of the offset, among
    /// them the number of the function that asks, do not move it: a window lies on a multiple of its aperture.
    pub fn decode(base: u32, offset: u32) -> Option<Self> {
        let (log, bar, start) = ((base & 0xff) + 10, (base >> 8) & 3, base & !0x3ff);
        let aperture = 1u32.checked_shl(log)?;
        let end = start.checked_add(aperture)?;

        (base != 0 && bar == 0 && end <= BAR0_LEN).then_some(Self {
            base: start,
            aperture,
            address: offset & !(aperture - 1),
        })
    }

    /// The value of `PCIE_MEM_ACCESS_BASE_WIN` for a window at `base`.
    pub fn encode(base: u32, aperture: u32) -> u32 {
        base & !0x3ff | (aperture.ilog2() - 10)
    }

    /// The address in memory of `offset` in BAR0.
    pub fn translate(&self, offset: u64) -> Option<u64> {
        let into = offset.checked_sub(u64::from(self.base))?;
        (into < u64::from(self.aperture)).then_some(u64::from(self.address) + into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_and_offset_place_a_window() {
        let window = |base, aperture, address| {
            Some(Window {
                base,
                aperture,
                address,
            })
        };
        for (base, offset, expected) in [
            (0x1b801, 0x4, window(0x1b800, 2048, 0)),
            (0x60006, 0x12_3404, window(0x60000, 65536, 0x12_0000)),
            (0x60007, 0xffff_ffff, window(0x60000, 131072, 0xfffe_0000)),
            (0, 0, None),
            (u32::MAX, 0, None),
            (0x60106, 0, None),
            (0x60008, 0, None),
            (0x60016, 0, None),
            (0x600ff, 0, None),
            (0x7fc01, 0, None),
            (0xffff_fc00, 0, None),
        ] {
            assert_eq!(
                Window::decode(base, offset),
                expected,
                "{base:#x} {offset:#x}"
            );
        }
    }

    #[test]
    fn a_window_translates_what_it_covers() {
        let window = Window::decode(Window::encode(0x60000, 65536), 0x5_0004).unwrap();
        for (offset, expected) in [
            (0x5_ffff, None),
            (0x6_0000, Some(0x5_0000)),
            (0x6_ffff, Some(0x5_ffff)),
            (0x7_0000, None),
            (u64::MAX, None),
        ] {
            assert_eq!(window.translate(offset), expected, "{offset:#x}");
        }
    }
}
