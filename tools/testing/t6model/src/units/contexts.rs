// SPDX-License-Identifier: GPL-2.0

//! Contexts of the queues in the scatter-gather engine.

use super::{busy::Busy, word, File, Stuck, Unit};
use crate::Options;

const COMMAND: u32 = 0x11fc;
const BUSY: u32 = 1 << 31;
const DATA: u32 = 0x1200;
const WORDS: u32 = 6;
/// By type, the bit of a context that says that it's in use; congestion contexts have none.
const VALID: [u32; 3] = [176, 141, 89];

pub struct Contexts {
    seed: u64,
    busy: Busy,
    /// Turns of the firmware: it changes what a queue that is in use counts.
    turns: u32,
}

impl Contexts {
    pub fn new(options: &Options) -> Self {
        Self {
            seed: options.seed,
            busy: Busy::new(options, Stuck::Context),
            turns: 0,
        }
    }

    /// Every third seed has no ingress queue, all others use about a quarter of the queues.
    fn is_used(&self, kind: u32, queue: u32) -> bool {
        let empty = kind == 1 && self.seed % 3 == 0;
        !empty && word(self.seed, 0x90 + u64::from(kind), queue) % 4 == 0
    }

    fn context(&self, kind: u32, queue: u32) -> [u32; WORDS as usize] {
        let mut context =
            [0, 1, 2, 3, 4, 5].map(|n| word(self.seed, 0x94 + u64::from(kind), queue * WORDS + n));
        if let Some(&bit) = VALID.get(kind as usize) {
            let word = &mut context[bit as usize / 32];
            *word &= !(1 << (bit % 32));
            *word |= u32::from(self.is_used(kind, queue)) << (bit % 32);
        }
        context[0] = context[0].wrapping_add(self.turns);
        context
    }
}

impl Unit for Contexts {
    fn registers(&self) -> Vec<(u32, u32)> {
        // 128 to 1024 free lists.
        let fewer = word(self.seed, 0x98, 0) % 4;
        vec![(COMMAND, 0), (0x1090, fewer << 11)]
    }

    fn commands(&self) -> Vec<u32> {
        (DATA..DATA + WORDS * 4)
            .step_by(4)
            .chain([COMMAND])
            .collect()
    }

    fn show(&self, address: u32, file: &File) -> Option<u32> {
        let busy = if self.busy.is_busy() { BUSY } else { 0 };
        (address == COMMAND).then(|| (file.value(COMMAND) & !BUSY) | busy)
    }

    fn was_read(&mut self, address: u32) {
        if address == COMMAND {
            self.busy.was_seen();
        }
    }

    fn was_written(&mut self, address: u32, file: &mut File) {
        if address == COMMAND {
            self.busy.start();
            let command = file.value(COMMAND);
            let context = self.context((command >> 24) & 3, command & 0x1_ffff);
            for (register, value) in (DATA..).step_by(4).zip(context) {
                file.set(register, value);
            }
        }
    }

    fn firmware_turn(&mut self, _: &mut File) {
        self.turns += 1;
    }

    fn reset(&mut self) {
        self.busy.reset();
        self.turns = 0;
    }
}
