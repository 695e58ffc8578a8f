// SPDX-License-Identifier: GPL-2.0

//! What differs between chip generations, as data.

use super::{
    super::format::cudbg::Chip,
    regs::{
        ma,
        Field, //
    },
};

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
}

impl Hal {
    /// `None`: not a chip that this driver knows.
    pub(crate) fn of(chip: Chip) -> Option<&'static Self> {
        match chip {
            Chip::T4 => None,
            Chip::T5 => Some(&t5::HAL),
            Chip::T6 => Some(&t6::HAL),
        }
    }
}
