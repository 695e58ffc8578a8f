// SPDX-License-Identifier: GPL-2.0

//! `t6model truth`

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use t6model::{flash, layout_json, registers_json, Adapter};

use crate::cli;

pub fn run(arguments: cli::Truth) -> Result<()> {
    let adapter = Adapter::new(arguments.adapter.options()).map_err(anyhow::Error::msg)?;
    let out = arguments.out;

    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    write(
        &out.join("regs.json"),
        &serde_json::to_vec_pretty(&registers_json(&adapter))?,
    )?;
    write(
        &out.join("layout.json"),
        &serde_json::to_vec_pretty(&layout_json(&adapter))?,
    )?;
    if arguments.no_contents {
        return Ok(());
    }
    write(&out.join("flash.bin"), &flash(adapter.options()))?;
    for memory in &adapter.layout().memories {
        let mut content = vec![0; memory.size as usize];
        adapter.peek(memory.base.into(), &mut content);
        write(&out.join(format!("{}.bin", memory.name)), &content)?;
    }
    Ok(())
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}
