// SPDX-License-Identifier: GPL-2.0

//! Memory of devices, mapped to be read.
//!
//! C header: `include/linux/io.h`

use kernel::{
    bindings,
    ffi::c_void,
    page::PAGE_SIZE,
    prelude::*, //
};

use core::ptr::NonNull;

/// A piece of it.
///
/// # Invariants
///
/// `pages` is a mapping, and `len` bytes from `skip` on are in it.
pub(crate) struct Mapped {
    pages: NonNull<c_void>,
    skip: usize,
    len: usize,
}

impl Mapped {
    /// Maps `len` bytes at the physical address `start`. `EINVAL`: there are none, or past the end of all addresses. `ENOMEM`.
    pub(crate) fn new(start: u64, len: usize) -> Result<Self> {
        let skip = usize::try_from(start % PAGE_SIZE as u64)?;
        let first = start.saturating_sub(skip as u64);
        let whole = skip.checked_add(len).ok_or(EINVAL)?;
        if len == 0 || first.checked_add(whole as u64).is_none() {
            return Err(EINVAL);
        }
        // SAFETY: No precondition; what is no memory of a device is refused.
        let pages = unsafe { bindings::ioremap(first, whole) };
        // INVARIANT: So many bytes have been mapped.
        Ok(Self {
            pages: NonNull::new(pages).ok_or(ENOMEM)?,
            skip,
            len,
        })
    }

    /// Reads the `width` bytes at `at`, in one access. `None`: they are not inside, the width is none, or they are not aligned.
    pub(crate) fn read(&self, at: usize, width: u8) -> Option<u64> {
        let width = usize::from(width);
        if at.checked_add(width)? > self.len || at.checked_add(self.skip)? % width.max(1) != 0 {
            return None;
        }
        let place = self
            .pages
            .as_ptr()
            .wrapping_byte_add(self.skip)
            .wrapping_byte_add(at);
        // SAFETY: By the type invariant and what was just checked, the place is mapped.
        unsafe {
            Some(match width {
                1 => bindings::readb(place).into(),
                2 => bindings::readw(place).into(),
                4 => bindings::readl(place).into(),
                8 => bindings::readq(place),
                _ => return None,
            })
        }
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: By the type invariant.
        unsafe { bindings::iounmap(self.pages.as_ptr()) };
    }
}
