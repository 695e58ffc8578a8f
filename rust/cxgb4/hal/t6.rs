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
    CIM,
    EDC0,
    EDC1, //
};

const TP_INDIRECT: [Range; 19] = [
    Range::new(tp::PIO, 0x20, 28),
    Range::new(tp::PIO, 0x40, 10),
    Range::new(tp::PIO, 0x50, 10),
    Range::new(tp::PIO, 0x60, 14),
    Range::new(tp::PIO, 0x6f, 1),
    Range::new(tp::PIO, 0x70, 6),
    Range::new(tp::PIO, 0x130, 18),
    Range::new(tp::PIO, 0x145, 19),
    Range::new(tp::PIO, 0x160, 1),
    Range::new(tp::PIO, 0x230, 25),
    Range::new(tp::PIO, 0x24a, 3),
    Range::new(tp::PIO, 0x8c0, 1),
    Range::new(tp::TM_PIO, 0x0, 12),
    Range::new(tp::MIB, 0x0, 13),
    Range::new(tp::MIB, 0x10, 6),
    Range::new(tp::MIB, 0x18, 21),
    Range::new(tp::MIB, 0x30, 32),
    Range::new(tp::MIB, 0x50, 22),
    Range::new(tp::MIB, 0x68, 12),
];

const UP_CIM: [Range; 22] = [
    cim_words(0x2000, 32),
    cim_words(0x2080, 29),
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
    // Channels and classes of the scheduler.
    Range::with_stride(CIM, 0x4900, 4, 0x120),
    Range::with_stride(CIM, 0x4904, 4, 0x120),
    Range::with_stride(CIM, 0x4908, 4, 0x120),
    Range::with_stride(CIM, 0x4910, 4, 0x120),
    Range::with_stride(CIM, 0x4914, 4, 0x120),
    Range::with_stride(CIM, 0x4920, 16, 0x10),
    Range::with_stride(CIM, 0x4924, 16, 0x10),
    Range::with_stride(CIM, 0x4928, 16, 0x10),
    Range::with_stride(CIM, 0x492c, 16, 0x10),
];

pub(super) static HAL: Hal = Hal {
    chip: Chip::T6,
    source_pf: Field::new(9, 3),
    memories: &[
        EDC0,
        EDC1,
        Memory {
            kind: 2,
            enabled: Field::new(2, 1),
            bar: ma::EXT_MEMORY0_BAR,
        },
        // Memory of the host that the adapter uses as if it were its own.
        Memory {
            kind: 5,
            enabled: Field::new(5, 1),
            bar: ma::EXT_MEMORY1_BAR,
        },
    ],
    dbvfifo_size: Field::new(0, 13),
    dbvfifo_has_switch: false,
    port_pages: mps::RX_MAC_BG_PG_CNT0,
    loopback_pages: mps::RX_LPBK_BG_PG_CNT0,
    channels: 2,
    pages_used: Field::new(16, 11),
    pages_allocated: Field::new(0, 11),
    windows_on_bus: false,
    config_enable: 1 << 31,
    has_doorbell_fifo: true,
    has_hma: true,
    has_tls_keys: true,
    tp_indirect: &TP_INDIRECT,
    up_cim: &UP_CIM,
    outbound_queues: 8,
    cim_la_words: 10,
    cim_la_last_word: 9,
    rss_entries: 4096,
    vfs: 256,
    pm_counters: 7,
    mps_entries: 512,
    replicate: 1 << 12,
    replication_bits: 256,
};
