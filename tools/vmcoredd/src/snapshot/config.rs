// SPDX-License-Identifier: GPL-2.0

//! Reading configuration space: double word by double word, and not those that are better left alone.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    time::{Duration, Instant},
};

use vmcore_format::pci::Reason;

use crate::kinds::{
    config_space::{ConfigSpace, CONVENTIONAL, HEADER},
    pci::capabilities::{self, Capability, PCI_EXPRESS},
};

pub struct Config {
    file: File,
    pub space: ConfigSpace,
    /// Bytes that there are.
    pub len: u32,
    /// What is left alone.
    denied: Vec<std::ops::Range<usize>>,
    pub accesses: u32,
    pub taken: Duration,
    pub slowest: Duration,
}

impl Config {
    /// `len`: bytes that the kernel would hand out to root.
    pub fn read(file: File, len: u64) -> Self {
        let mut config = Self {
            file,
            space: ConfigSpace::default(),
            len: len.min(4096) as u32 & !3,
            denied: Vec::new(),
            accesses: 0,
            taken: Duration::ZERO,
            slowest: Duration::ZERO,
        };
        config.fetch(0..HEADER);
        if config.space.is_absent() {
            return config;
        }
        config.fetch_lists();
        let found = capabilities::all(&config.space);
        let is_express = found
            .iter()
            .any(|(capability, _)| *capability == PCI_EXPRESS);
        if !is_express {
            config.len = config.len.min(CONVENTIONAL as u32);
        }
        config.denied = found
            .iter()
            .filter_map(|found| denied(*found, &config.space))
            .collect();
        config.fetch(HEADER..config.len as usize);
        config
    }

    /// The heads of all capabilities, since what they are decides what is read.
    fn fetch_lists(&mut self) {
        loop {
            let before = self.accesses;
            let found = capabilities::all(&self.space);
            for start in [self.space.u8(0x34).map(usize::from), Some(CONVENTIONAL)]
                .into_iter()
                .flatten()
            {
                self.fetch_head(start);
            }
            for (capability, at) in found {
                let next = match capability {
                    Capability::Standard(_) => self.space.u8(at + 1).map(usize::from),
                    Capability::Extended(_) => {
                        self.space.u16(at + 2).map(|word| usize::from(word >> 4))
                    }
                };
                next.into_iter().for_each(|next| self.fetch_head(next));
                // Where a vendor says how long it is.
                self.fetch_head(at + 4);
            }
            if self.accesses == before {
                return;
            }
        }
    }

    fn fetch_head(&mut self, at: usize) {
        let at = at & !3;
        if at >= HEADER {
            self.fetch(at..at + 4);
        }
    }

    /// What is there, may be read and was not.
    fn fetch(&mut self, range: std::ops::Range<usize>) {
        for at in range
            .step_by(4)
            .take_while(|at| at + 4 <= self.len as usize)
        {
            if self.space.u8(at).is_some() || self.denied.iter().any(|denied| denied.contains(&at))
            {
                continue;
            }
            let mut bytes = [0; 4];
            let begin = Instant::now();
            if self.file.read_exact_at(&mut bytes, at as u64).is_err() {
                continue;
            }
            let taken = begin.elapsed();
            self.accesses += 1;
            self.taken += taken;
            self.slowest = self.slowest.max(taken);
            for (byte, at) in bytes.into_iter().zip(at..) {
                self.space.set(at, byte);
            }
        }
    }

    /// Why this was not read.
    pub fn reason(&self, at: u32) -> Reason {
        match self
            .denied
            .iter()
            .any(|denied| denied.contains(&(at as usize)))
        {
            true => Reason::DENIED,
            false if self.space.is_absent() => Reason::GONE,
            false => Reason::NOT_ALLOWED,
        }
    }

    /// Whether the kernel has handed out the header, and no more.
    pub fn is_refused(&self) -> bool {
        self.len as usize > HEADER && self.space.end() <= HEADER && !self.space.is_absent()
    }

    pub fn port_type(&self) -> Option<u8> {
        let found = capabilities::all(&self.space);
        let (_, at) = found
            .iter()
            .find(|(capability, _)| *capability == PCI_EXPRESS)?;
        Some(self.space.u8(at + 2)? >> 4)
    }
}

/// What reading could change, or nobody knows what: the data of VPD, mailboxes, and what vendors have made of their own capabilities.
fn denied(
    (capability, at): (Capability, usize),
    space: &ConfigSpace,
) -> Option<std::ops::Range<usize>> {
    let length = |at: usize| space.u16(at + 2).map(|word| usize::from(word >> 4));
    Some(match capability {
        Capability::Standard(0x03) => at + 4..at + 8,
        Capability::Standard(0x09) => at + 4..at + usize::from(space.u8(at + 2)?).max(4),
        Capability::Extended(0x0b | 0x23) => at + 8..at + length(at + 4)?.max(8),
        Capability::Extended(0x2e) => at + 0x10..at + 0x18,
        _ => return None,
    })
}
