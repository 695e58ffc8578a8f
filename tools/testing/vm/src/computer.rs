// SPDX-License-Identifier: GPL-2.0

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;

use crate::{
    machine::{self, Machine},
    qemu::{self, Console},
    Adapter,
};

/// A machine that boots a whole distribution from its disk.
///
/// It runs until the guest powers off or reboots.
#[derive(Clone, Debug)]
pub struct Computer {
    name: String,
    disk: PathBuf,
    boot: [PathBuf; 2],
    cmdline: String,
    adapters: Vec<Adapter>,
    deadline: Duration,
}

/// What came of it.
#[derive(Debug)]
pub struct Ended {
    /// The console of both kernels.
    pub serial_log: PathBuf,
    /// Statistics of the adapters, in order.
    pub adapters: Vec<PathBuf>,
}

impl Computer {
    /// Boots `kernel` with `initrd` and the root file system in `disk`, which is written to. Files will be in `build/vm/<name>`.
    pub fn new(name: &str, disk: &Path, kernel: &Path, initrd: &Path) -> Self {
        Self {
            name: name.to_owned(),
            disk: disk.to_owned(),
            boot: [kernel.to_owned(), initrd.to_owned()],
            cmdline: String::new(),
            adapters: Vec::new(),
            deadline: Duration::from_secs(1800),
        }
    }

    /// What the boot loader would say to the kernel, besides root and console.
    pub fn cmdline(mut self, cmdline: &str) -> Self {
        self.cmdline = cmdline.to_owned();
        self
    }

    /// Plugs in an adapter, as [`crate::Vm::adapter`] does.
    pub fn adapter(mut self, adapter: Adapter) -> Self {
        self.adapters.push(adapter);
        self
    }

    /// Runs it to its end, as soon as there is a processor for it. Fails with [`crate::Lost`] if that does not come.
    pub fn run(&self) -> Result<Ended> {
        /// Enough for a server that does nothing. What is in use is saved, and more would take longer.
        const MEMORY_MIB: u32 = 1024;
        let dir = machine::fresh_dir(&self.name)?;
        let serial_log = dir.join("serial.log");
        let machine = Machine::new(&dir, &serial_log, &self.adapters)?;
        let cmdline = format!(
            "root=/dev/vda rw console=ttyS0 no_timer_check {}",
            self.cmdline
        );
        let [kernel, initrd] = &self.boot;
        let command = qemu::with_disk(
            &self.disk,
            MEMORY_MIB,
            [kernel, initrd],
            &cmdline,
            &serial_log,
            &machine.adapters,
        );
        let adapters = machine.run(command, Console::Log, self.deadline)?;
        Ok(Ended {
            serial_log,
            adapters,
        })
    }
}
