// SPDX-License-Identifier: GPL-2.0

//! What dumps give up when memory runs out, so that nobody is killed for it: a vmcore without the end of a dump is better than none.
//!
//! What a driver writes first is worth most. So the largest dump loses its end, until another one is the largest. When there are
//! only starts left, they go the same way.

use super::{
    super::bindings::oom::GiveUp,
    dump::Dump,
    dumps::DUMPS, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*,
    str::BStr,
    sync::Arc, //
};

/// Pages that are given up at a time: the kernel comes again.
const STEP: usize = 256;

/// Pages at the start of a dump, which are given up last.
const START: usize = 64 * 1024 / PAGE_SIZE;

pub(super) struct Shortage;

impl GiveUp for Shortage {
    fn give_up() -> usize {
        let pages = give_up(STEP);
        // Not under the lock: consoles may be slow.
        while let Some((dump, kept)) = next_to_tell() {
            pr_warn!(
                "{}: memory ran out: given up from byte {kept} on, so far\n",
                BStr::from_bytes(dump.name())
            );
        }
        pages
    }
}

/// Gives up to so many pages up; how many.
fn give_up(pages: usize) -> usize {
    let dumps = DUMPS.lock();
    let mut given = 0;
    while given < pages {
        let largest = dumps.iter().max_by_key(|dump| {
            let (pages, end) = dump.held();
            (end > START, pages)
        });
        match largest {
            Some(dump) if dump.give_up_page() => given += 1,
            _ => break,
        }
    }
    given
}

/// A dump that has lost bytes of which the log does not know, and how many were kept.
fn next_to_tell() -> Option<(Arc<Dump>, usize)> {
    let dumps = DUMPS.lock();
    let mut untold = dumps
        .iter()
        .filter_map(|dump| Some((dump, dump.loss_to_tell()?)));
    let (dump, kept) = untold.next()?;
    Some((dump.clone(), kept))
}
