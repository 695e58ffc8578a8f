// SPDX-License-Identifier: GPL-2.0

//! Registers behind a pair of registers: one takes an index, the other gives the value.

use super::{
    super::format::cudbg::{
        cause::Cause,
        private::Private, //
    },
    device::{
        Borrowed,
        Device, //
    },
    failure::{
        Failure,
        Result, //
    },
    regs::{
        nth,
        tp, //
    },
    writer::Writer, //
};

/// Words of a range in a dump.
const WORDS: u32 = 32;

/// Pairs that the firmware uses, too, and goes on using. Each is a double word.
const SHARED: [(u32, u32); 3] = [tp::PIO, tp::TM_PIO, tp::MIB];

/// Bits of an index that tell it from others.
const INDEX: u32 = 0xffff;

/// How often something is read that the firmware gets in the way of.
pub(crate) const TRIES: u32 = 16;

/// Indexes to read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    /// Registers that take the index and give the value.
    pub(crate) pair: (u32, u32),
    pub(crate) first: u32,
    pub(crate) count: u32,
    /// From one index to the next.
    pub(crate) stride: u32,
}

impl Range {
    pub(crate) const fn new(pair: (u32, u32), first: u32, count: u32) -> Self {
        Self::with_stride(pair, first, count, 1)
    }

    pub(crate) const fn with_stride(pair: (u32, u32), first: u32, count: u32, stride: u32) -> Self {
        assert!(count <= WORDS);
        Self {
            pair,
            first,
            count,
            stride,
        }
    }

    pub(crate) fn indexes(self) -> impl Iterator<Item = u32> {
        (0..self.count).map(move |n| nth(self.first, n, self.stride))
    }

    /// What a dump has before the values.
    pub(crate) fn header(self) -> [u32; 4] {
        [self.pair.0, self.pair.1, self.first, self.count]
    }

    /// Writes a range: the header, the values, zeroes up to 32 of them.
    pub(crate) fn dump(
        self,
        header: [u32; 4],
        writer: &mut Writer<'_, '_>,
        mut read: impl FnMut(u32) -> Result<u32>,
    ) -> Result {
        writer.words(&header)?;
        for index in self.indexes() {
            let value = read(index)?;
            writer.words(&[value])?;
        }
        writer.zeroes(WORDS.saturating_sub(self.count) as usize * 4)
    }
}

/// An index register that we use; it's put back when this is dropped.
pub(crate) struct Indirect<'a> {
    device: &'a Device<'a>,
    index: Borrowed<'a>,
    data: u32,
    /// Somebody else may move the index.
    shared: bool,
}

impl<'a> Indirect<'a> {
    pub(crate) fn open(device: &'a Device<'a>, (index, data): (u32, u32)) -> Result<Self> {
        let shared = SHARED.contains(&(index, data));
        let index = device.borrow(index)?;
        Ok(Self {
            device,
            index,
            data,
            shared,
        })
    }

    /// Fails if the index is somebody else's each time.
    pub(crate) fn read(&self, index: u32) -> Result<u32> {
        if !self.shared {
            self.index.write(index)?;
            return self.device.read32(self.data);
        }
        let mut found = 0;
        for _ in 0..TRIES {
            self.index.write(index)?;
            // The index as it was when the value was read.
            let [now, value] = self.device.read_pair(self.index.address)?;
            if now & INDEX == index {
                return Ok(value);
            }
            found = now;
        }
        let at = self.index.address;
        Err(Failure::new(Cause::Moving, at, found.into()))
    }
}

fn is_rss_key(pair: (u32, u32), index: u32) -> bool {
    pair == tp::PIO && tp::RSS_SECRET_KEY.contains(&index)
}

/// Writes `ranges` as if they had no values.
pub(crate) fn dump_empty(ranges: &[Range], writer: &mut Writer<'_, '_>) -> Result {
    ranges.iter().try_for_each(|range| {
        let (index, data) = range.pair;
        writer.words(&[index, data, range.first, 0])?;
        writer.zeroes(WORDS as usize * 4)
    })
}

/// Writes `ranges`, but for the key of RSS, unless somebody asked for it.
pub(crate) fn dump(device: &Device<'_>, ranges: &[Range], writer: &mut Writer<'_, '_>) -> Result {
    let mut ranges = ranges.iter().peekable();
    while let Some(pair) = ranges.peek().map(|range| range.pair) {
        let registers = Indirect::open(device, pair)?;
        while let Some(range) = ranges.next_if(|range| range.pair == pair) {
            let mut header = range.header();
            if range.stride != 1 {
                // The C driver counts up in the header, and leaves out the number.
                header[2] = nth(range.first, range.count, range.stride);
                header[3] = 0;
            }
            let private = |index| is_rss_key(pair, index) && device.leaves_out(Private::RSS_KEY);
            if range.indexes().any(private) {
                writer.leave_out(Private::RSS_KEY, 0)?;
            }
            range.dump(header, writer, |index| match private(index) {
                true => Ok(0),
                false => registers.read(index),
            })?;
        }
    }
    Ok(())
}
