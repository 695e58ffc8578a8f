// SPDX-License-Identifier: GPL-2.0

//! What comes out of a card with a GiB of memory, in a crash kernel of the usual size.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{ensure, Context, Result};
use serde_json::Value;
use vm::{demo, Adapter, Vm};
use vmcore_format::cudbg::chunk::CHUNK_SIZE;

/// `crashkernel=` as Debian has it.
const CRASH_MIB: u32 = 192;
/// What a card takes for an access, about: arithmetic, not measured.
const ACCESS_US: f64 = 1.0;
/// The window that cxgb4 sets up, in bytes; moving it takes a write and a read.
const WINDOW: u64 = 2048;

/// A memory: bytes, and where what is private is in it.
struct Memory {
    name: String,
    size: u64,
    private: Vec<Range<u64>>,
}

/// Gives the vmcore that it was saved in.
pub fn run() -> Result<PathBuf> {
    let adapter = ["--edc-mib=5", "--mc-mib=1024", "--factory"]
        .iter()
        .fold(Adapter::t6(1), |adapter, option| adapter.option(option));
    // The model is emulated: the time is not what this is about.
    let load = demo::LOAD.replace(
        "devdump.ko\n",
        "devdump.ko deadline_seconds=3600 dump_seconds=3600\n",
    );
    let outcome = Vm::scenario("bench-large")
        .crashkernel_mib(CRASH_MIB)
        .adapter(adapter.clone())
        .deadline(Duration::from_secs(1800))
        .crash_kernel(&format!(
            "{load}makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/dev/null 2>&1\n"
        ))
        .run()?
        .success()?;
    let memories = memories(&adapter, &outcome.out)?;
    let shown = Command::new(vm::bin_dir().join("vmcoredd"))
        .args(["show", "--json"])
        .arg(outcome.out.join("vmcore"))
        .output()?;
    let shown: Value = serde_json::from_slice(&shown.stdout)?;
    let dump = &shown[0];
    let sections = dump["sections"].as_array().context("no sections")?;

    println!("T6 with 1 GiB, as the factory lays it out; crashkernel={CRASH_MIB}M");
    println!(
        "{:16} {:>11} {:>11} {:>11} {:>11} {:>11}",
        "bytes of", "memory", "private", "to be read", "read", "stored"
    );
    let (mut readable, mut read) = (0, 0);
    let mut private_chunks = 0;
    for Memory {
        name,
        size,
        private,
    } in &memories
    {
        let section = sections.iter().find(|section| section["name"] == **name);
        let section = section.with_context(|| format!("no {name}"))?;
        let raw = section["raw"].as_u64().context("no size")?;
        let hidden = |end: u64| -> u64 {
            let cut = private
                .iter()
                .map(|range| range.end.min(end).saturating_sub(range.start));
            cut.sum()
        };
        let of_all = size - hidden(*size);
        let of_this = raw - hidden(raw);
        println!(
            "{name:16} {size:>11} {:>11} {of_all:>11} {of_this:>11} {:>11}",
            size - of_all,
            section["stored"].as_u64().unwrap_or(0)
        );
        readable += of_all;
        read += of_this;
        let chunks = private
            .iter()
            .map(|range| (range.end - range.start) / CHUNK_SIZE as u64);
        private_chunks += chunks.sum::<u64>();
    }
    let accesses = read / 8 + 2 * (read / WINDOW);
    println!(
        "read: {:.1} % of what is not private; the dump has {} bytes",
        100.0 * read as f64 / readable as f64,
        dump["bytes"]
    );
    println!(
        "{accesses} accesses for memory: {:.1} s if each takes {ACCESS_US} us; about {private_chunks} chunks of what is private\n",
        accesses as f64 * ACCESS_US / 1e6
    );
    ensure!(
        read * 100 >= readable * 99,
        "of {readable} bytes that are not private, only {read} are in the dump"
    );
    Ok(outcome.out.join("vmcore"))
}

/// The memories of an adapter.
fn memories(adapter: &Adapter, out: &Path) -> Result<Vec<Memory>> {
    let truth = out.join("truth");
    adapter.clone().option("--no-contents").truth(&truth)?;
    let layout: Value = serde_json::from_slice(&fs::read(truth.join("layout.json"))?)?;
    let list = |name: &str| layout[name].as_array().cloned().context("no layout");
    let private = list("private")?;
    let memory = |memory: &Value| {
        let name = memory["name"].as_str().context("no name")?.to_owned();
        let here = private.iter().filter(|place| place["memory"] == *name);
        let ranges = here.map(|place| {
            let end = |end: &str| place[end].as_u64().context("no end");
            Ok(end("start")?..end("end")?)
        });
        Ok(Memory {
            size: memory["size"].as_u64().context("no size")?,
            private: merged(ranges.collect::<Result<_>>()?),
            name,
        })
    };
    list("memories")?.iter().map(memory).collect()
}

/// Ranges that do not overlap, ascending.
fn merged(mut ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    ranges.sort_by_key(|range| range.start);
    ranges.into_iter().fold(Vec::new(), |mut merged, range| {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
        merged
    })
}
