// SPDX-License-Identifier: GPL-2.0

//! The memory of the kernel that panicked, as far as a vmcore has it, by physical address.
//!
//! Source of the layout of kdump-compressed files: makedumpfile, `diskdump_mod.h` and `makedumpfile.h` (`struct page_desc`).

mod lzo;

use std::{
    collections::BTreeMap,
    io::{self, Read},
    sync::{Arc, Mutex},
};

use anyhow::{bail, ensure, Context, Result};
use vmcore_format::elf::PT_LOAD;

use super::{elf, kdump, source::Source};

const PAGE: u64 = 4096;
/// Pages that are kept once they are decompressed.
const KEPT: usize = 512;

/// Memory.
pub struct Memory {
    source: Arc<Source>,
    layout: Layout,
    pages: Mutex<BTreeMap<u64, Vec<u8>>>,
}

enum Layout {
    /// Physical address, bytes, and where they are.
    Segments(Vec<(u64, u64, u64)>),
    Pages(Pages),
}

/// Where a kdump-compressed file keeps pages: a bit for each that there is, and as many descriptors.
struct Pages {
    bitmap: u64,
    bitmap_len: u64,
    descriptors: u64,
}

impl Pages {
    fn new(source: &Source) -> Result<Self> {
        let block = kdump::block_size(source)?;
        ensure!(block == PAGE, "pages have {block} bytes");
        let blocks = |at| kdump::field(source, at, "a number of blocks").map(u32::from_le_bytes);
        let (sub_header, bitmaps) = (u64::from(blocks(432)?), u64::from(blocks(436)?));
        let bitmap_len = bitmaps * block / 2;
        Ok(Self {
            // The first bitmap is of memory that there was, the second of pages in the file.
            bitmap: (1 + sub_header) * block + bitmap_len,
            bitmap_len,
            descriptors: (1 + sub_header + bitmaps) * block,
        })
    }

    /// The page numbered `frame`, decompressed.
    fn read(&self, source: &Source, frame: u64) -> Result<Vec<u8>> {
        let byte = frame / 8;
        ensure!(
            byte < self.bitmap_len,
            "page {frame:#x} is behind all memory"
        );
        let before = count(source, self.bitmap, byte)?;
        let last = source.up_to(self.bitmap + byte, 1)?;
        let last = *last.first().context("the bitmap of pages is cut short")?;
        let bit = frame % 8;
        ensure!(
            (last >> bit) & 1 == 1,
            "page {frame:#x} is not in the file: makedumpfile left it out"
        );
        let index = before + u64::from((last & ((1 << bit) - 1)).count_ones());
        let descriptor = source.up_to(self.descriptors + 24 * index, 24)?;
        let word = |at: usize| {
            let bytes = descriptor.get(at..at + 8)?;
            Some(u64::from_le_bytes(bytes.try_into().ok()?))
        };
        let (offset, size) = word(0)
            .zip(word(8))
            .context("page descriptors are cut short")?;
        let (size, flags) = (size as u32 as usize, (size >> 32) as u32);
        ensure!(size <= PAGE as usize, "page {frame:#x} has {size} bytes");
        let packed = source.up_to(offset, size)?;
        let page = unpack(&packed, flags).with_context(|| format!("page {frame:#x}"))?;
        ensure!(page.len() == PAGE as usize, "page {frame:#x} is cut short");
        Ok(page)
    }
}

/// Bits that are set in the first `len` bytes at `at`.
fn count(source: &Source, at: u64, len: u64) -> io::Result<u64> {
    let mut bits = 0;
    let mut done = 0;
    while done < len {
        let step = (len - done).min(1 << 20);
        let bytes = source.up_to(at + done, step as usize)?;
        let words = bytes.chunks(8).map(|chunk| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            u64::from(u64::from_le_bytes(word).count_ones())
        });
        bits += words.sum::<u64>();
        done += step;
    }
    Ok(bits)
}

/// A page, by how it is compressed.
fn unpack(packed: &[u8], flags: u32) -> Result<Vec<u8>> {
    let mut page = Vec::with_capacity(PAGE as usize);
    match flags & 0x26 | flags & 1 {
        0 => page.extend_from_slice(packed),
        1 => {
            flate2::read::ZlibDecoder::new(packed)
                .take(PAGE)
                .read_to_end(&mut page)?;
        }
        2 => page = lzo::decompress(packed, PAGE as usize).context("it is no LZO data")?,
        0x20 => {
            ruzstd::decoding::StreamingDecoder::new(packed)?
                .take(PAGE)
                .read_to_end(&mut page)?;
        }
        _ => bail!("it is compressed in a way that is not read (flags {flags:#x})"),
    }
    Ok(page)
}

/// A vmcore with memory.
#[derive(Clone)]
pub struct Core {
    source: Arc<Source>,
}

impl Core {
    pub(super) fn new(source: &Arc<Source>) -> Self {
        Self {
            source: source.clone(),
        }
    }

    /// The memory of the kernel that panicked.
    pub fn memory(&self) -> Result<Memory> {
        Memory::new(&self.source)
    }
}

impl Memory {
    fn new(source: &Arc<Source>) -> Result<Self> {
        let layout = match source.up_to(0, 1)?.as_slice() {
            b"K" => Layout::Pages(Pages::new(source)?),
            _ => Layout::Segments(elf::segments(source, PT_LOAD)?),
        };
        Ok(Self {
            source: source.clone(),
            layout,
            pages: Mutex::default(),
        })
    }

    /// Fills `buf` with what was at a physical address.
    pub fn read(&self, address: u64, buf: &mut [u8]) -> Result<()> {
        let mut done = 0;
        while done < buf.len() {
            let at = address
                .checked_add(done as u64)
                .context("an address behind 2^64")?;
            let within = (at % PAGE) as usize;
            let len = (buf.len() - done).min(PAGE as usize - within);
            self.part(at, &mut buf[done..done + len])?;
            done += len;
        }
        Ok(())
    }

    /// As [`Memory::read`], within a page.
    fn part(&self, at: u64, buf: &mut [u8]) -> Result<()> {
        match &self.layout {
            Layout::Segments(segments) => {
                let end = at + buf.len() as u64;
                let segment = segments
                    .iter()
                    .find(|(start, len, _)| *start <= at && end <= start.saturating_add(*len));
                let (start, _, offset) =
                    segment.with_context(|| format!("no memory at {at:#x} in the file"))?;
                let got = self.source.read_at(offset + (at - start), buf)?;
                ensure!(got == buf.len(), "the file ends before memory at {at:#x}");
            }
            Layout::Pages(pages) => {
                let frame = at / PAGE;
                let mut kept = self.pages.lock().unwrap_or_else(|error| error.into_inner());
                if kept.len() >= KEPT {
                    kept.clear();
                }
                if let std::collections::btree_map::Entry::Vacant(entry) = kept.entry(frame) {
                    entry.insert(pages.read(&self.source, frame)?);
                }
                let within = (at % PAGE) as usize;
                buf.copy_from_slice(&kept[&frame][within..within + buf.len()]);
            }
        }
        Ok(())
    }
}
