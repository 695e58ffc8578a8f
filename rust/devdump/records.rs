// SPDX-License-Identifier: GPL-2.0

//! What became of each dump that was asked for: the entries of the manifest.

use super::{
    super::{
        format::manifest::{
            padded,
            Entry,
            Header,
            Reason,
            Status,
            MISSING_LEN, //
        },
        format::{
            vmcoredd::NAME_LEN,
            VERSION, //
        },
    },
    budget::Limits,
    manifest::{
        self,
        Manifest, //
    },
};
use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    prelude::*,
};

/// More would be drivers that try again and again.
const MOST: usize = 256;

/// The entry of a dump that is being collected. A name that is too long is cut.
pub(super) fn unfinished(name: &[u8], asked: usize) -> Entry {
    Entry {
        name: padded(name.get(..NAME_LEN - 1).unwrap_or(name)),
        status: Status::FAILED,
        reason: Reason::UNFINISHED,
        errno: 0,
        bytes: 0,
        asked: asked as u64,
        crc32: 0,
        ms: 0,
        held_bytes: 0,
        missing: [0; MISSING_LEN],
        kept: 0,
    }
}

/// A place for an entry, taken before any lock is. `None`: no memory.
pub(super) fn place(entry: Entry) -> Option<KBox<Record>> {
    let record = Record { number: 0, entry };
    KBox::new(record, GFP_NOWAIT | __GFP_NOWARN).ok()
}

pub(super) struct Records {
    /// Release of the crash kernel, zero-padded.
    pub(super) release: [u8; 64],
    entries: KVec<KBox<Record>>,
    /// The number of the next one.
    next: usize,
    unrecorded: u32,
}

/// An entry, and the number that it is found by.
pub(super) struct Record {
    number: usize,
    entry: Entry,
}

impl Records {
    pub(super) const fn new() -> Self {
        Self {
            release: [0; 64],
            entries: KVec::new(),
            next: 0,
            unrecorded: 0,
        }
    }

    /// Forgets all but those of dumps that are still being collected.
    pub(super) fn clear(&mut self) {
        self.entries
            .retain(|record| record.entry.reason == Reason::UNFINISHED);
        self.unrecorded = 0;
    }

    /// Adds an entry; it is found again by the number. `None`: there's no room for it, and it's only counted.
    pub(super) fn add(&mut self, place: Option<KBox<Record>>) -> Option<usize> {
        let place = place.filter(|_| self.entries.len() < MOST);
        let added = place.and_then(|mut record| {
            let number = self.next;
            record.number = number;
            let flags = GFP_NOWAIT | __GFP_NOWARN;
            self.entries.push(record, flags).ok()?;
            self.next = self.next.saturating_add(1);
            Some(number)
        });
        if added.is_none() {
            self.unrecorded = self.unrecorded.saturating_add(1);
        }
        added
    }

    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut Entry> {
        let mut records = self.entries.iter_mut();
        let record = records.find(|record| record.number == number)?;
        Some(&mut record.entry)
    }

    /// Bytes of the note that [`Records::manifest`] makes.
    pub(super) fn note_len(&self) -> u64 {
        manifest::note_len(self.entries.len())
    }

    /// The manifest, which says what dumps may take.
    pub(super) fn manifest(&self, limits: Limits) -> Result<Manifest> {
        let mut entries = KVVec::with_capacity(self.entries.len(), GFP_KERNEL)?;
        for record in self.entries.iter() {
            entries.push((record.number, record.entry), GFP_KERNEL)?;
        }
        let header = Header {
            entries: self.entries.len() as u32,
            unrecorded: self.unrecorded,
            crc32: 0,
            total_bytes: limits.total_bytes as u64,
            dump_bytes: limits.dump_bytes as u64,
            held_bytes: 0,
            dump_ms: limits.dump_ms,
            version: padded(VERSION.as_bytes()),
            release: self.release,
        };
        Manifest::new(header, entries)
    }
}
