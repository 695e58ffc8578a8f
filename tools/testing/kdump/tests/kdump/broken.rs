// SPDX-License-Identifier: GPL-2.0

//! Adapters in any state: the vmcore is saved, the crash kernel lives, and the dump says what could not be had.

use std::{collections::BTreeMap, sync::LazyLock, time::Duration};

use serde_json::Value;
use vm::{Adapter, Vm};
use vmcore_format::cudbg::{cause::Cause, reg_dump, section::Section, Chip};

use crate::{
    boots::{assert_none, boot, lines, of, output, save_with_dumps, text, Boot},
    sections::{of_vmcore, Sections},
    shown,
};

pub(crate) use self::cases::CASES;
use self::cases::{
    Case,
    Says::{Fails, Ok as Good, Partial},
    FIRMWARE, SLOW,
};

mod cases;

impl Case {
    /// In which crash kernel it is.
    fn group(&self) -> Group {
        let mut says = self.says.iter();
        let mut options = self.options.iter();
        let is_elsewhere = |option: &&str| {
            let apart = ["--not-ready", "--no-access", "--firmware"];
            apart.iter().any(|start| option.starts_with(start))
        };
        if says.any(|(_, says)| matches!(says, Partial(Cause::Deadline))) {
            Group::Endless
        } else if options.any(is_elsewhere) {
            Group::Elsewhere
        } else {
            Group::Broken
        }
    }

    fn adapter(&self) -> Adapter {
        let options = self.options.iter();
        options.fold(Adapter::t6(7), |adapter, option| adapter.option(option))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Group {
    Broken,
    /// Only the time ends its dump.
    Endless,
    /// Not broken: somebody else is at it, or not ready.
    Elsewhere,
}

/// A crash kernel with the adapters of a group.
struct Machine {
    group: Group,
    /// Time for each dump. They share the processor.
    seconds: u64,
    boot: Boot,
    dumps: LazyLock<BTreeMap<String, Sections>>,
}

/// Time enough for all of them.
static BROKEN: Machine = Machine {
    group: Group::Broken,
    seconds: 300,
    boot: LazyLock::new(|| BROKEN.boot("broken")),
    dumps: LazyLock::new(|| BROKEN.dumps()),
};

/// Time enough for all but what never ends.
static ENDLESS: Machine = Machine {
    group: Group::Endless,
    seconds: 80,
    boot: LazyLock::new(|| ENDLESS.boot("endless")),
    dumps: LazyLock::new(|| ENDLESS.dumps()),
};

/// As [`BROKEN`], each with a share of the processor.
static ELSEWHERE: Machine = Machine {
    group: Group::Elsewhere,
    seconds: 300,
    boot: LazyLock::new(|| ELSEWHERE.boot("elsewhere")),
    dumps: LazyLock::new(|| ELSEWHERE.dumps()),
};

static MACHINES: [&Machine; 3] = [&BROKEN, &ENDLESS, &ELSEWHERE];

impl Machine {
    fn cases(&self) -> impl Iterator<Item = &'static Case> + '_ {
        let here = |case: &&Case| case.group() == self.group;
        CASES.iter().filter(here)
    }

    fn boot(&self, name: &str) -> Result<vm::Outcome, String> {
        let script = save_with_dumps();
        let limit = format!("dump_seconds={}", self.seconds);
        let vm = Vm::scenario(name)
            .crash_kernel(&script.replace("dump_seconds=600", &limit))
            .deadline(Duration::from_secs(900));
        boot(self.cases().map(Case::adapter).fold(vm, Vm::adapter))
    }

    fn dumps(&'static self) -> BTreeMap<String, Sections> {
        let out = &of(&self.boot).out;
        of_vmcore(&out.join("vmcore"), &out.join("dumps"))
    }
}

/// Where a case is: the machine, and which of its adapters.
fn place(index: usize) -> (&'static Machine, usize) {
    let group = CASES[index].group();
    let before = CASES[..index].iter();
    let before = before.filter(|case| case.group() == group).count();
    let machine = MACHINES.iter().find(|machine| machine.group == group);
    (machine.expect("a machine for each group"), before)
}

fn name(index: usize) -> String {
    format!("cxgb4_0000:00:{:02x}.0", place(index).1 + 5)
}

fn dump(index: usize) -> &'static Sections {
    &place(index).0.dumps[&name(index)]
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The line that each dump ends with.
fn tallies(dmesg: &str) -> Vec<&str> {
    let said = lines(dmesg, "cxgb4_dump 0000:");
    said.into_iter()
        .filter(|line| line.contains(" sections ok, "))
        .collect()
}

#[test]
fn each_broken_adapter_gives_what_can_be_had() {
    let mut wrong = Vec::new();
    for (index, case) in CASES.iter().enumerate() {
        let sections = dump(index);
        for (section, says) in case.says {
            let (header, raw) = &sections[section];
            let ok = header.status.0 == 0 && !header.is_partial();
            let cause = header.detail.cause();
            let good = match says {
                Good => ok && !raw.is_empty(),
                Fails(why) => !ok && raw.is_empty() && cause == Some(*why),
                Partial(why) => header.is_partial() && !raw.is_empty() && cause == Some(*why),
            };
            if !good {
                let status = header.status.words();
                wrong.push(format!(
                    "{}: {}: {status:?}, {} bytes, {cause:?} at {:#x}",
                    case.what,
                    section.name(),
                    raw.len(),
                    header.detail.at
                ));
            }
        }
        let good = sections
            .values()
            .filter(|(header, _)| header.status.0 == 0 && !header.is_partial())
            .count();
        if good < case.good {
            wrong.push(format!("{}: {good} good sections", case.what));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn vital_product_data_is_had_without_a_register() {
    let whole = &dump(CASES.len() - 1)[&Section::VpdData].1;
    for index in [0, 5, 6] {
        let (_, raw) = &dump(index)[&Section::VpdData];
        // Names; the rest is in registers and in the flash.
        assert_eq!(raw[..72], whole[..72], "{}", CASES[index].what);
    }
}

#[test]
fn firmware_and_lost_answers_leave_no_trace() {
    let index = CASES.iter().position(|case| case.what == FIRMWARE).unwrap();
    let (busy, quiet) = (dump(index), dump(CASES.len() - 1));
    // What the firmware has used: SGE_CTXT, TP_TM_PIO, TP_PIO, TP_MIB.
    let used = [
        0x11fc..0x1218,
        0x7e18..0x7e20,
        0x7e40..0x7e48,
        0x7e50..0x7e58,
    ];
    for (section, (_, raw)) in busy {
        let (mut busy, mut quiet) = (raw.clone(), quiet[section].1.clone());
        match section {
            // It counts in contexts, and each adapter has its own place on the bus.
            Section::DumpContext | Section::PcieConfig => continue,
            Section::RegDump => used.iter().for_each(|used| {
                busy[used.clone()].fill(0);
                quiet[used.clone()].fill(0);
            }),
            _ => {}
        }
        assert!(busy == quiet, "{}", section.name());
    }
}

#[test]
fn a_failure_names_the_register() {
    for (index, section, register) in [
        (3, Section::CimLa, 0x7b50),
        (3, Section::CimIbqTp0, 0x7b60),
        (3, Section::Rss, 0x7dec),
        (3, Section::DumpContext, 0x11fc),
        (3, Section::LeTcam, 0x19cf0),
        (8, Section::Edc0, 0x3068),
        (8, Section::LeTcam, 0x19c28),
    ] {
        assert_eq!(
            dump(index)[&section].0.detail.at,
            register,
            "{}",
            section.name()
        );
    }
}

#[test]
fn a_slow_adapter_gives_its_most_telling_registers_and_none_that_was_not_read() {
    let index = CASES.iter().position(|case| case.what == SLOW).unwrap();
    let out = &of(&ENDLESS.boot).out;
    let truth = out.join("slow-truth");
    CASES[index].adapter().truth(&truth).unwrap();
    let truth: Value = json(&std::fs::read_to_string(truth.join("regs.json")).unwrap());
    let file = out.join("vmcore");
    let args = [
        "show",
        file.to_str().unwrap(),
        &name(index),
        "--registers",
        "--json",
    ];
    let shown = shown::dumps(&output(vm::bin_dir().join("vmcoredd"), &args)).remove(0);
    let held: BTreeMap<_, _> = shown["registers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|held| {
            (
                held["address"].as_u64().unwrap() as u32,
                shown::number(&held["value"]),
            )
        })
        .collect();
    for (address, value) in &held {
        assert_eq!(*value, truth[&format!("{address:#x}")], "{address:#x}");
    }
    assert!(reg_dump::telling(Chip::T6).all(|address| held.contains_key(&address)));
    // Others too.
    assert!(held.len() > 200, "{}", held.len());
    let not_read = shown["registers_not_read"].as_u64().unwrap() as usize;
    assert_eq!(held.len() + not_read, reg_dump::addresses(Chip::T6).count());
}

#[test]
fn the_crash_kernel_lives_and_the_vmcore_is_whole() {
    for machine in MACHINES {
        let dmesg = text(&machine.boot, "crash.dmesg");
        assert_none(&dmesg, &["BUG:", "Oops", "Call Trace", "soft lockup"]);
        assert_eq!(tallies(&dmesg).len(), machine.cases().count(), "{dmesg}");
        let vmcore = of(&machine.boot).out.join("vmcore");
        let log = vmcore.with_file_name("log-of-the-crashed-kernel");
        let _ = std::fs::remove_file(&log);
        let paths = [&vmcore, &log].map(|path| path.to_str().unwrap());
        output("makedumpfile", &["--dump-dmesg", paths[0], paths[1]]);
        let said = std::fs::read(log).unwrap();
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains("sysrq: Trigger a crash"), "{said}");
    }
}

#[test]
fn no_adapter_takes_longer_than_a_dump_may() {
    for machine in MACHINES {
        let dmesg = text(&machine.boot, "crash.dmesg");
        for line in tallies(&dmesg) {
            let ms: u64 = line
                .split(", ")
                .find_map(|part| part.strip_suffix(" ms")?.parse().ok())
                .unwrap();
            assert!(ms < (machine.seconds + 2) * 1000, "{line}");
        }
    }
}

#[test]
fn adapters_that_answer_are_left_as_they_were() {
    for (index, case) in CASES.iter().enumerate() {
        let (machine, adapter) = place(index);
        let file = &of(&machine.boot).adapters[adapter];
        let stats = json(&std::fs::read_to_string(file).unwrap());
        // What vanishes keeps what it was told last.
        if !case
            .options
            .iter()
            .any(|option| option.starts_with("--vanish"))
        {
            assert_eq!(stats["changed"], serde_json::json!([]), "{}", case.what);
        }
        assert_eq!(
            stats["config"]["bus_master_enabled"], false,
            "{}",
            case.what
        );
    }
}
