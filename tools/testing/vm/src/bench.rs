// SPDX-License-Identifier: GPL-2.0

//! `vm bench`: what collecting costs, in our driver and in the C driver, on the same adapters. Counts are the same on any processor;
//! times are of the one that it says it runs on.

use std::{
    collections::BTreeMap,
    fs,
    ops::{Add, Sub},
    path::Path,
    time::Duration,
};

use anyhow::{ensure, Context, Result};
use serde_json::Value;
use vm::{demo, Adapter, Vm, LOAD_C_DRIVER};
use vmcore_format::cudbg::section::Section;

pub mod functions;
mod large;
mod reader;

/// Reads and writes of registers and windows, and the bytes that were read.
#[derive(Clone, Copy, Default)]
struct Count {
    reads: u64,
    writes: u64,
    bytes: u64,
}

impl Count {
    fn all(self) -> u64 {
        self.reads + self.writes
    }
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            reads: self.reads + other.reads,
            writes: self.writes + other.writes,
            bytes: self.bytes + other.bytes,
        }
    }
}

impl Sub for Count {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            reads: self.reads - other.reads,
            writes: self.writes - other.writes,
            bytes: self.bytes - other.bytes,
        }
    }
}

/// What a driver did, by section, and how long it took.
struct Cost {
    sections: BTreeMap<u8, Count>,
    seconds: f64,
}

/// Why ours needs more in some sections.
const MORE: &[(&[Section], &str)] = &[
    (
        &[
            Section::PmStats,
            Section::SgeIndirect,
            Section::PcieIndirect,
            Section::PmIndirect,
            Section::MaIndirect,
            Section::HmaIndirect,
            Section::UlprxLa,
        ],
        "registers that select something are read before and put back",
    ),
    (
        &[
            Section::CimIbqTp0,
            Section::CimIbqTp1,
            Section::CimIbqUlp,
            Section::CimIbqSge0,
            Section::CimIbqSge1,
            Section::CimObqUlp0,
            Section::CimObqUlp1,
            Section::CimObqUlp2,
            Section::CimObqUlp3,
            Section::CimObqSge,
            Section::CimObqRxq0,
            Section::CimObqRxq1,
        ],
        "where the queues of the management controller are is asked before any other is read",
    ),
    (
        &[Section::DevLog],
        "where private data is is asked before any memory is read",
    ),
    (
        &[Section::TidInfo],
        "the start of servers, for which the C driver relies on the firmware",
    ),
];

/// `vmcoredd`: as it is installed, where `bin_dir` has the one for tests.
pub fn run(vmcoredd: &Path) -> Result<()> {
    for chip in ["T5", "T6"] {
        let ours = demo::LOAD.replace(
            "devdump.ko\n",
            "devdump.ko deadline_seconds=3600 dump_seconds=600\n",
        );
        let ours = cost(chip, "ours", &ours)?;
        let theirs = cost(chip, "theirs", LOAD_C_DRIVER)?;
        let unexplained = print(chip, &ours, &theirs);
        ensure!(
            unexplained.is_empty(),
            "more accesses than in the C driver, and no reason why in tools/testing/vm/src/bench.rs: {}",
            unexplained.join(", ")
        );
    }
    functions::run()?;
    reader::run(vmcoredd, &large::run()?)
}

fn cost(chip: &str, driver: &str, load: &str) -> Result<Cost> {
    let adapter = match chip {
        "T5" => Adapter::t5(1),
        _ => Adapter::t6(1),
    };
    let mut machine = Vm::scenario(&format!("bench-{chip}-{driver}"))
        .memory_mib(2048)
        .crashkernel_mib(512)
        .adapter(adapter.option("--mc-mib=1").counted())
        .deadline(Duration::from_secs(900))
        .crash_kernel(&format!(
            "cat /proc/uptime >/out/uptime\n{load}cat /proc/uptime >>/out/uptime\n"
        ));
    if driver == "theirs" {
        machine = machine.c_driver();
    }
    let outcome = machine.run()?.success()?;
    let stats: Value = serde_json::from_slice(&fs::read(&outcome.adapters[0])?)?;
    let spans = stats["spans"].as_object().context("no counts")?;
    let sections = spans.iter().map(|(id, span)| {
        let count = Count {
            reads: span["reads"].as_u64().unwrap_or(0),
            writes: span["writes"].as_u64().unwrap_or(0),
            bytes: span["bytes"].as_u64().unwrap_or(0),
        };
        Ok((id.parse()?, count))
    });
    let uptime = fs::read_to_string(outcome.out.join("uptime"))?;
    let times: Vec<f64> = uptime
        .lines()
        .filter_map(|line| line.split(' ').next()?.parse().ok())
        .collect();
    Ok(Cost {
        sections: sections.collect::<Result<_>>()?,
        seconds: times.last().unwrap_or(&0.0) - times.first().unwrap_or(&0.0),
    })
}

/// Prints the table and gives the sections that need more accesses for no reason.
fn print(chip: &str, ours: &Cost, theirs: &Cost) -> Vec<&'static str> {
    println!("{chip}: register accesses, ours and the C driver's");
    println!(
        "{:16} {:>9} {:>9}   {:>9} {:>9}   ratio",
        "section", "reads", "writes", "reads", "writes"
    );
    let line = |name: &str, ours: Count, theirs: Count| {
        let ratio = match theirs.all() {
            0 => "-".to_owned(),
            theirs => format!("{:.2}", ours.all() as f64 / theirs as f64),
        };
        println!(
            "{name:16} {:>9} {:>9}   {:>9} {:>9}   {ratio:>5}",
            ours.reads, ours.writes, theirs.reads, theirs.writes
        );
    };
    let count = |cost: &Cost, id: u8| cost.sections.get(&id).copied().unwrap_or_default();
    // Before and between sections. The C driver's has all of its probing, and is not counted.
    let outside = count(ours, 0);
    let mut totals = [outside, Count::default()];
    let mut more = Vec::new();
    for section in Section::ALL {
        let counts = [count(ours, section.id()), count(theirs, section.id())];
        totals = [totals[0] + counts[0], totals[1] + counts[1]];
        if counts.iter().any(|count| count.all() > 0) {
            line(section.name(), counts[0], counts[1]);
        }
        if counts[0].all() > counts[1].all() {
            more.push(section);
        }
    }
    line("outside sections", outside, Count::default());
    line("all sections", totals[0], totals[1]);
    let memory = [
        Section::Edc0,
        Section::Edc1,
        Section::Mc0,
        Section::Mc1,
        Section::Hma,
    ];
    let memories = [ours, theirs].map(|cost| {
        let counts = memory.iter().map(|section| count(cost, section.id()));
        counts.fold(Count::default(), Count::add)
    });
    line(
        "without memory",
        totals[0] - memories[0],
        totals[1] - memories[1],
    );
    let [ours_each, theirs_each] = memories.map(|memory| memory.bytes as f64 / memory.all() as f64);
    println!(
        "{:16} {ours_each:>19.2} {theirs_each:>21.2}   {:5.2}",
        "bytes, each",
        ours_each / theirs_each
    );
    println!(
        "{:16} {:>7.1} s {:>22.1} s   {:12.2}\n",
        "time",
        ours.seconds,
        theirs.seconds,
        ours.seconds / theirs.seconds
    );
    let (explained, unexplained): (Vec<Section>, Vec<_>) = more
        .into_iter()
        .partition(|section| MORE.iter().any(|(sections, _)| sections.contains(section)));
    for (sections, why) in MORE {
        let names = explained
            .iter()
            .filter(|section| sections.contains(section))
            .map(|section| section.name());
        println!("more in {}: {why}", names.collect::<Vec<_>>().join(", "));
    }
    println!();
    unexplained.into_iter().map(Section::name).collect()
}
