// SPDX-License-Identifier: GPL-2.0

//! How long the reader takes for a file: the fastest of five times, as it is installed.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

const TURNS: usize = 5;
const COMMANDS: &[&[&str]] = &[
    &["list"],
    &["show"],
    &["verify"],
    &["diagnose"],
    &["timeline"],
    &["report", "--force", "-o"],
];

/// `vmcore` holds the dump of a card with a GiB of memory.
pub fn run(vmcoredd: &Path, vmcore: &Path) -> Result<()> {
    println!("{:16} {:>11}", "vmcoredd", "milliseconds");
    let page = vmcore.with_extension("html");
    for command in COMMANDS {
        let mut fastest = Duration::MAX;
        for _ in 0..TURNS {
            let mut reader = Command::new(vmcoredd);
            reader.args(*command).stdout(Stdio::null());
            if command.contains(&"-o") {
                reader.arg(&page);
            }
            let start = Instant::now();
            // What it says of the dump decides about its exit status.
            reader
                .arg(vmcore)
                .stderr(Stdio::null())
                .status()
                .with_context(|| format!("{} does not run", vmcoredd.display()))?;
            fastest = fastest.min(start.elapsed());
        }
        println!("{:16} {:>11.1}", command[0], fastest.as_secs_f64() * 1e3);
    }
    println!();
    Ok(())
}
