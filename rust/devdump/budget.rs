// SPDX-License-Identifier: GPL-2.0

//! What dumps may take.
//!
//! makedumpfile copies all notes through one buffer: bytes count, not the pages that hold them. Of pages of zeroes, which take
//! none, it makes as much as of all others.

use super::{
    super::{
        bindings::page::available_bytes,
        format::manifest::Reason, //
    },
    deadline::Deadline,
    failure::Failure,
};
use kernel::{
    fmt,
    page::PAGE_SIZE,
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
};

use core::ops::RangeInclusive;

/// All dumps together: this part of the memory that is free when the module loads.
const SHARE: usize = 4;

/// What may be asked for at most: this part. makedumpfile needs as much again, and some for itself.
const LARGEST_SHARE: usize = 3;

/// makedumpfile has two bits for each page of the vmcore, in at most so many fifths of what is free.
const VMCORE_BYTES_PER_BITMAP_BYTE: usize = 8 * PAGE_SIZE / 2;
const BITMAP_FIFTHS: usize = 3;

/// In MiB; with 2 GiB of notes, makedumpfile gives up.
const MOST_MIB: u32 = 1024;

const SECONDS: RangeInclusive<u32> = 1..=3600;

/// Of one dump, if nobody asked for another time, and all together may take so much.
const DUMP_SECONDS: u32 = 60;

/// Parameters of the module.
pub(crate) struct Parameters {
    pub(crate) total_mib: u32,
    pub(crate) dump_mib: u32,
    pub(crate) dump_seconds: u32,
    pub(crate) deadline_seconds: u32,
}

/// What was made of them.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Bytes of all dumps together.
    pub(super) total_bytes: usize,
    /// Bytes of one dump.
    pub(super) dump_bytes: usize,
    /// Milliseconds of one dump.
    pub(super) dump_ms: u32,
    /// Milliseconds of all dumps together.
    total_ms: u32,
    pub(super) deadline: Deadline,
}

impl Limits {
    /// Without any limit.
    pub(super) const NONE: Self = Self {
        total_bytes: usize::MAX,
        dump_bytes: usize::MAX,
        dump_ms: u32::MAX,
        total_ms: u32::MAX,
        deadline: Deadline::NEVER,
    };

    /// What dumps may take in front of a vmcore of `vmcore_len` bytes, from now on. `EINVAL`: a parameter is out of range; what to
    /// ask for instead is in the log.
    pub(super) fn new(parameters: &Parameters, vmcore_len: u64) -> Result<Self> {
        let &Parameters {
            total_mib,
            dump_mib,
            dump_seconds,
            deadline_seconds,
        } = parameters;
        if total_mib > MOST_MIB {
            pr_err!("total_mib={total_mib}: all dumps may take 1 to {MOST_MIB} MiB, 0 for a quarter of what is free\n");
            return Err(EINVAL);
        }
        if dump_mib > MOST_MIB {
            pr_err!("dump_mib={dump_mib}: a dump may take 1 to {MOST_MIB} MiB, 0 for as much as there is for all\n");
            return Err(EINVAL);
        }
        let dump_seconds = seconds(dump_seconds, deadline_seconds)?;
        let (free, most) = (spare_bytes(vmcore_len), bytes(MOST_MIB));
        let total_bytes = match total_mib {
            0 => (free / SHARE).min(most),
            _ => {
                let largest = free / LARGEST_SHARE;
                if bytes(total_mib) > largest {
                    pr_warn!(
                        "total_mib={total_mib}: only {} KiB are free, so dumps get a third of that\n",
                        free / 1024
                    );
                }
                bytes(total_mib).min(largest)
            }
        };
        Ok(Self {
            total_bytes,
            dump_bytes: match dump_mib {
                0 => total_bytes,
                _ => bytes(dump_mib).min(total_bytes),
            },
            dump_ms: dump_seconds * 1000,
            total_ms: deadline_seconds * 1000,
            deadline: Deadline::after_ms(deadline_seconds * 1000),
        })
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} KiB and {} s for device dumps, {} KiB and {} s for each",
            self.total_bytes / 1024,
            self.total_ms / 1000,
            self.dump_bytes / 1024,
            self.dump_ms / 1000
        )
    }
}

/// The seconds of one dump.
fn seconds(dump_seconds: u32, deadline_seconds: u32) -> Result<u32> {
    if !SECONDS.contains(&deadline_seconds) {
        pr_err!(
            "deadline_seconds={deadline_seconds}: all dumps together may take 1 to 3600 seconds\n"
        );
        return Err(EINVAL);
    }
    if dump_seconds == 0 {
        return Ok(DUMP_SECONDS.min(deadline_seconds));
    }
    if !SECONDS.contains(&dump_seconds) {
        pr_err!("dump_seconds={dump_seconds}: a dump may take 1 to 3600 seconds, 0 for 60 or what there is for all\n");
        return Err(EINVAL);
    }
    if dump_seconds > deadline_seconds {
        pr_err!("dump_seconds={dump_seconds} can never be met: all dumps together may take deadline_seconds={deadline_seconds}\n");
        return Err(EINVAL);
    }
    Ok(dump_seconds)
}

/// Bytes that are free, without those that makedumpfile will need for its bitmaps.
fn spare_bytes(vmcore_len: u64) -> usize {
    let free = available_bytes();
    let bitmaps = usize::try_from(vmcore_len).unwrap_or(usize::MAX) / VMCORE_BYTES_PER_BITMAP_BYTE;
    free.saturating_sub(bitmaps.min(free / 5 * BITMAP_FIFTHS))
}

fn bytes(mib: u32) -> usize {
    mib as usize * 1024 * 1024
}

/// Bytes that all dumps take.
static USED: Atomic<usize> = Atomic::new(0);

/// The pages of a dump that are counted; given back when this is dropped.
pub(super) struct Share {
    limits: Limits,
    taken: usize,
}

impl Share {
    pub(super) const fn new(limits: Limits) -> Self {
        Self { limits, taken: 0 }
    }

    /// Whether `pages` more would be counted now.
    pub(super) fn may_take(&self, pages: usize) -> Result<(), Failure> {
        self.bytes_beside(pages, USED.load(Relaxed)).map(drop)
    }

    /// Counts `pages` more.
    pub(super) fn take(&mut self, pages: usize) -> Result<(), Failure> {
        let mut used = USED.load(Relaxed);
        let bytes = loop {
            let bytes = self.bytes_beside(pages, used)?;
            match USED.cmpxchg(used, used.saturating_add(bytes), Relaxed) {
                Ok(_) => break bytes,
                // Another dump was faster.
                Err(now) => used = now,
            }
        };
        self.taken = self.taken.saturating_add(bytes);
        Ok(())
    }

    /// The bytes of `pages`, if they are within the limits beside `used` bytes.
    fn bytes_beside(&self, pages: usize, used: usize) -> Result<usize, Failure> {
        let bytes = pages.saturating_mul(PAGE_SIZE);
        if bytes > self.limits.dump_bytes.saturating_sub(self.taken) {
            // The limit of a dump is not smaller than that of all, unless somebody asked for that.
            return Err(match self.limits.dump_bytes < self.limits.total_bytes {
                true => Failure::new(Reason::DUMP_BUDGET),
                false => Failure::new(Reason::TOTAL_BUDGET),
            });
        }
        match bytes > self.limits.total_bytes.saturating_sub(used) {
            true => Err(Failure::new(Reason::TOTAL_BUDGET)),
            false => Ok(bytes),
        }
    }

    /// Gives `pages` back that were counted.
    pub(super) fn give(&mut self, pages: usize) {
        let bytes = pages.saturating_mul(PAGE_SIZE);
        USED.fetch_sub(bytes, Relaxed);
        self.taken = self.taken.saturating_sub(bytes);
    }

    /// Bytes that could be counted now.
    pub(super) fn left(&self) -> usize {
        let left = self.limits.total_bytes.saturating_sub(USED.load(Relaxed));
        left.min(self.limits.dump_bytes.saturating_sub(self.taken)) / PAGE_SIZE * PAGE_SIZE
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        USED.fetch_sub(self.taken, Relaxed);
    }
}
