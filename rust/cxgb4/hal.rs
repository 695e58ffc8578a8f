// SPDX-License-Identifier: GPL-2.0

//! What differs between chip generations, as data.

use super::{
    super::format::cudbg::Chip,
    indirect::Range,
    regs::{
        cim,
        ma,
        Field, //
    },
};

mod t4;
mod t5;
mod t6;

/// A memory that a chip may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// Index into `meminfo::MEMORY_NAMES`.
    pub(crate) kind: u32,
    /// In `MA_TARGET_MEM_ENABLE`: it's there.
    pub(crate) enabled: Field,
    /// Register with base and size.
    pub(crate) bar: u32,
}

const EDC0: Memory = Memory {
    kind: 0,
    enabled: Field::new(0, 1),
    bar: ma::EDRAM0_BAR,
};

const EDC1: Memory = Memory {
    kind: 1,
    enabled: Field::new(1, 1),
    bar: ma::EDRAM1_BAR,
};

/// Registers that show the address space of the processor: address and data.
const CIM: (u32, u32) = (cim::HOST_ACC_CTRL, cim::HOST_ACC_DATA);

/// Words of that address space.
const fn cim_words(first: u32, count: u32) -> Range {
    Range::with_stride(CIM, first, count, 4)
}

/// A chip generation.
#[derive(Debug)]
pub(crate) struct Hal {
    pub(crate) chip: Chip,
    /// In `PL_WHOAMI`: the function that asks.
    pub(crate) source_pf: Field,
    pub(crate) memories: &'static [Memory],
    /// In `SGE_DBVFIFO_SIZE`: size in words of 4 bytes.
    pub(crate) dbvfifo_size: Field,
    /// The doorbell FIFO has a switch of its own, in `SGE_CONTROL2`.
    pub(crate) dbvfifo_has_switch: bool,
    /// First of four counters of pages by port.
    pub(crate) port_pages: u32,
    /// First of `channels` counters of pages by loopback channel.
    pub(crate) loopback_pages: u32,
    pub(crate) channels: u32,
    /// In these counters: pages in use, and pages set aside.
    pub(crate) pages_used: Field,
    pub(crate) pages_allocated: Field,
    /// Windows have addresses of the PCI bus, and show the same to all functions.
    pub(crate) windows_on_bus: bool,
    /// In `PCIE_CFG_SPACE_REQ`: read.
    pub(crate) config_enable: u32,
    pub(crate) has_doorbell_fifo: bool,
    pub(crate) has_hma: bool,
    /// Keys of TLS connections have a region in memory.
    pub(crate) has_tls_keys: bool,
    pub(crate) tp_indirect: &'static [Range],
    pub(crate) up_cim: &'static [Range],
    pub(crate) outbound_queues: u32,
    /// Words of an entry of the processor's logic analyzer as dumps have them, and number of the last that is in use.
    pub(crate) cim_la_words: usize,
    pub(crate) cim_la_last_word: u32,
    pub(crate) rss_entries: u32,
    /// Virtual functions.
    pub(crate) vfs: u32,
    pub(crate) pm_counters: usize,
    pub(crate) mps_entries: u32,
    /// In the class of an entry: it's for several functions.
    pub(crate) replicate: u32,
    /// Functions that it can be for.
    pub(crate) replication_bits: u32,
}

impl Hal {
    pub(crate) fn of(chip: Chip) -> &'static Self {
        match chip {
            Chip::T4 => &t4::HAL,
            Chip::T5 => &t5::HAL,
            Chip::T6 => &t6::HAL,
        }
    }
}
