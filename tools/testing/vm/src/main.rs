// SPDX-License-Identifier: GPL-2.0

//! What `make demo`, `make bench` and `make vm-shell` run.

mod bench;
mod console;
mod cost;

use std::{path::PathBuf, process::Command, time::Instant};

use anyhow::{ensure, Result};
use clap::{Parser, ValueEnum};
use vm::{demo, Accel, Adapter, Vm};

use self::console::Watch;

/// Boots Debian's kernel with a modelled Chelsio adapter, and panics it
#[derive(Parser)]
#[command(version)]
enum Cli {
    /// The whole story: panic, device dump, makedumpfile, and what vmcoredd says of it
    Demo,
    /// Register accesses and time, ours and the C driver's; how long the reader takes
    Bench {
        /// The reader to measure
        vmcoredd: PathBuf,
    },
    /// What it takes to dump PCI functions: a part of `bench`
    Functions,
    /// Time, memory and size, ours and the kernel's own
    Cost,
    /// Says what guests run on here
    Accel,
    /// A shell in the crash kernel, on this terminal
    Shell(Shell),
}

#[derive(clap::Args)]
struct Shell {
    /// Adapter on the PCI bus
    #[arg(long, value_enum, default_value_t = Chip::T6)]
    chip: Chip,
    /// What its registers and memories are made from
    #[arg(long, default_value_t = 6)]
    seed: u64,
    /// A further option for the model, see `t6model serve --help`
    #[arg(long = "model", value_name = "OPTION", allow_hyphen_values = true)]
    model: Vec<String>,
    /// Memory of the machine, in MiB
    #[arg(long, default_value_t = 512)]
    memory: u32,
    /// Memory of the crash kernel, in MiB
    #[arg(long, default_value_t = 192)]
    crashkernel: u32,
    /// Stay in the first kernel: `echo c >/proc/sysrq-trigger` goes on
    #[arg(long)]
    first: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Chip {
    T4,
    T5,
    T6,
    None,
}

fn main() -> Result<()> {
    match Cli::parse() {
        Cli::Demo => tell(),
        Cli::Bench { vmcoredd } => say_accel().and_then(|()| bench::run(&vmcoredd)),
        Cli::Functions => say_accel().and_then(|()| bench::functions::run()),
        Cli::Cost => say_accel().and_then(|()| cost::run()),
        Cli::Accel => say_accel(),
        Cli::Shell(options) => shell(&options),
    }
}

fn say_accel() -> Result<()> {
    println!("{:9}  guests run on {}", "", Accel::get()?);
    Ok(())
}

fn tell() -> Result<()> {
    say_accel()?;
    let start = Instant::now();
    let dir = vm::build_dir().canonicalize()?.join("vm/demo");
    let watch = Watch::start(&dir.join("serial.log"), start);
    let outcome = demo::whole("demo").run();
    watch.stop();
    let vmcore = outcome?.success()?.out.join("vmcore");
    let vmcore = vmcore
        .strip_prefix(std::env::current_dir()?)
        .unwrap_or(&vmcore)
        .to_owned();
    let mib = vmcore.metadata()?.len() >> 20;
    println!(
        "{:8.1}s  makedumpfile saved {} ({mib} MiB)",
        start.elapsed().as_secs_f32(),
        vmcore.display()
    );
    // The last one says that the adapter had stopped.
    let vmcore = vmcore.display().to_string();
    for (command, status) in [("list", 0), ("show", 0), ("diagnose", 3)] {
        vmcoredd(&[command, &vmcore], status)?;
    }
    let page = vmcore.replace("vmcore", "report.html");
    vmcoredd(&["report", &vmcore, "--force", "-o", &page], 0)?;
    println!("{:9}  {page} is the page to attach to a ticket", "");
    Ok(())
}

fn vmcoredd(args: &[&str], expected: i32) -> Result<()> {
    println!("\n$ vmcoredd {}", args.join(" "));
    let status = Command::new(vm::bin_dir().join("vmcoredd"))
        .args(args)
        .status()?;
    ensure!(
        status.code() == Some(expected),
        "vmcoredd {}: {status}",
        args[0]
    );
    Ok(())
}

fn shell(options: &Shell) -> Result<()> {
    const SAVE: &str = "makedumpfile -l -d 31 /proc/vmcore /out/vmcore\n";
    let mut machine = Vm::scenario("shell")
        .memory_mib(options.memory)
        .crashkernel_mib(options.crashkernel)
        .crash_kernel(&format!("{}{SAVE}", demo::LOAD))
        .shell(if options.first {
            vm::Stage::First
        } else {
            vm::Stage::Crash
        });
    let adapter = match options.chip {
        Chip::T4 => Some(Adapter::t4(options.seed)),
        Chip::T5 => Some(Adapter::t5(options.seed)),
        Chip::T6 => Some(Adapter::t6(options.seed)),
        Chip::None => None,
    };
    if let Some(adapter) = adapter {
        machine = machine.adapter(
            options
                .model
                .iter()
                .fold(adapter, |adapter, o| adapter.option(o)),
        );
    }
    println!(
        "Ctrl-a x ends the machine. What the guest leaves in /out is in build/vm/shell/share/out."
    );
    machine.run()?;
    Ok(())
}
