// SPDX-License-Identifier: GPL-2.0

//! A file in `/proc`.
//!
//! C header: `include/linux/proc_fs.h`

use super::file::File;
use kernel::{
    bindings,
    error::from_result,
    ffi::{
        c_char,
        c_int,
        c_long,
        c_uint,
        c_ulong,
        c_void, //
    },
    iov::IovIterDest,
    prelude::*,
    sync::atomic::{
        Atomic,
        Release, //
    },
    types::ForeignOwnable,
    uaccess::{
        UserPtr,
        UserSlice, //
    },
};

use core::{
    marker::PhantomData,
    ptr::NonNull, //
};

/// `struct proc_ops`.
#[repr(C)]
pub(super) struct ProcOps {
    pub(super) flags: c_uint,
    pub(super) open:
        Option<unsafe extern "C" fn(*mut bindings::inode, *mut bindings::file) -> c_int>,
    pub(super) read: *const c_void,
    pub(super) read_iter:
        Option<unsafe extern "C" fn(*mut bindings::kiocb, *mut bindings::iov_iter) -> isize>,
    pub(super) write:
        Option<unsafe extern "C" fn(*mut bindings::file, *const c_char, usize, *mut i64) -> isize>,
    pub(super) lseek: Option<unsafe extern "C" fn(*mut bindings::file, i64, c_int) -> i64>,
    pub(super) release:
        Option<unsafe extern "C" fn(*mut bindings::inode, *mut bindings::file) -> c_int>,
    pub(super) poll: *const c_void,
    pub(super) ioctl: Option<unsafe extern "C" fn(*mut bindings::file, c_uint, c_ulong) -> c_long>,
    #[cfg(CONFIG_COMPAT)]
    pub(super) compat_ioctl:
        Option<unsafe extern "C" fn(*mut bindings::file, c_uint, c_ulong) -> c_long>,
    pub(super) mmap:
        Option<unsafe extern "C" fn(*mut bindings::file, *mut bindings::vm_area_struct) -> c_int>,
    pub(super) get_unmapped_area: *const c_void,
}

#[cfg(layout)]
same_in_c! {
    struct proc_ops = ProcOps {
        proc_flags = flags,
        proc_open = open,
        proc_read = read,
        proc_read_iter = read_iter,
        proc_write = write,
        proc_lseek = lseek,
        proc_release = release,
        proc_poll = poll,
        proc_ioctl = ioctl,
        proc_compat_ioctl = compat_ioctl,
        proc_mmap = mmap,
        proc_get_unmapped_area = get_unmapped_area,
    }
}

impl ProcOps {
    /// A file that can do nothing.
    pub(super) const NOTHING: Self = Self {
        flags: 0,
        open: None,
        read: core::ptr::null(),
        read_iter: None,
        write: None,
        lseek: None,
        release: None,
        poll: core::ptr::null(),
        ioctl: None,
        #[cfg(CONFIG_COMPAT)]
        compat_ioctl: None,
        mmap: None,
        get_unmapped_area: core::ptr::null(),
    };
}

// SAFETY: A table of constants.
unsafe impl Sync for ProcOps {}

#[repr(C)]
pub(super) struct ProcDirEntry {
    _opaque: [u8; 0],
}

// Some structure behind a pointer has a lock class, which is empty without lockdep; none is passed by value.
#[allow(improper_ctypes)]
extern "C" {
    fn proc_create(
        name: *const c_char,
        mode: bindings::umode_t,
        parent: *mut ProcDirEntry,
        ops: *const ProcOps,
    ) -> *mut ProcDirEntry;
    pub(super) fn proc_remove(entry: *mut ProcDirEntry);
    fn proc_set_size(entry: *mut ProcDirEntry, size: i64);
}

/// A file that is open once; what each open of the entry for reading makes.
pub(crate) trait OpenFile: Send + Sync + Sized + 'static {
    fn open() -> Result<KBox<Self>>;

    /// Does what was written to the file, of which this is at least the start.
    fn command(text: &[u8]) -> Result;

    /// Size in bytes.
    fn size(&self) -> u64;

    /// Fills `iter` from `pos` on, as far as the file goes; how many bytes that were.
    fn read(&self, iter: &mut IovIterDest<'_>, pos: u64) -> Result<usize>;

    /// The file and the offset in it that `len` bytes at `offset` can be mapped from.
    fn map(&self, offset: u64, len: u64) -> Result<(&File, u64)>;
}

/// A file in `/proc`, until it is dropped.
///
/// # Invariants
///
/// The entry exists, and is removed by nobody else.
pub(crate) struct ProcEntry<T> {
    entry: NonNull<ProcDirEntry>,
    _open: PhantomData<T>,
}

// SAFETY: Entries may be removed by any thread.
unsafe impl<T> Send for ProcEntry<T> {}
// SAFETY: Setting the size is a plain store that all readers expect.
unsafe impl<T> Sync for ProcEntry<T> {}

impl<T: OpenFile> ProcEntry<T> {
    const OPS: ProcOps = ProcOps {
        open: Some(open::<T>),
        read_iter: Some(read_iter::<T>),
        write: Some(write::<T>),
        lseek: Some(lseek::<T>),
        release: Some(release::<T>),
        mmap: Some(mmap::<T>),
        ..ProcOps::NOTHING
    };

    /// Creates `/proc/<name>`, for root only.
    pub(crate) fn new(name: &CStr) -> Result<Self> {
        // SAFETY: A valid string; the table is promoted to a constant that lives as long as the module.
        let entry =
            unsafe { proc_create(name.as_char_ptr(), 0o600, core::ptr::null_mut(), &Self::OPS) };
        // INVARIANT: It exists now.
        Ok(Self {
            entry: NonNull::new(entry).ok_or(ENOMEM)?,
            _open: PhantomData,
        })
    }

    /// What `stat` shows as the size, from the next first lookup on.
    pub(crate) fn set_size(&self, size: u64) {
        // SAFETY: The entry exists by the type invariant.
        unsafe { proc_set_size(self.entry.as_ptr(), size as i64) };
    }
}

impl<T> Drop for ProcEntry<T> {
    fn drop(&mut self) {
        // SAFETY: By the type invariant. Waits for running operations, and releases what is still open.
        unsafe { proc_remove(self.entry.as_ptr()) };
    }
}

/// The file that `open` left in the private data; `EBADF`: it is open for writing only.
///
/// # Safety
///
/// `file` was opened by [`open`] with the same `T`, and is not released while the result is used.
unsafe fn opened<'a, T: OpenFile>(file: *mut bindings::file) -> Result<&'a T> {
    // SAFETY: By the precondition.
    let data = unsafe { (*file).private_data };
    match data.is_null() {
        true => Err(EBADF),
        // SAFETY: By the precondition; what is not null was left there by `open`.
        false => Ok(unsafe { KBox::<T>::borrow(data) }),
    }
}

extern "C" fn open<T: OpenFile>(inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
    /// `FMODE_READ`.
    const READ: bindings::fmode_t = 1 << 0;

    from_result(|| {
        // SAFETY: The kernel hands us a file that is being opened.
        if unsafe { (*file).f_mode } & READ == 0 {
            // The private data is null, and stays that.
            return Ok(0);
        }
        let opened = T::open()?;
        // Programs that copy the file ask for it. The inode is older than what was opened.
        // SAFETY: The kernel hands us the inode of a file that is being opened; sizes are stored atomically.
        let size = unsafe { Atomic::from_ptr(&raw mut (*inode).i_size) };
        size.store(opened.size() as i64, Release);
        // SAFETY: As before; the private data is ours.
        unsafe { (*file).private_data = opened.into_foreign() };
        Ok(0)
    })
}

/// Room for any command, and for a byte that is too much.
const COMMAND_LEN: usize = 16;

extern "C" fn write<T: OpenFile>(
    _file: *mut bindings::file,
    text: *const c_char,
    len: usize,
    _pos: *mut i64,
) -> isize {
    from_result(|| {
        let mut start = [0; COMMAND_LEN];
        let (start, _) = start.split_at_mut(len.min(COMMAND_LEN));
        let text = UserPtr::from_ptr(text.cast_mut().cast());
        UserSlice::new(text, start.len())
            .reader()
            .read_slice(start)?;
        T::command(start.trim_ascii_end())?;
        Ok(isize::try_from(len)?)
    })
}

extern "C" fn release<T: OpenFile>(
    _inode: *mut bindings::inode,
    file: *mut bindings::file,
) -> c_int {
    // SAFETY: The kernel releases a file once, and only if it was opened: what is not null was left there by `open`.
    drop(unsafe { KBox::<T>::try_from_foreign((*file).private_data) });
    0
}

extern "C" fn read_iter<T: OpenFile>(
    kiocb: *mut bindings::kiocb,
    iter: *mut bindings::iov_iter,
) -> isize {
    // SAFETY: The kernel reads from files that are open, and passes valid structures that are ours during the call;
    // the iterator of a read is a destination.
    let (file, pos, iter) = unsafe {
        (
            opened::<T>((*kiocb).ki_filp),
            &mut (*kiocb).ki_pos,
            IovIterDest::from_raw(iter),
        )
    };
    from_result(|| {
        let read = file?.read(iter, u64::try_from(*pos)?)?;
        *pos = pos.saturating_add(read as i64);
        Ok(read as isize)
    })
}

/// As in the built-in file, which has `default_llseek()`: a place may be behind the end, where nothing is read. Only the size is
/// that of this file, and not that of the inode, which other sizes have been stored in since.
extern "C" fn lseek<T: OpenFile>(file: *mut bindings::file, offset: i64, whence: c_int) -> i64 {
    const SET: c_int = bindings::SEEK_SET as c_int;
    const END: c_int = bindings::SEEK_END as c_int;
    const DATA: c_int = bindings::SEEK_DATA as c_int;
    const HOLE: c_int = bindings::SEEK_HOLE as c_int;

    // SAFETY: The kernel seeks in files that are open.
    let size = unsafe { opened::<T>(file) }.map_or(0, |opened| opened.size() as i64);
    let (offset, whence) = match whence {
        END => (offset.wrapping_add(size), SET),
        DATA | HOLE if offset >= size => return i64::from(ENXIO.to_errno()),
        DATA => (offset, SET),
        HOLE => (size, SET),
        _ => (offset, whence),
    };
    // SAFETY: As before.
    unsafe { bindings::default_llseek(file, offset, whence) }
}

extern "C" fn mmap<T: OpenFile>(
    file: *mut bindings::file,
    vma: *mut bindings::vm_area_struct,
) -> c_int {
    from_result(|| {
        // SAFETY: The kernel maps files that are open, and `vma` is ours to fill during the call.
        let (opened, vma) = unsafe { (opened::<T>(file), &mut *vma) };
        // SAFETY: The bounds of an area are always in this view of the union.
        let range = unsafe { &vma.__bindgen_anon_1.__bindgen_anon_1 };
        let offset = (vma.vm_pgoff as u64)
            .checked_mul(kernel::page::PAGE_SIZE as u64)
            .ok_or(EINVAL)?;
        let (lower, offset) = opened?.map(offset, (range.vm_end - range.vm_start) as u64)?;
        let lower = lower.as_ptr();
        // SAFETY: `lower` is an open file.
        let (mmap, mmap_prepare) =
            unsafe { ((*(*lower).f_op).mmap, (*(*lower).f_op).mmap_prepare) };
        // Which of the two a file has is its own affair: `vfs_mmap()`.
        let mmap = match mmap_prepare {
            Some(_) => bindings::compat_vma_mmap,
            None => mmap.ok_or(ENODEV)?,
        };
        vma.vm_pgoff = (offset / kernel::page::PAGE_SIZE as u64) as usize;
        // SAFETY: `vma` is not yet visible to anyone, so its file may change; it takes a reference of its own. From
        // here on the area belongs to the lower file, whether that can map it or not. `compat_vma_mmap()` is for files that
        // prepare a mapping.
        unsafe {
            bindings::vma_set_file(vma, lower);
            Ok(mmap(lower, vma))
        }
    })
}
