// SPDX-License-Identifier: GPL-2.0

//! LZO1X, as makedumpfile's `-l` compresses pages with it.
//!
//! Source of the format: Linux's `Documentation/staging/lzo.rst`.

/// What `packed` holds, if it is well-formed and has at most `limit` bytes.
pub fn decompress(packed: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut reader = Reader {
        packed,
        limit,
        out: Vec::with_capacity(limit),
    };
    reader.run()?;
    Some(reader.out)
}

struct Reader<'a> {
    packed: &'a [u8],
    limit: usize,
    out: Vec<u8>,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<usize> {
        let (first, rest) = self.packed.split_first()?;
        self.packed = rest;
        Some((*first).into())
    }

    fn word(&mut self) -> Option<usize> {
        Some(self.byte()? | (self.byte()? << 8))
    }

    fn literals(&mut self, len: usize) -> Option<()> {
        let (literals, rest) = self.packed.split_at_checked(len)?;
        self.out.extend_from_slice(literals);
        self.packed = rest;
        (self.out.len() <= self.limit).then_some(())
    }

    fn copy(&mut self, distance: usize, len: usize) -> Option<()> {
        let start = self.out.len().checked_sub(distance)?;
        if self.out.len() + len > self.limit {
            return None;
        }
        // What is copied may begin to be written only now.
        for at in start..start + len {
            self.out.push(self.out[at]);
        }
        Some(())
    }

    /// A length of which `bits` were 0: each zero byte adds 255.
    fn long(&mut self, base: usize) -> Option<usize> {
        let mut len = base;
        loop {
            match self.byte()? {
                0 => len += 255,
                last => return Some(len + last),
            }
            if len > self.limit {
                return None;
            }
        }
    }

    fn run(&mut self) -> Option<()> {
        // How many literals the last instruction copied: 4 stands for four or more.
        let mut state = 0;
        if let Some(first @ 18..) = self.packed.first().copied() {
            self.byte()?;
            let len = usize::from(first) - 17;
            self.literals(len)?;
            state = len.min(4);
        }
        loop {
            let instruction = self.byte()?;
            let (distance, len, trailing) = match instruction {
                0..16 if state == 0 => {
                    let len = match instruction {
                        0 => self.long(15)?,
                        len => len,
                    };
                    self.literals(len + 3)?;
                    state = 4;
                    continue;
                }
                0..16 => {
                    let high = self.byte()? << 2;
                    let distance = high + (instruction >> 2);
                    match state {
                        4 => (distance + 2049, 3, instruction & 3),
                        _ => (distance + 1, 2, instruction & 3),
                    }
                }
                16..32 => {
                    let len = match instruction & 7 {
                        0 => self.long(7)?,
                        len => len,
                    };
                    let word = self.word()?;
                    let distance = ((instruction & 8) << 11) + (word >> 2);
                    if distance == 0 {
                        // The end.
                        return Some(());
                    }
                    (distance + 16384, len + 2, word & 3)
                }
                32..64 => {
                    let len = match instruction & 31 {
                        0 => self.long(31)?,
                        len => len,
                    };
                    let word = self.word()?;
                    ((word >> 2) + 1, len + 2, word & 3)
                }
                _ => {
                    let len = match instruction >> 5 {
                        short @ (2 | 3) => short + 1,
                        long => long + 1,
                    };
                    let distance = (self.byte()? << 3) + ((instruction >> 2) & 7) + 1;
                    (distance, len, instruction & 3)
                }
            };
            self.copy(distance, len)?;
            self.literals(trailing)?;
            state = trailing;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_copies_come_out() {
        for (packed, expected) in [
            // Four literals, a copy of six from four bytes before, the end.
            (
                &[21, b'a', b'b', b'c', b'd', 0x20 | 4, 3 << 2, 0, 0x11, 0, 0][..],
                "abcdabcdab",
            ),
            // A copy that reads what it writes.
            (&[18, b'a', 0x20 | 3, 0, 0, 0x11, 0, 0], "aaaaaa"),
            // A short copy, with a literal behind it.
            (
                &[
                    21,
                    b'a',
                    b'b',
                    b'c',
                    b'd',
                    0x40 | (3 << 2) | 1,
                    0,
                    b'!',
                    0x11,
                    0,
                    0,
                ],
                "abcdabc!",
            ),
        ] {
            let out = decompress(packed, 4096).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn what_is_no_lzo_data_is_refused() {
        for packed in [
            &[][..],
            &[21, b'a'],
            &[18, b'a', 0x20 | 3, 0xff, 0, 0x11, 0, 0],
            &[18, b'a', 0x20 | 3, 0, 0],
            &[0x20, 0, 0, 0, 0],
        ] {
            assert_eq!(decompress(packed, 4096), None, "{packed:?}");
        }
        assert_eq!(decompress(&[18, b'a', 0x20 | 3, 0, 0, 0x11, 0, 0], 5), None);
    }
}
