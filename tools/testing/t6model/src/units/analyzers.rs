// SPDX-License-Identifier: GPL-2.0

//! Logic analyzers: the bus interfaces of the processor, upper layer protocols, and the TCP processor.

use super::{word, File, Unit, MOVING};
use crate::Options;

/// What went over the processor's interfaces: `CIM_DEBUGCFG` and what it selects.
pub struct Bus {
    seed: u64,
}

impl Bus {
    const CONFIG: u32 = 0x7b70;
    const ENABLE: u32 = 1 << 12;
    const STATUS: u32 = 0x7b74;
    /// Requests to peripherals, their responses, requests to memory, their responses.
    const DATA: [u32; 4] = [0x7b78, 0x7b7c, 0x7b80, 0x7b84];

    pub fn new(options: &Options) -> Self {
        Self { seed: options.seed }
    }
}

impl Unit for Bus {
    fn registers(&self) -> Vec<(u32, u32)> {
        let random = word(self.seed, 1, 0);
        // Write positions anywhere, running or not.
        vec![
            (Self::CONFIG, random & Self::ENABLE),
            (Self::STATUS, random & 0x01ff_01ff),
        ]
    }

    fn commands(&self) -> Vec<u32> {
        Self::DATA.into()
    }

    fn show(&self, address: u32, file: &File) -> Option<u32> {
        let which = Self::DATA.iter().position(|data| *data == address)?;
        let config = file.value(Self::CONFIG);
        if config & Self::ENABLE != 0 {
            return Some(MOVING);
        }
        let position = (config >> if which % 2 == 0 { 23 } else { 14 }) & 0x1ff;
        Some(word(self.seed, 0x10 + which as u64, position))
    }

    fn was_written(&mut self, _: u32, _: &mut File) {}

    fn reset(&mut self) {}
}

/// The receive side of upper layer protocols: eight words of each entry, one at a time.
pub struct Receive {
    seed: u64,
    /// Entries read since the position was written.
    read: u32,
}

impl Receive {
    const SELECT: u32 = 0x1923c;
    const READ: u32 = 0x19240;
    const DATA: u32 = 0x19244;
    const WRITE: u32 = 0x19248;
    const ENTRIES: u32 = 512;

    pub fn new(options: &Options) -> Self {
        Self {
            seed: options.seed,
            read: 0,
        }
    }
}

impl Unit for Receive {
    fn registers(&self) -> Vec<(u32, u32)> {
        let random = word(self.seed, 2, 0);
        vec![
            (Self::SELECT, random & 7),
            (Self::READ, (random >> 8) % Self::ENTRIES),
            (Self::DATA, 0),
        ]
    }

    fn commands(&self) -> Vec<u32> {
        vec![Self::DATA, Self::WRITE]
    }

    fn show(&self, address: u32, file: &File) -> Option<u32> {
        let selected = file.value(Self::SELECT) & 7;
        let position = (file.value(Self::READ) + self.read) % Self::ENTRIES;
        match address {
            Self::WRITE => Some(word(self.seed, 3, selected) % Self::ENTRIES),
            Self::READ => Some(position),
            Self::DATA => Some(word(self.seed, 4, selected * Self::ENTRIES + position)),
            _ => None,
        }
    }

    fn was_read(&mut self, address: u32) {
        self.read += u32::from(address == Self::DATA);
    }

    fn changed(&self) -> Vec<(u32, u32, u32)> {
        let moved = self.read % Self::ENTRIES;
        Some((Self::READ, 0, moved))
            .filter(|_| moved != 0)
            .into_iter()
            .collect()
    }

    fn was_written(&mut self, address: u32, _: &mut File) {
        if address == Self::READ {
            self.read = 0;
        }
    }

    fn reset(&mut self) {
        self.read = 0;
    }
}

/// The transmit side of upper layer protocols: eleven analyzers, and samples of the chip's inside.
pub struct Transmit {
    seed: u64,
    read: [u32; Self::ANALYZERS as usize],
    samples: u32,
}

impl Transmit {
    const FIRST: u32 = 0x8ec0;
    const ANALYZERS: u32 = 11;
    const CONTROL: u32 = 0x8f70;
    const SAMPLE: [u32; 5] = [0x8f74, 0x8f78, 0x8f7c, 0x8f80, 0x8f84];

    pub fn new(options: &Options) -> Self {
        Self {
            seed: options.seed,
            read: [0; Self::ANALYZERS as usize],
            samples: 0,
        }
    }

    /// The analyzer and its register at `address`.
    fn analyzer(address: u32) -> Option<(u32, u32)> {
        let offset = address.checked_sub(Self::FIRST)?;
        (offset < Self::ANALYZERS * 0x10).then_some((offset / 0x10, offset % 0x10))
    }
}

impl Unit for Transmit {
    fn registers(&self) -> Vec<(u32, u32)> {
        let pointers = (0..Self::ANALYZERS).flat_map(|n| {
            let random = word(self.seed, 5, n);
            let at = Self::FIRST + n * 0x10;
            [
                (at, random % 512),
                (at + 4, 0),
                (at + 8, (random >> 16) % 512),
            ]
        });
        pointers
            .chain(Self::SAMPLE.map(|register| (register, 0)))
            .chain([(Self::CONTROL, 0)])
            .collect()
    }

    fn commands(&self) -> Vec<u32> {
        Vec::new()
    }

    fn show(&self, address: u32, file: &File) -> Option<u32> {
        if let Some(n) = Self::SAMPLE.iter().position(|sample| *sample == address) {
            return Some(word(self.seed, 6 + n as u64, self.samples));
        }
        let (n, register) = Self::analyzer(address)?;
        let position = (file.value(address - register) + self.read[n as usize]) % 512;
        match register {
            0 => Some(position),
            4 => Some(word(self.seed, 0x30, n * 512 + position)),
            _ => None,
        }
    }

    fn changed(&self) -> Vec<(u32, u32, u32)> {
        let moved = (0..).step_by(0x10).zip(self.read);
        let moved = moved.map(|(step, read)| (Self::FIRST + step, 0, read % 512));
        moved.filter(|(_, was, is)| was != is).collect()
    }

    fn was_read(&mut self, address: u32) {
        if let Some((n, 4)) = Self::analyzer(address) {
            self.read[n as usize] += 1;
        }
    }

    fn was_written(&mut self, address: u32, _: &mut File) {
        match Self::analyzer(address) {
            Some((n, 0)) => self.read[n as usize] = 0,
            _ => self.samples += u32::from(address == Self::CONTROL),
        }
    }

    fn reset(&mut self) {
        self.read = Default::default();
        self.samples = 0;
    }
}

/// The TCP processor: entries of 64 bits, whose last may be half written.
pub struct Tcp {
    seed: u64,
}

impl Tcp {
    const CONFIG: u32 = 0x7ed4;
    const DATA: [u32; 2] = [0x7ed8, 0x7edc];
    const ENABLE: u32 = 1 << 12;
    /// `DBGLAWHLF` and `DBGLAWPTR` say where it is. All others can be written and read, what it records, too: `DBGLAOPCENABLE` of
    /// FreeBSD's t4_regs.h, the upper eight bits.
    const STATE: u32 = 0x00ff_0000;

    pub fn new(options: &Options) -> Self {
        Self { seed: options.seed }
    }
}

impl Unit for Tcp {
    fn registers(&self) -> Vec<(u32, u32)> {
        vec![(Self::CONFIG, word(self.seed, 0x40, 0) & !Self::STATE)]
    }

    fn commands(&self) -> Vec<u32> {
        Self::DATA.into()
    }

    fn show(&self, address: u32, file: &File) -> Option<u32> {
        let config = file.value(Self::CONFIG);
        if address == Self::CONFIG {
            let state = word(self.seed, 0x41, 0) & Self::STATE;
            return Some((config & !Self::STATE) | state);
        }
        let half = Self::DATA.iter().position(|data| *data == address)?;
        Some(match config & Self::ENABLE {
            0 => word(self.seed, 0x42, (config & 0x7f) * 2 + half as u32),
            _ => MOVING,
        })
    }

    fn was_written(&mut self, address: u32, file: &mut File) {
        if address == Self::CONFIG {
            file.set(address, file.value(address) & !Self::STATE);
        }
    }

    fn reset(&mut self) {}
}
