// SPDX-License-Identifier: GPL-2.0

//! C header: `include/linux/gfp.h`

use kernel::{
    bindings,
    page::PAGE_SIZE,
    prelude::*, //
};

use core::ptr::NonNull;

/// May reclaim a little; never wakes the OOM killer, never warns.
const GFP_MODEST: bindings::gfp_t =
    bindings::GFP_KERNEL | (1 << bindings::___GFP_NORETRY_BIT) | (1 << bindings::___GFP_NOWARN_BIT);

/// A page of zeroes, then of whatever is written to it.
///
/// # Invariants
///
/// The pointer is to a page of the kernel's linear mapping that this owns.
pub(crate) struct PageBox(NonNull<[u8; PAGE_SIZE]>);

// SAFETY: It's memory that nobody else refers to.
unsafe impl Send for PageBox {}
// SAFETY: Shared references only read.
unsafe impl Sync for PageBox {}

impl PageBox {
    /// Takes a page, without disturbing anybody for it. `ENOMEM`: there is none.
    pub(crate) fn zeroed() -> Result<Self> {
        // SAFETY: No precondition. Without `__GFP_HIGHMEM`, the page is in the linear mapping.
        let address = unsafe { bindings::get_zeroed_page_noprof(GFP_MODEST) };
        // INVARIANT: The page is ours now.
        NonNull::new(address as *mut [u8; PAGE_SIZE])
            .map(Self)
            .ok_or(ENOMEM)
    }

    pub(crate) fn bytes(&self) -> &[u8; PAGE_SIZE] {
        // SAFETY: By the type invariant; it was initialized with zeroes.
        unsafe { self.0.as_ref() }
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8; PAGE_SIZE] {
        // SAFETY: As in `bytes`, and `self` is borrowed mutably.
        unsafe { self.0.as_mut() }
    }
}

impl Drop for PageBox {
    fn drop(&mut self) {
        // SAFETY: By the type invariant; this is the last use.
        unsafe { bindings::free_pages(self.0.as_ptr() as usize, 0) };
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
