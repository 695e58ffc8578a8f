// SPDX-License-Identifier: GPL-2.0

//! Our driver against the kernel's own: the same adapters, the same bytes.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{LazyLock, Mutex, PoisonError},
    time::Duration,
};

use serde_json::Value;
use vm::{Adapter, Vm, LOAD_C_DRIVER};
use vmcore_format::cudbg::{private::Private, section::Section, Chip};

use crate::{
    boots::{boot, of, save_with_dumps, Boot, SAVE},
    differences::{self, Seen},
    sections::{of_vmcore, usual, Sections},
};

/// The adapter of seed 2 once more, with firmware that goes on: behind the others, on T6.
fn with_firmware() -> Adapter {
    Adapter::t6(2).option("--firmware-every=41")
}

/// The adapters: each seed with memories of its own.
fn adapters(chip: Chip) -> impl Iterator<Item = (u64, Adapter)> {
    let seeds: &[u64] = match chip {
        // The C driver does not dump a T4 without our patch.
        Chip::T4 => &[1, 4, 5],
        Chip::T5 | Chip::T6 => &[1, 2, 3, 4, 5],
    };
    seeds.iter().map(move |&seed| {
        let adapter = match chip {
            Chip::T4 => Adapter::t4(seed),
            Chip::T5 => Adapter::t5(seed),
            Chip::T6 => Adapter::t6(seed),
        };
        let adapter = match (chip, seed) {
            // Part of the host's memory instead of an external one.
            (Chip::T6, 3) => adapter.option("--mc-mib=0").option("--hma-mib=2"),
            // No hash: the lookup engine has only its TCAM.
            (_, 4) => adapter.option("--set=0x19c04=0x0").option("--mc-mib=3"),
            // A window of a single page.
            (_, 5) => adapter.option("--window-kib=4"),
            _ => adapter,
        };
        // A healthy one among those that hold anything everywhere.
        let adapter = match seed {
            2 => adapter,
            _ => adapter.option("--noise"),
        };
        (seed, adapter)
    })
}

fn machine(name: &str, chip: Chip) -> Vm {
    let vm = Vm::scenario(name)
        .memory_mib(2048)
        .crashkernel_mib(896)
        .deadline(Duration::from_secs(900));
    let vm = adapters(chip).fold(vm, |vm, (_, adapter)| vm.adapter(adapter));
    match chip {
        Chip::T6 => vm.adapter(with_firmware()),
        _ => vm,
    }
}

fn ours(name: &str, chip: Chip) -> Result<vm::Outcome, String> {
    boot(machine(name, chip).crash_kernel(&save_with_dumps()))
}

fn theirs(name: &str, chip: Chip) -> Result<vm::Outcome, String> {
    boot(
        machine(name, chip)
            .c_driver()
            .crash_kernel(&format!("{LOAD_C_DRIVER}{SAVE}")),
    )
}

/// The same adapters, dumped by both.
struct Pair {
    chip: Chip,
    ours: Boot,
    theirs: Boot,
}

static T4: Pair = Pair {
    chip: Chip::T4,
    ours: LazyLock::new(|| ours("ours-t4", Chip::T4)),
    theirs: LazyLock::new(|| theirs("theirs-t4", Chip::T4)),
};
static T5: Pair = Pair {
    chip: Chip::T5,
    ours: LazyLock::new(|| ours("ours-t5", Chip::T5)),
    theirs: LazyLock::new(|| theirs("theirs-t5", Chip::T5)),
};
static T6: Pair = Pair {
    chip: Chip::T6,
    ours: LazyLock::new(|| ours("ours-t6", Chip::T6)),
    theirs: LazyLock::new(|| theirs("theirs-t6", Chip::T6)),
};

fn dumps(boot: &'static Boot) -> BTreeMap<String, Sections> {
    let out = &of(boot).out;
    // Several tests extract to the same place.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    of_vmcore(&out.join("vmcore"), &out.join("dumps"))
}

/// Compares all, says what differs and should not, and gives the differences that should be there.
fn compare(pair: &'static Pair) -> (Vec<String>, Seen) {
    let (ours, theirs) = (dumps(&pair.ours), dumps(&pair.theirs));
    let (mut wrong, mut seen) = (Vec::new(), Seen::new());
    for (slot, (seed, adapter)) in (5..).zip(adapters(pair.chip)) {
        let name = format!("cxgb4_0000:00:{slot:02x}.0");
        let (ours, theirs) = (&ours[&name], &theirs[&name]);
        let truth = of(&pair.ours).out.join(format!("truth-{seed}"));
        adapter.truth(&truth).unwrap();
        let layout = std::fs::read(truth.join("layout.json")).unwrap();
        let layout: Value = serde_json::from_slice(&layout).unwrap();
        // 52 sections, as the C driver has them.
        assert_eq!(theirs.len(), 52);
        for (section, theirs) in theirs {
            let Some(ours) = ours.get(section) else {
                wrong.push(format!("seed {seed}: {} is missing", section.name()));
                continue;
            };
            let private = private(&layout, *section);
            if let Err(why) = differences::explain(*section, &private, ours, theirs, &mut seen) {
                wrong.push(format!("seed {seed}: {}: {why}", section.name()));
            }
        }
        let more = ours.keys().filter(|section| !theirs.contains_key(section));
        wrong.extend(more.map(|section| format!("seed {seed}: {} is ours only", section.name())));
    }
    (wrong, seen)
}

fn is_that_of_the_c_driver(pair: &'static Pair) {
    let (wrong, _) = compare(pair);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where what is private is in a memory, as the model says.
fn private(layout: &Value, memory: Section) -> Vec<Range<usize>> {
    let places = layout["private"].as_array().unwrap().iter();
    let here = places.filter(|place| place["memory"] == memory.name());
    here.map(|place| {
        let [start, end] = ["start", "end"].map(|end| place[end].as_u64().unwrap() as usize);
        start & !7..end.next_multiple_of(8)
    })
    .collect()
}

#[test]
fn t4_dumps_are_those_of_the_c_driver() {
    is_that_of_the_c_driver(&T4);
}

#[test]
fn t5_dumps_are_those_of_the_c_driver() {
    is_that_of_the_c_driver(&T5);
}

#[test]
fn t6_dumps_are_those_of_the_c_driver() {
    is_that_of_the_c_driver(&T6);
}

/// An exception that nothing needs would hide a fault.
#[test]
fn every_difference_that_is_allowed_is_there() {
    let seen: Seen = [&T4, &T5, &T6]
        .into_iter()
        .flat_map(|pair| compare(pair).1)
        .collect();
    let unseen: Vec<_> = differences::all()
        .filter(|(place, _)| !seen.contains(place))
        .collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}

/// Sections that are read with registers that the firmware uses, too.
const SHARED: [Section; 3] = [Section::TpIndirect, Section::HwSched, Section::RssVfConf];

/// Which of them are not what they are of the same adapter without firmware.
fn disturbed(boot: &'static Boot) -> Vec<&'static str> {
    let dumps = dumps(boot);
    let [quiet, busy] = [6, 10].map(|slot| &dumps[&format!("cxgb4_0000:00:{slot:02x}.0")]);
    let mut differ: Vec<_> = SHARED
        .iter()
        .filter(|section| quiet[section].1 != busy[section].1)
        .map(|section| section.name())
        .collect();
    // The firmware counts in the first word of each context.
    let contexts = |sections: &Sections| {
        let raw = &sections[&Section::DumpContext].1;
        let used = raw.chunks(32).filter(|context| context[8..] != [0; 24]);
        used.map(|context| [&context[..8], &context[12..]].concat())
            .collect::<Vec<_>>()
    };
    if contexts(quiet) != contexts(busy) {
        differ.push(Section::DumpContext.name());
    }
    differ
}

#[test]
fn firmware_that_goes_on_does_not_get_into_our_dump() {
    assert_eq!(disturbed(&T6.ours), [""; 0]);
}

/// Or the test above would prove nothing.
#[test]
fn firmware_that_goes_on_gets_into_the_dump_of_the_c_driver() {
    let disturbed = disturbed(&T6.theirs);
    assert!(
        disturbed.contains(&"tp_indirect") && disturbed.contains(&"dump_context"),
        "{disturbed:?}"
    );
}

#[test]
fn nothing_is_left_changed() {
    for Pair { ours: boot, .. } in [&T4, &T5, &T6] {
        for file in &of(boot).adapters {
            let stats = std::fs::read_to_string(file).unwrap();
            let stats: Value = serde_json::from_str(&stats).unwrap();
            assert_eq!(
                stats["changed"],
                serde_json::json!([]),
                "{}",
                file.display()
            );
            assert_eq!(stats["config"]["bus_master_enabled"], false);
            assert_eq!(
                stats["unmapped"],
                serde_json::json!([]),
                "{}",
                file.display()
            );
        }
    }
}

#[test]
fn every_section_is_complete() {
    for Pair { ours, chip, .. } in [&T4, &T5, &T6] {
        for (name, sections) in dumps(ours) {
            for (section, (header, raw)) in sections {
                let words = header.status.words().unwrap();
                let fitted = !raw.is_empty()
                    || !matches!(section, Section::Mc0 | Section::Mc1 | Section::Hma);
                let expected = match header.left_out {
                    Private::HOST_MEMORY => "left out",
                    _ if fitted => usual(*chip, section),
                    _ => "not present",
                };
                assert_eq!(words, expected, "{name} {}", section.name());
            }
        }
    }
}
