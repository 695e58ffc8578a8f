// SPDX-License-Identifier: GPL-2.0

//! Registers whose values mean something: who the adapter is and how its memory is used.

use vmcore_format::cudbg::Chip;

use crate::layout::Layout;
use crate::regs::*;
use crate::window::{Window, WINDOWS};
use crate::{rng, Options};

const STREAM: u64 = 0x4649_5845;

/// Address and value of each register.
pub fn values(options: &Options, layout: &Layout) -> Vec<(u32, u32)> {
    let chip = options.chip;
    let (log, log_len) = layout.device_log;
    let edc1 = layout.memories[1].base;
    let mut values = vec![
        (PL_WHOAMI, PF << if chip == Chip::T6 { 9 } else { 8 }),
        (PL_REV, options.revision().into()),
        (PCIE_CFG_SPACE_REQ, 0),
        (PCIE_FW, PCIE_FW_INIT),
        // On T4 not in the register dump.
        (
            PCIE_STATIC_SPARE2,
            rng::register(options.seed, STREAM, PCIE_STATIC_SPARE2.into()),
        ),
        // Eight queues by page, for each function.
        (SGE_EGRESS_QUEUES_PER_PAGE_PF, 0x3333_3333),
        (SGE_INGRESS_QUEUES_PER_PAGE_PF, 0x3333_3333),
        (
            PCIE_FW_PF_DEVLOG,
            1 | (log - edc1) | ((log_len / (128 * 256) - 1) << 28),
        ),
    ];
    values.extend(windows(options));
    values.extend(memories(layout, chip));
    values.extend(regions(layout, chip));
    values.extend(pages(options, layout));
    values.extend(counts(options));
    values
}

fn windows(options: &Options) -> impl Iterator<Item = (u32, u32)> {
    // Where cxgb4 has its windows 0 and 1; a window 0 of whole pages lies where there is room for it.
    let aperture = options.window_kib << 10;
    let base = if aperture < 4096 { 0x1b800 } else { 0x60000 };
    let other = (options.edc_mib << 20) + 0x8000;
    let set = [
        (Window::encode(base, aperture), aperture | PF),
        (Window::encode(0x52000, 0x8000), other | PF),
    ];

    (0..WINDOWS).flat_map(move |n| {
        let (base, offset) = set.get(n as usize).copied().unwrap_or_default();
        let step = n * PCIE_MEM_ACCESS_STRIDE;
        [
            (PCIE_MEM_ACCESS_BASE + step, base),
            (PCIE_MEM_ACCESS_OFFSET + step, offset),
        ]
    })
}

fn memories(layout: &Layout, chip: Chip) -> Vec<(u32, u32)> {
    let end = layout
        .memories
        .last()
        .map_or(0, |last| last.base + last.size);
    let bar = |name: &str| {
        let memory = layout.memories.iter().find(|memory| memory.name == name);
        let (base, size) = memory.map_or((end, 0), |memory| (memory.base, memory.size));
        (memory.is_some(), (base >> 20 << 16) | (size >> 20))
    };
    let second = match chip {
        Chip::T6 => ("hma", HMA_MUX),
        _ => ("mc1", EXT_MEM1_ENABLE),
    };
    let mut enabled = 0;
    let mut values: Vec<_> = [
        ("edc0", MA_EDRAM0_BAR, EDRAM0_ENABLE),
        ("edc1", MA_EDRAM1_BAR, EDRAM1_ENABLE),
        ("mc0", MA_EXT_MEMORY_BAR, EXT_MEM_ENABLE),
        (second.0, MA_EXT_MEMORY1_BAR, second.1),
    ]
    .into_iter()
    .map(|(name, address, enable)| {
        let (present, value) = bar(name);
        enabled |= if present { enable } else { 0 };
        (address, value)
    })
    .collect();
    values.push((MA_TARGET_MEM_ENABLE, enabled));
    values
}

/// Registers with the base of a region; the limit of those that have one is in the next register.
const REGIONS: [(&str, u32); 20] = [
    ("DBQ contexts", SGE_DBQ_CTXT_BADDR),
    ("IMSG contexts", SGE_IMSG_CTXT_BADDR),
    ("FLM cache", SGE_FLM_CACHE_BADDR),
    ("TCBs", TP_CMM_TCB_BASE),
    ("Pstructs", TP_CMM_MM_BASE),
    ("Timers", TP_CMM_TIMER_BASE),
    ("Rx FL", TP_CMM_MM_RX_FLST_BASE),
    ("Tx FL", TP_CMM_MM_TX_FLST_BASE),
    ("Pstruct FL", TP_CMM_MM_PS_FLST_BASE),
    ("LE hash", LE_DB_HASH_TID_BASE),
    ("iSCSI region", ULP_RX_ISCSI_LLIMIT),
    ("TDDP region", ULP_RX_TDDP_LLIMIT),
    ("TPT region", ULP_TX_TPT_LLIMIT),
    ("STAG region", ULP_RX_STAG_LLIMIT),
    ("RQ region", ULP_RX_RQ_LLIMIT),
    ("RQUDP region", ULP_RX_RQUDP_LLIMIT),
    ("PBL region", ULP_RX_PBL_LLIMIT),
    ("TXPBL region", ULP_TX_PBL_LLIMIT),
    ("ULPRX state", ULP_RX_CTX_BASE),
    ("ULPTX state", ULP_TX_ERR_TABLE_BASE),
];

fn regions(layout: &Layout, chip: Chip) -> Vec<(u32, u32)> {
    let (fifo, fifo_len) = layout.doorbell_fifo;
    let mut values = vec![
        (LE_DB_CONFIG, HASHEN),
        (SGE_CONTROL2, VFIFO_ENABLE),
        (SGE_DBVFIFO_BADDR, fifo << 3),
        (
            SGE_DBVFIFO_SIZE,
            (fifo_len >> 2) << if chip == Chip::T5 { 6 } else { 0 },
        ),
        (CIM_SDRAM_BASE_ADDR, layout.up_ram.0),
        (CIM_SDRAM_ADDR_SIZE, layout.up_ram.1),
        (CIM_EXTMEM2_BASE_ADDR, layout.up_extmem2.0),
        (CIM_EXTMEM2_ADDR_SIZE, layout.up_extmem2.1),
    ];
    for (name, address) in REGIONS {
        match layout.regions.iter().find(|region| region.name == name) {
            Some(region) if region.limit == 0 => values.push((address, region.base)),
            Some(region) => values.extend([(address, region.base), (address + 4, region.limit)]),
            None => values.extend([(address, 0), (address + 4, 0)]),
        }
    }
    if let Some(keys) = &layout.tls_keys {
        // Bits 31 to 8 of each.
        values.extend([
            (ULP_RX_TLS_KEY_LLIMIT, keys.start),
            (ULP_RX_TLS_KEY_ULIMIT, (keys.end - 1) & !0xff),
        ]);
    }
    values
}

fn pages(options: &Options, layout: &Layout) -> [(u32, u32); 10] {
    let few = |nth| rng::value(options.seed, STREAM, nth) as u32;
    [
        (TP_PMM_TX_BASE, layout.tx.base),
        (TP_PMM_TX_PAGE_SIZE, layout.tx.page_size),
        (
            TP_PMM_TX_MAX_PAGE,
            layout.tx.pages | (1 << PMTXNUMCHN_SHIFT),
        ),
        (TP_PMM_RX_BASE, layout.rx.base),
        (TP_PMM_RX_PAGE_SIZE, layout.rx.page_size),
        (TP_PMM_RX_MAX_PAGE, layout.rx.pages | PMRXNUMCHN),
        (TP_CMM_MM_MAX_PSTRUCT, 1024),
        (TP_FLM_FREE_PS_CNT, 1 + few(0) % 1024),
        (TP_FLM_FREE_RX_CNT, 1 + few(1) % layout.rx.pages),
        (TP_FLM_FREE_TX_CNT, 1 + few(2) % layout.tx.pages),
    ]
}

fn counts(options: &Options) -> impl Iterator<Item = (u32, u32)> + '_ {
    let first = match options.chip {
        Chip::T6 => [MPS_RX_MAC_BG_PG_CNT0, MPS_RX_LPBK_BG_PG_CNT0],
        _ => [MPS_RX_PG_RSV0, MPS_RX_PG_RSV4],
    };
    first
        .into_iter()
        .flat_map(|first| (0..4).map(move |port| first + 4 * port))
        .map(|address| {
            let random = rng::value(options.seed, STREAM, address.into()) as u32;
            let (allocated, used) = (random & 0x3ff, (random >> 16) & 0xff);
            (address, (used << 16) | allocated)
        })
}
