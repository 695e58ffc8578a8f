// SPDX-License-Identifier: GPL-2.0

//! The formats of a device dump: ELF core headers and notes, the stacked vmcore, Chelsio's cudbg container, PCI functions.
//!
//! Pure code over byte slices: no allocation, no I/O, nothing of the kernel. It is compiled into both kernel modules
//! and is the Cargo crate `vmcore-format` for tools and tests, so that what writes a format and what reads it are one.
//!
//! Every input is untrusted. Integers are little-endian.

// Each user needs a part of it, and `pub` means public in the Cargo crate.
#![allow(dead_code, unreachable_pub, unused_imports)]

/// The version of all of it, as in `Cargo.toml`: the kernel's build cannot look there.
pub const VERSION: &str = "0.1.0";

mod bytes;
pub mod command_line;
pub mod crash_log;
pub mod cudbg;
pub mod devices;
pub mod elf;
mod error;
pub mod manifest;
pub mod note;
pub mod pci;
pub mod stack;
pub mod stream;
pub mod vmcoredd;
pub mod vpd;

pub use self::error::{
    Error,
    Result, //
};
