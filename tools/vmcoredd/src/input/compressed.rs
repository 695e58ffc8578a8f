// SPDX-License-Identifier: GPL-2.0

//! Files that are compressed as a whole.

use std::{
    cell::RefCell,
    io::{self, Read},
};

use anyhow::{anyhow, Result};

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
        let magics: [(&[u8], _); 5] = [
            (b"\x1f\x8b\x08", Self::Gzip),
            (b"\xfd7zXZ\0", Self::Xz),
            (b"\x28\xb5\x2f\xfd", Self::Zstd),
            (b"BZh", Self::Bzip2),
            (b"\x04\x22\x4d\x18", Self::Lz4),
        ];
        let found = magics.iter().find(|(magic, _)| start.starts_with(magic));
        found.map(|(_, compression)| *compression)
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
    ) -> Result<Box<dyn Read + 'a>> {
        let reader: Box<dyn Read + 'a> = match self {
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(packed)),
            Self::Xz => Box::new(lzma_rust2::XzReader::new(packed, true)),
            Self::Zstd => Box::new(
                ruzstd::decoding::StreamingDecoder::new(packed)
                    .map_err(|error| anyhow!("zstd: {error}"))?,
            ),
            Self::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(packed)),
            Self::Lz4 => Box::new(lz4_flex::frame::FrameDecoder::new(packed)),
        };
        Ok(Box::new(Lenient {
            compression: self,
            reader,
            damage,
        }))
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
