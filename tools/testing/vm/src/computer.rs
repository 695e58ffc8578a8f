// SPDX-License-Identifier: GPL-2.0

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;

use crate::{
    cable,
    machine::{self, Machine, Running},
    qemu::{Console, Guest},
    schedule::Turn,
    Accel, Adapter,
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
    network: Option<cable::End>,
}

impl Computer {
    /// Boots a kernel and an initrd with the root file system in `disk`, which is written to. Files will be in `build/vm/<name>`, the console
    /// of both kernels in `serial.log`.
    pub fn new(name: &str, disk: &Path, boot: &[PathBuf; 2]) -> Self {
        Self {
            name: name.to_owned(),
            disk: disk.to_owned(),
            boot: boot.clone(),
            cmdline: String::new(),
            adapters: Vec::new(),
            network: None,
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

    /// Plugs in a network adapter, with a cable.
    pub fn network(mut self, end: cable::End) -> Self {
        self.network = Some(end);
        self
    }

    /// Runs it to its end, as soon as there is a processor for it. Fails with [`crate::Lost`] if that does not come.
    pub fn run(&self) -> Result<()> {
        const DEADLINE: Duration = Duration::from_secs(1800);
        self.start_in(Some(Turn::wait_urgently(&self.name)))?
            .wait(DEADLINE)
    }

    /// Starts a machine that will wait for others most of the time, whether there is a processor for it or not.
    pub fn start(&self) -> Result<Booted> {
        self.start_in(None)
    }

    fn start_in(&self, turn: Option<Turn>) -> Result<Booted> {
        /// Enough for a server that does nothing. What is in use is saved, and more would take longer.
        const MEMORY_MIB: u32 = 1024;
        let dir = machine::fresh_dir(&self.name)?;
        let serial_log = dir.join("serial.log");
        let machine = Machine::new(&dir, &serial_log, &self.adapters, turn)?;
        let cmdline = format!(
            "root=/dev/nvme0n1 rw console=ttyS0 no_timer_check {}",
            self.cmdline
        );
        let [kernel, initrd] = &self.boot;
        let guest = Guest {
            accel: Accel::get()?,
            memory_mib: MEMORY_MIB,
            kernel,
            initrd,
            cmdline: &cmdline,
            serial_log: &serial_log,
            adapters: &machine.adapters,
        };
        let mut command = guest.with_disk(&self.disk);
        if let Some(end) = &self.network {
            command.args(end.options());
        }
        Ok(Booted(machine.start(command, Console::Log)?))
    }
}

/// A machine that runs until this is dropped, if not ended before.
pub struct Booted(Running);

impl Booted {
    /// Waits for its end, which is to come within `time`.
    pub fn wait(self, time: Duration) -> Result<()> {
        self.0.wait(time)?;
        Ok(())
    }
}
