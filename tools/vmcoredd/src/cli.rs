// SPDX-License-Identifier: GPL-2.0

//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::views::timeline::Anchor;

/// Lists, extracts, verifies and decodes the device dumps in a vmcore.
///
/// A vmcore is what makedumpfile or cp saved after a panic: an ELF file, a kdump-compressed or a flattened one, also when gzip,
/// xz, zstd, bzip2 or lz4 packed it; or /proc/vmcore itself. `-` is standard input. What `extract` writes can be given, too.
#[derive(Parser)]
#[command(
    version,
    after_help = "Exit status: 0 all is well; 1 a file is damaged, or what was asked for is not in it; 2 a file cannot be \
                  read or is no vmcore, or the command line is wrong.\n\n\
                  Examples:\n  \
                  vmcoredd list /var/crash/*/dump.*\n  \
                  ssh HOST cat /var/crash/vmcore | vmcoredd verify -\n  \
                  vmcoredd show vmcore --registers | grep SGE_\n  \
                  vmcoredd show vmcore --section dev_log --section cim_la\n  \
                  vmcoredd extract vmcore --section mc0 -o /tmp/dump"
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Name the device dumps in files
    List(Files),
    /// Write device dumps, or one decoded section of them, to files
    Extract(Extract),
    /// Decode device dumps: sections, registers, memory map
    Show(Show),
    /// Say what is wrong with the devices
    ///
    /// Exit status: 0 nothing that the rules know is wrong; 1 warnings or errors; 3 a device had stopped, or could not be trusted any
    /// more; 2 the file cannot be read, is no vmcore, or holds no dump of a device for which there are rules.
    Diagnose(Diagnose),
    /// Make one page to attach to a ticket: verdict, pictures, registers, logs
    ///
    /// The page is one file that needs nothing but a browser. Exit status: 0 the page is there; 1 it is, and the vmcore is damaged or
    /// holds no device dumps; 2 there is no page.
    Report(Report),
    /// Find vmcores and leave a page and a small file with the device dumps beside each
    ///
    /// Beside `dump.TIME` or `vmcore` come `devices.TIME.html`, as `report` makes it, and `devices.TIME.vmcoredd`: device dumps and the
    /// kernel's log without any memory, which every command reads like a vmcore. Prints a line with the verdict for each. What
    /// has both already is left alone. Exit status: 0 all is done; 1 something was damaged or could not be written; 2 a directory cannot
    /// be read.
    Collect(Collect),
    /// What the kernel and a device wrote down, side by side
    Timeline(Timeline),
    /// Check that all of it can be read back
    Verify(Files),
    /// Say whether the next panic of this machine would leave device dumps, and if not, what to do
    ///
    /// Exit status, as monitoring systems expect it: 0 all is ready; 1 the vmcore would be saved without device dumps, or with less
    /// than it could have; 2 there would be no vmcore, or DIR is not the root directory of a system.
    Doctor(Doctor),
}

#[derive(Args)]
pub struct Files {
    /// vmcores
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Doctor {
    /// Examine the system in this directory
    #[arg(
        long,
        default_value = "/",
        hide_default_value = true,
        value_name = "DIR"
    )]
    pub root: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Extract {
    /// A vmcore
    pub file: PathBuf,
    /// Dumps to write [default: all]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Directory to write to, made if missing
    #[arg(short, long, default_value = ".", value_name = "DIR")]
    pub output: PathBuf,
    /// Write this section, decompressed, instead of the whole dump
    #[arg(long)]
    pub section: Option<String>,
    /// Replace files that exist
    #[arg(long)]
    pub force: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Diagnose {
    /// A vmcore
    pub file: PathBuf,
    /// Dumps to look at [default: all]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Show {
    /// A vmcore
    pub file: PathBuf,
    /// Dumps to show [default: all]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Decode a section, or `all` of them; may be repeated
    #[arg(long, value_name = "NAME")]
    pub section: Vec<String>,
    /// All registers, not only those with a name
    #[arg(long)]
    pub registers: bool,
    /// Names of registers and fields, for those that have none: CMSIS-SVD, chipsec's XML, FreeBSD's t4_regs.h or reg_defs_t6.c; may be
    /// repeated
    #[arg(long = "names", value_name = "FILE")]
    pub databases: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Report {
    /// A vmcore
    pub file: PathBuf,
    /// Where to write it; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Hide addresses and serial numbers, and leave out the dump itself
    #[arg(long)]
    pub redact: bool,
    /// Replace a file that exists
    #[arg(long)]
    pub force: bool,
}

#[derive(Args)]
pub struct Timeline {
    /// A vmcore
    pub file: PathBuf,
    /// Dumps whose logs to show [default: all]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// A moment that is known on both clocks: of the device, and the kernel's. Two of them tie the clocks
    #[arg(long, value_name = "TICKS=SECONDS")]
    pub anchor: Vec<Anchor>,
    /// Show the last lines; 0 shows all
    #[arg(long, default_value_t = 40, value_name = "LINES")]
    pub last: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Collect {
    /// Directories to search, three levels deep
    #[arg(default_value = "/var/crash", value_name = "DIR")]
    pub dirs: Vec<PathBuf>,
    /// Hide addresses and serial numbers in the pages
    #[arg(long)]
    pub redact: bool,
    /// Make again what is there
    #[arg(long)]
    pub force: bool,
}
