// SPDX-License-Identifier: GPL-2.0

//! `vm bench`: what collecting costs, in our driver and in the C driver, on the same adapters.

use std::{collections::BTreeMap, fs, time::Duration};

use anyhow::{Context, Result};
use serde_json::Value;
use vm::{demo, oracle_dir, Adapter, Vm};
use vmcore_format::cudbg::section::Section;

/// Reads and writes of registers and windows.
#[derive(Clone, Copy, Default)]
struct Count {
    reads: u64,
    writes: u64,
}

impl Count {
    fn all(self) -> u64 {
        self.reads + self.writes
    }
}

/// What a driver did, by section, and how long it took.
struct Cost {
    sections: BTreeMap<u8, Count>,
    seconds: f64,
}

const THEIRS: &str = "insmod /modules/zlib_deflate.ko\ninsmod /modules/cxgb4.ko\n";

pub fn run() -> Result<()> {
    for chip in ["T5", "T6"] {
        let ours = demo::LOAD.replace("devdump.ko\n", "devdump.ko dump_seconds=600\n");
        let ours = cost(chip, "ours", &ours)?;
        let theirs = cost(chip, "theirs", THEIRS)?;
        print(chip, &ours, &theirs);
    }
    Ok(())
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
        machine = machine
            .modules(oracle_dir())
            .crash_image(oracle_dir().join("bzImage"));
    }
    let outcome = machine.run()?.success()?;
    let stats: Value = serde_json::from_slice(&fs::read(&outcome.adapters[0])?)?;
    let spans = stats["spans"].as_object().context("no counts")?;
    let sections = spans.iter().map(|(id, span)| {
        let count = Count {
            reads: span["reads"].as_u64().unwrap_or(0),
            writes: span["writes"].as_u64().unwrap_or(0),
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

fn print(chip: &str, ours: &Cost, theirs: &Cost) {
    println!("{chip}: register accesses, ours and the C driver's");
    println!(
        "{:16} {:>9} {:>9}   {:>9} {:>9}   ratio",
        "section", "reads", "writes", "reads", "writes"
    );
    let line = |name: &str, ours: Count, theirs: Count| {
        let ratio = ours.all() as f64 / theirs.all().max(1) as f64;
        println!(
            "{name:16} {:>9} {:>9}   {:>9} {:>9}   {ratio:5.2}",
            ours.reads, ours.writes, theirs.reads, theirs.writes
        );
    };
    let count = |cost: &Cost, id: u8| cost.sections.get(&id).copied().unwrap_or_default();
    // 0 is what comes before, between and after sections.
    let mut totals = [Count::default(); 2];
    for section in Section::ALL {
        let counts = [count(ours, section.id()), count(theirs, section.id())];
        for (total, count) in totals.iter_mut().zip(counts) {
            total.reads += count.reads;
            total.writes += count.writes;
        }
        if counts.iter().any(|count| count.all() > 0) {
            line(section.name(), counts[0], counts[1]);
        }
    }
    line("all sections", totals[0], totals[1]);
    let memory = [
        Section::Edc0,
        Section::Edc1,
        Section::Mc0,
        Section::Mc1,
        Section::Hma,
    ];
    let without = |cost: &Cost, total: Count| {
        memory.iter().fold(total, |rest, section| {
            let count = count(cost, section.id());
            Count {
                reads: rest.reads - count.reads,
                writes: rest.writes - count.writes,
            }
        })
    };
    line(
        "without memory",
        without(ours, totals[0]),
        without(theirs, totals[1]),
    );
    println!(
        "{:16} {:>7.1} s {:>22.1} s   {:12.2}\n",
        "time",
        ours.seconds,
        theirs.seconds,
        ours.seconds / theirs.seconds
    );
}
