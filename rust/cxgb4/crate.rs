// SPDX-License-Identifier: GPL-2.0

//! The Cargo root: the part of the driver that needs no kernel, on a chip that lies.

#![cfg(test)]

extern crate vmcore_format as format;

#[path = "../cxgb4"]
mod cxgb4 {
    pub(crate) mod adapter_memory;
    pub(crate) mod cim;
    pub(crate) mod device;
    pub(crate) mod failure;
    pub(crate) mod flash;
    pub(crate) mod hal;
    pub(crate) mod indirect;
    pub(crate) mod memory_map;
    pub(crate) mod regs;
    pub(crate) mod sections;
    #[path = "tests/sort.rs"]
    pub(crate) mod sort;
    #[path = "tests/writer.rs"]
    pub(crate) mod writer;
}

#[path = "tests/chip.rs"]
mod chip;
#[path = "tests/hostile.rs"]
mod hostile;
#[path = "tests/memory.rs"]
mod memory;
#[path = "tests/private.rs"]
mod private;
#[path = "tests/shared.rs"]
mod shared;
#[path = "tests/slow.rs"]
mod slow;
#[path = "tests/vpd.rs"]
mod vpd;
