// SPDX-License-Identifier: GPL-2.0

//! Runs in the crash kernel: `hold-map VMCORE` maps memory of a vmcore, closes the file, says "mapped", and when its input ends
//! it fails if the memory is not what it was.

use std::{
    fs::File,
    io::{Read, Write},
    process::ExitCode,
};

use anyhow::{ensure, Context, Result};
use kdump_tests::CoreFile;
use memmap2::MmapOptions;

const LEN: usize = 1 << 20;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hold-map: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let path = std::env::args().nth(1).context("usage: hold-map VMCORE")?;
    let vmcore = CoreFile::open(&path)?;
    let largest = vmcore.loads().max_by_key(|phdr| phdr.filesz);
    let offset = largest.context("no PT_LOAD")?.offset.next_multiple_of(4096);
    let file = File::open(&path)?;
    // SAFETY: Nobody changes the memory of the crashed kernel.
    let map = unsafe { MmapOptions::new().offset(offset).len(LEN).map(&file) }?;
    let read = vmcore.read(offset, LEN)?;
    drop((file, vmcore));
    let mut out = std::io::stdout();
    writeln!(out, "mapped")?;
    out.flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    ensure!(map[..] == read[..], "the mapping has changed");
    println!("the same");
    Ok(())
}
