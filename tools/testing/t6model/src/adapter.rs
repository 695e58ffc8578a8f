// SPDX-License-Identifier: GPL-2.0

//! The adapter as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use vmcore_format::cudbg::Chip;

use crate::answering::Answering;
use crate::bytes::lanes;
use crate::config::Config;
use crate::firmware::Firmware;
use crate::layout::{Kind, Layout};
use crate::memory::Memories;
use crate::registers::Registers;
use crate::regs::{
    PCIE_CFG_SPACE_DATA, PCIE_CFG_SPACE_REQ, PCIE_MEM_ACCESS_BASE, PCIE_MEM_ACCESS_OFFSET,
    PCIE_MEM_ACCESS_STRIDE, PF,
};
use crate::stats::{hex, Change, ConfigStats, Span, Stats, UnmappedCounts, Widths, WindowStats};
use crate::window::{Window, WINDOWS};
use crate::Options;

#[cfg(test)]
mod tests;

/// What a read takes that cannot be done, before it reads as ones: the longest that PCI Express has by default (PCI Express Base
/// Specification, `Completion Timeout Value`: 50 us to 50 ms).
const COMPLETION_TIMEOUT: Duration = Duration::from_millis(50);

/// Where an access goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// Configuration space.
    Config,
    /// Registers and memory windows.
    Bar0,
    /// Doorbells. None is rung, none is listened to.
    Bar2,
    /// MSI-X tables. QEMU keeps them; what gets here hits nothing.
    Bar4,
}

/// A T4, T5 or T6.
pub struct Adapter {
    options: Options,
    layout: Layout,
    config: Config,
    registers: Registers,
    memories: Memories,
    accesses: (u64, u64),
    bar0: Widths,
    windows: WindowStats,
    private_reads: BTreeMap<&'static str, u64>,
    unmapped: UnmappedCounts,
    left_before_reset: BTreeSet<Change>,
    spans: BTreeMap<u8, Span>,
    /// What the last read took, besides its way.
    took: Duration,
    answering: Answering,
    firmware: Firmware,
}

impl Adapter {
    /// An adapter after a reset, or what is wrong with `options`.
    pub fn new(options: Options) -> Result<Self, String> {
        options.check()?;
        let layout = Layout::new(&options);
        Ok(Self {
            config: Config::new(&options),
            registers: Registers::new(&options, &layout),
            memories: Memories::new(&options, &layout),
            accesses: (0, 0),
            bar0: Widths::default(),
            windows: WindowStats::default(),
            private_reads: BTreeMap::new(),
            unmapped: UnmappedCounts::default(),
            left_before_reset: BTreeSet::new(),
            spans: BTreeMap::new(),
            took: Duration::ZERO,
            answering: Answering::new(&options),
            firmware: Firmware::new(options.firmware_every),
            options,
            layout,
        })
    }

    /// What it was made from.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Its memory map.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Reads for the guest. What is not there reads as ones in configuration space, memory windows and the other BARs,
    /// and as zeroes among the registers.
    pub fn read(&mut self, space: Space, offset: u64, data: &mut [u8]) {
        self.took = Duration::ZERO;
        match space {
            _ if self.answering.is_gone() => data.fill(0xff),
            Space::Config => {
                self.accesses.0 += 1;
                if !self.config.read(offset, data) {
                    self.unmapped.count("config", offset, "read");
                }
            }
            Space::Bar0 => {
                *self.bar0.reads.entry(data.len()).or_default() += 1;
                let span = self.span();
                span.reads += 1;
                span.bytes += data.len() as u64;
                if let Some(byte) = self.answering.read(offset) {
                    data.fill(byte);
                    return;
                }
                match self.behind_window(offset) {
                    Some(address) => self.read_window(address, data),
                    None => self.read_registers(offset, data),
                }
            }
            Space::Bar2 | Space::Bar4 => {
                data.fill(0xff);
                self.unmapped.count(name(space), offset, "read");
            }
        }
    }

    /// Writes for the guest. What is not there takes no writes.
    pub fn write(&mut self, space: Space, offset: u64, data: &[u8]) {
        match space {
            _ if self.answering.is_gone() => {}
            Space::Config => {
                self.accesses.1 += 1;
                if !self.config.write(offset, data) {
                    self.unmapped.count("config", offset, "write");
                }
            }
            Space::Bar0 => {
                *self.bar0.writes.entry(data.len()).or_default() += 1;
                self.span().writes += 1;
                if !self.answering.write(offset) {
                    return;
                }
                match self.behind_window(offset) {
                    Some(address) => {
                        self.windows.writes += 1;
                        if !self.memories.write(address, data) {
                            self.unmapped.count("memory", address, "write");
                        }
                    }
                    None => self.write_registers(offset, data),
                }
            }
            Space::Bar2 | Space::Bar4 => self.unmapped.count(name(space), offset, "write"),
        }
    }

    /// Resets the adapter. What was counted stays counted, what was left changed stays listed.
    pub fn reset(&mut self) {
        self.left_before_reset = self.changed();
        self.config.reset();
        self.registers.reset();
        self.memories.reset();
    }

    /// Memory window `n`, if it is set up.
    pub fn window(&self, n: u32) -> Option<Window> {
        let step = n
            .checked_mul(PCIE_MEM_ACCESS_STRIDE)
            .filter(|_| n < WINDOWS)?;
        // On T4 the register has an address of the bus; what is kept is the place in BAR0.
        let base = self.registers.read(PCIE_MEM_ACCESS_BASE + step)?;
        Window::decode(base, self.registers.read(PCIE_MEM_ACCESS_OFFSET + step)?)
    }

    /// Says that the guest reads window 0 without asking, from a copy that [`Adapter::peek`] gives.
    pub fn map_window(&mut self) {
        self.windows.mapped = true;
    }

    /// Reads a register, not for the guest.
    pub fn register(&self, address: u32) -> Option<u32> {
        self.registers.read(address)
    }

    /// Reads memory, not for the guest. What is not there reads as ones.
    pub fn peek(&self, address: u64, data: &mut [u8]) {
        self.memories.read(address, data);
    }

    /// What the last read took, besides its way.
    pub fn took(&self) -> Duration {
        self.took
    }

    /// Reads memory as a window shows it now; whether all of it was memory.
    ///
    /// What is in the host's memory, the adapter reads by DMA: Linux's cxgb4 turns bus mastering on before it dumps. What a window
    /// shows without is not documented; here it's what reads give that nobody answers.
    pub fn look(&self, address: u64, data: &mut [u8]) -> bool {
        let all = self.memories.read(address, data);
        if !self.config.is_bus_master() {
            let end = address.saturating_add(data.len() as u64);
            let private = self.layout.private();
            for (_, range) in private.filter(|(kind, _)| *kind == Kind::HostMemory) {
                let (start, end) = (range.start.max(address), range.end.min(end));
                if start < end {
                    data[(start - address) as usize..(end - address) as usize].fill(0xff);
                }
            }
        }
        all
    }

    /// Writes memory with what the guest wrote to its copy.
    pub fn poke(&mut self, address: u64, data: &[u8]) {
        self.memories.write(address, data);
    }

    /// All that happened until now.
    pub fn stats(&self) -> Stats {
        Stats {
            chip: self.options.chip.name(),
            seed: self.options.seed,
            config: ConfigStats {
                reads: self.accesses.0,
                writes: self.accesses.1,
                bus_master_enabled: self.config.bus_master_enabled(),
                commands: self
                    .config
                    .commands()
                    .iter()
                    .map(|&command| hex(command.into()))
                    .collect(),
            },
            bar0: self.bar0.clone(),
            windows: self.windows,
            private_reads: self.private_reads.clone(),
            unmapped: self.unmapped.list(),
            changed: self.changed().into_iter().collect(),
            spans: self.spans.clone(),
        }
    }

    /// Counts for whom the guest says that it works: it writes a number to a byte that means nothing to the adapter.
    fn span(&mut self) -> &mut Span {
        self.spans.entry(self.config.interrupt_line()).or_default()
    }

    fn changed(&self) -> BTreeSet<Change> {
        let mut changed = self.left_before_reset.clone();
        let config = self.config.changed();
        // What the firmware used last is its own.
        let registers = self.registers.changed();
        let registers = registers.filter(|(address, ..)| !self.firmware.uses(*address));
        changed
            .extend(config.map(|(offset, was, is)| Change::new("config", offset.into(), was, is)));
        changed.extend(
            registers.map(|(address, was, is)| Change::new("bar0", address.into(), was, is)),
        );
        changed.extend(
            self.memories
                .changed()
                .map(|(address, was, is)| Change::new("memory", address, was.into(), is.into())),
        );
        changed
    }

    fn behind_window(&self, offset: u64) -> Option<u64> {
        (0..WINDOWS).find_map(|n| self.window(n)?.translate(offset))
    }

    fn read_window(&mut self, address: u64, data: &mut [u8]) {
        self.windows.reads += 1;
        self.windows.bytes += data.len() as u64;
        if !self.look(address, data) {
            self.unmapped.count("memory", address, "read");
        }
        let touched = self.layout.touched(address, data.len() as u64);
        let touched: BTreeSet<_> = touched.map(Kind::name).collect();
        if touched.contains(Kind::HostMemory.name()) && !self.config.is_bus_master() {
            self.took += COMPLETION_TIMEOUT;
        }
        for name in touched {
            *self.private_reads.entry(name.trim_end()).or_default() += 1;
        }
        self.took += self.slowness(address);
    }

    /// What each read of the memory at `address` takes.
    fn slowness(&self, address: u64) -> Duration {
        let Some((name, us)) = &self.options.slow_memory else {
            return Duration::ZERO;
        };
        let memories = self.layout.memories.iter();
        let slow = memories.filter(|memory| memory.name == name).any(|memory| {
            let base = u64::from(memory.base);
            (base..base + u64::from(memory.size)).contains(&address)
        });
        match slow {
            true => Duration::from_micros(*us),
            false => Duration::ZERO,
        }
    }

    fn read_registers(&mut self, offset: u64, data: &mut [u8]) {
        for lanes in lanes(offset, data.len()) {
            let value = u32::try_from(lanes.word)
                .ok()
                .and_then(|address| self.load(address));
            if value.is_none() {
                self.unmapped.count("bar0", lanes.word, "read");
            }
            lanes.load(value.unwrap_or(0), data);
        }
        self.firmware.go_on(&mut self.registers);
    }

    fn load(&mut self, address: u32) -> Option<u32> {
        let value = self.registers.load(address)?;
        Some(match address {
            PCIE_CFG_SPACE_DATA => self.configuration(value),
            _ if self.is_bus_address(address) => value + self.config.bar0(),
            _ => value,
        })
    }

    /// What the adapter says of its own configuration space; `before` is what it said last.
    fn configuration(&self, before: u32) -> u32 {
        let request = self.registers.read(PCIE_CFG_SPACE_REQ).unwrap_or(0);
        let enable = match self.options.chip {
            Chip::T6 => 1 << 31,
            Chip::T5 => 1 << 30,
            Chip::T4 => (1 << 30) | (1 << 28),
        };
        if request & enable != enable || (request >> 12) & 7 != PF {
            return before;
        }
        let mut word = [0; 4];
        self.config.read((request & 0xfff).into(), &mut word);
        u32::from_le_bytes(word)
    }

    /// T4: the base of a window that is set up.
    fn is_bus_address(&self, address: u32) -> bool {
        let offset = address.wrapping_sub(PCIE_MEM_ACCESS_BASE);
        self.options.chip == Chip::T4
            && offset < WINDOWS * PCIE_MEM_ACCESS_STRIDE
            && offset % PCIE_MEM_ACCESS_STRIDE == 0
            && self.registers.read(address) != Some(0)
    }

    fn write_registers(&mut self, offset: u64, data: &[u8]) {
        for lanes in lanes(offset, data.len()) {
            let written = u32::try_from(lanes.word).is_ok_and(|address| {
                let was = self.registers.read(address).unwrap_or(0);
                let base = match self.is_bus_address(address) {
                    true => self.config.bar0(),
                    false => 0,
                };
                let value = lanes.store(was.wrapping_add(base), data).wrapping_sub(base);
                self.registers.write(address, value)
            });
            if !written {
                self.unmapped.count("bar0", lanes.word, "write");
            }
        }
        self.firmware.go_on(&mut self.registers);
    }
}

fn name(space: Space) -> &'static str {
    match space {
        Space::Config => "config",
        Space::Bar0 => "bar0",
        Space::Bar2 => "bar2",
        Space::Bar4 => "bar4",
    }
}
