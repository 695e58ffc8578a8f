// SPDX-License-Identifier: GPL-2.0

//! What the memories hold.
//!
//! It's made where it is looked at: a memory of a GiB takes no memory of the host.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::layout::{Kind, Layout};
use crate::{rng, Options};

mod device_log;

const BLOCK: usize = 4096;
const STREAM: u64 = 0x4d45_4d00;
const TEXT: &[u8] = b"tid 0000 state ESTABLISHED rcv_nxt 0 snd_una 0 flags 0\n";
/// What is private is full of this, its kind, and where it is.
const MARK: &str = "PRIVATE:";
const MARK_LEN: usize = 32;

/// The contents of all memories, by address.
pub struct Memories {
    seed: u64,
    layout: Layout,
    device_log: Vec<u8>,
    /// What a guest wrote.
    written: BTreeMap<u64, u8>,
    /// The block that was looked at last, and where it is.
    last: RefCell<Option<(u64, Vec<u8>)>>,
}

impl Memories {
    /// Memories as the seed makes them: of every four blocks of 4 KiB about one is zeroes, one text that repeats, one a
    /// table and one noise. What is private says so, and has no zero in it, so that a zero in a dump was not read.
    pub fn new(options: &Options, layout: &Layout) -> Self {
        let mut device_log = vec![0; layout.device_log.1 as usize];
        device_log::fill(&mut device_log, options);
        Self {
            seed: options.seed,
            layout: layout.clone(),
            device_log,
            written: BTreeMap::new(),
            last: RefCell::new(None),
        }
    }

    /// Reads; what is behind no memory reads as ones. Whether all of it was memory.
    pub fn read(&self, address: u64, data: &mut [u8]) -> bool {
        let all = self.read_unwritten(address, data);
        let end = address.saturating_add(data.len() as u64);
        for (at, byte) in self.written.range(address..end) {
            data[(at - address) as usize] = *byte;
        }
        all
    }

    /// Writes. Whether all of it was memory.
    pub fn write(&mut self, address: u64, data: &[u8]) -> bool {
        let mut all = true;
        for (nth, byte) in (0..).zip(data) {
            let address = address.saturating_add(nth);
            match self.kind_at(address) {
                Some(_) => drop(self.written.insert(address, *byte)),
                None => all = false,
            }
        }
        all
    }

    /// Bytes that differ from what they were: address, then and now.
    pub fn changed(&self) -> impl Iterator<Item = (u64, u8, u8)> + '_ {
        self.written.iter().filter_map(|(&address, &is)| {
            let mut was = [0];
            self.read_unwritten(address, &mut was);
            (is != was[0]).then_some((address, was[0], is))
        })
    }

    /// Undoes all writes.
    pub fn reset(&mut self) {
        self.written.clear();
    }

    fn read_unwritten(&self, address: u64, data: &mut [u8]) -> bool {
        let mut all = true;
        let mut at = address;
        let mut rest = data;
        while !rest.is_empty() {
            let within = (at % BLOCK as u64) as usize;
            let (now, later) = rest.split_at_mut(rest.len().min(BLOCK - within));
            let held = self.with_block(at - within as u64, |block| {
                now.copy_from_slice(&block[within..][..now.len()]);
            });
            if held.is_none() {
                now.fill(0xff);
                all = false;
            }
            // Behind the last address there is nothing, however far.
            at = at.saturating_add(now.len() as u64);
            rest = later;
        }
        all
    }

    /// What `look` makes of the block at `start`, if there is memory.
    fn with_block<T>(&self, start: u64, look: impl FnOnce(&[u8]) -> T) -> Option<T> {
        let (kind, nth) = self.kind_at(start)?;
        let mut last = self.last.borrow_mut();
        match &*last {
            Some((at, block)) if *at == start => Some(look(block)),
            _ => {
                let block = self.block(start, kind, nth);
                let looked = look(&block);
                *last = Some((start, block));
                Some(looked)
            }
        }
    }

    /// The kind of the memory at `address`, and which block of it that is.
    fn kind_at(&self, address: u64) -> Option<(u32, u64)> {
        self.layout.memories.iter().find_map(|memory| {
            let into = address.checked_sub(memory.base.into())?;
            (into < memory.size.into()).then_some((memory.kind, into / BLOCK as u64))
        })
    }

    fn block(&self, start: u64, kind: u32, nth: u64) -> Vec<u8> {
        let mut block = vec![0; BLOCK];
        fill(
            &mut block,
            rng::value(self.seed, STREAM + u64::from(kind), nth),
        );
        let private: Vec<_> = self.layout.private().collect();
        for (kind, range) in private.into_iter().rev() {
            overlay(&mut block, start, range.start, range.end, |at| {
                mark(kind, at)
            });
        }
        let (log, len) = self.layout.device_log;
        let log = u64::from(log);
        overlay(&mut block, start, log, log + u64::from(len), |at| {
            self.device_log[(at - log) as usize]
        });
        block
    }
}

/// Sets what of the block at `start` is between two addresses.
fn overlay(block: &mut [u8], start: u64, from: u64, to: u64, byte: impl Fn(u64) -> u8) {
    let end = to.min(start + BLOCK as u64);
    for at in from.max(start)..end {
        block[(at - start) as usize] = byte(at);
    }
}

/// The byte at `address` of something private.
fn mark(kind: Kind, address: u64) -> u8 {
    let within = (address % MARK_LEN as u64) as usize;
    match within {
        0..8 => MARK.as_bytes()[within],
        8..16 => kind.name().as_bytes()[within - 8],
        // The address of this mark.
        _ => {
            let digit = ((address - within as u64) >> (4 * (31 - within))) & 0xf;
            b"0123456789abcdef"[digit as usize]
        }
    }
}

fn fill(block: &mut [u8], key: u64) {
    let words = (0..).zip(block.chunks_exact_mut(8));
    match key % 4 {
        0 => {}
        1 => block
            .iter_mut()
            .zip(TEXT.iter().cycle())
            .for_each(|(byte, &text)| *byte = text),
        2 => words.for_each(|(nth, word)| word.copy_from_slice(&((key << 16) + nth).to_le_bytes())),
        _ => words.for_each(|(nth, word)| {
            word.copy_from_slice(&rng::value(key, STREAM, nth).to_le_bytes())
        }),
    }
}

#[cfg(test)]
mod tests {
    use vmcore_format::cudbg::Chip;

    use super::*;

    fn memories(seed: u64) -> (Layout, Memories) {
        let options = Options::new(Chip::T6, seed);
        let layout = Layout::new(&options);
        let memories = Memories::new(&options, &layout);
        (layout, memories)
    }

    #[test]
    fn contents_follow_from_the_seed_alone() {
        let content = |seed| {
            let mut data = vec![0; 4 << 20];
            assert!(memories(seed).1.read(0, &mut data));
            data
        };
        assert_eq!(content(1), content(1));
        assert_ne!(content(1), content(2));
    }

    #[test]
    fn a_part_is_zeroes_and_what_is_private_has_none_and_says_so() {
        let (layout, memories) = memories(3);
        let mut edc0 = vec![0xff; 1 << 20];
        memories.read(0, &mut edc0);
        let zeroes = edc0
            .chunks(BLOCK)
            .filter(|block| block.iter().all(|&byte| byte == 0))
            .count();
        assert!((32..128).contains(&zeroes), "{zeroes} of 256 blocks");

        for (kind, range) in layout.private() {
            let mut held = vec![0; (range.end - range.start) as usize];
            assert!(memories.read(range.start, &mut held));
            assert!(!held.contains(&0));
            let into = range.start.next_multiple_of(32);
            let mark = format!("PRIVATE:{}{into:016x}", kind.name());
            assert_eq!(
                held[(into - range.start) as usize..][..32],
                *mark.as_bytes()
            );
        }
    }

    #[test]
    fn what_no_memory_holds_reads_as_ones_and_takes_no_writes() {
        let (_, mut memories) = memories(4);
        let end = 4 << 20;
        let mut data = [0; 8];
        assert!(!memories.read(end - 4, &mut data));
        assert_eq!(data[4..], [0xff; 4]);
        assert!(!memories.read(u64::MAX - 2, &mut data));
        assert!(!memories.write(end - 1, &[0, 0]));
        assert!(!memories.write(u64::MAX - 2, &[0; 2]));
    }

    #[test]
    fn writes_are_seen_and_undone() {
        let (_, mut memories) = memories(5);
        let mut was = [0; 2];
        memories.read(0x1fff, &mut was);
        assert!(memories.write(0x1fff, &[!was[0], was[1]]));
        let changed: Vec<_> = memories.changed().collect();
        assert_eq!(changed, [(0x1fff, was[0], !was[0])]);
        memories.reset();
        assert_eq!(memories.changed().count(), 0);
    }
}
