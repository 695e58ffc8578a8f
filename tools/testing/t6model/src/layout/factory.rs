// SPDX-License-Identifier: GPL-2.0

//! How the configuration that T6 adapters leave the factory with shares out a large external memory.
//!
//! Source: `t6fw_cfg_uwire.txt` in FreeBSD's `sys/dev/cxgbe/firmware`: percentages of the memory that is left when tables have
//! theirs. It has no region for RQUDP. That tables take a 64th, and the order, are our choice.

use vmcore_format::cudbg::Chip;

use super::{closed, on_chip, open, Layout, Memory, Payload, MIB};

/// Page size of packets, both ways.
const PAGE: u32 = 64 << 10;

/// Names of regions, and their percentage. Those of one line are one region.
const SHARES: [(&[&str], u32); 8] = [
    (&["iSCSI region"], 2),
    (&["TDDP region"], 2),
    (&["TLS keys"], 3),
    (&["TPT region", "STAG region"], 2),
    (&["PBL region", "TXPBL region"], 5),
    (&["RQ region"], 7),
    (&["Tx payload"], 50),
    (&["Rx payload"], 30),
];

/// The layout of a `chip` with these memories, of which the third is large.
pub fn layout(chip: Chip, memories: Vec<Memory>) -> Layout {
    let edc1 = memories[1].base;
    let (external, size) = (memories[2].base, memories[2].size);
    let tables = (size / 64).next_multiple_of(MIB);
    let processor = 4 * MIB;
    // They are a little more than all.
    let parts: u32 = SHARES.iter().map(|(_, share)| share).sum();
    let unit = (size - tables - processor) / parts;

    let mut regions = on_chip(edc1);
    regions.push(open("Pstructs", external + tables / 2));
    let (mut keys, mut packets) = (None, Vec::new());
    let mut at = external + tables;
    for (names, share) in SHARES {
        // In whole pages, and behind them some that belong to nobody.
        let len = unit * share / PAGE * PAGE;
        let range = u64::from(at)..u64::from(at + len);
        match names {
            ["TLS keys"] if chip == Chip::T6 => keys = Some(at..at + len),
            ["TLS keys"] => {}
            names => regions.extend(names.iter().map(|name| closed(name, range.clone()))),
        }
        if names[0].ends_with("payload") {
            packets.push(Payload {
                base: at,
                page_size: PAGE,
                pages: len / PAGE,
            });
        }
        at += len + PAGE;
    }
    Layout {
        regions,
        tx: packets[0],
        rx: packets[1],
        tls_keys: keys,
        doorbell_fifo: (0x5_4000, 0x2000),
        device_log: (edc1 + 0xe_1230, 2 * 128 * 256),
        up_ram: (external + size - processor, processor / 2),
        up_extmem2: (external + size - processor / 2, processor / 2),
        memories,
    }
}
