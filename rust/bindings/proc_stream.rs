// SPDX-License-Identifier: GPL-2.0

//! Files in a directory of `/proc` that are read from their start to their end.
//!
//! C header: `include/linux/proc_fs.h`

use super::proc_fs::{
    proc_remove,
    ProcDirEntry,
    ProcOps, //
};
use kernel::{
    bindings,
    error::from_result,
    ffi::{
        c_char,
        c_int,
        c_void, //
    },
    iov::IovIterDest,
    prelude::*,
    types::ForeignOwnable, //
};

use core::ptr::NonNull;

// Some structure behind a pointer has a lock class, which is empty without lockdep; none is passed by value.
#[allow(improper_ctypes)]
extern "C" {
    fn proc_mkdir(name: *const c_char, parent: *mut ProcDirEntry) -> *mut ProcDirEntry;
    fn proc_create_data(
        name: *const c_char,
        mode: bindings::umode_t,
        parent: *mut ProcDirEntry,
        ops: *const ProcOps,
        data: *mut c_void,
    ) -> *mut ProcDirEntry;
}

/// A directory, until it is dropped.
///
/// # Invariants
///
/// It exists, and is removed by nobody else.
pub(crate) struct ProcDir(NonNull<ProcDirEntry>);

// SAFETY: Entries may be made and removed by any thread.
unsafe impl Send for ProcDir {}
// SAFETY: As before.
unsafe impl Sync for ProcDir {}

impl ProcDir {
    /// Creates `/proc/<name>`.
    pub(crate) fn new(name: &CStr) -> Result<Self> {
        // SAFETY: A valid string.
        let dir = unsafe { proc_mkdir(name.as_char_ptr(), core::ptr::null_mut()) };
        // INVARIANT: It exists now.
        NonNull::new(dir).map(Self).ok_or(ENOMEM)
    }
}

impl Drop for ProcDir {
    fn drop(&mut self) {
        // SAFETY: By the type invariant.
        unsafe { proc_remove(self.0.as_ptr()) };
    }
}

/// What a file is made of.
pub(crate) trait Source: Send + Sync + Sized + 'static {
    /// The file, while it is open.
    type Open: Send + Sync + 'static;

    fn open(&self) -> Result<KBox<Self::Open>>;

    /// Fills `iter` with what comes next; how many bytes that were, 0 at the end.
    fn read(open: &Self::Open, iter: &mut IovIterDest<'_>) -> Result<usize>;
}

/// A file, until it is dropped.
///
/// # Invariants
///
/// The entry exists, is removed by nobody else, and its data is `source`, which stays where it is.
pub(crate) struct StreamEntry<T: Source> {
    entry: NonNull<ProcDirEntry>,
    source: NonNull<T>,
}

// SAFETY: Entries may be removed by any thread, and what it owns is `Send`.
unsafe impl<T: Source> Send for StreamEntry<T> {}
// SAFETY: A shared reference gives only one to what it owns, which is `Sync`.
unsafe impl<T: Source> Sync for StreamEntry<T> {}

impl<T: Source> StreamEntry<T> {
    const OPS: ProcOps = ProcOps {
        open: Some(open::<T>),
        read_iter: Some(read_iter::<T>),
        lseek: Some(lseek),
        release: Some(release::<T>),
        ..ProcOps::NOTHING
    };

    /// Creates `/proc/<dir>/<name>`, for root to read. There must be none of that name.
    pub(crate) fn new(dir: &ProcDir, name: &CStr, source: T) -> Result<Self> {
        let source = KBox::into_raw(KBox::new(source, GFP_KERNEL)?);
        // SAFETY: A valid string, and a directory that exists by its type invariant; the table is promoted to a constant that lives
        // as long as the module, and the data is valid until after the entry is gone.
        let entry = unsafe {
            proc_create_data(
                name.as_char_ptr(),
                0o400,
                dir.0.as_ptr(),
                &Self::OPS,
                source.cast(),
            )
        };
        let Some(entry) = NonNull::new(entry) else {
            // SAFETY: It was a box, and nobody has got it.
            drop(unsafe { KBox::from_raw(source) });
            return Err(ENOMEM);
        };
        // INVARIANT: It exists now, and this is its data. A box is never null.
        Ok(Self {
            entry,
            source: NonNull::new(source).ok_or(ENOMEM)?,
        })
    }
}

impl<T: Source> Drop for StreamEntry<T> {
    fn drop(&mut self) {
        // SAFETY: By the type invariant. This waits for running operations, and releases what is still open: nobody refers to the
        // source afterwards.
        unsafe {
            proc_remove(self.entry.as_ptr());
            drop(KBox::from_raw(self.source.as_ptr()));
        }
    }
}

extern "C" fn open<T: Source>(inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
    from_result(|| {
        // SAFETY: The kernel hands us the inode of an entry of ours, whose private pointer is its data (`pde_data()`).
        let source = unsafe { &*(*inode).i_private.cast::<T>() };
        let opened = source.open()?;
        // SAFETY: The kernel hands us a file that is being opened; the private data is ours.
        unsafe { (*file).private_data = opened.into_foreign() };
        Ok(0)
    })
}

extern "C" fn release<T: Source>(_: *mut bindings::inode, file: *mut bindings::file) -> c_int {
    // SAFETY: The kernel releases a file once, and only if it was opened: the private data was left there by `open`.
    drop(unsafe { KBox::<T::Open>::from_foreign((*file).private_data) });
    0
}

extern "C" fn read_iter<T: Source>(
    kiocb: *mut bindings::kiocb,
    iter: *mut bindings::iov_iter,
) -> isize {
    // SAFETY: The kernel reads from files that are open, and passes valid structures that are ours during the call; the iterator of
    // a read is a destination.
    let (opened, pos, iter) = unsafe {
        (
            KBox::<T::Open>::borrow((*(*kiocb).ki_filp).private_data),
            &mut (*kiocb).ki_pos,
            IovIterDest::from_raw(iter),
        )
    };
    from_result(|| {
        let read = T::read(opened, iter)?;
        *pos = pos.saturating_add(read as i64);
        Ok(read as isize)
    })
}

/// What was read is gone.
extern "C" fn lseek(_: *mut bindings::file, _: i64, _: c_int) -> i64 {
    i64::from(ESPIPE.to_errno())
}
