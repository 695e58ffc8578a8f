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

    fn address(&self) -> *mut [u8; PAGE_SIZE] {
        // SAFETY: The page is valid by the type invariant. 64-bit kernels have no high memory, so this is its place in the
        // linear mapping, and need not be undone.
        unsafe { bindings::kmap_local_page(self.0.as_ptr()) }.cast()
    }

    pub(crate) fn bytes(&self) -> &[u8; PAGE_SIZE] {
        // SAFETY: By the type invariant; it was initialized with zeroes.
        unsafe { &*self.address() }
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8; PAGE_SIZE] {
        // SAFETY: As in `bytes`, and `self` is borrowed mutably.
        unsafe { &mut *self.address() }
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

/// Bytes of memory that could be had without swapping: free, and easily freed.
pub(crate) fn available_bytes() -> usize {
    // SAFETY: No precondition.
    let pages = unsafe { bindings::si_mem_available() };
    usize::try_from(pages)
        .unwrap_or(0)
        .saturating_mul(PAGE_SIZE)
}
