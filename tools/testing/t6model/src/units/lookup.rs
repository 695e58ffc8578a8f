// SPDX-License-Identifier: GPL-2.0

//! The lookup engine: which ids are for what, and what is stored under each.

use vmcore_format::cudbg::Chip;

use super::{busy::Busy, word, File, Stuck, Unit};
use crate::Options;

const CONFIG: u32 = 0x19cf0;
const START: u32 = 1 << 2;
const BUSY: u32 = 1 << 3;
const COMMAND: u32 = 0x19cf4;
const REQUEST: u32 = 0x19d00;
const STATUS: u32 = 0x19d94;
const RESPONSE: u32 = 0x19da0;
const WORDS: u32 = 17;

pub struct Lookup {
    seed: u64,
    chip: Chip,
    busy: Busy,
    /// Ids from here on are not answered.
    end: u32,
}

/// First ids of regions, and how many ids the hash has.
struct Map {
    server: u32,
    filter: u32,
    clip: u32,
    routing: u32,
    hash: u32,
    hashed: u32,
}

/// T6: ids of the separate TCAM for compressed addresses, `CUDBG_T6_CLIP`.
const CLIP_IDS: u32 = 1536;

impl Lookup {
    pub fn new(options: &Options) -> Self {
        let mut lookup = Self {
            seed: options.seed,
            chip: options.chip,
            busy: Busy::new(options, Stuck::Le),
            end: 100,
        };
        if !options.stuck.contains(&Stuck::LeTail) {
            lookup.end = lookup.all(options);
        }
        lookup
    }

    fn map(&self) -> Map {
        let some = |n| word(self.seed, 0xb4, n) % 32;
        let server = 200 + some(0);
        let filter = server + 30 + some(1);
        let clip = filter + 20 + some(2);
        let routing = clip + 10 + some(3);
        Map {
            server,
            filter,
            clip,
            routing,
            hash: routing + 8 + some(4),
            hashed: if self.chip == Chip::T6 {
                128 + some(5)
            } else {
                1 << 7
            },
        }
    }

    /// How many ids there are.
    fn all(&self, options: &Options) -> u32 {
        let map = self.map();
        let broken = |address: u32| options.broken.iter().any(|(broken, _)| *broken == address);
        if broken(0x19c04) || broken(0x19c28) {
            // No hash, or none that makes sense: as many as anybody asks for.
            return u32::MAX;
        }
        match self.chip {
            Chip::T6 => map.hash + map.hashed + CLIP_IDS,
            _ => map.hash + map.hashed,
        }
    }

    /// What is stored under `id`. IPv6 connections take two ids, of which the first is even.
    fn entry(&self, id: u32) -> [u32; WORDS as usize] {
        let mut entry = [0; WORDS as usize];
        let used = word(self.seed, 0xb0, id / 4) % 3 != 0;
        if used {
            for (n, value) in (0..).zip(&mut entry) {
                *value = word(self.seed, 0xb1, id * WORDS + n);
            }
            let ipv6 = id % 2 == 0 && word(self.seed, 0xb2, id) % 3 == 0;
            entry[16] &= !0x8000;
            entry[16] |= u32::from(ipv6) << 15;
            if ipv6 && word(self.seed, 0xb3, id) % 4 != 0 {
                entry[9] = 0x00c0_0000;
            }
        }
        entry
    }
}

impl Unit for Lookup {
    fn registers(&self) -> Vec<(u32, u32)> {
        let map = self.map();
        // Before T6 an id takes four entries of the TCAM, and these registers count entries: cxgb4_main.c (`hash_base = v / 4`)
        // and cudbg_lib.c (`LE_DB_SERVER_INDEX_A / 4`) divide; so does Chelsio's own driver.
        let (clip_register, ids, entries) = match self.chip {
            Chip::T6 => (0x19df4, map.hashed, 1),
            _ => (0x19c1c, map.hashed.ilog2() << 16, 4),
        };
        // What somebody asked for last.
        let request = (0..WORDS).map(|n| (REQUEST + 4 * n, word(self.seed, 0xb6, n)));
        let response = (0..WORDS).map(|n| (RESPONSE + 4 * n, 0));
        [
            (0x19c10, map.routing * entries),
            (0x19c14, map.filter * entries),
            (0x19c18, map.server * entries),
            (clip_register, map.clip * entries),
            (0x19c28, ids),
            (0x19df8, map.hash * entries),
            (CONFIG, 0),
            (COMMAND, 0),
            (STATUS, 0),
        ]
        .into_iter()
        .chain(request)
        .chain(response)
        .collect()
    }

    fn commands(&self) -> Vec<u32> {
        let words = |first: u32| (first..first + 4 * WORDS).step_by(4);
        words(RESPONSE).chain([CONFIG, COMMAND, STATUS]).collect()
    }

    fn show(&self, address: u32, file: &File) -> Option<u32> {
        let busy = if self.busy.is_busy() { BUSY } else { 0 };
        (address == CONFIG).then(|| (file.value(CONFIG) & !(BUSY | START)) | busy)
    }

    fn was_read(&mut self, address: u32) {
        if address == CONFIG {
            self.busy.was_seen();
        }
    }

    fn was_written(&mut self, address: u32, file: &mut File) {
        if address != CONFIG || file.value(CONFIG) & START == 0 {
            return;
        }
        self.busy.start();
        let id = file.value(COMMAND) & 0xf_ffff;
        let asks_for_all = (0..WORDS).all(|n| file.value(REQUEST + 4 * n) == 0);
        let found = id < self.end && asks_for_all;
        // A request that does not match is answered by nothing.
        file.set(
            STATUS,
            u32::from(found) | (word(self.seed, 0xb5, id) & 0xf0),
        );
        for (n, value) in (0..).zip(self.entry(id)) {
            file.set(RESPONSE + 4 * n, if found { value } else { 0 });
        }
    }

    fn reset(&mut self) {
        self.busy.reset();
    }
}
