// SPDX-License-Identifier: GPL-2.0

//! The register file of BAR0.

use std::collections::BTreeMap;

use vmcore_format::cudbg::reg_dump;

use crate::layout::Layout;
use crate::pairs::{self, Pair};
use crate::regs::{PL_REV, PL_WHOAMI};
use crate::{rng, Options, BAR0_LEN};

mod fixed;
#[cfg(test)]
mod tests;

const STREAM: u64 = 0x5245_4753;

/// Registers, and what is behind index registers.
pub struct Registers {
    options: Options,
    initial: Vec<Option<u32>>,
    now: Vec<Option<u32>>,
    behind: BTreeMap<(u32, u32), u32>,
}

impl Registers {
    /// Registers as they are after a reset: those of the register dump and of [`pairs`], with values from the seed or, where
    /// drivers rely on them, with those that fit `layout`.
    pub fn new(options: &Options, layout: &Layout) -> Self {
        let mut initial = vec![None; (BAR0_LEN / 4) as usize];
        let pairs = pairs::of(options.chip)
            .flat_map(|pair| [pair.index].into_iter().chain(pair.data.iter().copied()));

        for address in reg_dump::addresses(options.chip).chain(pairs) {
            set(
                &mut initial,
                address,
                rng::register(options.seed, STREAM, address.into()),
            );
        }
        for (address, value) in fixed::values(options, layout) {
            set(&mut initial, address, value);
        }
        for pair in pairs::of(options.chip) {
            // As the last user may have left it, but low enough to select something.
            set(
                &mut initial,
                pair.index,
                rng::register(options.seed, STREAM, pair.index.into()) & 0xff,
            );
        }
        for (address, value) in &options.broken {
            if get(&initial, *address).is_some() {
                set(&mut initial, *address, *value);
            }
        }
        Self {
            options: options.clone(),
            now: initial.clone(),
            initial,
            behind: BTreeMap::new(),
        }
    }

    /// Reads the register at `address`, if there is one.
    pub fn read(&self, address: u32) -> Option<u32> {
        let value = get(&self.now, address)?;
        Some(match self.pair_of(address) {
            Some(pair) => {
                let selected = self.selected(pair);
                let written = self.behind.get(&(address, selected)).copied();
                written.unwrap_or_else(|| self.hidden(address, selected))
            }
            None => value,
        })
    }

    /// Writes the register at `address`; whether there is one.
    pub fn write(&mut self, address: u32, value: u32) -> bool {
        if get(&self.now, address).is_none() {
            return false;
        }
        if let Some(pair) = self.pair_of(address) {
            let selected = self.selected(pair);
            self.behind.insert((address, selected), value);
        } else if !matches!(address, PL_REV | PL_WHOAMI) {
            let idle = pairs::of(self.options.chip)
                .find(|pair| pair.index == address)
                .map_or(0, |pair| pair.idle);
            set(&mut self.now, address, value & !idle);
        }
        true
    }

    /// Registers that differ from what they were: address, then and now. One behind an index register is reported at its
    /// data register.
    pub fn changed(&self) -> impl Iterator<Item = (u32, u32, u32)> + '_ {
        let plain = (0..)
            .step_by(4)
            .zip(self.initial.iter().zip(&self.now))
            .filter_map(|(address, (was, is))| {
                let (was, is) = ((*was)?, (*is)?);
                (was != is).then_some((address, was, is))
            });
        let behind = self
            .behind
            .iter()
            .filter_map(|(&(address, selected), &is)| {
                let was = self.hidden(address, selected);
                (was != is).then_some((address, was, is))
            });
        plain.chain(behind)
    }

    /// Undoes all writes.
    pub fn reset(&mut self) {
        self.now.clone_from(&self.initial);
        self.behind.clear();
    }

    fn pair_of(&self, data: u32) -> Option<&'static Pair> {
        pairs::of(self.options.chip).find(|pair| pair.data.contains(&data))
    }

    fn selected(&self, pair: &Pair) -> u32 {
        get(&self.now, pair.index).unwrap_or(0) & pair.select
    }

    fn hidden(&self, data: u32, selected: u32) -> u32 {
        rng::register(self.options.seed, u64::from(data), selected.into())
    }
}

fn get(file: &[Option<u32>], address: u32) -> Option<u32> {
    if address % 4 == 0 {
        file.get((address / 4) as usize).copied().flatten()
    } else {
        None
    }
}

fn set(file: &mut [Option<u32>], address: u32, value: u32) {
    if let Some(register) = file.get_mut((address / 4) as usize) {
        *register = Some(value);
    }
}
