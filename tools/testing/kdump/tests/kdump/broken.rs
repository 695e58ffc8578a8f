// SPDX-License-Identifier: GPL-2.0

//! Adapters in any state: the vmcore is saved, the crash kernel lives, and the dump says what could not be had.

use std::{collections::BTreeMap, sync::LazyLock, time::Duration};

use vm::{Adapter, Vm};
use vmcore_format::cudbg::{cause::Cause, section::Section};

use crate::{
    boots::{assert_none, boot, lines, of, output, save_with_dumps, text, Boot},
    sections::{of_vmcore, Sections},
};

/// What a section of a broken adapter must say.
enum Says {
    Ok,
    /// Nothing, for this reason.
    Fails(Cause),
    /// A part, for this reason.
    Partial(Cause),
}

use Says::{Fails, Ok as Good, Partial};

pub(crate) struct Case {
    pub(crate) what: &'static str,
    pub(crate) options: &'static [&'static str],
    says: &'static [(Section, Says)],
    /// Sections that are good, at least.
    good: usize,
}

/// Every unit that can be busy is, for ever.
const STUCK: &[&str] = &[
    "--stuck=cim",
    "--stuck=ibq",
    "--stuck=obq",
    "--stuck=rss",
    "--stuck=context",
    "--stuck=le",
    "--stuck=flash",
];

pub(crate) const CASES: &[Case] = &[
    Case {
        what: "all-ones from the start",
        options: &["--dead"],
        says: &[
            (Section::RegDump, Fails(Cause::DeviceGone)),
            (Section::Edc0, Fails(Cause::DeviceGone)),
            (Section::VpdData, Partial(Cause::DeviceGone)),
        ],
        good: 0,
    },
    Case {
        what: "gone after 3000 accesses",
        options: &["--vanish-after=3000"],
        says: &[
            (Section::RegDump, Partial(Cause::DeviceGone)),
            (Section::Meminfo, Fails(Cause::DeviceGone)),
        ],
        good: 0,
    },
    Case {
        what: "gone after 30000 accesses",
        options: &["--vanish-after=30000"],
        says: &[
            (Section::RegDump, Good),
            (Section::Meminfo, Good),
            (Section::Edc0, Fails(Cause::DeviceGone)),
        ],
        good: 5,
    },
    Case {
        what: "all busy bits stuck",
        options: STUCK,
        says: &[
            (Section::CimLa, Fails(Cause::Timeout)),
            (Section::CimQcfg, Partial(Cause::Busy)),
            (Section::CimIbqTp0, Fails(Cause::Timeout)),
            (Section::CimObqUlp1, Fails(Cause::Timeout)),
            (Section::PbtTable, Fails(Cause::Busy)),
            (Section::Rss, Fails(Cause::Timeout)),
            (Section::DumpContext, Fails(Cause::Timeout)),
            (Section::LeTcam, Partial(Cause::Timeout)),
            (Section::VpdData, Partial(Cause::Timeout)),
            (Section::RegDump, Good),
            (Section::Mc0, Good),
        ],
        good: 25,
    },
    Case {
        what: "an analyzer stuck, and half of the lookup engine; vital product data corrupt",
        options: &["--stuck=cim-la", "--stuck=le-tail", "--vpd=corrupt"],
        says: &[
            (Section::CimLa, Partial(Cause::Timeout)),
            (Section::LeTcam, Partial(Cause::BadRegister)),
            (Section::VpdData, Partial(Cause::Malformed)),
            (Section::Edc0, Good),
        ],
        good: 44,
    },
    Case {
        what: "no BAR0",
        options: &["--bar0-kib=0"],
        says: &[
            (Section::RegDump, Fails(Cause::OutsideBar)),
            (Section::VpdData, Partial(Cause::OutsideBar)),
        ],
        good: 0,
    },
    Case {
        what: "BAR0 of 64 KiB",
        options: &["--bar0-kib=64"],
        says: &[
            (Section::RegDump, Fails(Cause::OutsideBar)),
            (Section::VpdData, Partial(Cause::OutsideBar)),
        ],
        good: 0,
    },
    Case {
        what: "BAR0 of 128 KiB",
        options: &["--bar0-kib=128"],
        says: &[
            (Section::RegDump, Partial(Cause::OutsideBar)),
            (Section::Edc0, Fails(Cause::BadRegister)),
            (Section::CimLa, Good),
            (Section::LeTcam, Good),
        ],
        good: 35,
    },
    Case {
        what: "an absurd aperture, more ids than there can be, vital product data dead",
        options: &[
            "--set=0x3068=0x600ff",
            "--set=0x19c28=0xffffffff",
            "--vpd=dead",
        ],
        says: &[
            (Section::Edc0, Fails(Cause::BadRegister)),
            (Section::DevLog, Fails(Cause::BadRegister)),
            (Section::LeTcam, Fails(Cause::BadRegister)),
            (Section::VpdData, Partial(Cause::ConfigSpace)),
            (Section::CimLa, Good),
        ],
        good: 40,
    },
    Case {
        what: "memories that overlap, one that wraps, regions upside down",
        options: &[
            "--set=0x77c4=0x00000001",
            "--set=0x77c8=0x0fff0fff",
            "--set=0x1915c=0xffffffff",
            "--set=0x19160=0x0",
        ],
        says: &[
            (Section::Meminfo, Good),
            (Section::Mc0, Fails(Cause::BadRegister)),
            (Section::LeTcam, Good),
        ],
        good: 40,
    },
    Case {
        what: "a memory of 4 GiB, of which next to nothing is there",
        options: &["--set=0x77c8=0x00020ffd"],
        says: &[
            (Section::RegDump, Good),
            (Section::Edc0, Good),
            (Section::LeTcam, Good),
            (Section::Mc0, Partial(Cause::Deadline)),
        ],
        good: 46,
    },
    Case {
        what: "nothing wrong",
        options: &[],
        says: &[(Section::Mc0, Good), (Section::LeTcam, Good)],
        good: 48,
    },
];

/// Time for each dump, which share the processor: enough for all but the one that would never end.
const SECONDS: u64 = 240;

static BROKEN: Boot = LazyLock::new(|| {
    let script = save_with_dumps();
    let limit = format!("devdump.ko dump_seconds={SECONDS}\n");
    let vm = Vm::scenario("broken")
        .crash_kernel(&script.replace("devdump.ko\n", &limit))
        .deadline(Duration::from_secs(900));
    let adapters = CASES.iter().map(|case| {
        let adapter = Adapter::t6(7);
        case.options
            .iter()
            .fold(adapter, |adapter, option| adapter.option(option))
    });
    boot(adapters.fold(vm, Vm::adapter))
});

static DUMPS: LazyLock<BTreeMap<String, Sections>> = LazyLock::new(|| {
    let out = &of(&BROKEN).out;
    of_vmcore(&out.join("vmcore"), &out.join("dumps"))
});

fn dump(index: usize) -> &'static Sections {
    &DUMPS[&format!("cxgb4_0000:00:{:02x}.0", index + 5)]
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
fn the_crash_kernel_lives_and_the_vmcore_is_whole() {
    let dmesg = text(&BROKEN, "crash.dmesg");
    assert_none(&dmesg, &["BUG:", "Oops", "Call Trace", "soft lockup"]);
    assert_eq!(tallies(&dmesg).len(), CASES.len(), "{dmesg}");
    let vmcore = of(&BROKEN).out.join("vmcore");
    let log = vmcore.with_file_name("log-of-the-crashed-kernel");
    let _ = std::fs::remove_file(&log);
    let paths = [&vmcore, &log].map(|path| path.to_str().unwrap());
    output("makedumpfile", &["--dump-dmesg", paths[0], paths[1]]);
    let said = std::fs::read(log).unwrap();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("sysrq: Trigger a crash"), "{said}");
}

#[test]
fn no_adapter_takes_longer_than_a_dump_may() {
    let dmesg = text(&BROKEN, "crash.dmesg");
    for line in tallies(&dmesg) {
        let ms: u64 = line
            .split(", ")
            .find_map(|part| part.strip_suffix(" ms")?.parse().ok())
            .unwrap();
        assert!(ms < (SECONDS + 2) * 1000, "{line}");
    }
}

#[test]
fn adapters_that_answer_are_left_as_they_were() {
    for (index, case) in CASES.iter().enumerate() {
        let file = &of(&BROKEN).adapters[index];
        let stats: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
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
