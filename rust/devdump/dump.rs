// SPDX-License-Identifier: GPL-2.0

//! A dump that was collected, as the note that it becomes.

use super::{
    super::format::{
        note::align4,
        vmcoredd::{
            self,
            HEADER_LEN,
            NAME_LEN, //
        },
    },
    store::Store,
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

pub(super) struct Dump {
    header: [u8; HEADER_LEN],
    payload: Store,
}

/// Bytes of the note of a dump with a payload of `len` bytes.
pub(super) fn note_len(len: usize) -> u64 {
    align4(len as u64).saturating_add(HEADER_LEN as u64)
}

impl Dump {
    /// `EINVAL`: `name` is not one, or the payload does not fit into a note.
    pub(super) fn new(name: &[u8], payload: Store) -> Result<Self> {
        let header = vmcoredd::header(name, payload.len() as u64).map_err(|_| EINVAL)?;
        Ok(Self { header, payload })
    }

    pub(super) fn is_named(&self, name: &[u8]) -> bool {
        let field = &self.header[HEADER_LEN - NAME_LEN..];
        field.split(|byte| *byte == 0).next() == Some(name)
    }

    /// Bytes from this note to the next.
    pub(super) fn note_len(&self) -> u64 {
        note_len(self.payload.len())
    }

    /// Some of the bytes of the note from `offset` on; empty only at its end.
    pub(super) fn at(&self, offset: u64) -> &[u8] {
        const PADDING: [u8; 3] = [0; 3];
        let Ok(offset) = usize::try_from(offset) else {
            return &[];
        };
        if let Some(header) = self.header.get(offset..).filter(|rest| !rest.is_empty()) {
            return header;
        }
        let offset = offset.saturating_sub(HEADER_LEN);
        if offset < self.payload.len() {
            return self.payload.at(offset);
        }
        let end = (self.note_len() as usize).saturating_sub(HEADER_LEN);
        let padding = PADDING.get(..end.saturating_sub(offset));
        padding.unwrap_or(&PADDING)
    }

    /// Bytes of memory that it takes.
    pub(super) fn held_bytes(&self) -> usize {
        self.payload.pages().saturating_mul(PAGE_SIZE)
    }
}
