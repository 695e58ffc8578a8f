// SPDX-License-Identifier: GPL-2.0

//! Opening and reading another file.
//!
//! C headers: `include/linux/fs.h`, `include/linux/namei.h`, `include/linux/uio.h`

use kernel::{
    bindings,
    error::{
        from_err_ptr,
        to_result, //
    },
    ffi::{
        c_char,
        c_int,
        c_uint, //
    },
    iov::IovIterDest,
    prelude::*,
    sync::atomic::{
        Acquire,
        Atomic, //
    },
    task::Task,
};

// Some structure behind a pointer has a lock class, which is empty without lockdep; none is passed by value.
#[allow(improper_ctypes)]
extern "C" {
    fn kern_path(name: *const c_char, flags: c_uint, path: *mut bindings::path) -> c_int;
}

/// A place in the file system, whatever is mounted over it later.
///
/// # Invariants
///
/// Holds a reference to the path.
pub(crate) struct Path(bindings::path);

// SAFETY: A reference to a path may be used and dropped by any thread.
unsafe impl Send for Path {}
// SAFETY: Opening a path does not change it.
unsafe impl Sync for Path {}

impl Path {
    pub(crate) fn lookup(name: &CStr) -> Result<Self> {
        let mut path = bindings::path::default();
        // SAFETY: A valid string and a place for the result.
        to_result(unsafe { kern_path(name.as_char_ptr(), 0, &mut path) })?;
        // INVARIANT: `kern_path()` took a reference.
        Ok(Self(path))
    }

    /// Opens the file there for reading, with the credentials of the current task.
    pub(crate) fn open(&self) -> Result<File> {
        // SAFETY: The current task is valid, and so are its credentials while it runs this.
        let file = unsafe {
            let cred = (*Task::current_raw()).cred;
            bindings::dentry_open(&self.0, bindings::O_RDONLY as c_int, cred)
        };
        // INVARIANT: The reference that `dentry_open()` returns is now ours.
        Ok(File(from_err_ptr(file)?))
    }
}

impl Drop for Path {
    fn drop(&mut self) {
        // SAFETY: By the type invariant.
        unsafe { bindings::path_put(&self.0) };
    }
}

/// An open file.
///
/// # Invariants
///
/// Holds a reference to the file, which is open for reading.
pub(crate) struct File(*mut bindings::file);

// SAFETY: A reference to a file may be used and dropped by any thread.
unsafe impl Send for File {}
// SAFETY: Only positioned reads go through a shared reference, and they may run in parallel.
unsafe impl Sync for File {}

impl File {
    pub(super) fn as_ptr(&self) -> *mut bindings::file {
        self.0
    }

    /// Its size, as `stat` shows it.
    pub(crate) fn size(&self) -> u64 {
        // SAFETY: The file is valid by the type invariant, and so is its inode; sizes are stored atomically.
        let size = unsafe { Atomic::from_ptr(&raw mut (*(*self.0).f_inode).i_size) };
        size.load(Acquire).max(0) as u64
    }

    /// Fills `buf` from `pos` on. `EIO`: the file ends before.
    pub(crate) fn read_exact(&self, buf: &mut [u8], pos: u64) -> Result {
        match self.read_up_to(buf, pos)? == buf.len() {
            true => Ok(()),
            false => Err(EIO),
        }
    }

    /// Fills `buf` from `pos` on, as far as the file goes; how many bytes that were.
    pub(crate) fn read_up_to(&self, buf: &mut [u8], pos: u64) -> Result<usize> {
        let mut pos = i64::try_from(pos)?;
        let mut done = 0;
        while let Some(rest) = buf.get_mut(done..).filter(|rest| !rest.is_empty()) {
            // SAFETY: The file is valid by the type invariant, `rest` is valid for its length.
            let read = unsafe {
                bindings::kernel_read(self.0, rest.as_mut_ptr().cast(), rest.len(), &mut pos)
            };
            to_result(read.clamp(c_int::MIN as isize, 0) as c_int)?;
            if read == 0 {
                break;
            }
            done = done.saturating_add(read as usize);
        }
        Ok(done)
    }

    /// Reads at most `len` bytes at `pos` into `iter`; 0 at the end of the file.
    pub(crate) fn read_iter(
        &self,
        iter: &mut IovIterDest<'_>,
        pos: u64,
        len: u64,
    ) -> Result<usize> {
        let mut pos = i64::try_from(pos)?;
        let whole = iter.len();
        let part = usize::try_from(len).unwrap_or(usize::MAX).min(whole);
        let raw = iter.as_raw();
        // SAFETY: `iter` is valid. Its count is lowered for the call, as `iov_iter_truncate()` does, and raised again
        // by what was taken off, as `iov_iter_reexpand()` does.
        let read = unsafe {
            let count = &raw mut (*raw).__bindgen_anon_1.__bindgen_anon_1.as_mut().count;
            count.write(part);
            let read = bindings::vfs_iter_read(self.0, raw, &mut pos, 0);
            count.write(count.read().saturating_add(whole - part));
            read
        };
        to_result(read.clamp(c_int::MIN as isize, 0) as c_int)?;
        Ok(read as usize)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // SAFETY: By the type invariant.
        unsafe { bindings::fput(self.0) };
    }
}

/// Writes up to `len` zeroes into `iter`; returns how many.
pub(crate) fn zero_iter(iter: &mut IovIterDest<'_>, len: u64) -> usize {
    let len = usize::try_from(len).unwrap_or(usize::MAX).min(iter.len());
    // SAFETY: `iter` is valid.
    unsafe { bindings::iov_iter_zero(len, iter.as_raw()) }
}
