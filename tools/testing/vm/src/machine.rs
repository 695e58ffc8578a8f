// SPDX-License-Identifier: GPL-2.0

//! What all virtual machines have: a directory, adapters, and an end.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{ensure, Context, Result};

use crate::{
    adapter::Plugged,
    paths,
    process::{Process, Slot},
    qemu::{self, Console},
    Adapter, Lost,
};

/// Makes `build/vm/<name>` anew.
pub(crate) fn fresh_dir(name: &str) -> Result<PathBuf> {
    let dir = paths::build_dir().join("vm").join(name);
    if dir.exists() {
        fs::remove_dir_all(&dir).with_context(|| dir.display().to_string())?;
    }
    fs::create_dir_all(&dir)?;
    Ok(fs::canonicalize(dir)?)
}

/// A machine that has a processor and its adapters, and is about to run.
pub(crate) struct Machine<'a> {
    dir: &'a Path,
    serial_log: &'a Path,
    pub(crate) adapters: Vec<Plugged>,
    _slot: Slot,
}

impl<'a> Machine<'a> {
    /// Waits for a processor, and starts `adapters`. What they and QEMU say will be in `dir`.
    pub(crate) fn new(dir: &'a Path, serial_log: &'a Path, adapters: &[Adapter]) -> Result<Self> {
        let _slot = Slot::wait();
        let adapters = (qemu::FIRST_SLOT..)
            .zip(adapters)
            .map(|(slot, adapter)| Plugged::start(adapter, slot, dir))
            .collect::<Result<_>>()?;
        Ok(Self {
            dir,
            serial_log,
            adapters,
            _slot,
        })
    }

    /// Runs `qemu` to its end, which is to come within `time`; returns the statistics of the adapters.
    pub(crate) fn run(
        self,
        mut qemu: Command,
        console: Console,
        time: Duration,
    ) -> Result<Vec<PathBuf>> {
        let log = self.dir.join("qemu.log");
        if console == Console::Log {
            let said = fs::File::create(&log)?;
            qemu.stdin(Stdio::null())
                .stdout(said.try_clone()?)
                .stderr(said);
        }
        let lost = |why: String| Lost {
            why,
            serial_log: self.serial_log.to_owned(),
        };
        let status = Process::spawn(&mut qemu)?
            .wait_until(Instant::now() + time)?
            .ok_or_else(|| lost(format!("not finished after {} s", time.as_secs())))?;
        ensure!(
            status.success(),
            lost(format!("QEMU ended with {status}, see {}", log.display()))
        );
        self.adapters.into_iter().map(Plugged::finish).collect()
    }
}
