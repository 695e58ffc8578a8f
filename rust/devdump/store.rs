// SPDX-License-Identifier: GPL-2.0

//! Bytes in pages that are taken one at a time.

use super::super::bindings::page::PageBox;
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

/// A growing sequence of bytes.
pub(super) struct Store {
    index: KVec<KVec<Page>>,
    slots: usize,
    pages: usize,
    len: usize,
}

impl Store {
    pub(super) fn new() -> Self {
        Self {
            index: KVec::new(),
            slots: 0,
            pages: 0,
            len: 0,
        }
    }

    /// The bytes of `buf`; pages that are all zeroes take no memory.
    pub(super) fn from_buffer(buf: &[u8]) -> Result<Self> {
        let mut store = Self::new();
        for bytes in buf.chunks(PAGE_SIZE) {
            if bytes.iter().all(|byte| *byte == 0) {
                store.push(None)?;
                store.len += bytes.len();
            } else {
                store.append(bytes)?;
            }
        }
        Ok(store)
    }

    /// Bytes held.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Pages of memory taken for them.
    pub(super) fn pages(&self) -> usize {
        self.pages
    }

    /// Appends `bytes`, all or nothing. `ENOMEM`: no page was free.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result {
        let start = self.len;
        let end = start.checked_add(bytes.len()).ok_or(ENOSPC)?;
        let slots = self.slots;
        while self.slots < end.div_ceil(PAGE_SIZE) {
            let page = PageBox::zeroed().and_then(|page| self.push(Some(page)));
            if let Err(error) = page {
                self.truncate(slots);
                return Err(error);
            }
        }
        self.len = end;
        self.patch(start, bytes)
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
                .ok_or(EINVAL)?;
            if page.is_none() {
                *page = Some(PageBox::zeroed()?);
                self.pages += 1;
            }
            if let Some(page) = page {
                page.bytes_mut()[within..within + now.len()].copy_from_slice(now);
            }
            offset += now.len();
            bytes = later;
        }
        Ok(())
    }

    /// The bytes from `offset` to the end of its page or of all; empty at the end.
    pub(super) fn at(&self, offset: usize) -> &[u8] {
        let slot = offset / PAGE_SIZE;
        let page = self
            .index
            .get(slot / BLOCK)
            .and_then(|block| block.get(slot % BLOCK));
        let Some(page) = page else {
            return &[];
        };
        let bytes = page.as_ref().map_or(&ZEROES, PageBox::bytes);
        let end = PAGE_SIZE.min(self.len.saturating_sub(slot * PAGE_SIZE));
        bytes.get(offset % PAGE_SIZE..end).unwrap_or(&[])
    }

    fn push(&mut self, page: Page) -> Result {
        const FLAGS: kernel::alloc::Flags = GFP_NOWAIT;
        if self.slots % BLOCK == 0 {
            let block = KVec::with_capacity(BLOCK, FLAGS | __GFP_NOWARN)?;
            self.index.push(block, FLAGS | __GFP_NOWARN)?;
        }
        let held = page.is_some();
        self.index
            .last_mut()
            .ok_or(ENOMEM)?
            .push(page, FLAGS | __GFP_NOWARN)?;
        self.slots += 1;
        self.pages += usize::from(held);
        Ok(())
    }

    fn truncate(&mut self, slots: usize) {
        while self.slots > slots {
            let Some(block) = self.index.last_mut() else {
                return;
            };
            if let Some(Some(_)) = block.pop() {
                self.pages -= 1;
            }
            if block.is_empty() {
                self.index.pop();
            }
            self.slots -= 1;
        }
    }
}
