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
    process::Process,
    qemu::{self, Console},
    schedule::Turn,
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

/// A machine that has its adapters, and is about to run.
pub(crate) struct Machine {
    dir: PathBuf,
    serial_log: PathBuf,
    pub(crate) adapters: Vec<Plugged>,
    turn: Option<Turn>,
}

impl Machine {
    /// Starts `adapters`. What they and QEMU say will be in `dir`. A machine without a turn is one that hardly ever does anything.
    pub(crate) fn new(
        dir: &Path,
        serial_log: &Path,
        adapters: &[Adapter],
        turn: Option<Turn>,
    ) -> Result<Self> {
        let adapters = (qemu::FIRST_SLOT..)
            .zip(adapters)
            .map(|(slot, adapter)| Plugged::start(adapter, slot, dir))
            .collect::<Result<_>>()?;
        Ok(Self {
            dir: dir.to_owned(),
            serial_log: serial_log.to_owned(),
            adapters,
            turn,
        })
    }

    /// Starts `qemu`.
    pub(crate) fn start(self, mut qemu: Command, console: Console) -> Result<Running> {
        if console == Console::Log {
            let said = fs::File::create(self.log())?;
            qemu.stdin(Stdio::null())
                .stdout(said.try_clone()?)
                .stderr(said);
        }
        Ok(Running {
            process: Process::spawn(&mut qemu)?,
            machine: self,
        })
    }

    /// What QEMU says.
    fn log(&self) -> PathBuf {
        self.dir.join("qemu.log")
    }
}

/// A machine that runs. It does not survive this.
pub(crate) struct Running {
    process: Process,
    machine: Machine,
}

impl Running {
    /// Waits for its end, which is to come within `time`; returns the statistics of the adapters.
    pub(crate) fn wait(mut self, time: Duration) -> Result<Vec<PathBuf>> {
        let lost = |why: String| Lost {
            why,
            serial_log: self.machine.serial_log.clone(),
        };
        let status = self
            .process
            .wait_until(Instant::now() + time)?
            .ok_or_else(|| lost(format!("not finished after {} s", time.as_secs())))?;
        let log = self.machine.log();
        ensure!(
            status.success(),
            lost(format!("QEMU ended with {status}, see {}", log.display()))
        );
        drop(self.machine.turn);
        let adapters = self.machine.adapters.into_iter();
        adapters.map(Plugged::finish).collect()
    }
}
