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
};
