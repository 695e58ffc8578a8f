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
pub(super) const PAUSE_MS: u32 = 10_000;

/// What a line is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Waiting {
    /// Somebody reads, as fast as there is something.
    ForDevice,
    /// The reader takes nothing.
    ForReader,
}

pub(super) struct Progress {
    name: [u8; NAME_LEN],
    section: [u8; NAME_LEN],
    /// Bytes of the section, 0 if that is not known, and those that were to come when it was last said.
    size: u64,
    left: u64,
    /// Bytes of the dump then, and now.
    before: u64,
    len: u64,
    /// In milliseconds: when the dump began, when the section did, and when the last line was written.
    begun: u32,
    start: u32,
    told: u32,
}

impl Progress {
    pub(super) fn new(name: &[u8]) -> Self {
        Self {
            name: padded(name),
            section: [0; NAME_LEN],
            size: 0,
            left: 0,
            before: 0,
            len: 0,
            begun: now_ms(),
            start: now_ms(),
            told: now_ms(),
        }
    }

    /// From the start.
    pub(super) fn begin(&mut self) {
        *self = Self::new(until_nul(&{ self.name }));
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
        self.len = before;
    }

    /// The dump has `len` bytes now.
    pub(super) fn at(&mut self, len: u64) {
        self.len = len;
    }

    /// A line, if there was none for a while.
    pub(super) fn tell(&mut self, waiting: Waiting) {
        let now = now_ms();
        if now.saturating_sub(self.told) < PAUSE_MS {
            return;
        }
        self.told = now;
        // What is left out of it is not in the dump.
        let done = self.size.saturating_sub(self.left);
        let done = done.saturating_add(self.len.saturating_sub(self.before));
        // KiB in a second.
        let rate = |bytes: u64, start| {
            let ms = now.saturating_sub(start);
            let rate = (bytes / 1024).saturating_mul(1000).checked_div(ms.into());
            rate.unwrap_or_default()
        };
        let (all, rate) = (rate(self.len, self.begun), rate(done, self.start));
        let [name, section] =
            [&self.name, &self.section].map(|text| BStr::from_bytes(until_nul(text)));
        let (done_mib, left) = (done >> 20, self.size.checked_sub(done));
        match left.filter(|_| self.size > 0) {
            _ if waiting == Waiting::ForReader => pr_info!(
                "{name}: {section}: {} KiB so far, waiting for the reader\n",
                self.len / 1024
            ),
            Some(left) if rate > 0 => pr_info!(
                "{name}: {section}: {done_mib} of {} MiB, {rate} KiB/s, {} s left\n",
                self.size >> 20,
                (left / 1024).checked_div(rate).unwrap_or_default()
            ),
            _ => pr_info!(
                "{name}: {section}: {} KiB so far, {all} KiB/s\n",
                self.len / 1024
            ),
        }
    }
}
