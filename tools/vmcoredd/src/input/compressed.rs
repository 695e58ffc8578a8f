// SPDX-License-Identifier: GPL-2.0

//! Files that are compressed as a whole.

use std::{
    cell::RefCell,
    io::{self, Read},
};

use super::frames::{self, Frames};

/// How.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    Gzip,
    Xz,
    Zstd,
    Bzip2,
    Lz4,
}

impl Compression {
    /// What a file that starts with these bytes is compressed by.
    pub fn of(start: &[u8]) -> Option<Self> {
        match start {
            [0x1f, 0x8b, 0x08, ..] => Some(Self::Gzip),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [b'B', b'Z', b'h', ..] => Some(Self::Bzip2),
            start if frames::is_lz4(start) => Some(Self::Lz4),
            // pzstd begins with a frame that is to be skipped.
            start if frames::is_zstd(start) || frames::skippable(start).is_some() => {
                Some(Self::Zstd)
            }
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "lz4",
        }
    }

    /// What `packed` was before. Where it is damaged or cut short, it ends, and `damage` has why: notes come first, and may be
    /// all there.
    pub fn reader<'a>(
        self,
        packed: impl Read + 'a,
        damage: &'a RefCell<Option<String>>,
    ) -> Box<dyn Read + 'a> {
        let reader: Box<dyn Read + 'a> = match self {
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(packed)),
            Self::Xz => Box::new(lzma_rust2::XzReader::new(packed, true)),
            Self::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(packed)),
            Self::Zstd | Self::Lz4 => Box::new(Frames::new(packed)),
        };
        Box::new(Lenient {
            compression: self,
            reader,
            damage,
        })
    }
}

struct Lenient<'a, R> {
    compression: Compression,
    reader: R,
    damage: &'a RefCell<Option<String>>,
}

impl<R: Read> Read for Lenient<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.damage.borrow().is_some() {
            return Ok(0);
        }
        match self.reader.read(buf) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                *self.damage.borrow_mut() = Some(format!(
                    "{}: {error}: what follows is lost",
                    self.compression.name()
                ));
                Ok(0)
            }
            result => result,
        }
    }
}
