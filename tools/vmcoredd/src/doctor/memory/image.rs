// SPDX-License-Identifier: GPL-2.0

//! What a kernel says of itself at the start of its image (Documentation/arch/x86/boot.rst).

use std::{fs::File, io::Read, path::Path};

/// Where the header says that it is one.
const MAGIC_AT: usize = 0x202;
const MAGIC: &[u8] = b"HdrS";
/// The first that knows how much memory the kernel needs before it has looked for any.
const VERSION: u16 = 0x20a;
const VERSION_AT: usize = 0x206;
const INIT_SIZE_AT: usize = 0x260;
const HEADER: usize = INIT_SIZE_AT + 4;

/// Bytes that the kernel takes, unpacked, with its bss. `None`: this is no image of Linux for x86, or an old one.
pub fn unpacked(image: &Path) -> Option<u64> {
    let mut header = [0; HEADER];
    File::open(image).ok()?.read_exact(&mut header).ok()?;
    let version = u16::from_le_bytes(header[VERSION_AT..][..2].try_into().ok()?);
    let size = u32::from_le_bytes(header[INIT_SIZE_AT..][..4].try_into().ok()?);
    (header[MAGIC_AT..].starts_with(MAGIC) && version >= VERSION).then_some(size.into())
}
