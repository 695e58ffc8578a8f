// SPDX-License-Identifier: GPL-2.0

//! The dumps that an open file shows; while there is one, no dump is added.

use super::{
    super::bindings::file::Path,
    dump::Dump,
    registry::STATE, //
};
use kernel::{
    prelude::*,
    sync::Arc, //
};

pub(super) struct Opened {
    pub(super) lower: Arc<Path>,
    dumps: KVec<Arc<Dump>>,
}

impl Opened {
    pub(super) fn new() -> Result<Self> {
        let mut state = STATE.lock();
        let lower = state.lower.clone().ok_or(ENODEV)?;
        let mut dumps = KVec::with_capacity(state.dumps.len() + 1, GFP_KERNEL)?;
        for dump in state.dumps.iter() {
            dumps.push(dump.clone(), GFP_KERNEL)?;
        }
        match state.manifest() {
            Ok(manifest) => dumps.push(manifest, GFP_KERNEL)?,
            // The vmcore is worth more than a list of its dumps.
            Err(error) => pr_warn!("no manifest ({error:?})\n"),
        }
        state.open += 1;
        Ok(Self { lower, dumps })
    }

    /// Bytes of all notes.
    pub(super) fn len(&self) -> u64 {
        self.dumps.iter().map(|dump| dump.note_len()).sum()
    }

    /// Some of the bytes of the notes from `offset` on; empty only at their end.
    pub(super) fn at(&self, mut offset: u64) -> &[u8] {
        for dump in self.dumps.iter() {
            if offset < dump.note_len() {
                return dump.at(offset);
            }
            offset -= dump.note_len();
        }
        &[]
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        STATE.lock().open -= 1;
    }
}
