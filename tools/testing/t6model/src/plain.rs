// SPDX-License-Identifier: GPL-2.0

//! A PCI function of any kind: a configuration space from a file, memory that holds its own offsets, and ways to misbehave, which begin
//! when somebody arms them.

use std::time::Duration;

use serde::Serialize;

use crate::CONFIG_LEN;

/// Writing anything to this byte of the configuration space arms it.
pub const ARM: u64 = 0x98;
/// In the configuration space: command and status, which says whether there are capabilities; where the first is; extended ones.
const COMMAND: usize = 0x04;
const STATUS: usize = 0x06;
const HAS_CAPABILITIES: u8 = 1 << 4;
const CAPABILITIES: usize = 0x34;
const EXTENDED: usize = 0x100;
/// Bits of the command register that are there.
const COMMAND_BITS: [u8; 2] = [0x47, 0x05];
/// The longest read that a guest makes.
const GUEST_READ: usize = 4;

/// What it does from when it is armed on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Misbehaviour {
    /// What each read takes.
    pub slow: Duration,
    /// Reads of the configuration space after which nothing answers.
    pub config_reads: Option<u64>,
    /// The same of memory.
    pub bar_reads: Option<u64>,
}

/// Reads since it was armed.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Counts {
    pub armed: bool,
    pub config_reads: u64,
    pub bar_reads: u64,
    /// Writes, to whatever.
    pub writes: u64,
    /// The last offset of the configuration space that was read.
    pub config_end: u64,
}

/// Such a function.
pub struct Plain {
    config: Vec<u8>,
    misbehaviour: Misbehaviour,
    counts: Counts,
}

impl Plain {
    /// With this configuration space, whose BARs say of which kind they are.
    pub fn new(mut config: Vec<u8>, misbehaviour: Misbehaviour) -> Result<Self, String> {
        if config.len() > CONFIG_LEN as usize {
            return Err(format!("a configuration space has {CONFIG_LEN} bytes"));
        }
        config.resize(CONFIG_LEN as usize, 0);
        Ok(Self {
            config,
            misbehaviour,
            counts: Counts::default(),
        })
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Reads the configuration space; returns how long it takes.
    pub fn read_config(&mut self, offset: u64, data: &mut [u8]) -> Duration {
        self.counts.config_reads += u64::from(self.counts.armed);
        if self.is_gone() {
            data.fill(u8::MAX);
            return self.time();
        }
        for (at, byte) in (offset..).zip(data.iter_mut()) {
            let at = usize::try_from(at).unwrap_or(usize::MAX);
            *byte = self.config.get(at).copied().unwrap_or(u8::MAX);
        }
        // QEMU reads all of it at once, to take over capabilities. It would not come to the end of lists that go in circles.
        if data.len() > GUEST_READ && offset == 0 {
            hide_capabilities(data);
        } else if self.counts.armed {
            let end = offset.saturating_add(data.len() as u64);
            self.counts.config_end = self.counts.config_end.max(end);
        }
        self.time()
    }

    /// Reads memory behind a BAR; returns how long it takes.
    pub fn read_bar(&mut self, offset: u64, data: &mut [u8]) -> Duration {
        self.counts.bar_reads += u64::from(self.counts.armed);
        let value = match self.is_gone() {
            true => u64::MAX,
            false => offset,
        };
        for (byte, from) in data.iter_mut().zip(value.to_le_bytes()) {
            *byte = from;
        }
        self.time()
    }

    /// Writes to the configuration space, or to memory.
    pub fn write(&mut self, is_config: bool, offset: u64, data: &[u8]) {
        self.counts.writes += u64::from(self.counts.armed);
        for (at, byte) in (offset..).zip(data).filter(|_| is_config) {
            self.counts.armed |= at == ARM;
            let bits = COMMAND_BITS.get((at as usize).wrapping_sub(COMMAND));
            if let (Some(bits), Some(now)) = (bits, self.config.get_mut(at as usize)) {
                *now = byte & bits;
            }
        }
    }

    fn is_gone(&self) -> bool {
        let over = |reads, limit: Option<u64>| limit.is_some_and(|limit| reads > limit);
        over(self.counts.config_reads, self.misbehaviour.config_reads)
            || over(self.counts.bar_reads, self.misbehaviour.bar_reads)
    }

    fn time(&self) -> Duration {
        match self.counts.armed {
            true => self.misbehaviour.slow,
            false => Duration::ZERO,
        }
    }
}

fn hide_capabilities(config: &mut [u8]) {
    if let Some(status) = config.get_mut(STATUS) {
        *status &= !HAS_CAPABILITIES;
    }
    for range in [CAPABILITIES..CAPABILITIES + 1, EXTENDED..EXTENDED + 4] {
        config.get_mut(range).unwrap_or_default().fill(0);
    }
}
