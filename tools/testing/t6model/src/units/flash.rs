// SPDX-License-Identifier: GPL-2.0

//! The serial flash: commands, a few bytes at a time.

use super::{busy::Busy, word, File, Stuck, Unit};
use crate::Options;

const DATA: u32 = 0x193f8;
const OPERATION: u32 = 0x193fc;
const BUSY: u32 = 1 << 31;
const WRITE: u32 = 1 << 0;
/// `SF_LOCK`: keeps the firmware out.
const LOCK: u32 = 1 << 4;
/// `CONT`: the command goes on, and the flash stays selected.
const CONTINUE: u32 = 1 << 3;
/// Micron, 4 MiB.
const ID: [u8; 3] = [0x20, 0xba, 0x16];
const SIZE: u32 = 4 << 20;
/// The firmware's header, with its version in the second word.
const FIRMWARE: u32 = 8 << 16;

pub struct Flash {
    seed: u64,
    busy: Busy,
    /// Bytes of the command that goes on.
    command: Vec<u8>,
    /// Bytes read since.
    read: u32,
}

/// All that the flash of an adapter holds.
pub fn content(options: &Options) -> Vec<u8> {
    let flash = Flash::new(options);
    (0..SIZE).map(|address| flash.byte(address)).collect()
}

impl Flash {
    pub fn new(options: &Options) -> Self {
        Self {
            seed: options.seed,
            busy: Busy::new(options, Stuck::Flash),
            command: Vec::new(),
            read: 0,
        }
    }

    fn byte(&self, address: u32) -> u8 {
        let word = match address & !3 {
            at if at == FIRMWARE + 4 => 0x011b_0500,
            at if at < FIRMWARE => word(self.seed, 0xc0, at),
            // Erased.
            _ => u32::MAX,
        };
        word.to_le_bytes()[(address % 4) as usize]
    }

    /// The next byte that the flash sends.
    fn send(&mut self) -> u8 {
        let at = self.read;
        self.read += 1;
        match self.command.as_slice() {
            [0x9f] => ID.get(at as usize).copied().unwrap_or(0),
            // Status: ready.
            [0x05] => 0,
            // Fast: the first byte is for the flash to find the place.
            [0x0b, high, middle, low] => {
                let start = u32::from_be_bytes([0, *high, *middle, *low]);
                match at {
                    0 => 0,
                    _ => self.byte((start + at - 1) % SIZE),
                }
            }
            _ => 0xff,
        }
    }
}

impl Unit for Flash {
    fn registers(&self) -> Vec<(u32, u32)> {
        vec![(DATA, 0), (OPERATION, 0)]
    }

    fn commands(&self) -> Vec<u32> {
        // The lock, which must not stay, is among the rest of the operation.
        vec![DATA]
    }

    fn show(&self, address: u32, file: &File) -> Option<u32> {
        let busy = if self.busy.is_busy() { BUSY } else { 0 };
        (address == OPERATION).then(|| (file.value(OPERATION) & !BUSY) | busy)
    }

    fn was_read(&mut self, address: u32) {
        if address == OPERATION {
            self.busy.was_seen();
        }
    }

    fn was_written(&mut self, address: u32, file: &mut File) {
        let operation = file.value(OPERATION);
        if address != OPERATION || operation == 0 {
            return;
        }
        self.busy.start();
        let bytes = ((operation >> 1) & 3) as usize + 1;
        if operation & WRITE != 0 {
            self.read = 0;
            self.command = file.value(DATA).to_le_bytes()[..bytes].to_vec();
        } else {
            let mut data = [0; 4];
            for byte in &mut data[..bytes] {
                *byte = self.send();
            }
            file.set(DATA, u32::from_le_bytes(data));
        }
        if operation & CONTINUE == 0 {
            self.command.clear();
        }
    }

    fn firmware_turn(&mut self, file: &mut File) {
        // It reads something for itself: what went on is over.
        if file.value(OPERATION) & LOCK == 0 {
            self.command.clear();
        }
    }

    fn changed(&self) -> Vec<(u32, u32, u32)> {
        // The next command would be taken for more of this one.
        let goes_on = !self.command.is_empty();
        goes_on
            .then_some((OPERATION, 0, CONTINUE))
            .into_iter()
            .collect()
    }

    fn reset(&mut self) {
        self.busy.reset();
        self.command.clear();
        self.read = 0;
    }
}
