// SPDX-License-Identifier: GPL-2.0

//! The processor's address space, and its logic analyzer in it.

use std::collections::BTreeMap;

use vmcore_format::cudbg::Chip;

use super::{busy::Busy, word, File, Stuck, Unit, MOVING};
use crate::Options;

const CONTROL: u32 = 0x7b50;
const DATA: u32 = 0x7b54;
const BUSY: u32 = 1 << 17;
const WRITE: u32 = 1 << 16;
const ADDRESSES: u32 = 0xffff;

/// In the processor's address space.
const LA_CONFIG: u32 = 0x140;
const LA_DATA: u32 = 0x144;
const LA_ENABLE: u32 = 1 << 0;
const LA_READ: u32 = 1 << 1;
/// Of each queue four words: read and write address, what is free in units of 16 bytes, messages (`cim_qcfg_show()`).
const QUEUES: u32 = 14;
/// A queue is empty.
const FREE: u32 = 0x80;

pub struct Processor {
    seed: u64,
    t6: bool,
    busy: Busy,
    la_stuck: bool,
    /// Where the words of queues are, unless they hold anything.
    queues: Option<u32>,
    full: bool,
    la_config: u32,
    /// What was written elsewhere.
    written: BTreeMap<u32, u32>,
}

impl Processor {
    pub fn new(options: &Options) -> Self {
        let mut processor = Self {
            seed: options.seed,
            t6: options.chip == Chip::T6,
            busy: Busy::new(options, Stuck::Cim),
            queues: match options.chip {
                _ if options.noise => None,
                Chip::T4 => Some(0x10),
                _ => Some(0x280),
            },
            full: options.has("CIM.QUEUES_FULL"),
            la_stuck: options.stuck.contains(&Stuck::CimLa),
            la_config: 0,
            written: BTreeMap::new(),
        };
        processor.reset();
        processor
    }

    fn read(&self, address: u32) -> u32 {
        let position = (self.la_config >> 2) & 0xfff;
        match address {
            LA_CONFIG => self.la_config,
            LA_DATA if self.la_config & LA_ENABLE != 0 => MOVING,
            LA_DATA => word(self.seed, 0x50, position),
            _ => match self.written.get(&address) {
                Some(value) => *value,
                None => self.initial(address),
            },
        }
    }

    fn initial(&self, address: u32) -> u32 {
        let word_of_queues = self
            .queues
            .and_then(|first| address.checked_sub(first))
            .map(|offset| offset / 4)
            .filter(|nth| *nth < 4 * QUEUES);
        match word_of_queues {
            Some(2) if self.full => 0,
            Some(nth) if nth % 4 == 2 => FREE,
            _ => word(self.seed, 0x51, address),
        }
    }

    fn write(&mut self, address: u32, value: u32) {
        if address == LA_CONFIG {
            let done = match self.la_stuck {
                true => 0,
                false => LA_READ,
            };
            let write_position = self.la_config & 0x0fff_0000;
            self.la_config = (value & 0xffff & !done) | write_position;
        } else {
            self.written.insert(address, value);
        }
    }

    fn la_config_after_reset(&self) -> u32 {
        // Running or not, anywhere; T6 has ten words by entry.
        let random = word(self.seed, 0x52, 0);
        let position = match self.t6 {
            true => ((random >> 4) & 0xff0) | ((random & 0xf) % 10),
            false => (random >> 4) & 0xfff,
        };
        (position << 16) | (random >> 31)
    }
}

impl Unit for Processor {
    fn registers(&self) -> Vec<(u32, u32)> {
        vec![(CONTROL, 0x100), (DATA, self.read(0x100))]
    }

    fn commands(&self) -> Vec<u32> {
        vec![CONTROL, DATA]
    }

    fn show(&self, address: u32, file: &File) -> Option<u32> {
        let busy = if self.busy.is_busy() { BUSY } else { 0 };
        (address == CONTROL).then(|| (file.value(CONTROL) & !BUSY) | busy)
    }

    fn was_read(&mut self, address: u32) {
        if address == CONTROL {
            self.busy.was_seen();
        }
    }

    fn was_written(&mut self, address: u32, file: &mut File) {
        if address != CONTROL {
            return;
        }
        let control = file.value(CONTROL);
        self.busy.start();
        match control & WRITE {
            0 => file.set(DATA, self.read(control & ADDRESSES)),
            _ => self.write(control & ADDRESSES, file.value(DATA)),
        }
    }

    fn changed(&self) -> Vec<(u32, u32, u32)> {
        let analyzer = (self.la_config_after_reset(), self.la_config);
        let written = self.written.iter();
        let written = written.map(|(address, is)| (self.initial(*address), *is));
        written
            .chain([analyzer])
            .filter(|(was, is)| was != is)
            .map(|(was, is)| (DATA, was, is))
            .collect()
    }

    fn reset(&mut self) {
        self.busy.reset();
        self.written.clear();
        self.la_config = self.la_config_after_reset();
    }
}
