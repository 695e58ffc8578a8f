// SPDX-License-Identifier: GPL-2.0

//! Adapters of 2 GiB and less, handed out while they are read, in a crash kernel of 128 MiB.

use std::{
    fs,
    io::Read,
    ops::Range,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
    time::Duration,
};

use serde_json::Value;
use t6model::Options;
use vm::{bin_dir, Adapter, Vm};
use vmcore_format::cudbg::Chip;

use crate::boots::{assert_none, boot, lines, of, text, Boot};

const LARGE: &str = "cxgb4_0000:00:05.0";
const SMALL: &str = "cxgb4_0000:00:06.0";

/// What reading two adapters at once may take.
const MOST_KIB: u64 = 1024;

fn large() -> Options {
    Options {
        edc_mib: 5,
        mc_mib: 2048,
        factory: true,
        ..Options::new(Chip::T6, 21)
    }
}

fn small() -> Options {
    Options {
        mc_mib: 64,
        ..Options::new(Chip::T5, 22)
    }
}

fn adapter(options: &Options) -> Adapter {
    let adapter = match options.chip {
        Chip::T5 => Adapter::t5(options.seed),
        _ => Adapter::t6(options.seed),
    };
    let adapter = adapter
        .option(&format!("--edc-mib={}", options.edc_mib))
        .option(&format!("--mc-mib={}", options.mc_mib));
    match options.factory {
        true => adapter.option("--factory"),
        false => adapter,
    }
}

static STREAM: Boot = LazyLock::new(|| {
    let tiny = |seed| Adapter::t6(seed).option("--mc-mib=1");
    boot(
        Vm::scenario("stream")
            .crashkernel_mib(128)
            .adapter(adapter(&large()))
            .adapter(adapter(&small()))
            // A whole dump takes about 360,000 accesses, and the note before may have been cut short.
            .adapter(tiny(23).option("--vanish-after=410000"))
            .adapter(tiny(24).option("--slow-memory=mc0=5000"))
            .crash_kernel(include_str!("../../scripts/stream.sh"))
            .deadline(Duration::from_secs(1800)),
    )
});

fn file(name: &str) -> PathBuf {
    of(&STREAM).out.join(name)
}

/// Exit status, and what it says in JSON.
fn vmcoredd(command: &str, name: &str) -> (i32, Value) {
    let output = Command::new(bin_dir().join("vmcoredd"))
        .args([command, "--json"])
        .arg(file(name))
        .output()
        .unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code().unwrap(), said["files"][0].clone())
}

/// Compares a memory in a stream with what the model holds, piece by piece; how many bytes were not private.
pub fn compare(stream: &Path, dump: &str, options: &Options) -> u64 {
    let model = t6model::Adapter::new(options.clone()).unwrap();
    let private: Vec<Range<u64>> = model.layout().private().map(|(_, range)| range).collect();
    let mut readable = 0;
    for memory in &model.layout().memories {
        let mut extract = Command::new(bin_dir().join("vmcoredd"))
            .args(["extract", "-o", "-", "--section", memory.name])
            .arg(stream)
            .arg(dump)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut saved = extract.stdout.take().unwrap();
        let (mut held, mut got) = (vec![0; 1 << 20], vec![0; 1 << 20]);
        for at in (0..u64::from(memory.size)).step_by(held.len()) {
            let start = u64::from(memory.base) + at;
            let end = start + held.len() as u64;
            model.peek(start, &mut held);
            let mut hidden = vec![false; held.len()];
            for range in &private {
                let (from, to) = (range.start.max(start), range.end.min(end));
                if from < to {
                    let range = (from - start) as usize..(to - start) as usize;
                    held[range.clone()].fill(0);
                    hidden[range].fill(true);
                }
            }
            readable += hidden.iter().filter(|hidden| !**hidden).count() as u64;
            saved.read_exact(&mut got).unwrap();
            assert!(got == held, "{dump}: {}, MiB at {at:#x}", memory.name);
        }
        assert_eq!(saved.read(&mut got).unwrap(), 0, "{}", memory.name);
        assert!(extract.wait().unwrap().success());
    }
    readable
}

#[test]
fn every_byte_of_2_gib_that_may_be_read_is_what_the_adapter_holds() {
    let readable = compare(&file("large.stream"), LARGE, &large());
    assert!(readable > 40 << 20, "{readable}");
}

#[test]
fn of_two_that_are_read_at_once_each_is_whole() {
    let readable = compare(&file("small.stream"), SMALL, &small());
    assert!(readable > 24 << 20, "{readable}");
    // And once more, after somebody has left in the middle of it.
    compare(&file("small.again"), SMALL, &small());
    for name in ["large.stream", "small.stream", "small.again"] {
        let (status, said) = vmcoredd("verify", name);
        assert_eq!(status, 0, "{name}: {said}");
        let dump = &said["dumps"][0];
        assert!(dump["complete"].as_u64() >= Some(45), "{said}");
    }
}

#[test]
fn reading_two_at_once_takes_no_more_than_a_mib() {
    let taken = |name: &str| {
        let [before, meanwhile] = ["before", "meanwhile"].map(|when| {
            let kib = text(&STREAM, &format!("{name}.{when}"));
            kib.trim().parse::<u64>().unwrap()
        });
        before.saturating_sub(meanwhile)
    };
    let [one, both] = ["one", "both"].map(taken);
    println!("{one} KiB for one, {both} KiB for both");
    assert!(both <= MOST_KIB, "{both} KiB, {one} for one");
}

#[test]
fn one_reads_at_a_time_from_the_start_to_the_end() {
    let names = ["05", "06", "07", "08"]
        .map(|slot| format!("400 /proc/vmcore_devices/cxgb4_0000:00:{slot}.0\n"));
    assert_eq!(text(&STREAM, "files"), names.concat());
    let kept = text(&STREAM, "kept");
    let drivers: Vec<_> = kept.lines().map(|line| line.rsplit('/').next()).collect();
    assert_eq!(drivers, [Some("cxgb4_dump"); 4], "{kept}");
    assert!(text(&STREAM, "twice").contains("Device or resource busy"));
    assert!(text(&STREAM, "full").contains("No space left"));
    let (status, said) = vmcoredd("list", "small.cut");
    assert_eq!(status, 1, "{said}");
    let warnings = said["warnings"].to_string();
    assert!(
        warnings.contains("the stream is cut short at offset"),
        "{said}"
    );
}

#[test]
fn a_device_that_fails_ends_its_own_stream() {
    let (status, said) = vmcoredd("list", "gone.stream");
    assert_eq!(status, 0, "{said}");
    assert_eq!(said["dumps"][0]["manifest"]["status"], "partial", "{said}");
    let (status, said) = vmcoredd("list", "slow.stream");
    assert_eq!(status, 0, "{said}");
    // On a busy host, others may be slow, too.
    let missing = said["dumps"][0]["manifest"]["missing"].as_str();
    assert!(
        missing.is_some_and(|missing| missing.contains("mc0")),
        "{said}"
    );
    for name in ["unplugged", "unloaded"] {
        let said = text(&STREAM, name);
        let gone = ["No such device", "Input/output error"];
        assert!(gone.iter().any(|gone| said.contains(gone)), "{said}");
        assert!(said.contains("status 1"), "{said}");
    }
}

#[test]
fn adapters_are_put_back_whoever_leaves() {
    for (nth, stats) in of(&STREAM).adapters.iter().enumerate() {
        let stats: Value = serde_json::from_slice(&fs::read(stats).unwrap()).unwrap();
        // The third does not answer any more, and cannot be put back.
        if nth != 2 {
            assert_eq!(stats["changed"], Value::Array(vec![]), "{nth}: {stats}");
        }
        assert_eq!(stats["private_reads"], serde_json::json!({}), "{stats}");
        assert_eq!(stats["config"]["bus_master_enabled"], false, "{stats}");
    }
    assert_eq!(text(&STREAM, "files.after"), "");
}

#[test]
fn the_console_says_how_far_it_is_and_how_it_ended() {
    let dmesg = text(&STREAM, "crash.dmesg");
    let ends = lines(&dmesg, "vmcore_devdump: cxgb4_0000:00:05.0: ");
    let handed: Vec<_> = ends
        .iter()
        .filter(|line| line.contains("bytes handed out in"))
        .collect();
    assert_eq!(handed.len(), 4, "{dmesg}");
    assert!(
        lines(&dmesg, ": mc0: ")
            .iter()
            .any(|line| line.contains(" of 2048 MiB, ") && line.ends_with(" s left")),
        "{dmesg}"
    );
    let waiting = lines(&dmesg, "vmcore_devdump: cxgb4_0000:00:06.0: ");
    assert!(
        waiting
            .iter()
            .any(|line| line.ends_with(" KiB so far, waiting for the reader")),
        "{dmesg}"
    );
    assert_none(&dmesg, &["BUG:", "Oops", "WARNING:", "Call Trace"]);
}
