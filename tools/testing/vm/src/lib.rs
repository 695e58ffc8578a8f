// SPDX-License-Identifier: GPL-2.0

//! Boots the distribution's kernel in a virtual machine, panics it, and brings back what its crash kernel saved.
//!
//! ```no_run
//! # fn main() -> anyhow::Result<()> {
//! let outcome = vm::Vm::scenario("example")
//!     .adapter(vm::Adapter::t6(1))
//!     .first_kernel("lspci > /out/lspci")
//!     .crash_kernel("makedumpfile -l -d 31 /proc/vmcore /out/dump")
//!     .run()?
//!     .success()?;
//! println!("{}", outcome.out.join("dump").display());
//! # Ok(())
//! # }
//! ```
//!
//! Both kernels run from one initramfs: busybox, kexec, makedumpfile, vmcore-dmesg, and the modules under test in
//! `/modules`. `/out` is a directory of the host. Scripts run under `sh -eu`; what they print is in `/out/<stage>.log`.

mod accel;
mod adapter;
mod cable;
mod computer;
pub mod demo;
pub mod functions;
mod initramfs;
mod machine;
mod monitor;
mod paths;
mod process;
mod qemu;
mod scenario;
mod schedule;

pub use self::{
    accel::Accel,
    adapter::Adapter,
    cable::{cable, End},
    computer::{Booted, Computer},
    monitor::MONITOR,
    paths::{bin_dir, build_dir, modules_dir},
    process::Lost,
    scenario::{Outcome, Stage, Vm, LOAD_C_DRIVER},
    schedule::Turn,
};
