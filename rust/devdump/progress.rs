// SPDX-License-Identifier: GPL-2.0

//! How far a collection is that takes long, for who looks at the console.

use super::super::{
    bindings::clock::now_ms,
    format::{
        manifest::{
            padded,
            until_nul, //
        },
        vmcoredd::NAME_LEN, //
    },
};
use kernel::{
    prelude::*,
    str::BStr, //
};

/// Between two lines.
const PAUSE_MS: u32 = 10_000;

pub(super) struct Progress {
    section: [u8; NAME_LEN],
    /// Bytes of the section, 0 if that is not known, and those that were to come when it was last said.
    size: u64,
    left: u64,
    /// Bytes of the dump then.
    before: u64,
    /// In milliseconds: when the section began, and when the last line was written.
    start: u32,
    told: u32,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            section: [0; NAME_LEN],
            size: 0,
            left: 0,
            before: 0,
            start: now_ms(),
            told: now_ms(),
        }
    }

    /// A section of `left` bytes begins or goes on behind `before` bytes of the dump.
    pub(super) fn section(&mut self, name: &[u8], left: u64, before: u64) {
        let section = padded(name);
        if section != self.section || left > self.size {
            self.section = section;
            self.size = left;
            self.start = now_ms();
        }
        self.left = left;
        self.before = before;
    }

    /// A line, if there was none for a while: the dump has `len` bytes now.
    pub(super) fn tell(&mut self, name: &[u8], len: u64) {
        let now = now_ms();
        if now.saturating_sub(self.told) < PAUSE_MS {
            return;
        }
        self.told = now;
        let ms = now.saturating_sub(self.start);
        // What is left out of it is not in the dump.
        let done = self.size.saturating_sub(self.left);
        let done = done.saturating_add(len.saturating_sub(self.before));
        // KiB in a second.
        let rate = (done / 1024).saturating_mul(1000).checked_div(ms.into());
        let rate = rate.unwrap_or_default();
        let (name, section) = (
            BStr::from_bytes(name),
            BStr::from_bytes(until_nul(&self.section)),
        );
        let done_mib = done >> 20;
        match self.size.checked_sub(done).filter(|_| self.size > 0) {
            Some(left) => pr_info!(
                "{name}: {section}: {done_mib} of {} MiB, {rate} KiB/s, {} s left\n",
                self.size >> 20,
                (left / 1024).checked_div(rate).unwrap_or_default()
            ),
            None => pr_info!("{name}: {section}: {done_mib} MiB, {rate} KiB/s\n"),
        }
    }
}
