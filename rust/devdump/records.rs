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
            CRC_OFFSET,
            ENTRY_LEN,
            HEADER_LEN,
            MISSING_LEN,
            NAME, //
        },
        format::{
            vmcoredd::NAME_LEN,
            VERSION, //
        },
    },
    budget::{
        Limits,
        Share, //
    },
    dump::{
        self,
        Dump, //
    },
    store::Store,
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
pub(super) fn place(entry: Entry) -> Option<KBox<Entry>> {
    KBox::new(entry, GFP_NOWAIT | __GFP_NOWARN).ok()
}

pub(super) struct Records {
    /// Release of the crash kernel, zero-padded.
    pub(super) release: [u8; 64],
    entries: KVec<KBox<Entry>>,
    unrecorded: u32,
}

impl Records {
    pub(super) const fn new() -> Self {
        Self {
            release: [0; 64],
            entries: KVec::new(),
            unrecorded: 0,
        }
    }

    /// Adds an entry; it is found again by the number. `None`: there's no room for it, and it's only counted.
    pub(super) fn add(&mut self, entry: Option<KBox<Entry>>) -> Option<usize> {
        let number = self.entries.len();
        let added = entry.filter(|_| number < MOST).and_then(|entry| {
            let flags = GFP_NOWAIT | __GFP_NOWARN;
            self.entries.push(entry, flags).ok().map(|()| number)
        });
        if added.is_none() {
            self.unrecorded = self.unrecorded.saturating_add(1);
        }
        added
    }

    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut Entry> {
        self.entries.get_mut(number).map(|entry| &mut **entry)
    }

    /// Bytes of the note that [`Records::manifest`] makes.
    pub(super) fn note_len(&self) -> u64 {
        dump::note_len(HEADER_LEN + self.entries.len() * ENTRY_LEN)
    }

    /// The manifest, which says what dumps may take and that they take `held_bytes`.
    pub(super) fn manifest(&self, limits: Limits, held_bytes: usize) -> Result<Dump> {
        let header = Header {
            entries: self.entries.len() as u32,
            unrecorded: self.unrecorded,
            crc32: 0,
            total_bytes: limits.total_bytes as u64,
            dump_bytes: limits.dump_bytes as u64,
            held_bytes: held_bytes as u64,
            dump_ms: limits.dump_ms,
            version: padded(VERSION.as_bytes()),
            release: self.release,
        };
        let mut store = Store::new(Share::new(Limits::NONE));
        store.append(&header.encode())?;
        for entry in self.entries.iter() {
            store.append(&entry.encode())?;
        }
        let crc32 = store.crc32();
        store.patch(CRC_OFFSET, &crc32.to_le_bytes())?;
        Dump::new(NAME, store)
    }
}
