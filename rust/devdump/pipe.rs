// SPDX-License-Identifier: GPL-2.0

//! Bytes on their way from who collects to who reads: a bounded number of them, and whoever has to wait for the other does.

use super::{
    super::bindings::page::Buffer,
    progress::{
        Progress,
        Waiting,
        PAUSE_MS, //
    },
};
use kernel::{
    iov::IovIterDest,
    prelude::*,
    sync::{
        new_condvar,
        new_mutex,
        CondVar,
        CondVarTimeoutResult,
        Mutex,
        MutexGuard, //
    },
    time::msecs_to_jiffies, //
};

#[pin_data]
pub(super) struct Pipe {
    #[pin]
    flow: Mutex<Flow>,
    /// Something of it has changed.
    #[pin]
    changed: CondVar,
}

struct Flow {
    progress: Progress,
    /// There while somebody has the file open.
    ring: Option<Ring>,
    is_collected: bool,
    is_withdrawn: bool,
}

/// The oldest of the bytes is at `start`.
struct Ring {
    buffer: Buffer,
    start: usize,
    len: usize,
}

impl Pipe {
    /// Of the dump called `name`.
    pub(super) fn new(name: &[u8]) -> impl PinInit<Self> {
        let flow = Flow {
            progress: Progress::new(name),
            ring: None,
            is_collected: false,
            is_withdrawn: false,
        };
        pin_init!(Self {
            flow <- new_mutex!(flow),
            changed <- new_condvar!(),
        })
    }

    /// Opens it for the only reader, when who collected for the last one has come to his end. `buffer` makes what holds bytes.
    /// `EBUSY`: it is open.
    pub(super) fn open(&self, buffer: impl FnOnce() -> Result<Buffer>) -> Result {
        let mut flow = self.flow.lock();
        loop {
            if flow.is_withdrawn {
                return Err(ENODEV);
            }
            if flow.ring.is_some() {
                return Err(EBUSY);
            }
            if !flow.is_collected {
                break;
            }
            if self.changed.wait_interruptible(&mut flow) {
                return Err(ERESTARTSYS);
            }
        }
        flow.ring = Some(Ring {
            buffer: buffer()?,
            start: 0,
            len: 0,
        });
        flow.is_collected = true;
        flow.progress.begin();
        Ok(())
    }

    /// The reader is gone.
    pub(super) fn close(&self) {
        self.flow.lock().ring = None;
        self.changed.notify_all();
    }

    /// Nobody collects any more.
    pub(super) fn finish(&self) {
        self.flow.lock().is_collected = false;
        self.changed.notify_all();
    }

    /// Nobody is to read or collect any more.
    pub(super) fn withdraw(&self) {
        self.flow.lock().is_withdrawn = true;
        self.changed.notify_all();
    }

    /// The dump has `len` bytes; whether somebody still wants more.
    pub(super) fn is_wanted(&self, len: u64) -> bool {
        let mut flow = self.flow.lock();
        flow.progress.at(len);
        flow.progress.tell(Waiting::ForDevice);
        flow.is_wanted()
    }

    /// A section of `left` bytes begins or goes on behind `before` bytes of the dump.
    pub(super) fn section(&self, name: &[u8], left: u64, before: u64) {
        let mut flow = self.flow.lock();
        flow.progress.tell(Waiting::ForDevice);
        flow.progress.section(name, left, before);
    }

    /// Waits for a change, and says now and then how far it is; whether a signal has come.
    fn wait(&self, flow: &mut MutexGuard<'_, Flow>, waiting: Waiting) -> bool {
        let pause = msecs_to_jiffies(PAUSE_MS);
        let result = self.changed.wait_interruptible_timeout(flow, pause);
        flow.progress.tell(waiting);
        matches!(result, CondVarTimeoutResult::Signal { .. })
    }

    /// Hands `bytes` on, and waits until there is room for them. `EPIPE`: nobody wants them.
    pub(super) fn write(&self, mut bytes: &[u8]) -> Result {
        let mut flow = self.flow.lock();
        while !bytes.is_empty() {
            if !flow.is_wanted() {
                return Err(EPIPE);
            }
            let taken = flow.ring.as_mut().map_or(0, |ring| ring.push(bytes));
            bytes = bytes.get(taken..).unwrap_or_default();
            if taken > 0 {
                self.changed.notify_all();
            } else {
                // Threads of the kernel get no signals: this only keeps a slow reader from being taken for a hang.
                let _ = self.wait(&mut flow, Waiting::ForReader);
            }
        }
        Ok(())
    }

    /// Fills `iter` with bytes, at least one unless it takes none; none at the end.
    pub(super) fn read(&self, iter: &mut IovIterDest<'_>) -> Result<usize> {
        let mut flow = self.flow.lock();
        loop {
            if let Some(ring) = flow.ring.as_mut().filter(|ring| ring.len > 0) {
                let taken = ring.pop(iter);
                self.changed.notify_all();
                return match taken {
                    0 if !iter.is_empty() => Err(EFAULT),
                    taken => Ok(taken),
                };
            }
            // Who has begun to read is to know that there would have been more.
            if flow.is_withdrawn {
                return Err(ENODEV);
            }
            if !flow.is_collected {
                return Ok(0);
            }
            if self.wait(&mut flow, Waiting::ForDevice) {
                return Err(ERESTARTSYS);
            }
        }
    }
}

impl Flow {
    fn is_wanted(&self) -> bool {
        self.ring.is_some() && !self.is_withdrawn
    }
}

impl Ring {
    /// Takes as many of `bytes` as there is room for side by side; how many.
    fn push(&mut self, bytes: &[u8]) -> usize {
        let size = self.buffer.len();
        let end = self.start.saturating_add(self.len);
        let (at, room) = match end.checked_sub(size) {
            Some(at) => (at, size.saturating_sub(self.len)),
            None => (end, size.saturating_sub(end)),
        };
        let len = room.min(bytes.len());
        let place = self
            .buffer
            .get_mut(at..)
            .and_then(|rest| rest.get_mut(..len));
        match place.zip(bytes.get(..len)) {
            Some((place, bytes)) => place.copy_from_slice(bytes),
            None => return 0,
        }
        self.len = self.len.saturating_add(len);
        len
    }

    /// Copies the oldest bytes that are side by side, as many as fit; how many.
    fn pop(&mut self, iter: &mut IovIterDest<'_>) -> usize {
        let size = self.buffer.len();
        let len = self.len.min(size.saturating_sub(self.start));
        let bytes = self
            .buffer
            .get(self.start..)
            .and_then(|rest| rest.get(..len));
        let taken = iter.copy_to_iter(bytes.unwrap_or_default());
        self.len = self.len.saturating_sub(taken);
        self.start = self.start.saturating_add(taken);
        if self.start >= size {
            self.start = 0;
        }
        taken
    }
}
