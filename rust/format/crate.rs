// SPDX-License-Identifier: GPL-2.0

//! Formats shared by the kernel modules and the tools: ELF core headers, vmcoredd notes, cudbg images.
//!
//! This is the Cargo root of `lib.rs`, which kernel modules include as an ordinary module and which therefore cannot say
//! `no_std` itself.

#![no_std]
#![forbid(unsafe_code)]

#[path = "lib.rs"]
mod format;

pub use format::*;
