// SPDX-License-Identifier: GPL-2.0

//! Processes that end with us, or when their time is over.

use std::{
    fmt,
    path::PathBuf,
    process::{Child, Command, ExitStatus},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

/// A virtual machine did not do what it was booted for: it says nothing about what was to be tested in it.
#[derive(Debug)]
pub struct Lost {
    pub(crate) why: String,
    pub(crate) serial_log: PathBuf,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { why, serial_log } = self;
        write!(
            f,
            "virtual machine lost: {why}; its console: {}",
            serial_log.display()
        )
    }
}

impl std::error::Error for Lost {}

/// A running process, killed when dropped.
pub(crate) struct Process {
    name: String,
    child: Child,
}

impl Process {
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .spawn()
            .with_context(|| format!("cannot run {name}"))?;
        Ok(Self { name, child })
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits until the process ends; `None` when `deadline` comes first.
    pub(crate) fn wait_until(&mut self, deadline: Instant) -> Result<Option<ExitStatus>> {
        loop {
            if let Some(status) = self.child.try_wait().with_context(|| self.name.clone())? {
                return Ok(Some(status));
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
