// SPDX-License-Identifier: GPL-2.0

//! Writes the manual pages and shell completions of vmcoredd to the directory that is named: for packages.

use std::{error::Error, fs, path::PathBuf};

use clap::CommandFactory;
use clap_complete::Shell;
use vmcoredd::cli::Cli;

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: pages DIR")?);
    fs::create_dir_all(&dir)?;
    clap_mangen::generate_to(Cli::command(), &dir)?;
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        clap_complete::generate_to(shell, &mut Cli::command(), "vmcoredd", &dir)?;
    }
    Ok(())
}
