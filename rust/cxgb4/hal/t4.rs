// SPDX-License-Identifier: GPL-2.0

use super::{
    super::{
        super::format::cudbg::Chip,
        regs::{
            ma,
            mps,
            Field, //
        },
    },
    Hal,
    Memory,
    EDC0,
    EDC1, //
};

pub(super) static HAL: Hal = Hal {
    chip: Chip::T4,
    source_pf: Field::new(8, 3),
    memories: &[
        EDC0,
        EDC1,
        Memory {
            kind: 2,
            enabled: Field::new(2, 1),
            bar: ma::EXT_MEMORY0_BAR,
        },
    ],
    // It has none.
    dbvfifo_size: Field::new(0, 1),
    dbvfifo_has_switch: false,
    port_pages: mps::RX_PG_RSV0,
    loopback_pages: mps::RX_PG_RSV4,
    channels: 4,
    pages_used: Field::new(16, 11),
    pages_allocated: Field::new(0, 11),
    windows_on_bus: true,
    // In the adapter, not behind it.
    config_enable: (1 << 30) | (1 << 28),
    has_doorbell_fifo: false,
    has_hma: false,
    has_tls_keys: false,
    tp_indirect: &[],
    up_cim: &[],
    outbound_queues: 6,
    cim_la_words: 8,
    cim_la_last_word: 15,
    rss_entries: 2048,
    vfs: 128,
    pm_counters: 5,
    mps_entries: 336,
    // The C driver does not look.
    replicate: 0,
    replication_bits: 128,
};
