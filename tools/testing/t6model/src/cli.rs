// SPDX-License-Identifier: GPL-2.0

//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand};
use t6model::{Fault, Misbehaviour, Options, Stuck, VpdState, BAR0_LEN};
use vmcore_format::cudbg::Chip;

/// A Chelsio T4, T5 or T6 in software.
#[derive(Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Serve one virtual machine over vfio-user until it goes, then write statistics
    Serve(Serve),
    /// Serve a PCI function of any kind, which misbehaves from when byte 0x98 of its configuration space is written to
    Function(Function),
    /// Write down what the adapter holds
    Truth(Truth),
}

#[derive(Args)]
pub struct Function {
    /// Socket to listen on; must not exist
    #[arg(long)]
    pub socket: PathBuf,
    /// File for the statistics
    #[arg(long)]
    pub stats: PathBuf,
    /// File with its configuration space
    #[arg(long)]
    pub config: PathBuf,
    /// A BAR, and KiB behind it; they hold their offsets: NUMBER=KIB
    #[arg(long, value_parser = bar, value_name = "NUMBER=KIB")]
    pub bar: Option<(u32, u32)>,
    /// Microseconds that each read takes
    #[arg(long, default_value_t = 0)]
    slow_us: u64,
    /// Nothing answers after so many reads of its configuration space
    #[arg(long, value_name = "READS")]
    config_reads: Option<u64>,
    /// Nothing answers after so many reads of its memory
    #[arg(long, value_name = "READS")]
    bar_reads: Option<u64>,
}

impl Function {
    pub fn misbehaviour(&self) -> Misbehaviour {
        Misbehaviour {
            slow: Duration::from_micros(self.slow_us),
            config_reads: self.config_reads,
            bar_reads: self.bar_reads,
        }
    }
}

/// Number of a BAR, and its bytes.
fn bar(text: &str) -> Result<(u32, u32), String> {
    let parts = text.split_once('=');
    let parts = parts.and_then(|(bar, kib)| Some((bar.parse().ok()?, kib.parse().ok()?)));
    match parts {
        Some((bar @ 0..6, kib @ 4..=1024)) => Ok((bar, kib << 10)),
        _ => Err("NUMBER=KIB, as in 0=128; 4 to 1024 KiB".into()),
    }
}

#[derive(Args)]
pub struct Serve {
    /// Socket to listen on; must not exist
    #[arg(long)]
    pub socket: PathBuf,
    /// File for the statistics
    #[arg(long)]
    pub stats: PathBuf,
    /// Let every read of the memory window leave the guest: slow, but counted
    #[arg(long = "no-mmap-windows", action = ArgAction::SetFalse)]
    pub mmap_windows: bool,
    /// File for every access that leaves the guest, in order
    #[arg(long)]
    pub log: Option<PathBuf>,
    #[command(flatten)]
    pub adapter: Adapter,
}

#[derive(Args)]
pub struct Truth {
    /// Directory for regs.json, layout.json and one .bin file per memory; made if missing
    #[arg(long)]
    pub out: PathBuf,
    /// Leave out what memories and flash hold
    #[arg(long)]
    pub no_contents: bool,
    #[command(flatten)]
    pub adapter: Adapter,
}

#[derive(Args)]
pub struct Adapter {
    /// t4, t5 or t6
    #[arg(long, value_parser = chip)]
    chip: Chip,
    /// Source of register values and memory contents
    #[arg(long)]
    seed: u64,
    /// MiB of EDC0, and of EDC1
    #[arg(long, default_value_t = 1)]
    edc_mib: u32,
    /// MiB of MC0
    #[arg(long, default_value_t = 2)]
    mc_mib: u32,
    /// MiB of MC1 [default: 1 on t5, which alone has it]
    #[arg(long)]
    mc1_mib: Option<u32>,
    /// MiB of HMA, which only t6 has
    #[arg(long, default_value_t = 0)]
    hma_mib: u32,
    /// MC0, which is large, is laid out as the factory does
    #[arg(long)]
    factory: bool,
    /// A memory of which each read takes so many microseconds, besides its way: NAME=MICROSECONDS
    #[arg(long, value_parser = slow_memory, value_name = "NAME=MICROSECONDS")]
    slow_memory: Option<(String, u64)>,
    /// KiB that memory window 0 shows at once; below 4 it cannot be mapped
    #[arg(long, default_value_t = 64)]
    window_kib: u32,
    /// A unit that never gets ready; may be repeated
    #[arg(long, value_enum)]
    stuck: Vec<Stuck>,
    /// BAR0 reads as ones; configuration space is good
    #[arg(long)]
    dead: bool,
    /// Nothing answers after so many accesses to BAR0
    #[arg(long, value_name = "ACCESSES")]
    vanish_after: Option<u64>,
    /// BAR0 reads as 0xeeeeeeee until so many milliseconds after the first access
    #[arg(long, default_value_t = 0, value_name = "MS")]
    not_ready_ms: u64,
    /// Registers that read as 0xeeeeeeee: FIRST-LAST, both in hexadecimal; may be repeated
    #[arg(long, value_parser = registers, value_name = "FIRST-LAST")]
    no_access: Vec<(u32, u32)>,
    /// A read of BAR0, by number, that nobody answers; may be repeated
    #[arg(long, value_name = "NUMBER")]
    lost: Vec<u64>,
    /// The firmware goes on: after so many accesses it uses TP's indirect registers, a context and the flash
    #[arg(long, default_value_t = 0, value_name = "ACCESSES")]
    firmware_every: u64,
    /// Milliseconds until the inbound queues may be read
    #[arg(long, default_value_t = 0, value_name = "MS")]
    ibq_ms: u64,
    /// Microseconds that each read of BAR0 takes, besides its way
    #[arg(long, default_value_t = 0)]
    pub slow_us: u64,
    /// KiB of BAR0; 0: it is missing
    #[arg(long, default_value_t = BAR0_LEN / 1024)]
    bar0_kib: u32,
    /// State of the vital product data
    #[arg(long, value_enum, default_value = "good")]
    vpd: VpdState,
    /// Something that is wrong with the chip, such as EDC0.ECC_UE; may be repeated, `help` lists all
    #[arg(long = "fault", value_parser = fault, value_name = "NAME")]
    faults: Vec<Fault>,
    /// Let registers of causes hold anything, too
    #[arg(long)]
    noise: bool,
    /// A register that holds something else: ADDRESS=VALUE, both in hexadecimal
    #[arg(long = "set", value_parser = register, value_name = "ADDRESS=VALUE")]
    broken: Vec<(u32, u32)>,
}

impl Adapter {
    pub fn options(&self) -> Options {
        let usual = Options::new(self.chip, self.seed);
        Options {
            edc_mib: self.edc_mib,
            mc_mib: self.mc_mib,
            mc1_mib: self.mc1_mib.unwrap_or(usual.mc1_mib),
            hma_mib: self.hma_mib,
            factory: self.factory,
            slow_memory: self.slow_memory.clone(),
            window_kib: self.window_kib,
            stuck: self.stuck.clone(),
            dead: self.dead,
            vanish_after: self.vanish_after,
            not_ready_ms: self.not_ready_ms,
            no_access: self.no_access.clone(),
            lost: self.lost.clone(),
            firmware_every: self.firmware_every,
            ibq_ms: self.ibq_ms,
            bar0_kib: self.bar0_kib,
            vpd: self.vpd,
            faults: self.faults.clone(),
            noise: self.noise,
            broken: self.broken.clone(),
            ..usual
        }
    }
}

fn register(text: &str) -> Result<(u32, u32), String> {
    two(text, '=').ok_or_else(|| "ADDRESS=VALUE, as in 0x3068=0xffffffff".into())
}

fn registers(text: &str) -> Result<(u32, u32), String> {
    two(text, '-').ok_or_else(|| "FIRST-LAST, as in 0x7d00-0x7efc".into())
}

/// Two numbers, in hexadecimal.
fn two(text: &str, between: char) -> Option<(u32, u32)> {
    let hexadecimal = |text: &str| u32::from_str_radix(text.trim_start_matches("0x"), 16).ok();
    let (first, second) = text.split_once(between)?;
    hexadecimal(first).zip(hexadecimal(second))
}

fn fault(name: &str) -> Result<Fault, String> {
    Fault::named(name).ok_or_else(|| {
        let names: Vec<_> = Fault::all().map(|fault| fault.name).collect();
        format!("there are {}", names.join(", "))
    })
}

fn slow_memory(text: &str) -> Result<(String, u64), String> {
    let parts = text.split_once('=');
    let parts = parts.and_then(|(name, us)| Some((name.to_owned(), us.parse().ok()?)));
    parts.ok_or_else(|| "NAME=MICROSECONDS, as in mc0=5000".into())
}

fn chip(name: &str) -> Result<Chip, String> {
    match name {
        "t4" => Ok(Chip::T4),
        "t5" => Ok(Chip::T5),
        "t6" => Ok(Chip::T6),
        _ => Err("t4, t5 or t6".into()),
    }
}
