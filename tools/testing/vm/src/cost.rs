// SPDX-License-Identifier: GPL-2.0

//! `vm cost`: time, memory and size, ours and the kernel's own.

mod stream;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{bail, ensure, Context, Result};
use serde_json::Value;
use vm::{demo, modules_dir, Outcome, Vm};

const FUNCTIONS: &str = include_str!("cost.sh");

/// Memory and time of a dump, then reading with both files; of the modules, time without the adapter.
const OURS: &str = "
load_often vmcore_devdump
free_bytes
load vmcore_devdump vmcore_devdump
load dump cxgb4_dump
free_bytes
mount --bind /proc/vmcore_devdump /proc/vmcore
makedumpfile -l -d 31 /proc/vmcore /out/vmcore
umount /proc/vmcore
for turn in 1 2 3 4 5 6 7; do
	read_all
done
rmmod cxgb4_dump
echo 1 >/sys/bus/pci/devices/0000:00:05.0/remove
load_often cxgb4_dump
";

const COUNTING: &str = "
insmod /modules/vmcore_devdump.ko
insmod /modules/cxgb4_dump.ko
turn=1
read_all
";

const THEIRS: &str = "
for module in /drivers/*.ko; do insmod $module; done
insmod /modules/vmcore_devdump.ko total_mib=64
free_bytes
load dump cxgb4
free_bytes
mount --bind /proc/vmcore_devdump /proc/vmcore
makedumpfile -l -d 31 /proc/vmcore /out/vmcore
umount /proc/vmcore
rmmod cxgb4
echo 1 >/sys/bus/pci/devices/0000:00:05.0/remove
load_often cxgb4
";

/// What is read, and how many times the instructions of reading the built-in file that may take. Small reads are not what
/// makedumpfile does: they show what one call costs.
const READING: [(&str, f64); 3] = [
    ("makedumpfile", 1.02),
    ("1-MiB-reads", 1.02),
    ("4-KiB-reads", 1.06),
];

pub fn run() -> Result<()> {
    let vm = |name: &str, script: &str| {
        Vm::scenario(name)
            .memory_mib(1024)
            .crashkernel_mib(320)
            .adapter(demo::adapter())
            .deadline(Duration::from_secs(1800))
            .crash_kernel(&format!("{FUNCTIONS}{script}"))
    };
    let ours = Measured::of(&vm("cost-ours", OURS).run()?.success()?)?;
    let theirs = vm("cost-theirs", THEIRS).c_driver();
    let theirs = Measured::of(&theirs.run()?.success()?)?;
    let counting = vm("cost-counting", COUNTING).counting_instructions();
    let counted = Measured::of(&counting.run()?.success()?)?;
    let too_much = reading(&ours, &counted)?;
    memory(&ours, &theirs)?;
    stream::run()?;
    sizes()?;
    ensure!(
        too_much.is_empty(),
        "through the stacked file it takes too many instructions: {}",
        too_much.join(", ")
    );
    Ok(())
}

/// What a machine left.
struct Measured {
    /// A name and its numbers, as often as there are some.
    lines: Vec<(String, Vec<f64>)>,
    /// Where it saved the vmcore, if it did.
    vmcore: PathBuf,
}

impl Measured {
    fn of(outcome: &Outcome) -> Result<Self> {
        let lines = fs::read_to_string(outcome.out.join("times"))?;
        let lines = lines.lines().map(|line| {
            let (name, numbers) = line.split_once(' ').context("a name")?;
            let numbers = numbers.split(' ').map(|number| Ok(number.parse()?));
            Ok((name.to_owned(), numbers.collect::<Result<_>>()?))
        });
        Ok(Self {
            lines: lines.collect::<Result<_>>()?,
            vmcore: outcome.out.join("vmcore"),
        })
    }

    /// The dump of the adapter, as `vmcoredd list` has it.
    fn dump(&self) -> Result<Value> {
        let listed = Command::new(vm::bin_dir().join("vmcoredd"))
            .args(["list", "--json"])
            .arg(&self.vmcore)
            .output()?;
        let listed: Value = serde_json::from_slice(&listed.stdout)?;
        Ok(listed["files"][0]["dumps"][0].clone())
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [f64]> {
        let named = self.lines.iter().filter(move |(other, _)| other == name);
        named.map(|(_, numbers)| &numbers[..])
    }

    fn fastest(&self, name: &str, column: usize) -> f64 {
        let times = self.all(name).map(|numbers| numbers[column]);
        times.fold(f64::INFINITY, f64::min) / 1e9
    }

    /// Bytes of memory that are gone since the adapter was dumped.
    fn held(&self) -> Result<f64> {
        let mut free = self.all("free").map(|numbers| numbers[0]);
        let (before, after) = (free.next(), free.next());
        Ok(before.context("before")? - after.context("after")?)
    }
}

/// Prints what reading takes, and gives what takes too much.
fn reading(ours: &Measured, counted: &Measured) -> Result<Vec<&'static str>> {
    println!("reading the vmcore: instructions, exact; seconds of the fastest of 7 runs, and ratios of pairs");
    println!(
        "{:16} {:>9} {:>9} {:>7} {:>9} {:>9}   median  range",
        "", "built-in", "stacked", "ratio", "built-in", "stacked"
    );
    let mut too_much = Vec::new();
    for (what, most) in READING {
        let pair = counted.all(what).next().context("nothing was counted")?;
        let ratio = pair[1] / pair[0];
        let mut ratios: Vec<f64> = ours.all(what).map(|pair| pair[1] / pair[0]).collect();
        ratios.sort_by(f64::total_cmp);
        let median = *ratios.get(ratios.len() / 2).context("no pair")?;
        println!(
            "{what:16} {:7.0} M {:7.0} M {ratio:7.3} {:7.2} s {:7.2} s   {median:6.3}  {:.3} to {:.3}",
            pair[0] / 1e6,
            pair[1] / 1e6,
            ours.fastest(what, 0),
            ours.fastest(what, 1),
            ratios[0],
            ratios[ratios.len() - 1],
        );
        if ratio > most {
            too_much.push(what);
        }
    }
    println!();
    Ok(too_much)
}

fn memory(ours: &Measured, theirs: &Measured) -> Result<()> {
    println!("{:32} {:>12} {:>12}", "one T6", "ours", "C driver");
    let kib = |bytes: f64| format!("{:.0} KiB", bytes / 1024.0);
    let row =
        |what: &str, [ours, theirs]: [String; 2]| println!("{what:32} {ours:>12} {theirs:>12}");
    let [our_dump, their_dump] = [ours.dump()?, theirs.dump()?];
    let bytes = |dump: &Value| dump["bytes"].as_f64().context("no dump");
    row(
        "note in the vmcore",
        [kib(bytes(&our_dump)?), kib(bytes(&their_dump)?)],
    );
    let [our_pages, their_pages] = [&our_dump, &their_dump].map(|dump| {
        let pages = dump["manifest"]["held_bytes"].as_f64();
        pages.context("no manifest")
    });
    let (our_pages, their_pages) = (our_pages?, their_pages?);
    // It was our core that took the note, and gave back the pages of zeroes. The kernel's own keeps what the driver asked for.
    let their_held = theirs.held()? - their_pages + bytes(&their_dump)?;
    row(
        "memory held, with the modules",
        [kib(ours.held()?), kib(their_held)],
    );
    row(
        "  of that, pages of the dump",
        [kib(our_pages), kib(bytes(&their_dump)?)],
    );
    let seconds = |side: &Measured, name| format!("{:.3} s", side.fastest(name, 0));
    row(
        "time to load and dump",
        [seconds(ours, "dump"), seconds(theirs, "dump")],
    );
    row(
        "time to load, no adapter",
        [seconds(ours, "cxgb4_dump"), seconds(theirs, "cxgb4")],
    );
    row(
        "time to load vmcore_devdump",
        [seconds(ours, "vmcore_devdump"), "-".to_owned()],
    );
    println!();
    Ok(())
}

fn sizes() -> Result<()> {
    println!(
        "{:24} {:>9} {:>9} {:>9}",
        "module, stripped", "text", "data", "file"
    );
    let [samples, oracle] = ["samples", "oracle"].map(|dir| vm::build_dir().join(dir));
    let ours = modules_dir();
    for (dir, module, note) in [
        (&ours, "vmcore_devdump", ""),
        (&ours, "cxgb4_dump", ""),
        (&ours, "pci_dump", ""),
        (&samples, "edu_dump", ""),
        (&samples, "edu_dump_c", ""),
        (&oracle, "cxgb4", " (C driver)"),
    ] {
        let [text, data, file] = size(&dir.join(module).with_extension("ko"))?;
        println!(
            "{:24} {text:>9} {data:>9} {file:>9}",
            format!("{module}{note}")
        );
    }
    Ok(())
}

/// Bytes of code and constants, of data, and of the file.
fn size(module: &Path) -> Result<[u64; 3]> {
    let stripped = std::env::temp_dir().join("stripped.ko");
    let strip = Command::new("strip")
        .args(["--strip-debug", "-o"])
        .args([&stripped, module])
        .status()?;
    ensure!(strip.success(), "strip {}: {strip}", module.display());
    let said = Command::new("size").arg(&stripped).output()?.stdout;
    let said = String::from_utf8(said)?;
    let line = said.lines().nth(1).context("size printed nothing")?;
    let numbers: Vec<u64> = line
        .split_whitespace()
        .take(3)
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let [text, data, bss] = numbers[..] else {
        bail!("size printed {line}");
    };
    Ok([text, data + bss, fs::metadata(stripped)?.len()])
}
