// SPDX-License-Identifier: GPL-2.0

use super::{
    super::{
        super::format::cudbg::Chip,
        indirect::Range,
        regs::{
            ma,
            mps,
            tp,
            Field, //
        },
    },
    cim_words,
    Hal,
    Memory,
    EDC0,
    EDC1, //
};

const TP_INDIRECT: [Range; 21] = [
    Range::new(tp::PIO, 0x20, 28),
    Range::new(tp::PIO, 0x40, 19),
    Range::new(tp::PIO, 0x54, 2),
    Range::new(tp::PIO, 0x60, 13),
    Range::new(tp::PIO, 0x6f, 1),
    Range::new(tp::PIO, 0x120, 4),
    Range::new(tp::PIO, 0x12b, 2),
    Range::new(tp::PIO, 0x12f, 21),
    Range::new(tp::PIO, 0x145, 19),
    Range::new(tp::PIO, 0x230, 25),
    Range::new(tp::PIO, 0x8c0, 1),
    Range::new(tp::TM_PIO, 0x0, 12),
    Range::new(tp::MIB, 0x0, 13),
    Range::new(tp::MIB, 0x10, 6),
    Range::new(tp::MIB, 0x18, 8),
    Range::new(tp::MIB, 0x20, 13),
    Range::new(tp::MIB, 0x30, 16),
    Range::new(tp::MIB, 0x40, 16),
    Range::new(tp::MIB, 0x50, 16),
    Range::new(tp::MIB, 0x60, 6),
    Range::new(tp::MIB, 0x68, 4),
];

const UP_CIM: [Range; 13] = [
    cim_words(0x2000, 32),
    cim_words(0x2080, 25),
    cim_words(0x0, 32),
    cim_words(0x80, 32),
    cim_words(0x100, 17),
    cim_words(0x200, 16),
    cim_words(0x240, 2),
    cim_words(0x250, 2),
    cim_words(0x260, 2),
    cim_words(0x270, 2),
    cim_words(0x280, 32),
    cim_words(0x300, 32),
    cim_words(0x380, 20),
];

pub(super) static HAL: Hal = Hal {
    chip: Chip::T5,
    source_pf: Field::new(8, 3),
    memories: &[
        EDC0,
        EDC1,
        Memory {
            kind: 3,
            enabled: Field::new(2, 1),
            bar: ma::EXT_MEMORY0_BAR,
        },
        Memory {
            kind: 4,
            enabled: Field::new(4, 1),
            bar: ma::EXT_MEMORY1_BAR,
        },
    ],
    dbvfifo_size: Field::new(6, 12),
    dbvfifo_has_switch: true,
    port_pages: mps::RX_PG_RSV0,
    loopback_pages: mps::RX_PG_RSV4,
    channels: 4,
    pages_used: Field::new(16, 12),
    pages_allocated: Field::new(0, 12),
    windows_on_bus: false,
    config_enable: 1 << 30,
    has_doorbell_fifo: true,
    has_hma: false,
    has_tls_keys: false,
    tp_indirect: &TP_INDIRECT,
    up_cim: &UP_CIM,
    outbound_queues: 8,
    cim_la_words: 8,
    cim_la_last_word: 15,
    rss_entries: 2048,
    vfs: 128,
    pm_counters: 5,
    mps_entries: 512,
    replicate: 1 << 11,
    replication_bits: 128,
};
