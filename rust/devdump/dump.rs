// SPDX-License-Identifier: GPL-2.0

//! A dump that was collected, as the note that it becomes.

use super::{
    super::format::{
        manifest::until_nul,
        note::align4,
        vmcoredd::{
            self,
            HEADER_LEN,
            NAME_LEN, //
        },
    },
    held::Held,
    store::Store,
};
use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    page::PAGE_SIZE,
    prelude::*,
    sync::{
        new_spinlock,
        Arc,
        SpinLock, //
    },
};

#[pin_data]
pub(super) struct Dump {
    header: [u8; HEADER_LEN],
    /// Bytes of the payload.
    len: usize,
    /// The number of its entry, if it has one.
    pub(super) record: Option<usize>,
    /// Nothing is waited for under this lock.
    #[pin]
    payload: SpinLock<Held>,
}

/// Bytes of the note of a dump with a payload of `len` bytes.
pub(super) fn note_len(len: usize) -> u64 {
    align4(len as u64).saturating_add(HEADER_LEN as u64)
}

/// Some bytes of a note.
pub(super) enum Bytes<'a> {
    Header(&'a [u8]),
    /// Of the payload, from `offset` on: `len` bytes were copied. Those from `kept` on were given up.
    Payload {
        offset: usize,
        len: usize,
        kept: usize,
    },
    /// So many zeroes.
    Padding(usize),
}

impl Dump {
    /// `EINVAL`: `name` is not one, or the payload does not fit into a note.
    pub(super) fn new(name: &[u8], payload: Store, record: Option<usize>) -> Result<Arc<Self>> {
        let header = vmcoredd::header(name, payload.len() as u64).map_err(|_| EINVAL)?;
        let dump = pin_init!(Self {
            header,
            len: payload.len(),
            record,
            payload <- new_spinlock!(Held::new(payload)),
        });
        Arc::pin_init(dump, GFP_NOWAIT | __GFP_NOWARN)
    }

    pub(super) fn name(&self) -> &[u8] {
        let field = self.header.get(HEADER_LEN - NAME_LEN..).unwrap_or(&[]);
        until_nul(field)
    }

    pub(super) fn is_named(&self, name: &[u8]) -> bool {
        self.name() == name
    }

    /// Bytes from this note to the next.
    pub(super) fn note_len(&self) -> u64 {
        note_len(self.len)
    }

    /// Some of the bytes of the note from `offset` on; those of the payload are copied to `buf`. None only at the end of the note.
    pub(super) fn bytes_at(&self, offset: usize, buf: &mut [u8]) -> Bytes<'_> {
        if let Some(header) = self.header.get(offset..).filter(|rest| !rest.is_empty()) {
            return Bytes::Header(header);
        }
        let offset = offset.saturating_sub(HEADER_LEN);
        if offset >= self.len {
            let padded = (self.note_len() as usize).saturating_sub(HEADER_LEN);
            return Bytes::Padding(padded.saturating_sub(offset));
        }
        let payload = self.payload.lock();
        Bytes::Payload {
            offset,
            len: payload.copy_at(offset, buf),
            kept: payload.kept(),
        }
    }

    /// Bytes of the payload before those that were given up.
    pub(super) fn kept(&self) -> usize {
        self.payload.lock().kept()
    }

    /// Bytes of memory that it takes.
    pub(super) fn held_bytes(&self) -> usize {
        self.payload.lock().pages().saturating_mul(PAGE_SIZE)
    }

    /// Pages that it takes, and pages of the payload up to the last of these.
    pub(super) fn held(&self) -> (usize, usize) {
        let payload = self.payload.lock();
        (payload.pages(), payload.end())
    }

    /// Frees the last page that it takes, if there is one.
    pub(super) fn give_up_page(&self) -> bool {
        self.payload.lock().give_up_page()
    }

    /// How many bytes of the payload were kept, if the log does not know yet.
    pub(super) fn loss_to_tell(&self) -> Option<usize> {
        self.payload.lock().loss_to_tell()
    }
}
