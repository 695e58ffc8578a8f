// SPDX-License-Identifier: GPL-2.0

//! The manifest as an open file shows it.
//!
//! Its size is that of the moment when the file was opened. Its content is that of the moment when it is read: it is the last of the
//! dumps, and says what of those before it was given up while they were copied.

use super::{
    super::{
        bindings::crc32::crc32,
        format::{
            manifest::{
                Entry,
                Header,
                Reason,
                Status,
                CRC_OFFSET,
                ENTRY_LEN,
                HEADER_LEN,
                NAME, //
            },
            vmcoredd, //
        },
    },
    dump,
};
use crate::series::zeroed;
use kernel::prelude::*;

/// How much of a dump there is for who reads the file.
pub(super) struct Remains {
    /// Bytes of the payload before those that were given up.
    pub(super) kept: usize,
    /// Bytes of memory.
    pub(super) held_bytes: usize,
}

pub(super) struct Manifest {
    header: Header,
    /// Numbers and entries of records.
    entries: KVVec<(usize, Entry)>,
    /// The note.
    bytes: KVVec<u8>,
}

/// Bytes of the note of a manifest with so many entries.
pub(super) fn note_len(entries: usize) -> u64 {
    dump::note_len(entries.saturating_mul(ENTRY_LEN).saturating_add(HEADER_LEN))
}

impl Manifest {
    pub(super) fn new(header: Header, entries: KVVec<(usize, Entry)>) -> Result<Self> {
        let len = usize::try_from(note_len(entries.len()))?;
        Ok(Self {
            header,
            entries,
            bytes: zeroed(len, GFP_KERNEL)?,
        })
    }

    pub(super) fn note_len(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The bytes of the note from `offset` on. They are made anew if the checksum is among them: who reads on gets what fits to it.
    pub(super) fn at(
        &mut self,
        offset: usize,
        remains: impl Fn(usize) -> Option<Remains>,
    ) -> Result<&[u8]> {
        if offset <= vmcoredd::HEADER_LEN + CRC_OFFSET {
            self.make(remains)?;
        }
        self.bytes.get(offset..).ok_or(EIO)
    }

    /// `remains` tells what there is of the dump with a number, if that has one.
    fn make(&mut self, remains: impl Fn(usize) -> Option<Remains>) -> Result {
        let len = HEADER_LEN + self.entries.len() * ENTRY_LEN;
        let note_header = vmcoredd::header(NAME, len as u64).map_err(|_| EINVAL)?;
        let (start, payload) = self
            .bytes
            .split_at_mut_checked(note_header.len())
            .ok_or(EIO)?;
        put(start, &note_header);
        let (start, places) = payload.split_at_mut_checked(HEADER_LEN).ok_or(EIO)?;
        let mut held_bytes = 0;
        for (place, (number, entry)) in places.chunks_exact_mut(ENTRY_LEN).zip(&self.entries) {
            let entry = match remains(*number) {
                Some(remains) => {
                    held_bytes += remains.held_bytes;
                    with_remains(entry, &remains)
                }
                None => *entry,
            };
            put(place, &entry.encode());
        }
        let header = Header {
            crc32: 0,
            held_bytes: held_bytes as u64,
            ..self.header
        };
        put(start, &header.encode());
        let crc32 = crc32(0, payload);
        let (start, _) = payload.split_at_mut_checked(HEADER_LEN).ok_or(EIO)?;
        put(start, &Header { crc32, ..header }.encode());
        Ok(())
    }
}

fn with_remains(entry: &Entry, remains: &Remains) -> Entry {
    let mut entry = Entry {
        held_bytes: remains.held_bytes as u64,
        kept: remains.kept as u64,
        ..*entry
    };
    if entry.given_up().is_some() {
        entry.status = Status::PARTIAL;
        // What stood in the way first.
        if entry.reason == Reason::NONE {
            entry.reason = Reason::GIVEN_UP;
        }
    }
    entry
}

fn put(place: &mut [u8], bytes: &[u8]) {
    for (to, from) in place.iter_mut().zip(bytes) {
        *to = *from;
    }
}
