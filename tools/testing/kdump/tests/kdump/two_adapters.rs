// SPDX-License-Identifier: GPL-2.0

//! A T6 and a T5 in one machine, with every access counted.

use std::{fs, ops::Range, path::Path};

use serde_json::Value;

use crate::{
    boots::{lines, of, output, text, TWO},
    shown,
};

/// Of the two adapters that are not broken.
fn stats() -> [Value; 2] {
    let files = &of(&TWO).adapters;
    assert_eq!(files.len(), 3);
    [0, 1].map(|index| json(&files[index]))
}

fn json(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

#[test]
fn a_broken_adapter_gives_what_can_be_read_and_says_what_is_wrong() {
    let vmcore = of(&TWO).out.join("vmcore");
    let args = [
        "show",
        vmcore.to_str().unwrap(),
        "cxgb4_0000:00:07.0",
        "--json",
    ];
    let said = output(vm::bin_dir().join("vmcoredd"), &args);
    let shown = shown::dumps(&said);
    let sections = shown[0]["sections"].as_array().unwrap();
    let section = |name: &str| {
        sections
            .iter()
            .find(|section| section["name"] == name)
            .unwrap()
    };
    for name in ["reg_dump", "meminfo"] {
        assert_eq!(section(name)["status"], "ok", "{said}");
    }
    for name in ["edc0", "edc1", "mc0"] {
        assert_eq!(section(name)["status"], "error", "{said}");
        let cause = section(name)["cause"].as_str().unwrap();
        assert!(
            cause.contains("where private data is, so no memory was read (0x7d20: 0xfffffff8)"),
            "{cause}"
        );
    }
    let stats = json(&of(&TWO).adapters[2]);
    assert_eq!(stats["changed"], Value::Array(vec![]), "{stats}");
    let dmesg = text(&TWO, "crash.dmesg");
    let line = lines(&dmesg, "cxgb4_dump 0000:00:07.0: ");
    assert!(line[0].contains("sections ok, 4 failed"), "{line:?}");
    assert!(
        !dmesg.contains("BUG:") && !dmesg.contains("Oops"),
        "{dmesg}"
    );
}

#[test]
fn each_adapter_gives_a_dump_and_logs_one_line() {
    let dmesg = text(&TWO, "crash.dmesg");
    for (address, chip, sections) in [("05", "T6", 46), ("06", "T5", 45)] {
        let said = lines(&dmesg, &format!("cxgb4_dump 0000:00:{address}.0: "));
        assert_eq!(said.len(), 1, "{said:?}");
        let good = format!("{sections} sections ok, 0 failed");
        assert!(
            said[0].contains(chip) && said[0].contains(&good),
            "{}",
            said[0]
        );
        let said = lines(
            &dmesg,
            &format!("vmcore_devdump: cxgb4_0000:00:{address}.0: "),
        );
        let dumps = said.iter().filter(|line| line.contains(" bytes in "));
        assert_eq!(dumps.count(), 1, "{dmesg}");
    }
}

/// Milliseconds since the boot, when a dump was begun and when it was there.
fn time(dmesg: &str, address: &str) -> Range<u64> {
    let what = format!("cxgb4_dump 0000:00:{address}.0: ");
    let line = dmesg.lines().find(|line| line.contains(&what)).unwrap();
    let stamp = line.trim_start_matches('[').split(']').next().unwrap();
    let end = (stamp.trim().parse::<f64>().unwrap() * 1000.0) as u64;
    let mut words = line.split(", ");
    let took = words.find_map(|word| word.strip_suffix(" ms")).unwrap();
    end.saturating_sub(took.parse().unwrap())..end
}

#[test]
fn adapters_are_dumped_side_by_side() {
    let dmesg = text(&TWO, "crash.dmesg");
    let times = ["05", "06", "07"].map(|address| time(&dmesg, address));
    let last_to_begin = times.iter().map(|time| time.start).max();
    let first_to_end = times.iter().map(|time| time.end).min();
    assert!(last_to_begin < first_to_end, "{times:?}");
}

#[test]
fn an_adapter_that_is_probed_again_keeps_its_first_dump() {
    let dmesg = text(&TWO, "crash.dmesg");
    let refused = "vmcore_devdump: cxgb4_0000:00:05.0: refused: there was a dump of that name";
    assert_eq!(lines(&dmesg, refused).len(), 1, "{dmesg}");
}

#[test]
fn nothing_private_is_ever_read() {
    for stats in stats() {
        assert_eq!(
            stats["windows"]["mapped"], false,
            "reads that are not counted prove nothing"
        );
        assert!(
            stats["windows"]["bytes"].as_u64() > Some(1 << 20),
            "{stats}"
        );
        assert_eq!(stats["private_reads"], serde_json::json!({}), "{stats}");
    }
}

#[test]
fn nothing_is_left_changed_and_nothing_missed() {
    for stats in stats() {
        assert_eq!(stats["changed"], Value::Array(vec![]), "{stats}");
        assert_eq!(stats["unmapped"], Value::Array(vec![]), "{stats}");
    }
}

#[test]
fn no_adapter_ever_masters_the_bus() {
    for stats in stats() {
        assert_eq!(stats["config"]["bus_master_enabled"], false, "{stats}");
    }
}

#[test]
fn memory_decoding_is_left_as_it_was() {
    assert_eq!(text(&TWO, "command-5.before").trim(), "00 01");
    assert_eq!(text(&TWO, "command-6.before").trim(), "02 01");
    for slot in [5, 6] {
        let [before, after] =
            ["before", "after"].map(|when| text(&TWO, &format!("command-{slot}.{when}")));
        assert_eq!(before, after, "slot {slot}");
    }
}

#[test]
fn memory_is_read_in_double_words_and_never_written() {
    for stats in stats() {
        let reads = &stats["bar0"]["reads"];
        assert_eq!(reads["1"], 0, "{stats}");
        assert_eq!(reads["2"], 0, "{stats}");
        let words = stats["windows"]["bytes"].as_u64().unwrap() / 8;
        assert_eq!(stats["windows"]["reads"].as_u64(), Some(words), "{stats}");
        assert_eq!(stats["windows"]["writes"], 0, "{stats}");
    }
}
