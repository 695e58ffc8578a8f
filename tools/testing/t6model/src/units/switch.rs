// SPDX-License-Identifier: GPL-2.0

//! The TCAM of the port switch: addresses that it listens to.

use vmcore_format::cudbg::Chip;

use super::{word, File, Unit};
use crate::Options;

const CLASSES: u32 = 0xe000;
const ENTRIES: u32 = 512;
/// Before T6: both halves of all entries.
const HALVES: u32 = 0xf000;
/// T6: asks for half an entry, and three words of the answer for the host.
const CONTROL: u32 = 0xf008;
const ANSWER: u32 = 0xf020;
const HOST: u32 = 1 << 30;
const X: u32 = 1 << 16;

pub struct Switch {
    seed: u64,
    chip: Chip,
}

impl Switch {
    pub fn new(options: &Options) -> Self {
        Self {
            seed: options.seed,
            chip: options.chip,
        }
    }

    fn random(&self, stream: u64, index: u32) -> u64 {
        (u64::from(word(self.seed, stream, index)) << 32)
            | u64::from(word(self.seed, stream + 1, index))
    }

    /// Bits that must be clear, and bits that must be set; both at once where there is no entry.
    fn entry(&self, index: u32) -> (u64, u64) {
        let address = self.random(0xa0, index) >> 16;
        if word(self.seed, 0xa2, index) % 3 != 0 {
            return (address | 1, 1);
        }
        // Some match whole ranges.
        let mask = match word(self.seed, 0xa3, index) % 4 {
            0 => 0xffff_ff00_0000,
            _ => 0xffff_ffff_ffff,
        };
        (!address & mask, address & mask)
    }

    /// The third word: lookup type, port, and what goes with them.
    fn third(&self, index: u32, x: bool) -> u32 {
        word(self.seed, 0xa4, index * 2 + u32::from(x)) & 0xfdff
    }
}

impl Unit for Switch {
    fn registers(&self) -> Vec<(u32, u32)> {
        let classes = (0..ENTRIES * 2).map(|n| (CLASSES + 4 * n, word(self.seed, 0xa5, n)));
        let maps = [
            0x1111c, 0x11120, 0x11124, 0x11128, 0x11300, 0x11304, 0x11308, 0x1130c,
        ];
        let maps = maps.map(|map| (map, word(self.seed, 0xa6, map)));
        let tcam: Vec<_> = match self.chip {
            Chip::T6 => [CONTROL, ANSWER, ANSWER + 4, ANSWER + 8]
                .map(|register| (register, 0))
                .into(),
            _ => (0..ENTRIES * 4).map(|n| (HALVES + 4 * n, 0)).collect(),
        };
        classes.chain(maps).chain(tcam).collect()
    }

    fn commands(&self) -> Vec<u32> {
        match self.chip {
            Chip::T6 => vec![CONTROL, ANSWER, ANSWER + 4, ANSWER + 8],
            _ => Vec::new(),
        }
    }

    fn show(&self, address: u32, _: &File) -> Option<u32> {
        let offset = address.checked_sub(HALVES)?;
        if self.chip == Chip::T6 || offset >= ENTRIES * 16 {
            return None;
        }
        let (x, y) = self.entry(offset / 16);
        let half = if offset & 8 == 0 { y } else { x };
        Some((half >> (8 * (offset & 4))) as u32)
    }

    fn was_written(&mut self, address: u32, file: &mut File) {
        let control = file.value(CONTROL);
        if self.chip != Chip::T6 || address != CONTROL || control & HOST == 0 {
            return;
        }
        let index = ((control >> 17) & 0xff) + ((control >> 25) & 1) * 256;
        let (x, y) = self.entry(index);
        let half = if control & X == 0 { y } else { x };
        let vlan = word(self.seed, 0xa7, index) & 0xffff_0000;
        file.set(ANSWER, half as u32);
        file.set(ANSWER + 4, (half >> 32) as u32 | vlan);
        file.set(ANSWER + 8, self.third(index, control & X != 0));
    }

    fn reset(&mut self) {}
}
