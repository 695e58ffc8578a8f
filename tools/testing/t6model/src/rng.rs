// SPDX-License-Identifier: GPL-2.0

//! Values out of a seed: a hash, so that any one of them can be had without those before it.

/// The value numbered `index` of `stream` (SplitMix64's output function over the three).
pub fn value(seed: u64, stream: u64, index: u64) -> u64 {
    scramble(scramble(scramble(seed) ^ stream) ^ index)
}

/// A register's value: never all-ones, which is how a device that is gone reads.
pub fn register(seed: u64, stream: u64, index: u64) -> u32 {
    match value(seed, stream, index) as u32 {
        u32::MAX => 0,
        value => value,
    }
}

fn scramble(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
