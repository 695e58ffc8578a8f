// SPDX-License-Identifier: GPL-2.0

//! The smallest drivers, on devices of QEMU that hold different values, and one that is busy.

use kdump_tests::core_file::{manifest, split_notes};
use vm::Vm;
use vmcore_format::manifest::{Entry, Manifest, Reason, Status};

use crate::{
    boots::{boot, of, text, Boot},
    kdump_file,
};

static SAMPLES: Boot = Boot::new(|| {
    boot(
        Vm::scenario("samples")
            .device("edu")
            .device("edu")
            .device("edu")
            .modules(vm::build_dir().join("samples"))
            .first_kernel(include_str!("../../scripts/samples-first.sh"))
            .crash_kernel(include_str!("../../scripts/samples.sh")),
    )
});

/// In the order of loading: identification, inverse of what was written, factorial of 5 or 10, status.
fn dumps() -> Vec<(String, Vec<u8>)> {
    let held: [[u32; 4]; 2] = [
        [0x0100_00ed, !0x1234_5678, 120, 0],
        [0x0100_00ed, !0x0bad_cafe, 3_628_800, 0],
    ];
    let dump = |name: &str| {
        let name = name.to_owned();
        (5..).zip(held).map(move |(slot, registers)| {
            let payload = registers.iter().flat_map(|value| value.to_le_bytes());
            (format!("{name}_0000:00:0{slot}.0"), payload.collect())
        })
    };
    dump("edu").chain(dump("edu_c")).collect()
}

const BUSY: &str = "0000:00:07.0";

fn notes() -> Vec<u8> {
    kdump_file::notes(&of(&SAMPLES).out.join("vmcore"))
}

fn entries() -> Vec<Entry> {
    let manifest = manifest(&notes()).unwrap();
    Manifest::parse(&manifest).unwrap().entries().collect()
}

#[test]
fn the_smallest_drivers_dump_what_the_devices_held_when_the_kernel_panicked() {
    let mut found = split_notes(&notes()).unwrap().0;
    found.retain(|(name, _)| !name.ends_with(BUSY));
    assert_eq!(found, dumps());
}

#[test]
fn what_became_of_each_is_in_the_manifest() {
    let mut found: Vec<_> = entries()
        .iter()
        .map(|entry| {
            let name = String::from_utf8_lossy(entry.name()).into_owned();
            (name, entry.status, entry.reason, entry.asked)
        })
        .collect();
    // Whether it is still busy when the second driver comes, nobody knows.
    found.retain(|(name, ..)| *name != format!("edu_c_{BUSY}"));
    // A stream does not say beforehand how long it will be.
    let expected = [
        ("edu_0000:00:05.0", Status::COMPLETE, Reason::NONE, 0),
        ("edu_0000:00:06.0", Status::COMPLETE, Reason::NONE, 0),
        ("edu_0000:00:07.0", Status::PARTIAL, Reason::DEVICE, 0),
        ("edu_c_0000:00:05.0", Status::COMPLETE, Reason::NONE, 16),
        ("edu_c_0000:00:06.0", Status::COMPLETE, Reason::NONE, 16),
        // Probed again.
        ("edu_0000:00:05.0", Status::REFUSED, Reason::NAME_TAKEN, 0),
    ];
    let expected =
        expected.map(|(name, status, reason, asked)| (name.to_owned(), status, reason, asked));
    assert_eq!(found, expected);
}

#[test]
fn a_device_that_stays_busy_is_dumped_as_it_is() {
    let name = format!("edu_{BUSY}");
    let dumps = split_notes(&notes()).unwrap().0;
    let (_, payload) = dumps.into_iter().find(|(other, _)| *other == name).unwrap();
    let status = payload[12..].try_into().map(u32::from_le_bytes).unwrap();
    assert_eq!((payload.len(), status & 1), (16, 1));
    let entries = entries();
    let entry = entries.iter().find(|entry| entry.name() == name.as_bytes());
    let entry = entry.unwrap();
    assert_eq!(entry.missing(), b"factorial");
    assert!((20..2000).contains(&entry.ms), "{} ms", entry.ms);
}

#[test]
fn they_leave_the_configuration_of_the_devices_as_it_was() {
    let before = text(&SAMPLES, "before");
    // Decoding of memory was off at the first device, and on at the second.
    let commands: Vec<_> = before
        .lines()
        .filter_map(|line| line.trim().strip_prefix("34 12 e8 11 "))
        .map(|rest| &rest[..2])
        .collect();
    assert_eq!(commands, ["00", "02"], "{before}");
    assert_eq!(text(&SAMPLES, "after"), before);
}

#[test]
fn a_device_that_is_kept_is_collected_when_somebody_reads() {
    let vmcoredd = vm::bin_dir().join("vmcoredd");
    for (name, payload) in dumps() {
        let (driver, address) = name.rsplit_once("_0000:00:").unwrap();
        let file = of(&SAMPLES).out.join(format!(
            "{}.{address}",
            driver.replacen("edu", "edu_dump", 1)
        ));
        let file = file.to_str().unwrap();
        let saved = std::process::Command::new(&vmcoredd)
            .args(["extract", "-o", "-", file, &name])
            .output()
            .unwrap();
        assert!(saved.status.success(), "{saved:?}");
        assert_eq!(saved.stdout, payload, "{name}");
    }
    assert_eq!(text(&SAMPLES, "after-all"), text(&SAMPLES, "before"));
}
