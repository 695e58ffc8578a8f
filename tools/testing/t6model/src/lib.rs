// SPDX-License-Identifier: GPL-2.0

//! A Chelsio T4, T5 or T6 as a state machine: what physical function 4 shows on the PCI bus, and nothing that computes; and [`Plain`],
//! a PCI function of any kind.
//!
//! [`Adapter`] takes reads and writes of configuration space and BARs, of any width, anywhere, and counts them. All of
//! what it holds follows from [`Options`], so that a test can ask for the truth without asking the adapter.

mod adapter;
mod answering;
mod bytes;
mod config;
mod expect;
mod faults;
mod firmware;
mod layout;
mod memory;
mod options;
mod pairs;
mod plain;
mod registers;
mod regs;
mod rng;
mod stats;
mod units;
mod window;

pub use adapter::{Adapter, Space};
pub use expect::{layout_json, registers_json};
pub use faults::Fault;
pub use layout::{Kind, Layout, Memory, Payload, Region};
pub use options::{Options, VpdState};
pub use plain::{Misbehaviour, Plain};
pub use stats::{Change, Stats};
pub use units::{flash, Stuck};
pub use window::Window;

/// Bytes of BAR0, registers and memory windows, of an adapter that is whole.
pub const BAR0_LEN: u32 = 512 << 10;
/// Bytes of BAR2, the doorbells.
pub const BAR2_LEN: u32 = 64 << 10;
/// Bytes of BAR4, the MSI-X tables.
pub const BAR4_LEN: u32 = 8 << 10;
/// Bytes of PCIe configuration space.
pub const CONFIG_LEN: u32 = 4096;
