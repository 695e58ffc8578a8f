// SPDX-License-Identifier: GPL-2.0

//! The dumps that an open file shows; while there is one, no dump is added.

use super::{
    super::bindings::file::zero_iter,
    dump::{
        Bytes,
        Dump, //
    },
    dumps,
    manifest::{
        Manifest,
        Remains, //
    },
    registry::State,
};
use crate::series::zeroed;
use kernel::{
    iov::IovIterDest,
    page::PAGE_SIZE,
    prelude::*,
    sync::{
        new_mutex,
        Arc,
        Mutex, //
    },
};

pub(super) struct Opened {
    dumps: KVec<Arc<Dump>>,
    manifest_len: u64,
    desk: Pin<KBox<Mutex<Desk>>>,
}

/// What copying needs. A copy may wait for memory, and dumps be asked for it: this is the only lock of ours that is held meanwhile.
struct Desk {
    /// A page of a dump.
    page: KVec<u8>,
    /// What the reader has seen of each dump.
    seen: KVec<Seen>,
    manifest: Option<Manifest>,
}

/// Bytes of a payload.
struct Seen {
    /// Up to here nothing was given up when it was read.
    intact: usize,
    /// The first that was read when it was given up.
    gap: usize,
}

impl Opened {
    pub(super) fn new(state: &State) -> Result<Self> {
        let dumps = dumps::all()?;
        let mut seen = KVec::with_capacity(dumps.len(), GFP_KERNEL)?;
        for _ in dumps.iter() {
            let nothing = Seen {
                intact: 0,
                gap: usize::MAX,
            };
            seen.push_within_capacity(nothing).map_err(|_| ENOMEM)?;
        }
        // The vmcore is worth more than a list of its dumps.
        let manifest = state.records.manifest(state.limits);
        let manifest = manifest.inspect_err(|error| pr_warn!("no manifest ({error:?})\n"));
        let manifest = manifest.ok();
        let manifest_len = manifest.as_ref().map_or(0, Manifest::note_len);
        let desk = Desk {
            page: zeroed(PAGE_SIZE, GFP_KERNEL)?,
            seen,
            manifest,
        };
        Ok(Self {
            dumps,
            manifest_len,
            desk: KBox::pin_init(new_mutex!(desk), GFP_KERNEL)?,
        })
    }

    /// Bytes of all notes.
    pub(super) fn len(&self) -> u64 {
        let dumps: u64 = self.dumps.iter().map(|dump| dump.note_len()).sum();
        dumps + self.manifest_len
    }

    /// Whether somebody has got bytes of a dump.
    pub(super) fn were_read(&self) -> bool {
        let desk = self.desk.lock();
        let nothing = |seen: &Seen| seen.intact == 0 && seen.gap == usize::MAX;
        !desk.seen.iter().all(nothing)
    }

    /// Copies some of the bytes of the notes from `offset` on; none only if `iter` takes none. `EIO`: there are none.
    pub(super) fn copy_to(&self, iter: &mut IovIterDest<'_>, mut offset: u64) -> Result<usize> {
        let mut desk = self.desk.lock();
        let Desk {
            page,
            seen,
            manifest,
        } = &mut *desk;
        for (dump, seen) in self.dumps.iter().zip(seen.iter_mut()) {
            if offset < dump.note_len() {
                return Ok(copy_dump(dump, seen, page, iter, usize::try_from(offset)?));
            }
            offset -= dump.note_len();
        }
        let remains = |number| {
            let mut dumps = self.dumps.iter().zip(seen.iter());
            let (dump, seen) = dumps.find(|(dump, _)| dump.record == Some(number))?;
            Some(Remains {
                kept: seen.kept(dump),
                held_bytes: dump.held_bytes(),
            })
        };
        let manifest = manifest.as_mut().ok_or(EIO)?;
        let bytes = manifest.at(usize::try_from(offset)?, remains)?;
        Ok(iter.copy_to_iter(bytes))
    }
}

fn copy_dump(
    dump: &Dump,
    seen: &mut Seen,
    page: &mut [u8],
    iter: &mut IovIterDest<'_>,
    offset: usize,
) -> usize {
    match dump.bytes_at(offset, page) {
        Bytes::Header(header) => iter.copy_to_iter(header),
        Bytes::Payload { offset, len, kept } => {
            let copied = iter.copy_to_iter(page.get(..len).unwrap_or(&[]));
            seen.note(offset, copied, kept);
            copied
        }
        Bytes::Padding(len) => zero_iter(iter, len as u64),
    }
}

impl Seen {
    fn note(&mut self, offset: usize, len: usize, kept: usize) {
        // All bytes are from one page, and pages are given up as a whole.
        match offset < kept {
            true => self.intact = self.intact.max(offset + len),
            false => self.gap = self.gap.min(offset),
        }
    }

    /// Bytes before the first that a reader has not got, or would not get.
    fn kept(&self, dump: &Dump) -> usize {
        match self.gap {
            usize::MAX => dump.kept().max(self.intact),
            gap => gap,
        }
    }
}
