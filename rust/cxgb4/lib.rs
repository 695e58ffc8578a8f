// SPDX-License-Identifier: GPL-2.0

//! Dumps Chelsio T4, T5 and T6 adapters.
//!
//! Only memory decoding is enabled. Nothing is reset, no firmware is asked, and the registers that had to be moved are put
//! back: the driver that comes next finds the device as it was.

mod adapter_memory;
mod bar;
mod cim;
mod device;
mod driver;
mod failure;
mod flash;
mod hal;
mod ids;
mod image;
mod indirect;
mod memory_map;
mod module;
mod regs;
mod scratch;
mod sections;
mod sort;
mod vpd_address;
mod writer;

pub(crate) use self::module::Module;
