// SPDX-License-Identifier: GPL-2.0

//! The sink of a dump that is read while it is collected: it makes records, and hands them to the reader.

use super::{
    super::{
        bindings::{
            clock::now_ms,
            crc32::crc32,
            page::Buffer, //
        },
        format::{
            manifest::{
                padded,
                Reason,
                Status, //
            },
            stream::{
                End,
                Header,
                Kind,
                Packing,
                Record,
                HEADER_CRC_OFFSET,
                MOST,
                RECORD_CRC_OFFSET, //
            },
            VERSION,
        },
        server::Backend,
    },
    crash_kernel,
    packer::Packer,
    pipe::Pipe,
};
use crate::series::timed_out;
use kernel::{
    prelude::*,
    str::BStr, //
};

use core::cell::Cell;

/// After so many times the time of a step, nothing is taken any more: the driver has had its chance to finish.
const PATIENCE: u32 = 2;

/// The memory of a recorder.
pub(super) struct Tools {
    /// Bytes of the next record.
    raw: Buffer,
    /// What is stored of them.
    packed: Buffer,
    packer: Packer,
}

impl Tools {
    /// `ENOMEM`: there is none.
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            raw: Buffer::zeroed(MOST)?,
            packed: Buffer::zeroed(MOST)?,
            packer: Packer::new(),
        })
    }
}

pub(super) struct Recorder<'a> {
    name: &'a [u8],
    pipe: &'a Pipe,
    tools: Tools,
    /// Bytes of the dump, and how many of them are in `tools.raw`: the last.
    len: u64,
    filled: usize,
    /// Bytes in all records of data.
    written: u64,
    records: u32,
    /// In milliseconds, as all times here.
    start: u32,
    waited_ms: u32,
    /// The step that the driver does, and what it may take.
    step: u32,
    step_ms: u32,
    /// What stood in the way first.
    cut: Option<Reason>,
    late: Cell<bool>,
    is_missing: bool,
}

fn ms_since(start: u32) -> u32 {
    now_ms().saturating_sub(start)
}

/// Puts the CRC-32 of `header` and of what follows it at `offset`.
fn seal(header: &mut [u8], offset: usize, rest: &[u8]) {
    let sum = crc32(crc32(0, header), rest);
    if let Some(place) = header.get_mut(offset..).and_then(<[u8]>::first_chunk_mut) {
        *place = sum.to_le_bytes();
    }
}

impl<'a> Recorder<'a> {
    pub(super) fn new(name: &'a [u8], pipe: &'a Pipe, tools: Tools, step_ms: u32) -> Self {
        let now = now_ms();
        Self {
            name,
            pipe,
            tools,
            len: 0,
            filled: 0,
            written: 0,
            records: 0,
            start: now,
            waited_ms: 0,
            step: now,
            step_ms,
            cut: None,
            late: Cell::new(false),
            is_missing: false,
        }
    }

    /// Has `collect` write the dump, from the header to the end.
    pub(super) fn record(mut self, collect: impl FnOnce(&mut dyn Backend) -> Result) {
        let collected = self.header().and_then(|()| collect(&mut self));
        // Of a dump that failed, too: the end counts what was written.
        let flushed = self.flush();
        let collected = collected.and(flushed);
        let reason = match (collected, self.cut) {
            (Err(_), _) => Reason::DRIVER,
            (Ok(()), Some(reason)) => reason,
            (Ok(()), None) if !self.is_missing => Reason::NONE,
            (Ok(()), None) if self.late.get() => Reason::TIME,
            (Ok(()), None) => Reason::DEVICE,
        };
        let end = End {
            status: match reason {
                Reason::NONE => Status::COMPLETE,
                Reason::DRIVER => Status::FAILED,
                _ => Status::PARTIAL,
            },
            reason,
            errno: collected.err().map_or(0, |error| error.to_errno()),
            ms: ms_since(self.start),
            bytes: self.len,
            written: self.written,
            waited_ms: self.waited_ms,
        };
        let told = flushed.and_then(|()| self.small(Kind::END, 0, &end.encode()));
        self.tell(&end, told.is_ok());
    }

    fn header(&mut self) -> Result {
        let mut header = Header {
            name: padded(self.name),
            version: padded(VERSION.as_bytes()),
            release: crash_kernel::release(),
            crc32: 0,
        }
        .encode();
        seal(&mut header, HEADER_CRC_OFFSET, &[]);
        self.hand_on(&header)
    }

    /// One line at the end.
    fn tell(&self, end: &End, is_whole: bool) {
        let (name, bytes, ms) = (BStr::from_bytes(self.name), self.len, end.ms);
        if !is_whole {
            pr_warn!("{name}: {bytes} bytes handed out in {ms} ms, then nobody read on\n");
        } else if end.status == Status::FAILED {
            pr_err!(
                "{name}: the driver failed after {bytes} bytes and {ms} ms ({})\n",
                end.errno
            );
        } else {
            let partial = match end.reason {
                Reason::NONE => "",
                _ => ", partial: ",
            };
            pr_info!(
                "{name}: {bytes} bytes handed out in {ms} ms, of which {} ms went by waiting for the reader{partial}{}\n",
                end.waited_ms,
                end.reason.words().unwrap_or_default()
            );
        }
    }

    /// Writes what was not written yet as a record.
    fn flush(&mut self) -> Result {
        let Self { tools, filled, .. } = self;
        let len = core::mem::take(filled);
        if len == 0 {
            return Ok(());
        }
        let Tools {
            raw,
            packed,
            packer,
        } = tools;
        let raw = raw.get(..len).ok_or(EIO)?;
        let offset = self.len.saturating_sub(len as u64);
        let (packing, stored) = match packer.pack(raw, packed) {
            Some((packing, stored)) => (packing, packed.get(..stored).ok_or(EIO)?),
            None => (Packing::NONE, raw),
        };
        let record = Record {
            crc32: 0,
            kind: Kind::DATA,
            packing,
            len: len as u32,
            stored: stored.len() as u32,
            offset,
            extent: 0,
            number: self.records,
        };
        self.written = self.written.saturating_add(len as u64);
        let waited = write_record(self.pipe, record, stored)?;
        self.has_written(waited);
        Ok(())
    }

    /// Writes a record of a few bytes, which belong to `offset` of the dump if they are data.
    fn small(&mut self, kind: Kind, extent: u64, bytes: &[u8]) -> Result {
        self.plain(kind, self.len, extent, bytes)
    }

    fn plain(&mut self, kind: Kind, offset: u64, extent: u64, bytes: &[u8]) -> Result {
        let bytes = bytes.get(..MOST).unwrap_or(bytes);
        let record = Record {
            crc32: 0,
            kind,
            packing: Packing::NONE,
            len: bytes.len() as u32,
            stored: bytes.len() as u32,
            offset,
            extent,
            number: self.records,
        };
        let waited = write_record(self.pipe, record, bytes)?;
        self.has_written(waited);
        Ok(())
    }

    fn hand_on(&mut self, bytes: &[u8]) -> Result {
        let start = now_ms();
        self.pipe.write(bytes)?;
        self.waited_ms = self.waited_ms.saturating_add(ms_since(start));
        Ok(())
    }

    fn has_written(&mut self, waited_ms: u32) {
        self.records = self.records.wrapping_add(1);
        self.waited_ms = self.waited_ms.saturating_add(waited_ms);
        self.step = now_ms();
    }

    /// The driver's fault, if it is one: the reader's is none of the dump.
    fn failed(&mut self, error: Error) -> Error {
        self.cut.get_or_insert(Reason::DEVICE);
        error
    }
}

/// Writes `record`; milliseconds that it waited for the reader.
fn write_record(pipe: &Pipe, record: Record, stored: &[u8]) -> Result<u32> {
    let mut header = record.encode();
    seal(&mut header, RECORD_CRC_OFFSET, stored);
    let start = now_ms();
    pipe.write(&header)?;
    pipe.write(stored)?;
    Ok(ms_since(start))
}

impl Backend for Recorder<'_> {
    fn write(&mut self, mut bytes: &[u8]) -> Result {
        if ms_since(self.step) > self.step_ms.saturating_mul(PATIENCE) {
            self.cut.get_or_insert(Reason::TIME);
            return Err(timed_out());
        }
        while !bytes.is_empty() {
            let room = self
                .tools
                .raw
                .get_mut(self.filled..MOST)
                .unwrap_or_default();
            let len = room.len().min(bytes.len());
            let (now, later) = bytes.split_at_checked(len).ok_or(EIO)?;
            if let Some(room) = room.get_mut(..now.len()) {
                room.copy_from_slice(now);
            }
            bytes = later;
            self.filled = self.filled.saturating_add(len);
            self.len = self.len.saturating_add(len as u64);
            if self.filled >= MOST {
                self.flush().map_err(|error| self.failed(error))?;
            }
        }
        match self.pipe.is_wanted(self.len) {
            true => Ok(()),
            false => Err(self.failed(EPIPE)),
        }
    }

    fn patch(&mut self, offset: usize, bytes: &[u8]) -> Result {
        let end = offset.checked_add(bytes.len()).ok_or(EINVAL)?;
        if end as u64 > self.len {
            return Err(EINVAL);
        }
        if bytes.is_empty() {
            return Ok(());
        }
        // Rare and small: what is before it need not be held for that.
        self.flush()?;
        let mut offset = offset as u64;
        for piece in bytes.chunks(MOST) {
            self.written = self.written.saturating_add(piece.len() as u64);
            self.plain(Kind::DATA, offset, 0, piece)?;
            offset = offset.saturating_add(piece.len() as u64);
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.len as usize
    }

    fn remaining(&self) -> usize {
        usize::MAX
    }

    fn ms_left(&self) -> u32 {
        let left = self.step_ms.saturating_sub(ms_since(self.step));
        self.late.set(self.late.get() || left == 0);
        left
    }

    fn missing(&mut self, what: &[u8]) {
        self.is_missing = true;
        // If the reader is gone, the next write says so.
        let _ = self
            .flush()
            .and_then(|()| self.small(Kind::MISSING, 0, what));
    }

    fn section(&mut self, name: &[u8], bytes: u64) {
        let _ = self
            .flush()
            .and_then(|()| self.small(Kind::SECTION, bytes, name));
        self.pipe.section(name, bytes, self.len);
        self.step = now_ms();
    }
}
