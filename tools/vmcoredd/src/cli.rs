// SPDX-License-Identifier: GPL-2.0

//! The command line.

pub mod exit_status;

use std::{ffi::OsStr, num::NonZeroU8, path::PathBuf};

use clap::{
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser, ValueParser},
    Arg, Args, Parser, Subcommand, ValueEnum,
};

use crate::{kinds, views::timeline::Anchor};

pub const EXAMPLES: [&str; 8] = [
    "vmcoredd list /var/crash/*/dump.*",
    "ssh HOST cat /var/crash/vmcore | vmcoredd verify -",
    "vmcoredd show vmcore --registers | grep SGE_",
    "vmcoredd show vmcore 05.0 --section dev_log --section cim_la",
    "vmcoredd show vmcore --lspci | lspci -F - -vvv",
    "vmcoredd extract vmcore --section mc0 -o /tmp/dump",
    "vmcoredd scan /var/crash --format parquet -o crashes.parquet",
    "vmcoredd extract vmcore 05.0 -o - | ssh HOST 'cat >card.bin'",
];

/// Lists, extracts, verifies and decodes the device dumps in a vmcore.
///
/// A vmcore is what makedumpfile or cp saved after a panic: an ELF file, a kdump-compressed or a flattened one, also when gzip,
/// xz, zstd, bzip2 or lz4 packed it; or /proc/vmcore itself. `-` is standard input. What `extract` writes can be given, too.
///
/// All of a device, whatever its size, is in a file of its own beside the vmcore, `device.NAME.TIME`, if WHOLE_DEVICES=yes in
/// /etc/default/vmcore-devdump; it is read like a vmcore.
#[derive(Parser)]
#[command(version, after_help = help())]
pub struct Cli {
    /// When to use colours
    ///
    /// `auto` does on a terminal, unless NO_COLOR is set.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
    /// Where descriptions of devices are, which have names for registers
    #[arg(long, global = true, default_value = crate::devices::DIR, value_name = "DIR")]
    pub devices: PathBuf,
    #[command(subcommand)]
    pub command: Command,
}

fn help() -> String {
    let status = exit_status::help("vmcoredd");
    format!("{status}\n\nExamples:\n  {}", EXAMPLES.join("\n  "))
}

#[derive(Clone, Copy, Default, ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub enum Command {
    /// Name the device dumps in files
    #[command(after_help = exit_status::help("list"))]
    List(Files),
    /// Write device dumps, or one decoded section of them, to files
    #[command(after_help = exit_status::help("extract"))]
    Extract(Extract),
    /// Decode device dumps: sections, registers, memory map
    #[command(after_help = exit_status::help("show"))]
    Show(Show),
    /// Say what is wrong with the devices
    #[command(after_help = exit_status::help("diagnose"))]
    Diagnose(Diagnose),
    /// Make rows of many files, for databases and scripts
    ///
    /// One row for each file, each dump, each finding and each register that these rest on; a file that is damaged, of another kind or
    /// cannot be read is a row that says so. Documentation/scan.rst describes the columns, and asks which signature is new this week.
    #[command(after_help = exit_status::help("scan"))]
    Scan(Scan),
    /// Make one page to attach to a ticket: verdict, pictures, registers, logs
    ///
    /// The page is one file that needs nothing but a browser.
    #[command(after_help = exit_status::help("report"))]
    Report(Report),
    /// Find vmcores and leave a page and a small file with the device dumps beside each
    ///
    /// Beside `dump.TIME` or `vmcore` come `devices.TIME.html`, as `report` makes it, and `devices.TIME.vmcoredd`: device dumps and the
    /// kernel's log without any memory, which every command reads like a vmcore. Prints a line with the verdict for each. What
    /// has both already is left alone.
    #[command(after_help = exit_status::help("collect"))]
    Collect(Collect),
    /// Say what is different in two files
    ///
    /// Registers that stay as they are unless something happens are told from counters, clocks and pointers. Compare with a dump of a
    /// healthy device, or of the same one from another day.
    #[command(after_help = exit_status::help("diff"))]
    Diff(Diff),
    /// What the kernel and a device wrote down, side by side
    #[command(after_help = exit_status::help("timeline"))]
    Timeline(Timeline),
    /// Check that all of it can be read back
    #[command(after_help = exit_status::help("verify"))]
    Verify(Files),
    /// Say whether the next panic of this machine would leave device dumps, and if not, what to do
    #[command(after_help = exit_status::help("doctor"))]
    Doctor(Doctor),
    /// Describe devices to dump that the modules do not know
    ///
    /// A description is a file in /etc/vmcore-devdump/devices.d, as Documentation/devices.rst explains.
    #[command(after_help = exit_status::help("devices"))]
    Devices(Devices),
    /// Write what PCI functions look like now to a file, to compare with what they look like after a panic
    ///
    /// Only configuration space is read, and only through sysfs. Without root, the kernel hands out the first 64 bytes of it. The file is
    /// one that the other commands read.
    #[command(after_help = exit_status::help("snapshot"))]
    Snapshot(Snapshot),
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
    /// Dumps to write, by name or a part of it [default: all]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Directory to write to, made if missing; `-` is standard output, for one dump
    #[arg(short, long, default_value = ".", value_name = "DIR")]
    pub output: PathBuf,
    /// Write this section, decompressed, instead of the whole dump
    #[arg(long, value_name = "NAME", value_parser = sections(&[]), hide_possible_values = true)]
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
    /// Dumps to look at, by name or a part of it [default: all]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Names of registers and fields, for those that have none, as `show` takes them; may be repeated
    #[arg(long = "names", value_name = "FILE")]
    pub databases: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Show {
    /// A vmcore
    pub file: PathBuf,
    /// Dumps to show, by name or a part of it [default: all]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Decode a section, or `all` of them; may be repeated
    #[arg(long, value_name = "NAME", value_parser = sections(&["all"]), hide_possible_values = true)]
    pub section: Vec<String>,
    /// All registers, not only those with a name
    #[arg(long)]
    pub registers: bool,
    /// Print configuration space of PCI functions, for `lspci -F -`
    #[arg(long, conflicts_with_all = ["section", "registers", "json"])]
    pub lspci: bool,
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
pub struct Scan {
    /// vmcores; directories, with all that is below them; URLs: `https://HOST/FILE`, `s3://BUCKET/FILE`, `s3://BUCKET/DIR/`
    #[arg(required_unless_present = "files_from", value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What to print: a table for people, JSON by line, or Parquet for databases
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
    /// Where to write it; `-` is standard output
    #[arg(short, long, default_value = "-", value_name = "FILE")]
    pub output: PathBuf,
    /// Replace a file that exists
    #[arg(long)]
    pub force: bool,
    /// More paths, one in a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,
    /// Add the registers that `show` begins with
    #[arg(long)]
    pub registers: bool,
    /// Files to look at at a time [default: one for each processor]
    #[arg(long, value_name = "NUMBER")]
    pub jobs: Option<NonZeroU8>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Table,
    Ndjson,
    Parquet,
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

/// The names of sections of all kinds of dumps, and `others`.
fn sections(others: &[&'static str]) -> ValueParser {
    let names = [&kinds::section_names(), others].concat();
    Sections(names.into()).into()
}

/// Shells complete names; addresses of PCI functions are taken, too.
#[derive(Clone)]
struct Sections(PossibleValuesParser);

impl TypedValueParser for Sections {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        match value.to_str().filter(|name| kinds::is_section(name)) {
            Some(name) => Ok(name.to_owned()),
            None => self.0.parse_ref(command, arg, value),
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        self.0.possible_values()
    }
}

#[derive(Args)]
pub struct Devices {
    #[command(subcommand)]
    pub command: DevicesCommand,
}

#[derive(Subcommand)]
pub enum DevicesCommand {
    /// Say what is wrong in descriptions, and where
    #[command(after_help = exit_status::help("check"))]
    Check(DevicesFiles),
    /// Make of descriptions the table that the crash kernel reads
    ///
    /// The initramfs of the crash kernel has it as /lib/firmware/vmcore-devdump/devices.bin.
    #[command(after_help = exit_status::help("compile"))]
    Compile(Compile),
    /// Print a description with the names that a CMSIS-SVD file, or one of chipsec, has for registers
    ///
    /// It says nothing about what is read: that takes a [[range]]. Registers that change when they are read are left out, as far as the file
    /// says so; those of chipsec do not.
    #[command(after_help = exit_status::help("import"))]
    Import(Import),
}

#[derive(Args)]
pub struct DevicesFiles {
    /// Descriptions [default: /etc/vmcore-devdump/devices.d/*.toml]
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Compile {
    /// Descriptions [default: /etc/vmcore-devdump/devices.d/*.toml]
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// File to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

#[derive(Args)]
pub struct Import {
    /// CMSIS-SVD, or XML of chipsec
    pub file: PathBuf,
    /// What the device is to be called
    #[arg(long)]
    pub name: String,
    /// Devices that have these registers, as `lspci -n` prints them; may be repeated
    #[arg(
        long = "match",
        value_name = "VENDOR:DEVICE",
        required_unless_present = "class"
    )]
    pub ids: Vec<String>,
    /// Class of devices that have these registers
    #[arg(long, conflicts_with = "ids", value_name = "DIGITS")]
    pub class: Option<String>,
    /// Take the registers of this peripheral, or what chipsec calls a BAR
    #[arg(long)]
    pub part: Option<String>,
    /// The BAR where they are
    #[arg(long, default_value_t = 0)]
    pub bar: u8,
    /// Where they begin in it
    #[arg(long, default_value = "0", hide_default_value = true, value_parser = offset)]
    pub offset: u32,
}

/// Decimal, or with `0x`.
fn offset(text: &str) -> Result<u32, String> {
    let offset = crate::devices::number(text).and_then(|value| u32::try_from(value).ok());
    offset.ok_or_else(|| "write a number below 4 GiB, decimal or with 0x".to_owned())
}

#[derive(Args)]
pub struct Diff {
    /// A vmcore, or what `extract` or `collect` has written
    #[arg(value_name = "BEFORE")]
    pub before: PathBuf,
    /// Another one
    #[arg(value_name = "AFTER")]
    pub after: PathBuf,
    /// Show counters, clocks and pointers that are different, too
    #[arg(long)]
    pub all: bool,
    /// Show rows of this section that are different; may be repeated
    #[arg(long, value_name = "NAME", value_parser = sections(&[]))]
    pub section: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Snapshot {
    /// File to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Replace a file that exists
    #[arg(long)]
    pub force: bool,
    /// Look at the sysfs in this directory
    #[arg(
        long,
        default_value = "/",
        hide_default_value = true,
        value_name = "DIR"
    )]
    pub root: PathBuf,
}
