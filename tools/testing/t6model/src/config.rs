// SPDX-License-Identifier: GPL-2.0

//! PCI configuration space.

use crate::bytes::lanes;
use crate::{Options, CONFIG_LEN};

mod table;
#[cfg(test)]
mod tests;
mod vpd;

/// Offset of command and status.
pub const COMMAND: u32 = 0x04;
const BUS_MASTER: u32 = 1 << 2;
/// The most values of the command register that are remembered.
const TRACE_LEN: usize = 256;

/// A 32-bit word of configuration space.
#[derive(Clone, Copy)]
struct Word {
    /// Its value after a reset.
    reset: u32,
    /// Bits that can be written.
    writable: u32,
    /// Bits that a driver for dumps must leave as they are; the rest belongs to firmware and to the kernel's PCI core.
    judged: u32,
}

/// Configuration space.
pub struct Config {
    words: Vec<Word>,
    now: Vec<u32>,
    vpd: vpd::Vpd,
    bus_master_enabled: bool,
    commands: Vec<u16>,
}

impl Config {
    /// Configuration space after a reset.
    pub fn new(options: &Options) -> Self {
        let mut words = vec![
            Word {
                reset: 0,
                writable: 0,
                judged: 0
            };
            (CONFIG_LEN / 4) as usize
        ];
        for (offset, word) in table::words(options) {
            if let Some(slot) = words.get_mut((offset / 4) as usize) {
                *slot = word;
            }
        }
        let now = words.iter().map(|word| word.reset).collect();
        Self {
            words,
            now,
            vpd: vpd::Vpd::new(options),
            bus_master_enabled: false,
            commands: Vec::new(),
        }
    }

    /// Reads; whether all of it lies in configuration space.
    pub fn read(&self, offset: u64, data: &mut [u8]) -> bool {
        let mut all = true;
        for lanes in lanes(offset, data.len()) {
            let word = self
                .now
                .get(usize::try_from(lanes.word / 4).unwrap_or(usize::MAX));
            all &= word.is_some();
            lanes.load(word.copied().unwrap_or(u32::MAX), data);
        }
        all
    }

    /// Writes; whether all of it lies in configuration space.
    pub fn write(&mut self, offset: u64, data: &[u8]) -> bool {
        let mut all = true;
        for lanes in lanes(offset, data.len()) {
            let index = usize::try_from(lanes.word / 4).unwrap_or(usize::MAX);
            let (Some(word), Some(now)) = (self.words.get(index), self.now.get_mut(index)) else {
                all = false;
                continue;
            };
            *now = *now & !word.writable | lanes.store(*now, data) & word.writable;
            if lanes.word == u64::from(COMMAND) && lanes.mask() & 0xffff != 0 {
                let command = *now;
                self.command_written(command);
            }
            // The flag, in the upper byte of the address, starts the transfer.
            if lanes.word == u64::from(table::VPD) && lanes.mask() >> 31 != 0 {
                self.vpd_address_written();
            }
        }
        all
    }

    /// Whether the device was ever allowed to be bus master.
    pub fn bus_master_enabled(&self) -> bool {
        self.bus_master_enabled
    }

    /// Whether the device may be bus master now.
    pub fn is_bus_master(&self) -> bool {
        let command = self.now.get((COMMAND / 4) as usize);
        command.is_some_and(|command| command & BUS_MASTER != 0)
    }

    /// Values that the command register took, one after the other.
    pub fn commands(&self) -> &[u16] {
        &self.commands
    }

    /// The low half of where BAR0 is on the bus.
    pub fn bar0(&self) -> u32 {
        self.now.get(4).map_or(0, |bar| bar & !0xf)
    }

    /// The interrupt line, a byte that means nothing to the adapter.
    pub fn interrupt_line(&self) -> u8 {
        self.now.get(15).map_or(0, |line| *line as u8)
    }

    /// Words with judged bits that differ from what they were: offset, then and now.
    pub fn changed(&self) -> impl Iterator<Item = (u32, u32, u32)> + '_ {
        (0..)
            .step_by(4)
            .zip(self.words.iter().zip(&self.now))
            .filter_map(|(offset, (word, &is))| {
                ((word.reset ^ is) & word.judged != 0).then_some((offset, word.reset, is))
            })
    }

    /// Undoes all writes; what was remembered of them stays.
    pub fn reset(&mut self) {
        self.now = self.words.iter().map(|word| word.reset).collect();
    }

    fn command_written(&mut self, command: u32) {
        self.bus_master_enabled |= command & BUS_MASTER != 0;
        if self.commands.len() < TRACE_LEN && self.commands.last() != Some(&(command as u16)) {
            self.commands.push(command as u16);
        }
    }

    fn vpd_address_written(&mut self) {
        let index = (table::VPD / 4) as usize;
        if let [address, data] = &mut self.now[index..index + 2] {
            if self.vpd.is_dead() {
                return;
            }
            if *address & vpd::DONE == 0 {
                *data = self.vpd.word(*address >> 16);
            }
            // Reading is done when the flag is set, writing when it is clear; nothing is written.
            *address ^= vpd::DONE;
        }
    }
}
