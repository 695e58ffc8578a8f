// SPDX-License-Identifier: GPL-2.0

//! Where a section writes its bytes: they are cut into chunks, deflated and handed to the core.

use super::{
    super::{
        abi::Sink,
        format::cudbg::{
            cause::Cause,
            chunk::{
                Stored,
                CHUNK_SIZE, //
            },
            private::Private,
            section::Section, //
        },
    },
    failure::{
        Failure,
        Result, //
    },
    scratch::{
        Parts,
        Scratch, //
    },
};
use kernel::error::{
    code::ENOSPC,
    Error, //
};

/// Chunks, 4 MiB of a memory, after which it is said how far a section is.
const CHECKPOINT: u32 = 64;

/// Bytes after which the time is looked at.
const TIME_STEP: usize = 256;

/// Cannot happen: a chunk holds all that is asked for.
const NO_ROOM: Failure = Failure::new(Cause::NoMemory, 0, 0);

/// What writing to the dump failed with.
pub(super) fn sink_failure(error: Error, sink: &Sink<'_>) -> Failure {
    let cause = if error == ENOSPC {
        Cause::Budget
    } else {
        Cause::NoMemory
    };
    Failure::new(cause, 0, sink.len() as u64)
}

fn zlib_failure(returned: i32) -> Failure {
    Failure::new(Cause::Compress, returned as u32, 0)
}

fn put(sink: &mut Sink<'_>, chunk: Parts<'_>) -> Result {
    // Images count by 32 bits. Headers and padding need a little, too.
    if sink.len() > u32::MAX as usize - 4 * CHUNK_SIZE {
        return Err(Failure::new(Cause::Budget, 0, sink.len() as u64));
    }
    let mut parts = chunk.iter().filter(|part| !part.is_empty());
    parts.try_for_each(|part| sink.write(part).map_err(|error| sink_failure(error, sink)))
}

/// A place in the dump whose bytes can be changed.
pub(crate) struct Changeable(usize);

/// Called after each chunk: what was left out of the section so far, and whether it is to be said how far that is.
type Checkpoint<'a> = dyn Fn(&mut Sink<'_>, Private, bool) + 'a;

/// The content of a section.
pub(crate) struct Writer<'a, 's> {
    sink: &'a mut Sink<'s>,
    scratch: &'a mut Scratch,
    /// Bytes in the chunk that is being filled.
    filled: usize,
    left_out: Private,
    chunks: u32,
    /// What comes from a memory, and its bytes.
    expected: Option<(Section, u64)>,
    /// What there is to do between chunks, if somebody may get no more of the section.
    checkpoint: Option<&'a Checkpoint<'a>>,
}

impl<'a, 's> Writer<'a, 's> {
    pub(super) fn new(sink: &'a mut Sink<'s>, scratch: &'a mut Scratch) -> Self {
        Self {
            sink,
            scratch,
            filled: 0,
            left_out: Private::NONE,
            chunks: 0,
            expected: None,
            checkpoint: None,
        }
    }

    /// Calls `checkpoint` after each chunk.
    pub(super) fn with_checkpoint(self, checkpoint: &'a Checkpoint<'a>) -> Self {
        Self {
            checkpoint: Some(checkpoint),
            ..self
        }
    }

    /// Says that `section` will have so many bytes.
    pub(crate) fn expect(&mut self, section: Section, bytes: u64) {
        self.expected = Some((section, bytes));
        self.sink.section(section.name(), bytes);
    }

    /// What was left out.
    pub(super) fn left_out(&self) -> Private {
        self.left_out
    }

    /// Milliseconds that the dump may still take.
    pub(crate) fn ms_left(&self) -> u32 {
        self.sink.ms_left()
    }

    /// What ends a section whose time is over. `at`: see [`Cause::Deadline`].
    pub(crate) fn late(&self, at: u32) -> Failure {
        Failure::new(Cause::Deadline, at, self.sink.len() as u64)
    }

    /// Appends `bytes`. Fails when memory or time of the dump are used up.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result {
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = self.room(rest.len())?;
            let (now, later) = rest.split_at_checked(room.len()).unwrap_or((rest, &[]));
            if let Some(place) = room.get_mut(..now.len()) {
                place.copy_from_slice(now);
            }
            rest = later;
        }
        Ok(())
    }

    /// Appends `len` zeroes. Fails as [`Writer::push`] does.
    pub(crate) fn zeroes(&mut self, len: usize) -> Result {
        let mut left = len;
        while left > 0 {
            if self.filled >= CHUNK_SIZE {
                self.finish()?;
            }
            // Of what is left out of a large memory there may be thousands.
            if self.filled == 0 && left >= CHUNK_SIZE {
                self.check_time()?;
                put(self.sink, self.scratch.zeroes())?;
                self.has_put();
                left = left.saturating_sub(CHUNK_SIZE);
                continue;
            }
            let room = self.room(left)?;
            room.fill(0);
            left = left.saturating_sub(room.len());
        }
        Ok(())
    }

    /// Appends `len` zeroes in place of what is private, and says so. Fails as [`Writer::push`] does.
    pub(crate) fn leave_out(&mut self, what: Private, len: usize) -> Result {
        self.left_out = self.left_out.with(what);
        self.zeroes(len)
    }

    /// Appends words, little-endian. Fails as [`Writer::push`] does.
    pub(crate) fn words(&mut self, words: &[u32]) -> Result {
        words
            .iter()
            .try_for_each(|word| self.push(&word.to_le_bytes()))
    }

    /// Appends zeroes that `fill` may change in any order. Fails as [`Writer::push`] does, or as `fill`; only if that was too late,
    /// they are not there.
    pub(crate) fn block<const LEN: usize>(
        &mut self,
        fill: impl FnOnce(&mut [u8; LEN]) -> Result,
    ) -> Result {
        const { assert!(LEN <= CHUNK_SIZE) };
        if self.filled > CHUNK_SIZE - LEN {
            self.finish()?;
        }
        self.check_time()?;
        let rest = self.scratch.raw().get_mut(self.filled..);
        let block = rest
            .and_then(|rest| rest.first_chunk_mut())
            .ok_or(NO_ROOM)?;
        block.fill(0);
        let filled = fill(block);
        // Nobody could tell what was not read in time from zeroes.
        if !filled.is_err_and(|failure| failure.is_late()) {
            self.filled = self.filled.saturating_add(LEN);
        }
        filled
    }

    /// Appends bytes that can be changed later; at the start of a section. Fails as [`Writer::push`] does.
    pub(crate) fn changeable(&mut self, bytes: [u8; 24]) -> Result<Changeable> {
        self.check_time()?;
        let place = Changeable(self.sink.len());
        let written = self.sink.write(&Stored(bytes).encode());
        written.map_err(|error| sink_failure(error, self.sink))?;
        Ok(place)
    }

    /// Changes what was appended.
    pub(crate) fn change(&mut self, place: &Changeable, bytes: [u8; 24]) {
        // The place is one that was written.
        let _ = self.sink.patch(place.0, &Stored(bytes).encode());
    }

    fn check_time(&self) -> Result {
        match self.ms_left() {
            0 => Err(self.late(0)),
            _ => Ok(()),
        }
    }

    /// Writes what is left. Only then the section is complete.
    pub(crate) fn finish(&mut self) -> Result {
        if self.filled == 0 {
            return Ok(());
        }
        let len = core::mem::take(&mut self.filled);
        let chunk = self.scratch.pack(len).map_err(zlib_failure)?;
        put(self.sink, chunk)?;
        self.has_put();
        Ok(())
    }

    fn has_put(&mut self) {
        self.chunks = self.chunks.wrapping_add(1);
        let Some(checkpoint) = self.checkpoint else {
            return;
        };
        let is_due = self.chunks % CHECKPOINT == 0;
        checkpoint(self.sink, self.left_out, is_due);
        if let Some((section, bytes)) = self.expected.filter(|_| is_due) {
            let done = u64::from(self.chunks).saturating_mul(CHUNK_SIZE as u64);
            self.sink
                .section(section.name(), bytes.saturating_sub(done));
        }
    }

    /// Room for at least one, at most `len` of the bytes that come next.
    fn room(&mut self, len: usize) -> Result<&mut [u8]> {
        if self.filled >= CHUNK_SIZE {
            self.finish()?;
        }
        if self.filled % TIME_STEP == 0 {
            self.check_time()?;
        }
        let step = (TIME_STEP - self.filled % TIME_STEP).min(len);
        let start = self.filled;
        self.filled = start.saturating_add(step);
        let room = self.scratch.raw().get_mut(start..);
        room.and_then(|room| room.get_mut(..step)).ok_or(NO_ROOM)
    }
}
