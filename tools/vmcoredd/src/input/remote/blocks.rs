// SPDX-License-Identifier: GPL-2.0

//! Blocks of something far away that were fetched: each request costs more than many bytes.

use std::{
    collections::BTreeMap,
    io,
    ops::Range,
    sync::{Mutex, PoisonError},
};

/// Bytes are asked for in multiples of this.
pub const BLOCK: u64 = 64 << 10;
/// At first: all of most dumps that hold no memories.
pub const FIRST: u64 = 4 * BLOCK;
/// Most bytes ahead of what is asked for, of something that is read from one end to the other.
const MOST_AHEAD: u64 = 1 << 20;
/// Blocks that are kept.
const KEPT: usize = 64;

/// Blocks of `len` bytes.
pub struct Blocks {
    len: u64,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    blocks: BTreeMap<u64, Vec<u8>>,
    /// Where the last request ended, and how much more than asked for it brought.
    end: u64,
    ahead: u64,
}

impl Blocks {
    /// Of something whose first bytes are there already.
    pub fn new(len: u64, first: &[u8]) -> Self {
        let mut kept = Kept::default();
        kept.insert(0, first);
        Self {
            len,
            kept: Mutex::new(kept),
        }
    }

    pub fn len(&self) -> u64 {
        self.len
    }

    /// As [`super::super::source::ReadAt::read_at`]; `fetch` brings what is not there.
    pub fn read_at(
        &self,
        buf: &mut [u8],
        offset: u64,
        fetch: impl Fn(Range<u64>) -> io::Result<Vec<u8>>,
    ) -> io::Result<usize> {
        let wanted = (buf.len() as u64).min(self.len.saturating_sub(offset));
        if wanted == 0 {
            return Ok(0);
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (index, within) = (offset / BLOCK, (offset % BLOCK) as usize);
        if !kept.blocks.contains_key(&index) {
            let start = index * BLOCK;
            let range = start..kept.end_of_request(start, offset + wanted).min(self.len);
            let bytes = fetch(range.clone())?;
            if bytes.len() as u64 != range.end - range.start {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            kept.insert(index, &bytes);
        }
        let block = kept.blocks.get(&index).map_or(&[][..], |block| block);
        let there = block.get(within..).unwrap_or_default();
        let len = there.len().min(wanted as usize);
        buf[..len].copy_from_slice(&there[..len]);
        Ok(len)
    }
}

impl Kept {
    fn insert(&mut self, index: u64, bytes: &[u8]) {
        if self.blocks.len() >= KEPT {
            self.blocks.clear();
        }
        let blocks = bytes.chunks(BLOCK as usize).map(<[u8]>::to_vec);
        self.blocks.extend((index..).zip(blocks));
        self.end = index * BLOCK + bytes.len() as u64;
    }

    /// Up to where a request goes that begins at `start`, a block, and brings all before `wanted`. What goes on where the last one
    /// ended brings more and more.
    fn end_of_request(&mut self, start: u64, wanted: u64) -> u64 {
        self.ahead = match start == self.end {
            true => (self.ahead * 2).clamp(BLOCK, MOST_AHEAD),
            false => 0,
        };
        let most = start + KEPT as u64 / 2 * BLOCK;
        (wanted + self.ahead).next_multiple_of(BLOCK).min(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    /// Reads pieces of something that is 10 MiB long; what was asked for, and whether it was right.
    fn read(pieces: &[(u64, usize)]) -> Vec<(u64, u64)> {
        let all: Vec<u8> = (0..10u32 << 20).map(|at| (at / 251) as u8).collect();
        let asked = RefCell::new(Vec::new());
        let fetch = |range: Range<u64>| {
            asked.borrow_mut().push((range.start, range.end));
            Ok(all[range.start as usize..range.end as usize].to_vec())
        };
        let blocks = Blocks::new(all.len() as u64, &all[..BLOCK as usize]);
        for (offset, len) in pieces {
            let mut piece = vec![0; *len];
            let mut done = 0;
            while done < *len {
                let got = blocks.read_at(&mut piece[done..], offset + done as u64, fetch);
                match got.unwrap() {
                    0 => break,
                    got => done += got,
                }
            }
            let there = all.len().saturating_sub(*offset as usize).min(*len);
            assert_eq!(done, there);
            assert_eq!(piece[..done], all[*offset as usize..][..done]);
        }
        asked.into_inner()
    }

    #[test]
    fn what_is_near_takes_one_request_and_what_goes_on_few() {
        let mib = 1 << 20;
        assert_eq!(read(&[(0, 100), (4096, 1000)]), []);
        assert_eq!(
            read(&[(5 * mib + 10, 8), (5 * mib, 1000)]),
            [(5 * mib, 5 * mib + BLOCK)]
        );
        // Across the end.
        assert_eq!(read(&[(10 * mib - 3, 100)]), [(10 * mib - BLOCK, 10 * mib)]);
        let all: Vec<_> = (0..160).map(|n| (n * BLOCK, BLOCK as usize)).collect();
        let asked = read(&all);
        assert!(asked.len() < 16, "{asked:?}");
        let bytes: u64 = asked.iter().map(|(start, end)| end - start).sum();
        assert_eq!(bytes, 10 * mib - BLOCK);
    }
}
