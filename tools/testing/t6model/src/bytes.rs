// SPDX-License-Identifier: GPL-2.0

//! Accesses of any width, anywhere, as accesses to aligned 32-bit words.

/// The words that `len` bytes from `offset` touch: address of the word, the bytes of it, and the bytes of the access.
///
/// Ends early rather than wrap around.
pub fn lanes(offset: u64, len: usize) -> impl Iterator<Item = Lanes> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let at = offset.checked_add(done as u64)?;
        let first = (at % 4) as usize;
        let count = (4 - first).min(len - done);
        if count == 0 {
            return None;
        }
        let lanes = Lanes {
            word: at - first as u64,
            first,
            count,
            done,
        };
        done += count;
        Some(lanes)
    })
}

/// Part of an access that lies in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lanes {
    /// Address of the word.
    pub word: u64,
    first: usize,
    count: usize,
    done: usize,
}

impl Lanes {
    /// Gives the access what it reads of `value`.
    pub fn load(&self, value: u32, data: &mut [u8]) {
        data[self.done..][..self.count]
            .copy_from_slice(&value.to_le_bytes()[self.first..][..self.count]);
    }

    /// `value` with what the access writes.
    pub fn store(&self, value: u32, data: &[u8]) -> u32 {
        let mut bytes = value.to_le_bytes();
        bytes[self.first..][..self.count].copy_from_slice(&data[self.done..][..self.count]);
        u32::from_le_bytes(bytes)
    }

    /// The bits that the access touches.
    pub fn mask(&self) -> u32 {
        (u32::MAX >> (32 - 8 * self.count)) << (8 * self.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_falls_into_words() {
        for (offset, len, words) in [
            (0, 0, vec![]),
            (0, 4, vec![(0, 0xffff_ffff)]),
            (1, 1, vec![(0, 0xff00)]),
            (3, 2, vec![(0, 0xff00_0000), (4, 0xff)]),
            (2, 8, vec![(0, 0xffff_0000), (4, 0xffff_ffff), (8, 0xffff)]),
            (u64::MAX, 2, vec![(u64::MAX - 3, 0xff00_0000)]),
        ] {
            let seen: Vec<_> = lanes(offset, len)
                .map(|lanes| (lanes.word, lanes.mask()))
                .collect();
            assert_eq!(seen, words, "{len} bytes at {offset:#x}");
        }
    }
}
