// SPDX-License-Identifier: GPL-2.0

//! Where a section writes its bytes: they are cut into chunks, deflated and handed to the core.

use super::{
    super::{
        abi::Sink,
        format::cudbg::{
            cause::Cause,
            chunk::CHUNK_SIZE, //
        },
    },
    failure::{
        Failure,
        Result, //
    },
    scratch::Scratch,
};
use kernel::error::{
    code::ENOSPC,
    Error, //
};

/// Bytes after which the time is looked at.
const TIME_STEP: usize = 256;

/// What writing to the dump failed with.
pub(super) fn sink_failure(error: Error, sink: &Sink<'_>) -> Failure {
    let cause = if error == ENOSPC {
        Cause::Budget
    } else {
        Cause::NoMemory
    };
    Failure::new(cause, 0, sink.len() as u64)
}

/// The content of a section.
pub(crate) struct Writer<'a, 's> {
    sink: &'a mut Sink<'s>,
    scratch: &'a mut Scratch,
    /// Bytes in the chunk that is being filled.
    filled: usize,
}

impl<'a, 's> Writer<'a, 's> {
    pub(super) fn new(sink: &'a mut Sink<'s>, scratch: &'a mut Scratch) -> Self {
        Self {
            sink,
            scratch,
            filled: 0,
        }
    }

    /// Appends `bytes`. Fails when memory or time of the dump are used up.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result {
        self.put(bytes.len(), |room, done| {
            room.copy_from_slice(&bytes[done..done + room.len()]);
        })
    }

    /// Appends `len` zeroes. Fails as [`Writer::push`] does.
    pub(crate) fn zeroes(&mut self, len: usize) -> Result {
        self.put(len, |room, _| room.fill(0))
    }

    /// Appends words, little-endian. Fails as [`Writer::push`] does.
    pub(crate) fn words(&mut self, words: &[u32]) -> Result {
        words
            .iter()
            .try_for_each(|word| self.push(&word.to_le_bytes()))
    }

    /// Appends `len` zeroes, at most a chunk, that `fill` may change in any order. Fails as [`Writer::push`] does, or as `fill`.
    pub(crate) fn block(&mut self, len: usize, fill: impl FnOnce(&mut [u8]) -> Result) -> Result {
        if self.filled + len > CHUNK_SIZE {
            self.finish()?;
        }
        self.check_time()?;
        let end = self.filled + len;
        let block = &mut self.scratch.raw()[self.filled..end];
        self.filled = end;
        block.fill(0);
        fill(block)?;
        match end {
            CHUNK_SIZE => self.finish(),
            _ => Ok(()),
        }
    }

    fn check_time(&self) -> Result {
        match self.sink.ms_left() {
            0 => Err(Failure::new(Cause::Deadline, 0, self.sink.len() as u64)),
            _ => Ok(()),
        }
    }

    /// Writes what is left. Only then the section is complete.
    pub(super) fn finish(&mut self) -> Result {
        if self.filled == 0 {
            return Ok(());
        }
        let len = core::mem::take(&mut self.filled);
        let chunk = self
            .scratch
            .pack(len)
            .map_err(|zlib| Failure::new(Cause::Compress, zlib as u32, 0))?;
        self.sink
            .write(chunk)
            .map_err(|error| sink_failure(error, self.sink))
    }

    /// Appends `len` bytes; `fill` gets room for some of them, and how many it had before.
    fn put(&mut self, len: usize, fill: impl Fn(&mut [u8], usize)) -> Result {
        let mut done = 0;
        while done < len {
            if self.filled % TIME_STEP == 0 {
                self.check_time()?;
            }
            let step = (TIME_STEP - self.filled % TIME_STEP).min(len - done);
            fill(
                &mut self.scratch.raw()[self.filled..self.filled + step],
                done,
            );
            self.filled += step;
            done += step;
            if self.filled == CHUNK_SIZE {
                self.finish()?;
            }
        }
        Ok(())
    }
}
