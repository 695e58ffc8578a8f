// SPDX-License-Identifier: GPL-2.0

//! The log that the firmware keeps in memory.

use crate::{rng, Options};

const ENTRY_LEN: usize = 256;
const STREAM: u64 = 0x444c_4f47;
/// Where an entry says how bad it is, and how (`t4fw_api.h`).
const LEVEL: usize = 14;
const CRIT: u8 = 1;
const ERR: u8 = 2;
const NOTICE: u8 = 3;
const DEBUG: u8 = 5;
/// Messages and how many numbers they take.
const MESSAGES: [&str; 4] = [
    "mbox[%d] command 0x%08x from pf %u\n",
    "port %u: link up, %u Mbps\n",
    "flowc: tid %u state %u\n",
    "temperature is now %d degrees celsius\n",
];

/// Fills `log`, a ring: the oldest entry is anywhere in it. Every other seed has not filled it yet.
pub fn fill(log: &mut [u8], options: &Options) {
    let seed = options.seed;
    log.fill(0);
    let entries = log.len() / ENTRY_LEN;
    let written = match seed % 2 {
        0 => entries / 3,
        _ => entries,
    };
    let oldest = match written == entries {
        true => rng::value(seed, STREAM, 0) as usize % entries,
        false => 0,
    };
    for nth in 0..written {
        let start = (oldest + nth) % entries * ENTRY_LEN;
        let room = &mut log[start..start + ENTRY_LEN];
        entry(room, seed, nth as u64);
        if !options.noise {
            room[LEVEL] = NOTICE + room[LEVEL] % (DEBUG + 1 - NOTICE);
        }
        // The last one.
        if nth + 1 == written {
            let levels = [("FW.LOG_CRIT", CRIT), ("FW.LOG_ERR", ERR)];
            let worst = levels.iter().find(|(fault, _)| options.has(fault));
            room[LEVEL] = worst.map_or(room[LEVEL], |(_, level)| *level);
        }
    }
}

fn entry(entry: &mut [u8], seed: u64, nth: u64) {
    let random = rng::value(seed, STREAM, nth + 1);
    let message = MESSAGES[random as usize % MESSAGES.len()];
    let timestamp = 1_000_000 + nth * 12_345 + random % 1000;
    entry[..8].copy_from_slice(&timestamp.to_be_bytes());
    entry[8..12].copy_from_slice(&(0xffff_ff00u32.wrapping_add(nth as u32)).to_be_bytes());
    entry[LEVEL] = (random >> 8) as u8 % (DEBUG + 1);
    entry[15] = (random >> 16) as u8 % 28;
    entry[16..16 + message.len()].copy_from_slice(message.as_bytes());
    for (n, parameter) in (0..3).zip(entry[208..].chunks_exact_mut(4)) {
        parameter.copy_from_slice(&(rng::value(seed, STREAM, random + n) as u32).to_be_bytes());
    }
}
