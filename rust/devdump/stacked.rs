// SPDX-License-Identifier: GPL-2.0

//! `/proc/vmcore_devdump`: the built-in file with device dumps in front of its notes.
//!
//! The built-in file is opened with ours and closed with it: it refuses native dumps while it is open, and its headers may
//! change until then. Its PT_LOAD data is read and mapped through it and never copied. Headers and notes cannot be
//! mapped (`EINVAL`): makedumpfile, which maps only PT_LOAD data, reads them.

use super::{
    super::{
        bindings::{
            file::{
                zero_iter,
                File,
                Path, //
            },
            module::ModuleRef,
            proc_fs::OpenFile, //
        },
        format::{
            self,
            elf::Ehdr,
            stack::{
                Layout,
                Part, //
            },
        },
        LocalModule,
    },
    registry::Opened,
};
use kernel::{
    iov::IovIterDest,
    page::PAGE_SIZE,
    prelude::*, //
};

/// The file, open.
pub(crate) struct Stacked {
    lower: File,
    headers: KVVec<u8>,
    layout: Layout,
    opened: Opened,
    _module: ModuleRef<LocalModule>,
}

fn lower_size(headers: &[u8]) -> Option<u64> {
    let mut size = 0;
    for phdr in Ehdr::parse(headers).ok()?.phdrs(headers) {
        let (_, phdr) = phdr.ok()?;
        let end = phdr.offset.checked_add(phdr.filesz)?;
        size = end.checked_next_multiple_of(PAGE_SIZE as u64)?.max(size);
    }
    Some(size)
}

/// Headers of the lower file, and the layout when `dumps_len` bytes of notes are stacked on it.
fn read_headers(lower: &File, dumps_len: u64) -> Result<(KVVec<u8>, Layout)> {
    let malformed = |error: format::Error| {
        pr_err!(
            "/proc/vmcore: at offset {:#x}: expected {}\n",
            error.offset,
            error.expected
        );
        EINVAL
    };
    let mut headers = KVVec::<u8>::zeroed(Ehdr::LEN, GFP_KERNEL)?;
    lower.read_exact(&mut headers, 0)?;
    let end = Layout::headers_end(&headers).map_err(malformed)?;
    let extend = |headers: &mut KVVec<u8>, end: u64| -> Result {
        let start = headers.len();
        headers.resize(usize::try_from(end)?, 0, GFP_KERNEL)?;
        lower.read_exact(&mut headers[start..], start as u64)
    };
    extend(&mut headers, end)?;
    let lower_size = lower_size(&headers).ok_or(EINVAL)?;
    let layout =
        Layout::new(&headers, lower_size, dumps_len, PAGE_SIZE as u64).map_err(malformed)?;
    extend(&mut headers, layout.headers_len())?;
    Ok((headers, layout))
}

/// Size of the file when `dumps_len` bytes of notes are stacked on `lower`. `EINVAL`: that is nothing to stack on.
pub(super) fn size(lower: &Path, dumps_len: u64) -> Result<u64> {
    let (_, layout) = read_headers(&lower.open()?, dumps_len)?;
    Ok(layout.size())
}

impl OpenFile for Stacked {
    fn open() -> Result<KBox<Self>> {
        let module = ModuleRef::get()?;
        let opened = Opened::new()?;
        let lower = opened.lower.open()?;
        let (mut headers, layout) = read_headers(&lower, opened.dumps_len())?;
        layout.rewrite(&mut headers).map_err(|_| EINVAL)?;
        let file = Self {
            lower,
            headers,
            layout,
            opened,
            _module: module,
        };
        Ok(KBox::new(file, GFP_KERNEL)?)
    }

    fn size(&self) -> u64 {
        self.layout.size()
    }

    fn read(&self, iter: &mut IovIterDest<'_>, pos: u64) -> Result<usize> {
        let mut done = 0;
        // makedumpfile takes a short read for a broken dump, so go on across all seams.
        while !iter.is_empty() {
            let read = match self.layout.at(pos + done as u64) {
                Part::Headers { offset, .. } => {
                    let headers = self.headers.get(offset as usize..).ok_or(EIO)?;
                    Ok(iter.copy_to_iter(headers))
                }
                Part::Dumps { offset, .. } => Ok(iter.copy_to_iter(self.opened.dumps_at(offset))),
                Part::Zeroes { len } => Ok(zero_iter(iter, len)),
                Part::Lower { offset, len } => self.lower.read_iter(iter, offset, len),
                Part::End => break,
            };
            match read {
                Ok(0) | Err(_) if done > 0 => break,
                Ok(0) => return Err(EFAULT),
                Ok(read) => done += read,
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    fn map(&self, offset: u64, len: u64) -> Result<(&File, u64)> {
        let lower = self.layout.load_range(offset, len).ok_or(EINVAL)?;
        Ok((&self.lower, lower))
    }
}
