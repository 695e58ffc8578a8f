// SPDX-License-Identifier: GPL-2.0

//! A chip whose registers hold what a test says.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    ops::Range,
    rc::Rc,
};

use crate::{
    cxgb4::{
        device::{Device, Registers},
        failure::{Failure, Result},
        hal::Hal,
        sections::{FLASH, SECTIONS},
        writer::Writer,
    },
    format::cudbg::{cause::Cause, private::Private, section::Section, Chip as Generation},
};

pub const BAR_LEN: u64 = 512 << 10;
pub const WINDOW_BASE: u32 = 0x3068;
pub const WINDOW_OFFSET: u32 = 0x306c;
pub const PF: u32 = 4;
const WINDOW: u32 = 0x60000;
const APERTURE: u32 = 64 << 10;

pub struct Chip {
    pub registers: RefCell<BTreeMap<u32, u32>>,
    /// Registers that were read, in order; some two at once.
    pub reads: RefCell<Vec<u32>>,
    /// How often something was read.
    pub read_accesses: Cell<usize>,
    pub writes: RefCell<Vec<(u32, u32)>>,
    /// What registers that were written held before the first time.
    pub first: RefCell<BTreeMap<u32, u32>>,
    /// Addresses of the memory that were read.
    pub memory_reads: RefCell<Vec<u32>>,
    /// What can be read through the configuration space.
    pub product_data: RefCell<Vec<u8>>,
    /// Reads after which the chip falls off the bus.
    pub lives_for: Cell<u64>,
    /// Registers hold something else each time, the configuration space behind them, too.
    pub forgets: Cell<bool>,
    /// Bytes of registers.
    pub size: Cell<u64>,
    /// Where registers that were not set come from.
    random: Cell<Option<u64>>,
    /// Microseconds that a read takes, of registers from an address on.
    pub read_us: Cell<(u32, u64)>,
    /// And of memory, at some addresses.
    pub memory_us: Cell<(Range<u32>, u64)>,
    pub asked: Cell<Private>,
    pub bus_master: Cell<bool>,
    /// Microseconds since any time.
    clock: Rc<Cell<u64>>,
    /// Milliseconds that a section may take.
    pub ms: Cell<u64>,
    /// What registers answer first, before what they hold.
    answers: RefCell<BTreeMap<u32, VecDeque<u32>>>,
    /// Registers behind indexes are there, contexts and the lookup engine, too: what they hold follows from what was asked for.
    indexed: Cell<bool>,
    /// Accesses after which the firmware asks for something; 0: it does not.
    pub firmware_every: Cell<u64>,
    accesses: Cell<u64>,
    /// A register, bits that it shows while it's busy, and microseconds until it's not.
    pub busy_until: Cell<(u32, u32, u64)>,
    /// Ids from here on are not answered.
    pub lookup_end: Cell<u32>,
}

/// The next of a sequence of numbers that look random.
pub fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What the double word at `address` of the memory holds; never zero.
pub fn word(address: u32) -> u64 {
    next(&mut u64::from(address)) | 1
}

impl Chip {
    /// EDC0 and EDC1 of 1 MiB, MC of 2 MiB, with packets in MC; window 0 somewhere in BAR0.
    pub fn sane() -> Self {
        let registers = [
            (0x1943c, 0x61),
            (0x19400, PF << 9),
            (WINDOW_BASE, WINDOW | 6),
            (WINDOW_OFFSET, 0x0123_4004),
            (0x77d8, 0b111),
            (0x77c0, 1),
            (0x77c4, (1 << 16) | 1),
            (0x77c8, (2 << 16) | 2),
            (0x7d20, 0x24_1234), // Tx packets
            (0x7d34, 0x1000),
            (0x7d38, 7),
            (0x7d28, 0x30_0000), // Rx packets
            (0x7d2c, 0x800),
            (0x7d30, 0x8000_0003),
            // Upper layers: first and last address of each.
            (0x1915c, 0x10_1004),
            (0x19160, 0x10_1f80),
            (0x1916c, 0x20_2000),
            (0x19170, 0x20_2fff),
            (0x8dd4, 0x20_3000), // TPT and STAG are the same
            (0x8dd8, 0x20_4fff),
            (0x1917c, 0x20_3000),
            (0x19180, 0x20_4fff),
            (0x19184, 0x20_5000),
            (0x19188, 0x20_5fff),
            (0x191a4, 0x20_6000),
            (0x191a8, 0x20_6fff),
            (0x1918c, 0x20_7000),
            (0x19190, 0x20_7fff),
            (0x8ddc, 0x20_8000),
            (0x8de0, 0x20_8fff),
            (0x192ac, 0x20_a100), // TLS keys
            (0x192b0, 0x20_a200),
        ];
        Self {
            registers: RefCell::new(registers.into()),
            reads: RefCell::default(),
            read_accesses: Cell::default(),
            writes: RefCell::default(),
            first: RefCell::default(),
            memory_reads: RefCell::default(),
            product_data: RefCell::default(),
            lives_for: Cell::new(u64::MAX),
            forgets: Cell::new(false),
            size: Cell::new(BAR_LEN),
            random: Cell::new(None),
            read_us: Cell::new((0, 0)),
            memory_us: Cell::default(),
            asked: Cell::default(),
            bus_master: Cell::new(false),
            clock: Rc::default(),
            ms: Cell::new(60_000),
            answers: RefCell::default(),
            indexed: Cell::new(false),
            firmware_every: Cell::new(0),
            accesses: Cell::new(0),
            busy_until: Cell::new((0, 0, 0)),
            lookup_end: Cell::new(u32::MAX),
        }
    }

    /// With what is behind indexes. Every second queue is in use.
    pub fn indexed() -> Self {
        let chip = Self::sane();
        chip.indexed.set(true);
        chip
    }

    /// Has a register answer something else first.
    pub fn answer(&self, register: u32, answers: &[u32]) {
        let answers = answers.iter().copied().collect();
        self.answers.borrow_mut().insert(register, answers);
    }

    /// Milliseconds that have passed.
    pub fn ms(&self) -> u64 {
        self.clock.get() / 1000
    }

    pub fn clock(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.clock)
    }

    /// What a register shows to who reads it.
    fn show(&self, register: u32) -> u32 {
        let answer = self
            .answers
            .borrow_mut()
            .get_mut(&register)
            .and_then(VecDeque::pop_front);
        let (busy, bits, until) = self.busy_until.get();
        match answer {
            Some(answer) => answer,
            None if register == busy && self.clock.get() < until => self.get(register) | bits,
            None if self.indexed.get() => self.behind(register),
            None => self.get(register),
        }
    }

    fn behind(&self, register: u32) -> u32 {
        let value = |asked: u32| next(&mut u64::from(register ^ (asked << 8))) as u32;
        match register {
            0x7e44 | 0x7e1c | 0x7e54 => value(self.get(register - 4)),
            // In use: bits 176, 141 and 89.
            0x1200..=0x1214 => {
                let command = self.get(0x11fc);
                let bits = match register {
                    0x1208 => 1 << 25,
                    0x1210 => 1 << 13,
                    0x1214 => 1 << 16,
                    _ => 0,
                };
                match command % 2 {
                    0 => value(command) | bits,
                    _ => value(command) & !bits,
                }
            }
            0x19d94 => (self.get(0x19cf4) & 0xf_ffff < self.lookup_end.get()).into(),
            0x19da0..=0x19de0 => value(self.get(0x19cf4)) & !0x8000,
            _ => self.get(register),
        }
    }

    /// The firmware asks for something else.
    fn firmware(&self) {
        let accesses = self.accesses.get() + 1;
        self.accesses.set(accesses);
        if self.firmware_every.get() > 0 && accesses % self.firmware_every.get() == 0 {
            for (register, asked) in [
                (0x7e40, 0x99),
                (0x7e18, 0x9),
                (0x7e50, 0x99),
                (0x11fc, 1 << 24),
            ] {
                self.registers
                    .borrow_mut()
                    .insert(register, asked + accesses as u32 % 5);
            }
        }
    }

    /// All registers hold anything.
    pub fn random(seed: u64) -> Self {
        let chip = Self::sane();
        chip.registers.borrow_mut().clear();
        chip.random.set(Some(seed));
        chip
    }

    pub fn set(&self, register: u32, value: u32) -> &Self {
        self.registers.borrow_mut().insert(register, value);
        self
    }

    pub fn get(&self, register: u32) -> u32 {
        if self.forgets.get() {
            self.registers.borrow_mut().remove(&register);
        }
        *self
            .registers
            .borrow_mut()
            .entry(register)
            .or_insert_with(|| {
                let Some(mut state) = self.random.get() else {
                    return 0;
                };
                let value = next(&mut state) as u32;
                self.random.set(Some(state));
                // Extreme values are what breaks things.
                match value % 8 {
                    0 => 0,
                    1 => u32::MAX,
                    2 => value >> 20,
                    _ => value,
                }
            })
    }

    /// Collects a section, up to `limit` bytes.
    pub fn collect(
        &self,
        generation: Generation,
        section: Section,
        limit: usize,
    ) -> (Vec<u8>, Result) {
        let (writer, result) = self.collect_into(generation, section, limit);
        (writer.bytes, result)
    }

    /// Collects a section; the last is what was left out.
    pub fn collect_private(
        &self,
        generation: Generation,
        section: Section,
    ) -> (Vec<u8>, Result, Private) {
        let (writer, result) = self.collect_into(generation, section, usize::MAX);
        (writer.bytes, result, writer.left_out)
    }

    fn collect_into(
        &self,
        generation: Generation,
        section: Section,
        limit: usize,
    ) -> (Writer<'_, '_>, Result) {
        let hal = Hal::of(generation);
        let (mut device, found) = Device::identify(hal, self);
        device.asked = self.asked.get();
        device.mark(section.id());
        self.reads.borrow_mut().clear();
        self.read_accesses.set(0);
        device.give_time(self.ms.get() as u32);
        let mut writer = Writer::new(limit, &self.clock, self.ms.get());
        let (_, collect) = SECTIONS
            .iter()
            .chain([&FLASH])
            .find(|(known, _)| *known == section)
            .expect("a section");
        let result = found.and_then(|()| collect(&device, section, &mut writer));
        let result = device.judge(result);
        (writer, result)
    }

    fn check(&self, address: u32, len: u64) -> Result {
        match u64::from(address) + len <= self.size.get() {
            true => Ok(()),
            false => Err(Failure::new(Cause::OutsideBar, address, self.size.get())),
        }
    }

    /// Time passes while a register is read: never none, or somebody would wait for ever.
    fn take_time(&self, address: u32) {
        let (first, us) = self.read_us.get();
        let us = if address >= first { us } else { 0 };
        self.clock.set(self.clock.get() + us.max(1));
        self.reads.borrow_mut().push(address);
        self.read_accesses.set(self.read_accesses.get() + 1);
    }

    /// Whether the chip is still there for one more access.
    fn lives(&self) -> bool {
        let left = self.lives_for.get();
        self.lives_for.set(left.saturating_sub(1));
        left > 0
    }
}

impl Registers for Chip {
    fn read32(&self, address: u32) -> Result<u32> {
        self.check(address, 4)?;
        self.take_time(address);
        let value = match self.lives() {
            true => self.show(address),
            false => u32::MAX,
        };
        self.firmware();
        Ok(value)
    }

    fn read64(&self, address: u32) -> Result<u64> {
        self.check(address, 8)?;
        self.take_time(address);
        if !self.lives() {
            return Ok(u64::MAX);
        }
        let base = self.get(WINDOW_BASE);
        let within = address.wrapping_sub(base >> 10 << 10);
        if within >= APERTURE || base >> 10 << 10 != WINDOW && self.random.get().is_none() {
            // Two registers.
            self.reads.borrow_mut().push(address + 4);
            let [low, high] = [address, address + 4].map(|half| u64::from(self.show(half)));
            self.firmware();
            return Ok(low | (high << 32));
        }
        let shown = (self.get(WINDOW_OFFSET) & !0x7f).wrapping_add(within);
        self.memory_reads.borrow_mut().push(shown);
        let slow = self.memory_us.take();
        if slow.0.contains(&shown) {
            self.clock.set(self.clock.get() + slow.1);
        }
        self.memory_us.set(slow);
        Ok(word(shown))
    }

    fn write32(&self, address: u32, value: u32) -> Result {
        self.check(address, 4)?;
        self.writes.borrow_mut().push((address, value));
        if self.lives() {
            let before = self.get(address);
            self.first.borrow_mut().entry(address).or_insert(before);
            // What cannot be accessed cannot be written.
            if before != 0xeeee_eeee {
                self.set(address, value);
            }
        }
        self.firmware();
        Ok(())
    }

    fn size(&self) -> u64 {
        self.size.get()
    }

    fn bus_address(&self) -> u64 {
        0
    }

    fn is_bus_master(&self) -> bool {
        self.bus_master.get()
    }

    fn now_us(&self) -> u64 {
        self.clock.get()
    }

    fn sleep_ms(&self, ms: u32) {
        self.clock.set(self.clock.get() + u64::from(ms) * 1000);
    }

    fn vpd(&self, address: u32, bytes: &mut [u8]) -> bool {
        let data = self.product_data.borrow();
        let found = data
            .get(address as usize..)
            .and_then(|data| data.get(..bytes.len()));
        found.map(|found| bytes.copy_from_slice(found)).is_some()
    }
}
