// SPDX-License-Identifier: GPL-2.0

//! `/proc/vmcore_devdump`: the built-in file with device dumps in front of its notes.
//!
//! The built-in file is opened with ours and closed with it: it refuses native dumps while it is open, and its headers may
//! change until then. Its PT_LOAD data is read and mapped through it and never copied. Headers and notes cannot be
//! mapped (`EINVAL`): makedumpfile, which maps only PT_LOAD data, reads them.
//!
//! If dumps cannot be shown, or the last reader has failed, the file is the built-in one and nothing else.

use super::{
    super::{
        bindings::{
            file::{
                zero_iter,
                File,
                Path, //
            },
            module::ModuleRef,
            proc_fs::OpenFile,
            task::Process, //
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
    opened::Opened,
    registry::{
        self,
        STATE, //
    },
};
use crate::series::zeroed;
use kernel::{
    iov::IovIterDest,
    page::PAGE_SIZE,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    },
};

/// The file, open.
pub(crate) struct Stacked {
    lower: File,
    /// `None`: there is nothing on the built-in file.
    stack: Option<Stack>,
    _visit: Visit,
    _module: ModuleRef<LocalModule>,
}

/// What is on it.
struct Stack {
    headers: KVVec<u8>,
    layout: Layout,
    opened: Opened,
    /// Who opened it, and whether it is known that dumps were read.
    reader: Process,
    told: Atomic<bool>,
}

/// Somebody has the file open; until he closes it, no dump is added or dropped.
struct Visit;

impl Visit {
    /// Where the built-in file is, and the dumps, unless it is better to do without.
    fn begin() -> Result<(Self, Arc<Path>, Option<Opened>)> {
        let mut state = STATE.lock();
        let lower = state.lower.clone().ok_or(ENODEV)?;
        let opened = match state.readers.admit() {
            true => Opened::new(&state).inspect_err(tell).ok(),
            false => None,
        };
        state.open += 1;
        Ok((Self, lower, opened))
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        STATE.lock().open -= 1;
    }
}

impl Stack {
    fn new(lower: &File, opened: Opened) -> Result<Self> {
        let mut headers = Headers::read_file(lower)?;
        let layout = headers.layout(opened.len())?;
        layout.rewrite(&mut headers.bytes).map_err(|_| EINVAL)?;
        Ok(Self {
            headers: headers.bytes,
            layout,
            opened,
            reader: Process::current(),
            told: Atomic::new(false),
        })
    }

    fn dumps_to(&self, iter: &mut IovIterDest<'_>, offset: u64) -> Result<usize> {
        let copied = self.opened.copy_to(iter, offset)?;
        if !self.told.load(Relaxed) && self.opened.were_read() {
            self.told.store(true, Relaxed);
            STATE.lock().readers.sees_dumps(&self.reader);
        }
        Ok(copied)
    }

    fn headers_to(&self, iter: &mut IovIterDest<'_>, offset: u64) -> Result<usize> {
        let headers = self.headers.get(usize::try_from(offset)?..).ok_or(EIO)?;
        Ok(iter.copy_to_iter(headers))
    }
}

/// What came of reading something of ours.
fn ours(read: Result<usize>) -> Result<usize> {
    read.inspect_err(|error| STATE.lock().readers.misread(*error))
}

fn tell(error: &Error) {
    pr_err!("/proc/vmcore_devdump is opened without device dumps ({error:?})\n");
}

/// The headers of the built-in file.
pub(super) struct Headers {
    /// As far as the first note.
    bytes: KVVec<u8>,
    pub(super) lower_size: u64,
}

impl Headers {
    /// Reads them from the file at `lower`. `EINVAL`: that is nothing to stack on.
    pub(super) fn read(lower: &Path) -> Result<Self> {
        Self::read_file(&lower.open()?)
    }

    fn read_file(lower: &File) -> Result<Self> {
        let mut bytes: KVVec<u8> = zeroed(Ehdr::LEN, GFP_KERNEL)?;
        lower.read_exact(&mut bytes, 0)?;
        let end = Layout::headers_end(&bytes).map_err(malformed)?;
        let extend = |bytes: &mut KVVec<u8>, end: u64| -> Result {
            let start = bytes.len();
            bytes.resize(usize::try_from(end)?, 0, GFP_KERNEL)?;
            lower.read_exact(bytes.get_mut(start..).unwrap_or_default(), start as u64)
        };
        extend(&mut bytes, end)?;
        let lower_size = lower_size(&bytes).ok_or(EINVAL)?;
        let mut headers = Self { bytes, lower_size };
        let end = headers.layout(0)?.headers_len();
        extend(&mut headers.bytes, end)?;
        Ok(headers)
    }

    /// The layout when `dumps_len` bytes of notes are stacked on the file.
    pub(super) fn layout(&self, dumps_len: u64) -> Result<Layout> {
        Layout::new(&self.bytes, self.lower_size, dumps_len, PAGE_SIZE as u64).map_err(malformed)
    }
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

fn malformed(error: format::Error) -> Error {
    pr_err!(
        "/proc/vmcore: at offset {:#x}: expected {}\n",
        error.offset,
        error.expected
    );
    EINVAL
}

impl OpenFile for Stacked {
    fn open() -> Result<KBox<Self>> {
        let module = ModuleRef::get()?;
        let (visit, lower, opened) = Visit::begin()?;
        let lower = lower.open()?;
        let stack = opened.and_then(|opened| Stack::new(&lower, opened).inspect_err(tell).ok());
        let file = Self {
            lower,
            stack,
            _visit: visit,
            _module: module,
        };
        Ok(KBox::new(file, GFP_KERNEL)?)
    }

    fn command(text: &[u8]) -> Result {
        registry::command(text)
    }

    fn size(&self) -> u64 {
        match &self.stack {
            Some(stack) => stack.layout.size(),
            None => self.lower.size(),
        }
    }

    fn read(&self, iter: &mut IovIterDest<'_>, pos: u64) -> Result<usize> {
        let Some(stack) = &self.stack else {
            return self.lower.read_iter(iter, pos, u64::MAX);
        };
        let mut done = 0;
        // makedumpfile takes a short read for a broken dump, so go on across all seams.
        while !iter.is_empty() {
            let read = match stack.layout.at(pos.saturating_add(done as u64)) {
                Part::Headers { offset, .. } => ours(stack.headers_to(iter, offset)),
                Part::Dumps { offset, .. } => ours(stack.dumps_to(iter, offset)),
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
        let offset = match &self.stack {
            Some(stack) => stack.layout.load_range(offset, len).ok_or(EINVAL)?,
            None => offset,
        };
        Ok((&self.lower, offset))
    }
}
