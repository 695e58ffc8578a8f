// SPDX-License-Identifier: GPL-2.0

//! Runs in the crash kernel: `outline-vmcore FILE HEAD MIB` writes what is before the memory in FILE to HEAD, and prints a
//! line for each segment of memory, with a checksum of its first MIB MiB.

use std::{env, fs, process::ExitCode};

use anyhow::{Context, Result};
use flate2::Crc;
use kdump_tests::CoreFile;

const STEP: u64 = 1 << 20;

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let result = match (args.next(), args.next(), args.next()) {
        (Some(file), Some(head), Some(mib)) => mib
            .parse()
            .context("MIB is no number")
            .and_then(|mib: u64| outline(&file, &head, mib << 20)),
        _ => Err(anyhow::anyhow!("usage: outline-vmcore FILE HEAD MIB")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("outline-vmcore: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn outline(file: &str, head: &str, most: u64) -> Result<()> {
    let core = CoreFile::open(file)?;
    let first = core.loads().map(|phdr| phdr.offset).min();
    let first = usize::try_from(first.context("no PT_LOAD")?)?;
    fs::write(head, core.read(0, first)?).with_context(|| head.to_owned())?;
    for phdr in core.loads() {
        let mut crc = Crc::new();
        let bytes = phdr.filesz.min(most);
        for done in (0..bytes).step_by(STEP as usize) {
            let len = STEP.min(bytes - done) as usize;
            crc.update(&core.read(phdr.offset + done, len)?);
        }
        println!(
            "paddr={:#x} vaddr={:#x} filesz={:#x} crc={:#010x}",
            phdr.paddr,
            phdr.vaddr,
            phdr.filesz,
            crc.sum()
        );
    }
    Ok(())
}
