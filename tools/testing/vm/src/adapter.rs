// SPDX-License-Identifier: GPL-2.0

//! Modelled adapters on the PCI bus, each a process of its own.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{bail, ensure, Context, Result};

use crate::{bin_dir, process::Process};

/// An adapter to be plugged in.
#[derive(Clone, Debug)]
pub struct Adapter {
    /// Of `t6model`.
    command: &'static str,
    options: Vec<String>,
    counted: bool,
    logged: bool,
}

impl Adapter {
    /// A T4 whose registers and memories follow from `seed`.
    pub fn t4(seed: u64) -> Self {
        Self::new("t4", seed)
    }

    /// A T5 whose registers and memories follow from `seed`.
    pub fn t5(seed: u64) -> Self {
        Self::new("t5", seed)
    }

    /// A T6 whose registers and memories follow from `seed`.
    pub fn t6(seed: u64) -> Self {
        Self::new("t6", seed)
    }

    fn new(chip: &'static str, seed: u64) -> Self {
        Self::model("serve")
            .option("--chip")
            .option(chip)
            .option(&format!("--seed={seed}"))
    }

    /// A PCI function of any kind, with the configuration space in a file (`t6model function --help`).
    pub fn function(config: &Path) -> Self {
        Self::model("function").option(&format!("--config={}", config.display()))
    }

    fn model(command: &'static str) -> Self {
        Self {
            command,
            options: Vec::new(),
            counted: false,
            logged: false,
        }
    }

    /// Adds an option for `t6model` (`t6model serve --help`).
    pub fn option(mut self, option: &str) -> Self {
        self.options.push(option.to_owned());
        self
    }

    /// Lets every read of its memory leave the guest: slow, but counted.
    pub fn counted(mut self) -> Self {
        self.counted = true;
        self
    }

    /// Writes down every access that leaves the guest, in order, to `adapter-<slot>.accesses`.
    pub fn logged(mut self) -> Self {
        self.logged = true;
        self
    }

    /// Has the model write what this adapter holds into `dir`.
    pub fn truth(&self, dir: &Path) -> Result<()> {
        let status = Command::new(bin_dir().join("t6model"))
            .arg("truth")
            .args(&self.options)
            .arg("--out")
            .arg(dir)
            .status()
            .context("cannot run t6model")?;
        ensure!(status.success(), "t6model truth: {status}");
        Ok(())
    }
}

/// An adapter that answers.
pub(crate) struct Plugged {
    process: Process,
    socket: PathBuf,
    stats: PathBuf,
}

impl Plugged {
    /// Starts the model. What it says is in `dir`, its statistics too when it has ended.
    pub(crate) fn start(adapter: &Adapter, slot: u8, dir: &Path) -> Result<Self> {
        // Not in `dir`: a socket's path may not be longer than 107 bytes.
        let socket = PathBuf::from(format!("/tmp/t6model-{}-{slot}.sock", dir_key(dir)));
        let stats = dir.join(format!("adapter-{slot}.json"));
        let _ = std::fs::remove_file(&socket);
        let log = std::fs::File::create(dir.join(format!("adapter-{slot}.log")))?;
        let accesses = dir.join(format!("adapter-{slot}.accesses"));
        let mut process = Process::spawn(
            Command::new(bin_dir().join("t6model"))
                .arg(adapter.command)
                .args(
                    adapter
                        .logged
                        .then(|| format!("--log={}", accesses.display())),
                )
                .args(&adapter.options)
                .args(adapter.counted.then_some("--no-mmap-windows"))
                .arg("--socket")
                .arg(&socket)
                .arg("--stats")
                .arg(&stats)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(log),
        )?;
        let stdout = process
            .child()
            .stdout
            .take()
            .context("t6model: no output")?;
        let mut ready = String::new();
        BufReader::new(stdout).read_line(&mut ready)?;
        ensure!(
            ready.starts_with("ready"),
            "t6model did not start: see {}",
            dir.display()
        );
        Ok(Self {
            process,
            socket,
            stats,
        })
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// The statistics, after the virtual machine has ended.
    pub(crate) fn finish(mut self) -> Result<PathBuf> {
        match self
            .process
            .wait_until(Instant::now() + Duration::from_secs(10))?
        {
            Some(status) if status.success() => Ok(self.stats.clone()),
            Some(status) => bail!("t6model ended with {status}: see {}", self.stats.display()),
            None => bail!("t6model did not notice the end of its virtual machine"),
        }
    }
}

/// Differs between the directories of virtual machines that run at the same time.
fn dir_key(dir: &Path) -> String {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    format!("{}-{name}", std::process::id())
}
