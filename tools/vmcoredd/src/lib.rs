// SPDX-License-Identifier: GPL-2.0

//! Lists, extracts, verifies and decodes the device dumps in a vmcore: the command, and a library for other programs.
//!
//! ```no_run
//! # fn main() -> anyhow::Result<()> {
//! let vmcore = vmcoredd::Vmcore::open("/var/crash/vmcore".as_ref())?;
//! for dump in vmcore.dumps() {
//!     if let Some(content) = dump.content()? {
//!         println!("{}: {}", dump.name, content.title());
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Three layers, each ignorant of those above:
//!
//! * [`input`]: kinds of files (ELF, kdump-compressed, flattened, compressed as a whole). Gives notes: names and bytes, and what is
//!   wrong with the file.
//! * [`kinds`]: what is in dumps, typed: sections, registers with fields, tables, memory maps. A kind is a file in `kinds/` that
//!   implements [`kinds::Content`], and a line in [`kinds::KINDS`]; the manifest is one, too, that says what became of the others.
//!   Knows neither files nor terminals. [`Vmcore`] puts the two together.
//! * `views`: what is shown: list, show, verify, extract; as text and as JSON. A view is a file in `views/` that makes its output of
//!   [`kinds::Content`], whatever that is. Knows no format.
//!
//! * `findings`: what is wrong with a device, by tables of rules, one for each family of hardware. Stands between kinds and views.
//!
//! Beside them: `names`, databases of registers that others keep; `kernel`, which finds the kernel's log in its memory; `cli`, the command line, and `doctor`, which examines a system.

pub mod cli;
pub mod devices;
mod doctor;
pub mod findings;
pub mod input;
mod kernel;
pub mod kinds;
pub mod names;
mod snapshot;
mod views;
mod vmcore;

use anstream::ColorChoice;

pub use self::vmcore::Vmcore;
use self::{
    cli::{Cli, Color, Command},
    views::{
        collect, diagnose, diff, extract, list, messages, report, scan, show, timeline, verify,
    },
};

/// Everything was as it should be.
const OK: u8 = 0;
/// Something in a file is damaged, or what was asked for is not in it.
const DAMAGED: u8 = 1;
/// A file cannot be read, is of another kind, or the command line is wrong.
const UNUSABLE: u8 = 2;

/// Does what the command line says; returns the exit status.
pub fn run(cli: &Cli) -> u8 {
    devices::names::take_from(&cli.devices);
    match cli.color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
    .write_global();
    messages::show_progress();
    let result = match &cli.command {
        Command::List(args) => list::run(args),
        Command::Extract(args) => extract::run(args),
        Command::Collect(args) => collect::run(args),
        Command::Report(args) => report::run(args),
        Command::Timeline(args) => timeline::run(args),
        Command::Show(args) => show::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Diagnose(args) => diagnose::run(args),
        Command::Scan(args) => scan::run(args),
        Command::Doctor(args) => doctor::run(args),
        Command::Devices(args) => devices::run(args),
        Command::Snapshot(args) => snapshot::run(args),
    };
    match result {
        Ok(status) => status,
        Err(error) if is_closed_pipe(&error) => OK,
        Err(error) => {
            messages::complain!("{error:#}");
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

/// Whoever was to read the output has seen enough.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain();
    causes.any(|error| {
        let error = error.downcast_ref::<std::io::Error>();
        error.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
