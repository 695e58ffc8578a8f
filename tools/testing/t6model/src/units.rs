// SPDX-License-Identifier: GPL-2.0

//! What is behind registers that start something when they are written: queues, tables, analyzers, TCAMs, the flash.

use crate::{rng, Options};

mod analyzers;
mod busy;
mod contexts;
mod flash;
mod lookup;
mod processor;
mod queues;
mod statistics;
mod switch;
mod tables;

#[cfg(test)]
mod tests;

pub use self::{busy::Stuck, flash::content as flash};

/// The plain registers, which units look at.
pub struct File(Vec<Option<u32>>);

impl File {
    /// A file of `len` bytes without any register.
    pub fn new(len: u32) -> Self {
        Self(vec![None; (len / 4) as usize])
    }

    /// The value of a register, if there is one.
    pub fn get(&self, address: u32) -> Option<u32> {
        match address % 4 {
            0 => self.0.get((address / 4) as usize).copied().flatten(),
            _ => None,
        }
    }

    /// The value of a register, 0 if there is none.
    pub fn value(&self, address: u32) -> u32 {
        self.get(address).unwrap_or(0)
    }

    /// Makes or changes a register.
    pub fn set(&mut self, address: u32, value: u32) {
        if let Some(register) = self.0.get_mut((address / 4) as usize) {
            *register = Some(value);
        }
    }

    /// All registers, with their addresses.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        (0..)
            .step_by(4)
            .zip(&self.0)
            .filter_map(|(address, value)| Some((address, (*value)?)))
    }
}

impl Clone for File {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// A part of the adapter with registers of its own.
pub trait Unit: Send {
    /// Registers that hold something meant after a reset.
    fn registers(&self) -> Vec<(u32, u32)>;

    /// Registers whose value is no state: they start something, or show what was started.
    fn commands(&self) -> Vec<u32>;

    /// Bits of a register that are state, if others start something.
    fn state(&self, _address: u32) -> Option<u32> {
        None
    }

    /// The firmware does something with the unit.
    fn firmware_turn(&mut self, _file: &mut File) {}

    /// What a register of the unit shows; `None`: what the file says.
    fn show(&self, address: u32, file: &File) -> Option<u32>;

    /// A register was read.
    fn was_read(&mut self, _address: u32) {}

    /// A register of the file was written.
    fn was_written(&mut self, address: u32, file: &mut File);

    /// What was changed where no register shows it: a register that leads there, then and now.
    fn changed(&self) -> Vec<(u32, u32, u32)> {
        Vec::new()
    }

    /// Forgets all that was started.
    fn reset(&mut self);
}

/// All units of an adapter.
pub fn all(options: &Options) -> Vec<Box<dyn Unit>> {
    vec![
        Box::new(analyzers::Bus::new(options)),
        Box::new(analyzers::Receive::new(options)),
        Box::new(analyzers::Transmit::new(options)),
        Box::new(analyzers::Tcp::new(options)),
        Box::new(contexts::Contexts::new(options)),
        Box::new(flash::Flash::new(options)),
        Box::new(lookup::Lookup::new(options)),
        Box::new(processor::Processor::new(options)),
        Box::new(queues::Queues::new(options)),
        Box::new(statistics::Statistics::new(options)),
        Box::new(switch::Switch::new(options)),
        Box::new(tables::Tables::new(options)),
        Box::new(tables::Functions::new(options)),
    ]
}

/// What an analyzer shows while it runs.
const MOVING: u32 = 0xdead_beef;

/// A word of what a unit holds.
fn word(seed: u64, unit: u64, index: u32) -> u32 {
    rng::register(seed, 0x554e_4954_0000 + unit, index.into())
}
