// SPDX-License-Identifier: GPL-2.0

//! A payload that can be given up, from its end on.

use super::store::Store;
use kernel::page::PAGE_SIZE;

pub(super) struct Held {
    store: Store,
    /// Pages of memory that hold it.
    pages: usize,
    /// Pages of the payload up to the last one that is held.
    end: usize,
    /// Bytes before those that were given up, which are zeroes now.
    kept: usize,
    told: Told,
}

/// What the log says of what was given up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    Some,
    All,
}

impl Held {
    pub(super) fn new(store: Store) -> Self {
        let mut held = Self {
            pages: store.pages(),
            end: store.len().div_ceil(PAGE_SIZE),
            kept: store.len(),
            told: Told::Nothing,
            store,
        };
        held.settle();
        held
    }

    pub(super) fn pages(&self) -> usize {
        self.pages
    }

    pub(super) fn end(&self) -> usize {
        self.end
    }

    pub(super) fn kept(&self) -> usize {
        self.kept
    }

    /// Fills `buf` with bytes from `offset` on, as far as they are in one page; how many.
    pub(super) fn copy_at(&self, offset: usize, buf: &mut [u8]) -> usize {
        self.store.copy_at(offset, buf)
    }

    /// Frees the last page that is held, if there is one.
    pub(super) fn give_up_page(&mut self) -> bool {
        let last = self.end.saturating_sub(1);
        let given = self.store.give_up(last);
        if given {
            self.pages = self.pages.saturating_sub(1);
            self.end = last;
            self.kept = last.saturating_mul(PAGE_SIZE);
            self.settle();
        }
        given
    }

    /// How many bytes were kept, if that is news: twice at most.
    pub(super) fn loss_to_tell(&mut self) -> Option<usize> {
        let now = match self.kept < self.store.len() {
            false => Told::Nothing,
            true if self.pages > 0 => Told::Some,
            true => Told::All,
        };
        let is_news = now != self.told;
        self.told = now;
        is_news.then_some(self.kept)
    }

    /// Passes over pages of zeroes, which take no memory.
    fn settle(&mut self) {
        while self.end > 0 && !self.store.holds(self.end - 1) {
            self.end -= 1;
        }
    }
}
