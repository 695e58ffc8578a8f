// SPDX-License-Identifier: GPL-2.0

//! The dumps that there are.
//!
//! Their list has a lock of its own, which is held for moments and never while anything is waited for: when memory runs out, they are
//! asked for some by whoever needs it, with whatever locks he holds.

use super::dump::Dump;
use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    prelude::*,
    sync::{
        global_lock, //
        Arc,
    },
};

type List = KVec<Arc<Dump>>;

global_lock! {
    // SAFETY: `start()` initializes it, before there are dumps.
    pub(super) unsafe(uninit) static DUMPS: SpinLock<List> = KVec::new();
}

pub(super) fn push(dump: Arc<Dump>) -> Result {
    let flags = GFP_NOWAIT | __GFP_NOWARN;
    Ok(DUMPS.lock().push(dump, flags)?)
}

pub(super) fn take_all() -> List {
    core::mem::replace(&mut *DUMPS.lock(), KVec::new())
}

pub(super) fn has(name: &[u8]) -> bool {
    DUMPS.lock().iter().any(|dump| dump.is_named(name))
}

/// Bytes of their notes.
pub(super) fn notes_len() -> u64 {
    let dumps = DUMPS.lock();
    let lens = dumps.iter().map(|dump| dump.note_len());
    lens.fold(0, u64::saturating_add)
}

/// All of them. Nobody may add one meanwhile.
pub(super) fn all() -> Result<List> {
    let count = DUMPS.lock().len();
    let mut all = KVec::with_capacity(count, GFP_KERNEL)?;
    for dump in DUMPS.lock().iter() {
        all.push_within_capacity(dump.clone()).map_err(|_| ENOMEM)?;
    }
    Ok(all)
}
