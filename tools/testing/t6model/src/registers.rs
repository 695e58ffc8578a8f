// SPDX-License-Identifier: GPL-2.0

//! The register file of BAR0.

use std::collections::{BTreeMap, BTreeSet};

use vmcore_format::cudbg::reg_dump;

use crate::layout::Layout;
use crate::pairs::{self, Pair};
use crate::regs::{PL_REV, PL_WHOAMI};
use crate::units::{self, File, Unit};
use crate::{rng, Options, BAR0_LEN};

mod fixed;
mod health;
#[cfg(test)]
mod tests;

const STREAM: u64 = 0x5245_4753;
const TP_PIO_DATA: u32 = 0x7e44;
/// Indexes of the secret key of RSS in `TP_PIO` (`TP_RSS_SECRET_KEY0` and behind, in Linux's t4_regs.h).
const RSS_KEY: std::ops::RangeInclusive<u32> = 0x40..=0x49;

/// Registers, and what is behind index registers.
pub struct Registers {
    options: Options,
    initial: File,
    now: File,
    behind: BTreeMap<(u32, u32), u32>,
    units: Vec<Box<dyn Unit>>,
    commands: BTreeSet<u32>,
}

impl Registers {
    /// Registers as they are after a reset: those of the register dump and of [`pairs`], with values from the seed or, where
    /// drivers rely on them, with those that fit `layout`.
    pub fn new(options: &Options, layout: &Layout) -> Self {
        let mut initial = File::new(BAR0_LEN);
        let pairs = pairs::of(options.chip)
            .flat_map(|pair| [pair.index].into_iter().chain(pair.data.iter().copied()));

        for address in reg_dump::addresses(options.chip).chain(pairs) {
            let value = rng::register(options.seed, STREAM, address.into());
            initial.set(address, value);
        }
        let units = units::all(options);
        let meant = units.iter().flat_map(|unit| unit.registers());
        for (address, value) in meant.chain(fixed::values(options, layout)) {
            initial.set(address, value);
        }
        for (address, value) in health::values(options.chip).filter(|_| !options.noise) {
            if initial.get(address).is_some() {
                initial.set(address, value);
            }
        }
        for fault in &options.faults {
            for (address, value) in fault.registers(options.chip, |address| initial.get(address)) {
                initial.set(address, value);
            }
        }
        for pair in pairs::of(options.chip) {
            // As the last user may have left it, but low enough to select something.
            let value = rng::register(options.seed, STREAM, pair.index.into()) & 0xff;
            initial.set(pair.index, value);
        }
        for (address, value) in &options.broken {
            if initial.get(*address).is_some() {
                initial.set(*address, *value);
            }
        }
        Self {
            options: options.clone(),
            now: initial.clone(),
            initial,
            behind: BTreeMap::new(),
            commands: units.iter().flat_map(|unit| unit.commands()).collect(),
            units,
        }
    }

    /// Looks at the register at `address`, if there is one.
    pub fn read(&self, address: u32) -> Option<u32> {
        let value = self.now.get(address)?;
        // A test that breaks a register means what it says.
        let broken = self
            .options
            .broken
            .iter()
            .any(|(broken, _)| *broken == address);
        let mut units = self.units.iter().filter(|_| !broken);
        if let Some(shown) = units.find_map(|unit| unit.show(address, &self.now)) {
            return Some(shown);
        }
        Some(match self.pair_of(address) {
            Some(pair) => {
                let selected = self.selected(pair);
                let written = self.behind.get(&(address, selected)).copied();
                written.unwrap_or_else(|| self.hidden(address, selected))
            }
            None => value,
        })
    }

    /// Reads the register at `address`, with all that this does.
    pub fn load(&mut self, address: u32) -> Option<u32> {
        let value = self.read(address);
        for unit in &mut self.units {
            unit.was_read(address);
        }
        value
    }

    /// Writes the register at `address`; whether there is one.
    pub fn write(&mut self, address: u32, value: u32) -> bool {
        if self.now.get(address).is_none() {
            return false;
        }
        if let Some(pair) = self.pair_of(address) {
            let selected = self.selected(pair);
            self.behind.insert((address, selected), value);
        } else if !matches!(address, PL_REV | PL_WHOAMI) {
            self.now.set(address, value);
            for unit in &mut self.units {
                unit.was_written(address, &mut self.now);
            }
        }
        true
    }

    /// The firmware has its turn.
    pub fn firmware_turn(&mut self) {
        for unit in &mut self.units {
            unit.firmware_turn(&mut self.now);
        }
    }

    /// Registers that differ from what they were: address, then and now. What is behind others is reported at the
    /// register that leads there.
    pub fn changed(&self) -> impl Iterator<Item = (u32, u32, u32)> + '_ {
        let plain = self
            .initial
            .iter()
            .zip(self.now.iter())
            .filter(|((address, _), _)| !self.commands.contains(address))
            .filter(|((address, was), (_, is))| (was ^ is) & self.state_of(*address) != 0)
            .map(|((address, was), (_, is))| (address, was, is));
        let behind = self
            .behind
            .iter()
            .filter_map(|(&(address, selected), &is)| {
                let was = self.hidden(address, selected);
                (was != is).then_some((address, was, is))
            });
        let units = self.units.iter().flat_map(|unit| unit.changed());
        plain.chain(behind).chain(units)
    }

    /// Undoes all writes.
    pub fn reset(&mut self) {
        self.now.clone_from(&self.initial);
        self.behind.clear();
        for unit in &mut self.units {
            unit.reset();
        }
    }

    /// Bits of a register that are no commands.
    fn state_of(&self, address: u32) -> u32 {
        let mut units = self.units.iter();
        units
            .find_map(|unit| unit.state(address))
            .unwrap_or(u32::MAX)
    }

    fn pair_of(&self, data: u32) -> Option<&'static Pair> {
        pairs::of(self.options.chip).find(|pair| pair.data.contains(&data))
    }

    fn selected(&self, pair: &Pair) -> u32 {
        self.now.value(pair.index)
    }

    fn hidden(&self, data: u32, selected: u32) -> u32 {
        if data == TP_PIO_DATA && RSS_KEY.contains(&selected) {
            // Ten words of a key, which say so: `RSS0` to `RSS9`.
            return u32::from_le_bytes(*b"RSS0") + ((selected - RSS_KEY.start()) << 24);
        }
        rng::register(self.options.seed, u64::from(data), selected.into())
    }
}
