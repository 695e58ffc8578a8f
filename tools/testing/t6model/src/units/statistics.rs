// SPDX-License-Identifier: GPL-2.0

//! Counters of the payload memory.

use vmcore_format::cudbg::Chip;

use super::{word, File, Unit};
use crate::Options;

/// Select, count, index pair, first index of the cycles.
const DIRECTIONS: [(u32, u32, (u32, u32), u32); 2] = [
    (0x8fe8, 0x8fec, (0x8ff0, 0x8ff4), 0x1001a),
    (0x8fc8, 0x8fcc, (0x8fd0, 0x8fd4), 0x10013),
];

pub struct Statistics {
    seed: u64,
    t4: bool,
}

impl Statistics {
    pub fn new(options: &Options) -> Self {
        Self {
            seed: options.seed,
            t4: options.chip == Chip::T4,
        }
    }
}

impl Unit for Statistics {
    fn registers(&self) -> Vec<(u32, u32)> {
        DIRECTIONS.map(|(select, ..)| (select, 2)).into()
    }

    fn commands(&self) -> Vec<u32> {
        DIRECTIONS.map(|(_, count, ..)| count).into()
    }

    fn show(&self, address: u32, file: &File) -> Option<u32> {
        DIRECTIONS
            .iter()
            .find_map(|&(select, count, (index, data), cycles)| {
                let selected = file.value(select);
                let half = match self.t4 {
                    true => (
                        address.wrapping_sub(index) / 4,
                        (index..=data).contains(&address),
                    ),
                    false => {
                        let half = file.value(index).wrapping_sub(cycles);
                        (half, address == data && half < 2)
                    }
                };
                match half {
                    _ if address == count => Some(word(self.seed, select.into(), selected)),
                    (half, true) => Some(word(self.seed, index.into(), selected * 2 + half)),
                    _ => None,
                }
            })
    }

    fn was_written(&mut self, _: u32, _: &mut File) {}

    fn reset(&mut self) {}
}
