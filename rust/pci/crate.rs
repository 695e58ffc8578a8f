// SPDX-License-Identifier: GPL-2.0

//! The Cargo root: the part of the module that needs no kernel, on functions that lie.

#![cfg(test)]

extern crate vmcore_format as format;

#[path = "../pci"]
mod pci {
    pub(crate) mod config;
    pub(crate) mod denied;
    pub(crate) mod families;
    pub(crate) mod family;
    pub(crate) mod function;
    pub(crate) mod gate;
    pub(crate) mod meter;
    pub(crate) mod precious;
    pub(crate) mod registers;
}

#[path = "tests/config.rs"]
mod config;
#[path = "tests/fake.rs"]
mod fake;
#[path = "tests/memory.rs"]
mod memory;
#[path = "tests/tables.rs"]
mod tables;
