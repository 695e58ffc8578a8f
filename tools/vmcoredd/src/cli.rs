// SPDX-License-Identifier: GPL-2.0

//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
