// SPDX-License-Identifier: GPL-2.0

//! Tables of the TCP processor: a write with an index of ones asks for a row, any other changes one.

use std::collections::BTreeMap;

use vmcore_format::cudbg::Chip;

use super::{word, File, Stuck, Unit};
use crate::Options;

/// Register, bits that ask, bits of a row's number, bits of its content.
const TABLES: [(u32, u32, u32, u32); 4] = [
    (0x7dd8, 0xffff_0000, 0x7, 0xffff),      // TP_PACE_TABLE
    (0x7ddc, 0xffff_0000, 0x1ff, 0x1fff),    // TP_CCTRL_TABLE
    (0x7de4, 0xff00_0000, 0xf, 0x000f_3fff), // TP_MTU_TABLE
    (RSS, 0xfff0_0000, 0x7ff, 0x000f_ffff),  // TP_RSS_LKP_TABLE
];
const RSS: u32 = 0x7dec;
const RSS_VALID: u32 = 1 << 31;

pub struct Tables {
    seed: u64,
    rss_stuck: bool,
    /// Values written, as they are.
    written: BTreeMap<u32, u32>,
}

impl Tables {
    pub fn new(options: &Options) -> Self {
        Self {
            seed: options.seed,
            rss_stuck: options.stuck.contains(&Stuck::Rss),
            written: BTreeMap::new(),
        }
    }
}

impl Unit for Tables {
    fn registers(&self) -> Vec<(u32, u32)> {
        TABLES.map(|(register, ask, ..)| (register, ask)).into()
    }

    fn commands(&self) -> Vec<u32> {
        TABLES.map(|(register, ..)| register).into()
    }

    fn show(&self, address: u32, file: &File) -> Option<u32> {
        let &(_, ask, rows, content) = TABLES.iter().find(|table| table.0 == address)?;
        let asked = file.value(address);
        if asked & ask != ask {
            return Some(asked);
        }
        let row = word(self.seed, 0x70 + u64::from(address), asked & rows) & content;
        Some(match address {
            RSS if self.rss_stuck => 0,
            RSS => row | RSS_VALID,
            _ => row,
        })
    }

    fn was_written(&mut self, address: u32, file: &mut File) {
        if let Some((_, ask, ..)) = TABLES.iter().find(|table| table.0 == address) {
            if file.value(address) & ask != *ask {
                self.written.insert(address, file.value(address));
            }
        }
    }

    fn changed(&self) -> Vec<(u32, u32, u32)> {
        let row = |(&register, &value): (&u32, &u32)| (register, 0, value);
        self.written.iter().map(row).collect()
    }

    fn reset(&mut self) {
        self.written.clear();
    }
}

/// RSS configuration of virtual functions: asked for in one register, shown behind the index pair `TP_PIO`.
pub struct Functions {
    seed: u64,
    shown: Option<u32>,
    mask: u32,
    /// Writes that changed a key or the configuration of a function.
    harm: Vec<u32>,
}

impl Functions {
    const CONFIG: u32 = 0x7e00;
    const READ: u32 = 1 << 24;
    /// `VFWREN` and `KEYWREN` of FreeBSD's t4_regs.h: what the data registers hold is written to the configuration of the function,
    /// and to the key, that the register names. Once given, a command can still be read: cxgb4 takes both out of what it has read.
    const COMMANDS: u32 = (1 << 5) | (1 << 4);
    const INDEX: u32 = 0x7e40;
    const DATA: u32 = 0x7e44;

    pub fn new(options: &Options) -> Self {
        Self {
            seed: options.seed,
            shown: None,
            mask: if options.chip == Chip::T6 { 0xff } else { 0x7f },
            harm: Vec::new(),
        }
    }
}

impl Unit for Functions {
    fn registers(&self) -> Vec<(u32, u32)> {
        // The last command was any.
        vec![(Self::CONFIG, word(self.seed, 0x80, 0) & 0xc010_003f)]
    }

    fn commands(&self) -> Vec<u32> {
        Vec::new()
    }

    fn state(&self, address: u32) -> Option<u32> {
        (address == Self::CONFIG).then_some(!Self::COMMANDS)
    }

    fn show(&self, address: u32, file: &File) -> Option<u32> {
        let index = file.value(Self::INDEX);
        let function = self.shown.filter(|_| address == Self::DATA)?;
        (0x3a..=0x3b)
            .contains(&index)
            .then(|| word(self.seed, index.into(), function))
    }

    fn was_written(&mut self, address: u32, file: &mut File) {
        let config = file.value(Self::CONFIG);
        if address == Self::CONFIG && config & Self::READ != 0 {
            self.shown = Some((config >> 8) & self.mask);
        }
        if address == Self::CONFIG && config & Self::COMMANDS != 0 {
            self.harm.push(config);
        }
    }

    fn changed(&self) -> Vec<(u32, u32, u32)> {
        let harm = self.harm.iter();
        harm.map(|config| (Self::CONFIG, 0, *config)).collect()
    }

    fn reset(&mut self) {
        self.shown = None;
        self.harm.clear();
    }
}
