// SPDX-License-Identifier: GPL-2.0

//! Runs in the crash kernel: `outline-vmcore FILE HEAD` writes what is before the memory in FILE to HEAD, and prints a
//! line for each segment of memory, with a checksum of its bytes.

use std::{env, fs, process::ExitCode};

use anyhow::{Context, Result};
use flate2::Crc;
use kdump_tests::CoreFile;

const STEP: u64 = 1 << 20;

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let result = match (args.next(), args.next()) {
        (Some(file), Some(head)) => outline(&file, &head),
        _ => Err(anyhow::anyhow!("usage: outline-vmcore FILE HEAD")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("outline-vmcore: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn outline(file: &str, head: &str) -> Result<()> {
    let core = CoreFile::open(file)?;
    let first = core.loads().map(|phdr| phdr.offset).min();
    let first = usize::try_from(first.context("no PT_LOAD")?)?;
    fs::write(head, core.read(0, first)?).with_context(|| head.to_owned())?;
    for phdr in core.loads() {
        let mut crc = Crc::new();
        for done in (0..phdr.filesz).step_by(STEP as usize) {
            let len = STEP.min(phdr.filesz - done) as usize;
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
