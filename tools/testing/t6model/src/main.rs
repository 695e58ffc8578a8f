// SPDX-License-Identifier: GPL-2.0

//! Serves the adapter model to a virtual machine, or tells what it holds.

use clap::Parser;

mod cli;
mod serve;
mod truth;

fn main() -> anyhow::Result<()> {
    match cli::Cli::parse().command {
        cli::Command::Serve(arguments) => serve::run(arguments),
        cli::Command::Function(arguments) => serve::run_function(arguments),
        cli::Command::Truth(arguments) => truth::run(arguments),
    }
}
