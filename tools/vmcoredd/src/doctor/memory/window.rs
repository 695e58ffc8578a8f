// SPDX-License-Identifier: GPL-2.0

//! What a kernel allocates to unpack an initramfs: what it can look back at (RFC 1951; RFC 8878; the .xz
//! file format).

use std::{fs::File, io::Read, path::Path};

/// An uncompressed archive may come first. Debian puts modules there, which are compressed.
const ARCHIVE: &[u8] = b"070701";
const HEADER: usize = 110;
/// Where its size and that of its name are, in hexadecimal digits.
const SIZE_AT: usize = 54;
const NAME_SIZE_AT: usize = 94;
const LAST: &[u8] = b"TRAILER!!!\0";

const GZIP: &[u8] = b"\x1f\x8b";
const GZIP_WINDOW: u64 = 32 << 10;
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";
const XZ: &[u8] = b"\xfd7zXZ\0";
const XZ_BLOCK_AT: usize = 12;
const LZMA2: u8 = 0x21;

/// Its size in bytes; `None`: it cannot be read, or is compressed in another way.
pub fn of(initramfs: &Path) -> Option<u64> {
    let mut bytes = Vec::new();
    File::open(initramfs).ok()?.read_to_end(&mut bytes).ok()?;
    let packed = behind_archives(&bytes)?;
    if let Some(frame) = packed.strip_prefix(ZSTD) {
        return zstd(frame);
    }
    if packed.starts_with(GZIP) {
        return Some(GZIP_WINDOW);
    }
    packed
        .starts_with(XZ)
        .then(|| xz(packed.get(XZ_BLOCK_AT..)?))?
}

/// What is not an uncompressed archive.
fn behind_archives(mut bytes: &[u8]) -> Option<&[u8]> {
    while bytes.starts_with(ARCHIVE) {
        let number = |at: usize| {
            let digits = std::str::from_utf8(bytes.get(at..at + 8)?).ok()?;
            usize::from_str_radix(digits, 16).ok()
        };
        let name_end = HEADER.checked_add(number(NAME_SIZE_AT)?)?;
        let end = name_end
            .next_multiple_of(4)
            .checked_add(number(SIZE_AT)?.next_multiple_of(4))?;
        let is_last = bytes.get(HEADER..name_end)? == LAST;
        bytes = bytes.get(end..)?;
        if is_last {
            let zeroes = bytes.iter().take_while(|byte| **byte == 0).count();
            bytes = &bytes[zeroes..];
        }
    }
    Some(bytes)
}

/// A frame behind its magic number: descriptor, window. Without a window, it is the content, which is small then.
fn zstd(frame: &[u8]) -> Option<u64> {
    const SINGLE_SEGMENT: u8 = 1 << 5;
    let [descriptor, window, ..] = *frame else {
        return None;
    };
    if descriptor & SINGLE_SEGMENT != 0 {
        return Some(0);
    }
    let base = 1_u64 << (10 + (window >> 3));
    Some(base + base / 8 * u64::from(window & 7))
}

/// The header of a block: size, flags, sizes if the flags say so, filters.
fn xz(block: &[u8]) -> Option<u64> {
    const SIZES: [u8; 2] = [0x40, 0x80];
    let (flags, mut rest) = block.get(1..)?.split_first()?;
    for present in SIZES {
        if flags & present != 0 {
            let end = rest.iter().position(|byte| byte & 0x80 == 0)?;
            rest = &rest[end + 1..];
        }
    }
    let [LZMA2, 1, dictionary @ 0..=39, ..] = *rest else {
        return None;
    };
    Some((2 | u64::from(dictionary & 1)) << (dictionary / 2 + 11))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first bytes of what zstd 1.5.7 and xz 5.8.1 have written.
    const PACKED: [(&[u8], Option<u64>); 7] = [
        (b"\x28\xb5\x2f\xfd\x04\x60", Some(4 << 20)),
        (b"\x28\xb5\x2f\xfd\x04\x68", Some(8 << 20)),
        (
            b"\xfd7zXZ\0\0\x01\x69\x22\xde\x36\x02\0\x21\x01\x10\0\0\0",
            Some(1 << 20),
        ),
        (
            b"\xfd7zXZ\0\0\x01\x69\x22\xde\x36\x04\xc0\x9d\x81\xc0\x01\x80\x80\xc0\x01\x21\x01\x16\0\0",
            Some(8 << 20),
        ),
        (b"\x1f\x8b\x08", Some(32 << 10)),
        (b"\x02!L\x18", None),
        (b"\xfd7zXZ\0\0\x01", None),
    ];

    fn entry(name: &str, content: &[u8]) -> Vec<u8> {
        let mut entry = format!("070701{:048x}{:08x}{:032x}", 0, content.len(), 0).into_bytes();
        entry.extend(format!("{:08x}{:08x}{name}\0", name.len() + 1, 0).into_bytes());
        entry.resize(entry.len().next_multiple_of(4), 0);
        entry.extend(content);
        entry.resize(entry.len().next_multiple_of(4), 0);
        entry
    }

    #[test]
    fn the_window_is_what_the_compressor_has_taken() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("initrd");
        let archive = [
            entry("a", b"070701"),
            entry("TRAILER!!!", b""),
            vec![0; 508],
        ];
        for before in [Vec::new(), archive.concat()] {
            for (packed, expected) in PACKED {
                std::fs::write(&file, [&before, packed].concat()).unwrap();
                assert_eq!(of(&file), expected, "{packed:x?}");
            }
        }
        // An archive that is cut.
        std::fs::write(&file, &archive.concat()[..130]).unwrap();
        assert_eq!(of(&file), None);
        assert_eq!(of(&dir.path().join("nowhere")), None);
    }
}
