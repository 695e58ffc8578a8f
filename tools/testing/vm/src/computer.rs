// SPDX-License-Identifier: GPL-2.0

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{ensure, Context, Result};

use crate::{
    adapter::Plugged,
    paths,
    process::{Process, Slot},
    qemu, Adapter, Lost,
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

    /// Runs it to its end, as soon as there is a processor for it. Fails with [`Lost`] if that does not come.
    pub fn run(&self) -> Result<Ended> {
        /// Enough for a server that does nothing. What is in use is saved, and more would take longer.
        const MEMORY_MIB: u32 = 1024;
        let dir = paths::build_dir().join("vm").join(&self.name);
        if dir.exists() {
            fs::remove_dir_all(&dir).with_context(|| dir.display().to_string())?;
        }
        fs::create_dir_all(&dir)?;
        let dir = fs::canonicalize(dir)?;
        let serial_log = dir.join("serial.log");

        let _slot = Slot::wait();
        let mut adapters = Vec::new();
        for (slot, adapter) in (qemu::FIRST_SLOT..).zip(&self.adapters) {
            adapters.push(Plugged::start(adapter, slot, &dir)?);
        }
        let cmdline = format!(
            "root=/dev/vda rw console=ttyS0 no_timer_check {}",
            self.cmdline
        );
        let said = fs::File::create(dir.join("qemu.log"))?;
        let [kernel, initrd] = &self.boot;
        let mut command = qemu::with_disk(
            &self.disk,
            MEMORY_MIB,
            [kernel, initrd],
            &cmdline,
            &serial_log,
            &adapters,
        );
        command
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(said);
        let lost = |why: String| Lost {
            why,
            serial_log: serial_log.clone(),
        };
        let status = Process::spawn(&mut command)?
            .wait_until(Instant::now() + self.deadline)?
            .ok_or_else(|| lost(format!("not finished after {} s", self.deadline.as_secs())))?;
        ensure!(status.success(), lost(format!("QEMU ended with {status}")));
        let adapters = adapters
            .into_iter()
            .map(Plugged::finish)
            .collect::<Result<_>>()?;
        Ok(Ended {
            serial_log,
            adapters,
        })
    }
}
