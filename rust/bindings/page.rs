// SPDX-License-Identifier: GPL-2.0

//! C headers: `include/linux/gfp.h`, `include/linux/vmalloc.h`

use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    bindings,
    ffi::{
        c_int,
        c_uint,
        c_void, //
    },
    page::PAGE_SIZE,
    prelude::*, //
};

use core::{
    marker::PhantomData,
    ptr::NonNull, //
};

/// May reclaim a little; never wakes the OOM killer, never warns.
const GFP_MODEST: bindings::gfp_t = bindings::GFP_KERNEL
    | (1 << bindings::___GFP_NORETRY_BIT)
    | (1 << bindings::___GFP_NOWARN_BIT)
    | (1 << bindings::___GFP_ZERO_BIT);

const NUMA_NO_NODE: c_int = -1;

// Some structure behind a pointer has a lock class, which is empty without lockdep; none is passed by value.
#[allow(improper_ctypes)]
extern "C" {
    fn vm_map_ram(pages: *mut *mut bindings::page, count: c_uint, node: c_int) -> *mut c_void;
    fn vm_unmap_ram(address: *const c_void, count: c_uint);
}

/// A page of zeroes, then of whatever is written to it.
///
/// # Invariants
///
/// The pointer is to a page that this owns.
pub(crate) struct PageBox(NonNull<bindings::page>);

// SAFETY: It's memory that nobody else refers to.
unsafe impl Send for PageBox {}
// SAFETY: Shared references only read.
unsafe impl Sync for PageBox {}

impl PageBox {
    /// Takes a page, without disturbing anybody for it. `ENOMEM`: there is none.
    pub(crate) fn zeroed() -> Result<Self> {
        // SAFETY: No precondition but that this may sleep.
        let page = unsafe { bindings::alloc_pages(GFP_MODEST, 0) };
        // INVARIANT: The page is ours now.
        NonNull::new(page).map(Self).ok_or(ENOMEM)
    }

    /// What `look` makes of the bytes.
    pub(crate) fn with_bytes<R>(&self, look: impl FnOnce(&[u8; PAGE_SIZE]) -> R) -> R {
        // SAFETY: By the type invariant the page is ours; it was initialized with zeroes, and only `with_bytes_mut` writes to it.
        self.mapped(|bytes| look(unsafe { &*bytes }))
    }

    /// What `change` makes of the bytes.
    pub(crate) fn with_bytes_mut<R>(
        &mut self,
        change: impl FnOnce(&mut [u8; PAGE_SIZE]) -> R,
    ) -> R {
        // SAFETY: As in `with_bytes`, and `self` is borrowed mutably.
        self.mapped(|bytes| change(unsafe { &mut *bytes }))
    }

    /// Nothing has to be mapped where there is no high memory, unless the kernel is told to do so all the same. Mappings are undone
    /// in the reverse order.
    fn mapped<R>(&self, with: impl FnOnce(*mut [u8; PAGE_SIZE]) -> R) -> R {
        // SAFETY: The page is valid by the type invariant.
        let address = unsafe { bindings::kmap_local_page(self.0.as_ptr()) };
        let result = with(address.cast());
        // SAFETY: It was just mapped, and what was mapped in `with` has been undone there.
        unsafe { bindings::kunmap_local(address) };
        result
    }
}

impl Drop for PageBox {
    fn drop(&mut self) {
        // SAFETY: By the type invariant; this is the last use.
        unsafe { bindings::__free_pages(self.0.as_ptr(), 0) };
    }
}

/// Pages side by side.
///
/// # Invariants
///
/// `address` is a mapping of `count` pages, which are borrowed.
pub(crate) struct Mapping<'a> {
    address: NonNull<u8>,
    count: c_uint,
    _pages: PhantomData<&'a mut [PageBox]>,
}

impl<'a> Mapping<'a> {
    /// Maps `pages` in their order. `ENOMEM`: no memory for page tables; `EINVAL`: no pages, or too many.
    pub(crate) fn new(pages: impl Iterator<Item = &'a mut PageBox>) -> Result<Self> {
        let mut raw = KVVec::new();
        for page in pages {
            raw.push(page.0.as_ptr(), GFP_NOWAIT | __GFP_NOWARN)?;
        }
        let count = c_uint::try_from(raw.len())?;
        if count == 0 {
            return Err(EINVAL);
        }
        // SAFETY: An array of `count` valid pages.
        let address = unsafe { vm_map_ram(raw.as_mut_ptr(), count, NUMA_NO_NODE) };
        // INVARIANT: It was just made, of pages that are borrowed for `'a`.
        Ok(Self {
            address: NonNull::new(address.cast()).ok_or(ENOMEM)?,
            count,
            _pages: PhantomData,
        })
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        let len = self.count as usize * PAGE_SIZE;
        // SAFETY: By the type invariant; the pages were initialized with zeroes, and nobody else refers to them.
        unsafe { core::slice::from_raw_parts_mut(self.address.as_ptr(), len) }
    }
}

impl Drop for Mapping<'_> {
    fn drop(&mut self) {
        // SAFETY: By the type invariant; this is the last use.
        unsafe { vm_unmap_ram(self.address.as_ptr().cast(), self.count) };
    }
}

/// Bytes side by side, in pages that are taken one at a time.
///
/// # Invariants
///
/// `address` is a mapping of all of `pages`, of `len` bytes, and nothing else refers to them.
pub(crate) struct Buffer {
    address: NonNull<u8>,
    pages: KVVec<PageBox>,
    /// Bytes of them.
    len: usize,
}

// SAFETY: It's memory that nobody else refers to.
unsafe impl Send for Buffer {}
// SAFETY: Shared references only read.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// So many zeroes, in whole pages. `ENOMEM`: there is no memory for them.
    pub(crate) fn zeroed(len: usize) -> Result<Self> {
        let count = len.div_ceil(PAGE_SIZE);
        let mut pages = KVVec::with_capacity(count, GFP_NOWAIT | __GFP_NOWARN)?;
        for _ in 0..count {
            pages.push(PageBox::zeroed()?, GFP_NOWAIT | __GFP_NOWARN)?;
        }
        let mapping = Mapping::new(pages.iter_mut())?;
        let address = mapping.address;
        // It is unmapped when this is dropped.
        core::mem::forget(mapping);
        // INVARIANT: It was just made, of these pages.
        let len = pages.len().saturating_mul(PAGE_SIZE);
        Ok(Self {
            address,
            pages,
            len,
        })
    }
}

impl core::ops::Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: By the type invariant; the pages were initialized with zeroes.
        unsafe { core::slice::from_raw_parts(self.address.as_ptr(), self.len) }
    }
}

impl core::ops::DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: As in `deref`, and nobody else refers to them.
        unsafe { core::slice::from_raw_parts_mut(self.address.as_ptr(), self.len) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: By the type invariant; this is the last use. There were no more pages than `Mapping` counts.
        unsafe { vm_unmap_ram(self.address.as_ptr().cast(), self.pages.len() as c_uint) };
    }
}

/// Bytes of memory that could be had without swapping: free, and easily freed.
pub(crate) fn available_bytes() -> usize {
    // SAFETY: No precondition.
    let pages = unsafe { bindings::si_mem_available() };
    usize::try_from(pages)
        .unwrap_or(0)
        .saturating_mul(PAGE_SIZE)
}
