// SPDX-License-Identifier: GPL-2.0

//! What is in the dumps of adapters, as `vmcoredd` decodes it, is what the adapters hold.

use std::{fs, path::PathBuf, process::Command};

use serde_json::Value;
use vm::Adapter;
use vmcore_format::cudbg::{section::Section, Chip};

use crate::{
    boots::{lines, of, output, t4, text, two, Boot, DEMO, T4, TWO},
    sections::usual,
    shown,
};

/// An adapter, and where its dump is.
struct Case {
    boot: &'static Boot,
    address: &'static str,
    adapter: Adapter,
    chip: Chip,
    memories: &'static [&'static str],
}

fn cases() -> [Case; 4] {
    let [t6, t5] = two();
    let (small, large) = (
        &["edc0", "edc1", "mc0"][..],
        &["edc0", "edc1", "mc0", "mc1"][..],
    );
    [
        Case {
            boot: &DEMO,
            address: "0000:00:05.0",
            adapter: vm::demo::adapter(),
            chip: Chip::T6,
            memories: small,
        },
        Case {
            boot: &TWO,
            address: "0000:00:05.0",
            adapter: t6,
            chip: Chip::T6,
            memories: small,
        },
        Case {
            boot: &TWO,
            address: "0000:00:06.0",
            adapter: t5,
            chip: Chip::T5,
            memories: large,
        },
        Case {
            boot: &T4,
            address: "0000:00:05.0",
            adapter: t4(),
            chip: Chip::T4,
            memories: small,
        },
    ]
}

impl Case {
    fn name(&self) -> String {
        format!("cxgb4_{}", self.address)
    }

    /// Of a section of it, extracted.
    fn file_name(&self, section: &str) -> String {
        format!("{}.{section}.bin", self.name().replace(':', "-"))
    }

    fn vmcoredd(&self, args: &[&str]) -> String {
        let vmcore = of(self.boot).out.join("vmcore");
        let command = [args[0], vmcore.to_str().unwrap()];
        output(
            vm::bin_dir().join("vmcoredd"),
            &[&command[..], &args[1..]].concat(),
        )
    }

    fn shown(&self) -> Value {
        let said = self.vmcoredd(&["show", &self.name(), "--registers", "--json"]);
        shown::dumps(&said).remove(0)
    }

    /// A directory of this test for this case.
    fn dir(&self, test: &str) -> PathBuf {
        let dir = of(self.boot).out.join(format!("{test}-{}", self.address));
        let _ = fs::remove_dir_all(&dir);
        dir
    }

    /// What the adapter holds.
    fn truth(&self, test: &str) -> PathBuf {
        let dir = self.dir(&format!("{test}-truth"));
        self.adapter.truth(&dir).unwrap();
        dir
    }
}

fn json(path: PathBuf) -> Value {
    serde_json::from_slice(&fs::read(&path).unwrap()).unwrap()
}

#[test]
fn a_diagnosis_names_what_is_broken_and_nothing_else() {
    // Adapters of the same file are told apart by name.
    let broken = "T6:fw1.27.5:EDC0.ECC_UE";
    let expected = [(3, broken), (0, "healthy"), (0, "healthy"), (0, "healthy")];
    for (case, (status, signature)) in cases().iter().zip(expected) {
        let vmcore = of(case.boot).out.join("vmcore");
        let output = Command::new(vm::bin_dir().join("vmcoredd"))
            .arg("diagnose")
            .args([vmcore.as_os_str(), case.name().as_ref(), "--json".as_ref()])
            .output()
            .unwrap();
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(status), "{said}");
        let device = &said["files"][0]["dumps"][0];
        let found = &device["findings"];
        let held = device["verdict"]["signature"].as_str().unwrap();
        assert!(held.ends_with(signature), "{held}");
        match status {
            0 => assert_eq!(found, &Value::Array(Vec::new())),
            _ => {
                assert_eq!(found.as_array().unwrap().len(), 1);
                let address = &found[0]["registers"][2];
                assert_eq!(address["name"], "EDC0_H_ECC_ERR_ADDR");
                let place = address["words"].as_str().unwrap();
                assert!(place.ends_with("0x5040, in DBQ contexts"), "{place}");
            }
        }
    }
}

#[test]
fn every_register_is_what_the_adapter_holds() {
    for case in cases() {
        let truth = json(case.truth("registers").join("regs.json"));
        let truth = truth.as_object().unwrap();
        let shown = case.shown();
        let registers = shown["registers"].as_array().unwrap();
        assert_eq!(registers.len(), truth.len(), "{}", case.name());
        assert!(registers.len() > 9_000);
        for register in registers {
            // On T4 a window shows where it is on the bus, which is chosen at boot.
            let place = register["address"].as_u64().unwrap();
            if case.chip == Chip::T4 && (0x3068..0x30a8).contains(&place) && place % 8 == 0 {
                continue;
            }
            let address = format!("{:#x}", register["address"].as_u64().unwrap());
            assert_eq!(
                shown::number(&register["value"]),
                truth[&address],
                "{} {address}",
                case.name()
            );
        }
    }
}

#[test]
fn every_memory_is_what_the_adapter_holds_but_for_what_is_private() {
    for case in cases() {
        let truth = case.truth("memories");
        let private = json(truth.join("layout.json"))["private"].take();
        for memory in case.memories {
            let dir = case.dir("memories");
            case.vmcoredd(&[
                "extract",
                &case.name(),
                "--section",
                memory,
                "-o",
                dir.to_str().unwrap(),
            ]);
            let dumped = fs::read(dir.join(case.file_name(memory))).unwrap();
            let mut expected = fs::read(truth.join(format!("{memory}.bin"))).unwrap();
            let private = private
                .as_array()
                .unwrap()
                .iter()
                .filter(|range| range["memory"] == *memory);
            for range in private {
                let place = |end: &str| range[end].as_u64().unwrap() as usize;
                let private = &mut expected[place("start")..place("end")];
                assert!(
                    private.iter().all(|byte| *byte != 0),
                    "what is private in the model has no zeroes"
                );
                private.fill(0);
            }
            assert!(dumped == expected, "{} {memory} differs", case.name());
        }
    }
}

#[test]
fn the_memory_map_is_what_the_adapter_holds() {
    for case in cases() {
        let truth = json(case.truth("map").join("layout.json"))["meminfo"].take();
        let shown = case.shown()["memory_map"].take();
        let memories = shown["memories"].as_array().unwrap();
        assert_eq!(memories.len(), truth["available"].as_array().unwrap().len());
        for (shown, truth) in memories.iter().zip(truth["available"].as_array().unwrap()) {
            assert_eq!(shown["name"], truth["name"]);
            assert_eq!(shown["start"], truth["base"]);
            assert_eq!(
                shown["end"].as_u64().unwrap() + 1,
                truth["limit"].as_u64().unwrap()
            );
        }
        let regions = shown["regions"].as_array().unwrap();
        assert_eq!(
            regions.len(),
            truth["regions"].as_array().unwrap().len(),
            "{shown}"
        );
        for (shown, truth) in regions.iter().zip(truth["regions"].as_array().unwrap()) {
            assert_eq!(
                (&shown["name"], &shown["start"]),
                (&truth["name"], &truth["base"])
            );
            if truth["limit"] != 0 {
                assert_eq!(shown["end"], truth["limit"]);
            }
        }
        let usage = &shown["tables"][0]["rows"][0];
        for (shown, counter) in [
            ("pstructs", "pstructs"),
            ("pstructs_free", "free_pstructs"),
            ("rx_free", "free_rx"),
        ] {
            assert_eq!(usage[shown], truth[counter]);
        }
        let ports = shown["tables"][1]["rows"].as_array().unwrap().iter();
        let mut ports = ports.filter(|row| row["of"] == "port").enumerate();
        assert!(ports.all(|(port, row)| {
            row["used"] == truth["port_used"][port]
                && row["allocated"] == truth["port_allocated"][port]
        }));
    }
}

#[test]
fn every_dump_is_listed_shown_and_sound() {
    for case in cases() {
        let dumps = shown::dumps(&case.vmcoredd(&["list", "--json"]));
        let dump = dumps
            .iter()
            .find(|dump| dump["name"] == case.name())
            .expect("the dump");
        let title = dump["title"].as_str().unwrap();
        assert!(title.starts_with(&format!("cudbg 1.14, {} ", case.chip.name())));
        assert!(case
            .vmcoredd(&["verify"])
            .lines()
            .all(|line| line.contains(": ok (")));
        let shown = case.shown();
        assert_eq!(shown["facts"]["chip"], case.chip.name());
        for section in shown["sections"].as_array().unwrap() {
            let name = section["name"].as_str().unwrap();
            let memories = ["edc0", "edc1", "mc0", "mc1", "hma"];
            let status = match name {
                "flash" => "partial",
                _ if memories.contains(&name) && !case.memories.contains(&name) => "not present",
                _ => usual(case.chip, Section::from_name(name).unwrap()),
            };
            assert_eq!(section["status"], status, "{} {name}", case.name());
        }
    }
}

#[test]
fn the_flash_is_dumped_if_somebody_asks_until_the_time_is_over() {
    let [.., case] = cases();
    let dir = case.dir("flash");
    let to = dir.to_str().unwrap();
    case.vmcoredd(&["extract", &case.name(), "--section", "flash", "-o", to]);
    let dumped = fs::read(dir.join(case.file_name("flash"))).unwrap();
    let held = fs::read(case.truth("flash").join("flash.bin")).unwrap();
    assert!((16 << 10..held.len()).contains(&dumped.len()));
    assert!(dumped == held[..dumped.len()]);
}

#[test]
fn collecting_takes_little_more_memory_than_what_is_collected() {
    for boot in [&DEMO, &TWO, &T4] {
        let dmesg = text(boot, "crash.dmesg");
        let said = lines(&dmesg, "cxgb4_dump 0000:");
        assert!(!said.is_empty());
        for line in said {
            let scratch = line
                .split("scratch ")
                .nth(1)
                .and_then(|rest| rest.strip_suffix(" KiB"));
            let scratch: u32 = scratch.and_then(|kib| kib.parse().ok()).expect(line);
            assert!((64..=512).contains(&scratch), "{line}");
        }
        // Pages hold the bytes, and nothing else.
        let mut dumps = lines(&dmesg, "vmcore_devdump: cxgb4_");
        dumps.retain(|line| line.contains(" bytes in "));
        assert!(!dumps.is_empty(), "{dmesg}");
        for line in dumps {
            let numbers: Vec<usize> = line
                .split_whitespace()
                .filter_map(|word| word.parse().ok())
                .collect();
            let [bytes, kib, _ms] = numbers[..] else {
                panic!("{line}")
            };
            assert_eq!(kib, bytes.next_multiple_of(4096) / 1024, "{line}");
        }
    }
}
