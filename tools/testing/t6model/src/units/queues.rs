// SPDX-License-Identifier: GPL-2.0

//! The processor's queues.

use std::time::{Duration, Instant};

use super::{busy::Busy, word, File, Stuck, Unit};
use crate::Options;

const SELECT: u32 = 0x7b48;
const CONFIG: u32 = 0x7b4c;
const OUTBOUND: u32 = 1 << 4;
const INBOUND_PORT: (u32, u32) = (0x7b60, 0x7b68);
const OUTBOUND_PORT: (u32, u32) = (0x7b64, 0x7b6c);
const BUSY: u32 = 1 << 1;
const ENABLE: u32 = 1 << 0;
/// The queue from and to the management controller. It carries Ethernet frames of the management network: every other word says so.
const NCSI: u32 = 5;
const FRAME: u32 = u32::from_le_bytes(*b"NCSI");

pub struct Queues {
    seed: u64,
    inbound: Busy,
    outbound: Busy,
    /// Until the inbound queues may be read: "3-10ms", says `t4_read_cim_ibq()` of cxgb4.
    patience: Duration,
    asked: Option<Instant>,
}

impl Queues {
    pub fn new(options: &Options) -> Self {
        Self {
            seed: options.seed,
            inbound: Busy::new(options, Stuck::Ibq),
            outbound: Busy::new(options, Stuck::Obq),
            patience: Duration::from_millis(options.ibq_ms),
            asked: None,
        }
    }

    /// Whether inbound queues may not be read yet.
    fn is_early(&self) -> bool {
        self.asked
            .is_some_and(|asked| asked.elapsed() < self.patience)
    }

    /// Size, base and threshold of the queue that `selector` names.
    fn config(&self, selector: u32) -> u32 {
        let queue = selector & 7;
        let threshold = word(self.seed, 0x60, selector) & 0x1ff;
        let (size, base) = match selector & OUTBOUND {
            0 => (8, queue * 8),
            // Some have none at all, but for that to the management controller.
            _ if queue == NCSI => (4, queue * 7),
            _ => (word(self.seed, 0x61, queue) % 5, queue * 7),
        };
        (size << 24) | (base << 16) | threshold
    }

    /// Whether the word at `address` is of a frame, in the memory of inbound or of outbound queues.
    fn is_frame(&self, port: (u32, u32), address: u32) -> bool {
        let config = match port {
            INBOUND_PORT => self.config(NCSI),
            _ => self.config(OUTBOUND | NCSI),
        };
        let (size, base) = (config >> 24, (config >> 16) & 0x3f);
        (base * 64..(base + size) * 64).contains(&address) && address % 2 == 0
    }

    fn ports(&mut self) -> [((u32, u32), u64, &mut Busy); 2] {
        [
            (INBOUND_PORT, 0x62, &mut self.inbound),
            (OUTBOUND_PORT, 0x63, &mut self.outbound),
        ]
    }
}

impl Unit for Queues {
    fn registers(&self) -> Vec<(u32, u32)> {
        vec![
            (SELECT, OUTBOUND | 2),
            (INBOUND_PORT.0, 0),
            (OUTBOUND_PORT.0, 0),
        ]
    }

    fn commands(&self) -> Vec<u32> {
        [INBOUND_PORT, OUTBOUND_PORT]
            .iter()
            .flat_map(|port| [port.0, port.1])
            .chain([CONFIG])
            .collect()
    }

    fn show(&self, address: u32, file: &File) -> Option<u32> {
        let status = |busy: bool| {
            let bit = if busy { BUSY } else { 0 };
            (file.value(address) & !BUSY) | bit
        };
        match address {
            CONFIG => Some(self.config(file.value(SELECT))),
            _ if address == INBOUND_PORT.0 => {
                Some(status(self.inbound.is_busy() || self.is_early()))
            }
            _ if address == OUTBOUND_PORT.0 => Some(status(self.outbound.is_busy())),
            _ => None,
        }
    }

    fn was_read(&mut self, address: u32) {
        for ((config, _), _, busy) in self.ports() {
            if address == config {
                busy.was_seen();
            }
        }
    }

    fn was_written(&mut self, address: u32, file: &mut File) {
        let seed = self.seed;
        if address == INBOUND_PORT.0 && file.value(address) & ENABLE != 0 {
            self.asked.get_or_insert_with(Instant::now);
        }
        let place = file.value(address) >> 16;
        let frames = [INBOUND_PORT, OUTBOUND_PORT].map(|port| self.is_frame(port, place));
        for (((config, data), stream, busy), is_frame) in self.ports().into_iter().zip(frames) {
            if address == config && file.value(config) & ENABLE != 0 {
                busy.start();
                file.set(
                    data,
                    match is_frame {
                        true => FRAME,
                        false => word(seed, stream, place),
                    },
                );
            }
        }
    }

    fn reset(&mut self) {
        self.inbound.reset();
        self.outbound.reset();
        self.asked = None;
    }
}
