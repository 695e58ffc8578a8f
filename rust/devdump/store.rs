// SPDX-License-Identifier: GPL-2.0

//! Bytes in pages that are taken one at a time.

use super::{
    super::{
        bindings::{
            crc32::crc32,
            page::{
                Mapping,
                PageBox, //
            },
        },
        format::manifest::Reason,
    },
    budget::Share,
    failure::Failure,
};
use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    page::PAGE_SIZE,
    prelude::*,
};

/// Pages per block of the index: a block is a page, too.
const BLOCK: usize = PAGE_SIZE / core::mem::size_of::<Page>();

/// `None`: zeroes.
type Page = Option<PageBox>;

static ZEROES: [u8; PAGE_SIZE] = [0; PAGE_SIZE];

/// Copies as many bytes as there are and fit; how many.
fn copy(to: &mut [u8], from: &[u8]) -> usize {
    let len = to.len().min(from.len());
    if let (Some(to), Some(from)) = (to.get_mut(..len), from.get(..len)) {
        to.copy_from_slice(from);
    }
    len
}

/// A growing sequence of bytes.
pub(super) struct Store {
    index: KVec<KVec<Page>>,
    slots: usize,
    len: usize,
    share: Share,
}

impl Store {
    pub(super) fn new(share: Share) -> Self {
        Self {
            index: KVec::new(),
            slots: 0,
            len: 0,
            share,
        }
    }

    /// `len` zeroes, for which pages are held.
    pub(super) fn zeroed(len: usize, share: Share) -> Result<Self, Failure> {
        let mut store = Self::new(share);
        store.extend(len)?;
        Ok(store)
    }

    /// Bytes held.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Bytes that could be appended as far as limits go.
    pub(super) fn room(&self) -> usize {
        (self.slots * PAGE_SIZE - self.len).saturating_add(self.share.left())
    }

    /// Pages of memory that hold the bytes.
    pub(super) fn pages(&self) -> usize {
        self.slots().filter(|page| page.is_some()).count()
    }

    /// Appends `bytes`, all or nothing.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let start = self.len;
        self.extend(bytes.len())?;
        self.patch(start, bytes)
            .map_err(|_| Failure::new(Reason::NO_MEMORY))
    }

    fn extend(&mut self, len: usize) -> Result<(), Failure> {
        let end = self.len.saturating_add(len);
        let before = self.slots;
        let more = end.div_ceil(PAGE_SIZE) - before;
        if more > 0 {
            self.share.take(more)?;
        }
        while self.slots < before + more {
            if PageBox::zeroed().and_then(|page| self.push(page)).is_err() {
                self.truncate(before);
                self.share.give(more);
                return Err(Failure::new(Reason::NO_MEMORY));
            }
        }
        self.len = end;
        Ok(())
    }

    /// Overwrites the bytes at `offset`. `EINVAL`: there are not so many.
    pub(super) fn patch(&mut self, mut offset: usize, mut bytes: &[u8]) -> Result {
        let end = offset.checked_add(bytes.len()).ok_or(EINVAL)?;
        if end > self.len {
            return Err(EINVAL);
        }
        while !bytes.is_empty() {
            let slot = offset / PAGE_SIZE;
            let within = offset % PAGE_SIZE;
            let (now, later) = bytes.split_at(bytes.len().min(PAGE_SIZE - within));
            let page = self
                .index
                .get_mut(slot / BLOCK)
                .and_then(|block| block.get_mut(slot % BLOCK))
                .and_then(Option::as_mut)
                .ok_or(EINVAL)?;
            page.with_bytes_mut(|page| copy(page.get_mut(within..).unwrap_or(&mut []), now));
            offset += now.len();
            bytes = later;
        }
        Ok(())
    }

    /// All bytes side by side, for someone who can't do with less, and `behind` them. `ENOMEM`: no memory for page tables.
    pub(super) fn map<'a>(&'a mut self, behind: &'a mut PageBox) -> Result<Mapping<'a>> {
        let pages = self.index.iter_mut().flatten().flatten();
        Mapping::new(Iterator::chain(pages, core::iter::once(behind)))
    }

    /// Gives pages of zeroes back; the bytes stay the same. They can't be patched after that.
    pub(super) fn drop_zeroes(&mut self) {
        for page in self.index.iter_mut().flatten() {
            *page = page
                .take()
                .filter(|page| page.with_bytes(|bytes| *bytes != ZEROES));
        }
    }

    /// Fills `buf` with the bytes from `offset` to the end of its page or of all, as far as there is room; how many.
    pub(super) fn copy_at(&self, offset: usize, buf: &mut [u8]) -> usize {
        let slot = offset / PAGE_SIZE;
        let Some(page) = self.slot(slot) else {
            return 0;
        };
        self.with_bytes_of(slot, page, |bytes| {
            copy(buf, bytes.get(offset % PAGE_SIZE..).unwrap_or(&[]))
        })
    }

    /// Whether memory is taken for the bytes of this page.
    pub(super) fn holds(&self, slot: usize) -> bool {
        self.slot(slot).is_some_and(Option::is_some)
    }

    /// Gives that memory back: the bytes are zeroes then. Whether there was any.
    pub(super) fn give_up(&mut self, slot: usize) -> bool {
        let page = self
            .index
            .get_mut(slot / BLOCK)
            .and_then(|block| block.get_mut(slot % BLOCK))
            .and_then(Option::take);
        let was_held = page.is_some();
        if was_held {
            self.share.give(1);
        }
        was_held
    }

    /// CRC-32 of all bytes.
    pub(super) fn crc32(&self) -> u32 {
        let pages = self.slots().enumerate();
        pages.fold(0, |crc, (slot, page)| {
            self.with_bytes_of(slot, page, |bytes| crc32(crc, bytes))
        })
    }

    fn slot(&self, slot: usize) -> Option<&Page> {
        self.index.get(slot / BLOCK)?.get(slot % BLOCK)
    }

    fn slots(&self) -> impl Iterator<Item = &Page> {
        self.index.iter().flatten()
    }

    /// What `look` makes of the bytes in a page.
    fn with_bytes_of<R>(&self, slot: usize, page: &Page, look: impl FnOnce(&[u8]) -> R) -> R {
        let len = PAGE_SIZE.min(self.len.saturating_sub(slot * PAGE_SIZE));
        let look = |bytes: &[u8; PAGE_SIZE]| look(bytes.get(..len).unwrap_or(bytes));
        match page {
            Some(page) => page.with_bytes(look),
            None => look(&ZEROES),
        }
    }

    fn push(&mut self, page: PageBox) -> Result {
        const FLAGS: kernel::alloc::Flags = GFP_NOWAIT;
        if self.slots % BLOCK == 0 {
            let block = KVec::with_capacity(BLOCK, FLAGS | __GFP_NOWARN)?;
            self.index.push(block, FLAGS | __GFP_NOWARN)?;
        }
        self.index
            .last_mut()
            .ok_or(ENOMEM)?
            .push(Some(page), FLAGS | __GFP_NOWARN)?;
        self.slots += 1;
        Ok(())
    }

    fn truncate(&mut self, slots: usize) {
        while self.slots > slots {
            let Some(block) = self.index.last_mut() else {
                return;
            };
            block.pop();
            self.slots -= 1;
            if block.is_empty() {
                self.index.pop();
            }
        }
        // A block that has just been made and holds nothing.
        while self.index.last().is_some_and(|block| block.is_empty()) {
            self.index.pop();
        }
    }
}
