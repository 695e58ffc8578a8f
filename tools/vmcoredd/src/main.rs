// SPDX-License-Identifier: GPL-2.0

//! The command; see `vmcoredd --help`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    ExitCode::from(vmcoredd::run(&vmcoredd::cli::Cli::parse()))
}
