// SPDX-License-Identifier: GPL-2.0

//! C header: `include/linux/crc32.h`

extern "C" {
    fn crc32_le(crc: u32, bytes: *const u8, len: usize) -> u32;
}

/// CRC-32 as zlib has it, of what gave `crc` and then `bytes`; it starts with 0.
pub(crate) fn crc32(crc: u32, bytes: &[u8]) -> u32 {
    // SAFETY: `bytes` is valid for its length.
    !unsafe { crc32_le(!crc, bytes.as_ptr(), bytes.len()) }
}
