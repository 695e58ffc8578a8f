// SPDX-License-Identifier: GPL-2.0

//! What it takes to dump PCI functions.

use std::time::Duration;

use anyhow::{Context, Result};
use vm::{functions, Vm};

/// Functions of a machine, and how many of them are ports.
const MACHINES: [(usize, usize); 2] = [(16, 6), (250, 96)];
/// Nothing is to be left out because the host was busy.
const LOAD: &str = "insmod /modules/vmcore_devdump.ko
insmod /modules/pci_dump.ko access_us=2000000 function_ms=10000
";

pub fn run() -> Result<()> {
    println!("PCI functions: what their dumps take");
    for (count, ports) in MACHINES {
        let outcome = Vm::scenario(&format!("bench-pci-{count}"))
            .arguments(&functions::many(count - functions::USUAL, ports))
            .crash_kernel(LOAD)
            .deadline(Duration::from_secs(900))
            .run()?
            .success()?;
        let log = outcome.dmesg()?;
        for dump in ["pci", "pci_registers"] {
            let line = log.lines().find_map(|line| {
                let (_, line) = line.split_once("vmcore_devdump: ")?;
                line.strip_prefix(&format!("{dump}: "))
            });
            let line = line.with_context(|| format!("no {dump} in the log"))?;
            println!("{count:>4} functions, {ports:>2} of them with 4 KiB: {dump:14} {line}");
        }
    }
    println!();
    Ok(())
}
