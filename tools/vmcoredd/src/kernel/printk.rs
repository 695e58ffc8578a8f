// SPDX-License-Identifier: GPL-2.0

//! The ring buffer of printk.
//!
//! Source: Linux's `kernel/printk/printk_ringbuffer.h`; where its parts are, VMCOREINFO says.

use anyhow::{ensure, Context, Result};

use super::Kernel;
use crate::kinds::messages::{Log, Message, KERNEL_ERROR, KERNEL_LEVELS};

/// More than any kernel is given.
const MAX_BITS: u32 = 27;
/// The lower bits of a descriptor's state say its number; the upper two, whether it is in use.
const FLAGS: u64 = 62;
const COMMITTED: u64 = 1;
const FINALIZED: u64 = 2;
/// A message of no text.
const NO_TEXT: u64 = 1;

/// A structure in memory, whose fields are found by name.
struct Struct<'a> {
    kernel: &'a Kernel<'a>,
    name: &'static str,
    bytes: Vec<u8>,
}

impl<'a> Struct<'a> {
    fn at(kernel: &'a Kernel<'a>, name: &'static str, address: u64) -> Result<Self> {
        let len = size(kernel, name)?;
        Ok(Self {
            kernel,
            name,
            bytes: kernel.bytes(address, len)?,
        })
    }

    fn offset(&self, field: &str) -> Result<usize> {
        let name = format!("OFFSET({}.{field})", self.name);
        Ok(self.kernel.decimal(&name)?.try_into()?)
    }

    fn number<const N: usize>(&self, at: usize) -> Result<u64> {
        let bytes = self.bytes.get(at..at + N);
        let mut word = [0; 8];
        word[..N].copy_from_slice(bytes.with_context(|| format!("{} is too short", self.name))?);
        Ok(u64::from_le_bytes(word))
    }

    fn field<const N: usize>(&self, field: &str) -> Result<u64> {
        self.number::<N>(self.offset(field)?)
    }

    /// A structure within this one.
    fn part(&self, field: &str, name: &'static str) -> Result<Struct<'a>> {
        let at = self.offset(field)?;
        let len = size(self.kernel, name)?;
        let bytes = self.bytes.get(at..at + len);
        Ok(Struct {
            kernel: self.kernel,
            name,
            bytes: bytes
                .with_context(|| format!("{name} is too short"))?
                .to_vec(),
        })
    }
}

fn size(kernel: &Kernel<'_>, name: &str) -> Result<usize> {
    let len = kernel.decimal(&format!("SIZE({name})"))?;
    ensure!(len <= 4096, "{name} has {len} bytes");
    Ok(len as usize)
}

/// All of an array of the ring, from which entries are taken.
struct Array {
    bytes: Vec<u8>,
    step: usize,
}

impl Array {
    fn read(kernel: &Kernel<'_>, name: &str, address: u64, count: u64) -> Result<Self> {
        let step = size(kernel, name)?;
        let len = usize::try_from(count)? * step;
        Ok(Self {
            bytes: kernel.bytes(address, len)?,
            step,
        })
    }

    fn entry<'a>(
        &self,
        kernel: &'a Kernel<'a>,
        name: &'static str,
        index: u64,
    ) -> Result<Struct<'a>> {
        let at = index as usize * self.step;
        let bytes = self.bytes.get(at..at + self.step);
        Ok(Struct {
            kernel,
            name,
            bytes: bytes
                .with_context(|| format!("no {name} {index}"))?
                .to_vec(),
        })
    }
}

/// The log, the oldest message first.
pub fn read(kernel: &Kernel<'_>) -> Result<Log> {
    let ring = kernel.hexadecimal("SYMBOL(prb)")?;
    let ring = u64::from_le_bytes(kernel.bytes(ring, 8)?.try_into().unwrap_or_default());
    let ring = Struct::at(kernel, "printk_ringbuffer", ring)?;
    let descs = ring.part("desc_ring", "prb_desc_ring")?;
    let text = ring.part("text_data_ring", "prb_data_ring")?;
    let (count_bits, text_bits) = (
        descs.field::<4>("count_bits")? as u32,
        text.field::<4>("size_bits")? as u32,
    );
    ensure!(
        count_bits <= MAX_BITS && text_bits <= MAX_BITS,
        "the log has 2^{count_bits} messages and 2^{text_bits} bytes"
    );
    let (count, text_len) = (1u64 << count_bits, 1u64 << text_bits);
    let entries = Array::read(kernel, "prb_desc", descs.field::<8>("descs")?, count)?;
    let infos = Array::read(kernel, "printk_info", descs.field::<8>("infos")?, count)?;
    let text = kernel.bytes(text.field::<8>("data")?, text_len as usize)?;
    let counter = kernel.decimal("OFFSET(atomic_long_t.counter)").unwrap_or(0) as usize;
    let position = |field: &str| descs.number::<8>(descs.offset(field)? + counter);
    let (tail, head) = (position("tail_id")?, position("head_id")?);

    let mut messages = Vec::new();
    let mut id = tail;
    for _ in 0..count {
        let entry = entries.entry(kernel, "prb_desc", id % count)?;
        let state = entry.number::<8>(entry.offset("state_var")? + counter)?;
        let is_of = state & !(3 << FLAGS) == id & !(3 << FLAGS);
        if is_of && [COMMITTED, FINALIZED].contains(&(state >> FLAGS)) {
            let info = infos.entry(kernel, "printk_info", id % count)?;
            let place = entry.part("text_blk_lpos", "prb_data_blk_lpos")?;
            messages.push(message(&info, &place, &text)?);
        }
        if id == head {
            break;
        }
        id = id.wrapping_add(1) & !(3 << FLAGS);
    }
    Ok(Log {
        writer: "kernel",
        clock: "seconds since boot",
        ticks_per_second: Some(1_000_000_000),
        messages,
    })
}

fn message(info: &Struct<'_>, place: &Struct<'_>, text: &[u8]) -> Result<Message> {
    let len = info.field::<2>("text_len")? as usize;
    // Behind the length, the facility; then five bits of flags and three of the level.
    let level = (info.number::<1>(info.offset("text_len")? + 3)? >> 5) as u8;
    let (begin, next) = (place.field::<8>("begin")?, place.field::<8>("next")?);
    let ring = text.len() as u64;
    let words = match begin & NO_TEXT {
        0 => {
            // A block begins with its number; one that does not fit before the end is at the start.
            let start = match begin / ring == next / ring || next % ring == 0 {
                true => begin % ring,
                false => 0,
            };
            let start = start as usize + 8;
            let end = (start + len).min(text.len());
            String::from_utf8_lossy(text.get(start..end).unwrap_or_default()).into_owned()
        }
        _ => String::new(),
    };
    Ok(Message {
        time: info.field::<8>("ts_nsec")?,
        level: KERNEL_LEVELS[usize::from(level & 7)].into(),
        is_error: level <= KERNEL_ERROR,
        // Continued lines are lines; nothing else moves the cursor.
        text: words.replace(
            |c: char| c.is_control() && !matches!(c, '\n' | '\t'),
            "\u{fffd}",
        ),
    })
}
