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
};
