// SPDX-License-Identifier: GPL-2.0

//! Lists, extracts, verifies and decodes the device dumps in a vmcore: all of the command, for `main()`, fuzzers and what
//! makes its manual page.

mod block;
pub mod cli;
mod doctor;
mod extract;
mod fields;
pub mod image;
pub mod input;
mod list;
pub mod manifest;
mod memory_map;
mod progress;
mod registers;
mod save;
pub mod sections;
mod show;
mod verify;

use std::io::Write;

use anyhow::Result;
use serde::Serialize;

use self::cli::{Cli, Command};

/// Everything was as it should be.
const OK: u8 = 0;
/// Something in a file is damaged, or what was asked for is not in it.
const DAMAGED: u8 = 1;
/// A file cannot be read, is of another kind, or the command line is wrong.
const UNUSABLE: u8 = 2;

/// Says on stderr what is wrong.
macro_rules! complain {
    ($($what:tt)*) => {
        $crate::progress::complain(format_args!($($what)*))
    };
}
pub(crate) use complain;

/// Does what the command line says; returns the exit status.
pub fn run(cli: &Cli) -> u8 {
    let result = match &cli.command {
        Command::List(args) => list::run(args),
        Command::Extract(args) => extract::run(args),
        Command::Show(args) => show::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Doctor(args) => doctor::run(args),
    };
    match result {
        Ok(status) => status,
        Err(error) if is_closed_pipe(&error) => OK,
        Err(error) => {
            complain!("{error:#}");
            UNUSABLE
        }
    }
}

/// The status that says it all.
fn status(readable: bool, sound: bool) -> u8 {
    match (readable, sound) {
        (false, _) => UNUSABLE,
        (true, false) => DAMAGED,
        (true, true) => OK,
    }
}

/// Prints what others are to read.
fn print_json(out: &mut impl Write, what: &impl Serialize) -> Result<()> {
    serde_json::to_writer_pretty(&mut *out, what)?;
    Ok(writeln!(out)?)
}

/// Whoever was to read the output has seen enough.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<std::io::Error>();
    error.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
