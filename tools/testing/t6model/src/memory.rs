// SPDX-License-Identifier: GPL-2.0

//! What the memories hold.

use std::collections::BTreeMap;

use crate::layout::Layout;
use crate::{rng, Options};

mod device_log;

const BLOCK: usize = 4096;
const STREAM: u64 = 0x4d45_4d00;
const TEXT: &[u8] = b"tid 0000 state ESTABLISHED rcv_nxt 0 snd_una 0 flags 0\n";

/// The contents of all memories, by address.
pub struct Memories {
    parts: Vec<(u64, Vec<u8>)>,
    written: BTreeMap<u64, u8>,
}

impl Memories {
    /// Memories as the seed makes them: of every four blocks of 4 KiB about one is zeroes, one text that repeats, one a
    /// table and one noise. Packets are noise without a zero in it, so that a zero in a dump was not read.
    pub fn new(options: &Options, layout: &Layout) -> Self {
        let seed = options.seed;
        let parts = layout.memories.iter().map(|memory| {
            let mut content = vec![0; memory.size as usize];
            for (nth, block) in (0..).zip(content.chunks_mut(BLOCK)) {
                fill(
                    block,
                    rng::value(seed, STREAM + u64::from(memory.kind), nth),
                );
            }
            for payload in [layout.tx.range(), layout.rx.range()] {
                for address in payload {
                    let Some(byte) = address
                        .checked_sub(u64::from(memory.base))
                        .and_then(|offset| content.get_mut(offset as usize))
                    else {
                        break;
                    };
                    *byte = rng::value(seed, STREAM, address) as u8 | 1;
                }
            }
            if let Some(offset) = layout.device_log.0.checked_sub(memory.base) {
                if let Some(room) = content.get_mut(offset as usize..) {
                    let len = room.len().min(layout.device_log.1 as usize);
                    device_log::fill(&mut room[..len], options);
                }
            }
            (u64::from(memory.base), content)
        });
        Self {
            parts: parts.collect(),
            written: BTreeMap::new(),
        }
    }

    /// Reads; what is behind no memory reads as ones. Whether all of it was memory.
    pub fn read(&self, address: u64, data: &mut [u8]) -> bool {
        data.fill(0xff);
        let mut found = 0;
        for (base, content) in &self.parts {
            let start = address.max(*base);
            let end = address
                .saturating_add(data.len() as u64)
                .min(base + content.len() as u64);
            if start < end {
                let len = (end - start) as usize;
                data[(start - address) as usize..][..len]
                    .copy_from_slice(&content[(start - base) as usize..][..len]);
                found += len;
            }
        }
        found == data.len()
    }

    /// Writes. Whether all of it was memory.
    pub fn write(&mut self, address: u64, data: &[u8]) -> bool {
        let mut all = true;
        for (nth, &is) in (0..).zip(data) {
            let address = address.saturating_add(nth);
            let Some(byte) = self.byte(address) else {
                all = false;
                continue;
            };
            let was = std::mem::replace(byte, is);
            self.written.entry(address).or_insert(was);
        }
        all
    }

    /// Bytes that differ from what they were: address, then and now.
    pub fn changed(&self) -> impl Iterator<Item = (u64, u8, u8)> + '_ {
        self.written.iter().filter_map(|(&address, &was)| {
            let mut is = [0];
            self.read(address, &mut is);
            (is[0] != was).then_some((address, was, is[0]))
        })
    }

    /// Undoes all writes.
    pub fn reset(&mut self) {
        for (address, was) in std::mem::take(&mut self.written) {
            if let Some(byte) = self.byte(address) {
                *byte = was;
            }
        }
    }

    fn byte(&mut self, address: u64) -> Option<&mut u8> {
        self.parts.iter_mut().find_map(|(base, content)| {
            content.get_mut(usize::try_from(address.checked_sub(*base)?).ok()?)
        })
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
    fn a_part_is_zeroes_and_packets_have_none() {
        let (layout, memories) = memories(3);
        let mut edc0 = vec![0xff; 1 << 20];
        memories.read(0, &mut edc0);
        let zeroes = edc0
            .chunks(BLOCK)
            .filter(|block| block.iter().all(|&byte| byte == 0))
            .count();
        assert!((32..128).contains(&zeroes), "{zeroes} of 256 blocks");

        for range in [layout.tx.range(), layout.rx.range()] {
            let mut packets = vec![0; (range.end - range.start) as usize];
            assert!(memories.read(range.start, &mut packets));
            assert!(!packets.contains(&0));
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
