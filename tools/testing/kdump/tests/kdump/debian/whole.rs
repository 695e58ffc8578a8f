// SPDX-License-Identifier: GPL-2.0

//! With `WHOLE_DEVICES=yes`: all of an adapter, where the vmcore goes, and never in its way.

use std::path::Path;

use serde_json::{json, Value};
use t6model::Options;
use vmcore_format::cudbg::Chip;

use crate::{
    boots::output,
    debian::{
        boots::{Panic, ELSEWHERE, MINIMAL, USUAL},
        machine::{of, text, INSTALLED},
    },
    stream,
};

const DUMP: &str = "cxgb4_0000:00:05.0";

/// All of the adapter is in `file`.
pub fn assert(file: &Path) {
    let vmcoredd = vm::bin_dir().join("vmcoredd");
    let path = file.to_str().unwrap();
    output(&vmcoredd, &["verify", path]);
    let listed = output(&vmcoredd, &["list", "--json", path]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let dump = &listed["files"][0]["dumps"][0];
    assert_eq!(dump["name"], DUMP, "{listed}");
    assert_eq!(dump["manifest"]["status"], "complete", "{listed}");
    // The one of `make demo`; its fault is none of its memory.
    stream::compare(file, DUMP, &Options::new(Chip::T6, 6));
}

/// The name of that file, of `expected` ones.
fn saved(panic: &Panic, nth: usize, expected: usize) -> String {
    let files = panic.devices();
    assert_eq!(files.len(), expected, "{files:?}");
    assert(&files[nth]);
    let name = files[nth].file_name().unwrap();
    name.to_str().unwrap().to_owned()
}

#[test]
fn a_whole_adapter_is_saved_beside_the_vmcore_and_then_has_its_driver() {
    let panic = of(&USUAL);
    let name = saved(panic, 0, 1);
    assert!(name.starts_with("device.cxgb4_0000-00-05.0.20"), "{name}");
    let place = panic.place(&format!("{name} is saved in /var/crash"));
    assert!(place < panic.place("cxgb4 0000:00:05.0: "));
    assert!(place < panic.place("saved vmcore in /var/crash"));
}

#[test]
fn it_goes_where_the_vmcore_goes_over_ssh_and_nfs_too() {
    const PLACES: [&str; 2] = ["root@10.0.0.1:/var/crash", "10.0.0.1:/var/crash"];
    for (nth, (panic, place)) in of(&ELSEWHERE).iter().zip(PLACES).enumerate() {
        let name = saved(panic, nth, 2);
        assert!(
            name.starts_with("device.cxgb4_0000-00-05.0.10.0.0.2-20"),
            "{name}"
        );
        let saved = panic.place(&format!("{name} is saved in {place}"));
        assert!(saved < panic.place("saved vmcore in "));
    }
}

#[test]
fn what_takes_too_long_is_removed_and_the_vmcore_saved_all_the_same() {
    let panic = of(&MINIMAL);
    let gone = panic.place(" is not saved: 1 s are over; the vmcore is");
    assert!(gone < panic.place("saved vmcore in /var/crash"));
    // The one of the boot before.
    assert_eq!(panic.devices().len(), 1, "{:?}", panic.devices());
    assert!(panic.vmcoredd("list", &[]).contains(DUMP));
}

#[test]
fn the_adapter_is_as_it_was_whether_it_was_saved_or_not() {
    let [_, nfs] = of(&ELSEWHERE);
    for panic in [of(&MINIMAL), nfs] {
        let adapter = panic.adapter();
        assert_eq!(adapter["changed"], json!([]), "{adapter}");
        assert_eq!(adapter["private_reads"], json!({}), "{adapter}");
        let master = &adapter["config"]["bus_master_enabled"];
        assert_eq!(*master, json!(false), "{adapter}");
        assert!(!panic.crash_kernel().contains("cxgb4 0000:00:05.0: "));
    }
}

#[test]
fn what_the_vmcore_is_saved_through_is_not_kept() {
    // The NVMe drive, and the port above it.
    const DISK: [&str; 2] = ["0x010802", "0x060400"];
    const NETWORK: [&str; 1] = ["0x020000"];
    let [ssh, nfs] = of(&ELSEWHERE);
    for panic in [of(&USUAL), ssh, nfs] {
        let functions = panic.told("functions");
        let of_classes = |classes: &[&str]| -> Vec<String> {
            let is_one = |line: &&str| classes.iter().any(|class| line.contains(class));
            let lines = functions.lines().filter(is_one);
            let addresses = lines.filter_map(|line| Some(line.split_once(' ')?.0.to_owned()));
            addresses.collect()
        };
        let disks = of_classes(&DISK);
        assert_eq!(disks.len(), DISK.len(), "{functions}");
        let all = |addresses: Vec<String>| addresses.join("\n") + "\n";
        assert_eq!(panic.told("needed.local"), all(disks.clone()));
        // The usual machine's is not connected to anything.
        let mut expected = disks;
        if panic.crash != of(&USUAL).crash {
            let networks = of_classes(&NETWORK).into_iter();
            expected.extend(networks.filter(|it| !it.contains(":05.")));
        }
        expected.sort();
        assert_eq!(panic.told("needed.network"), all(expected));
    }
}

#[test]
fn the_initramfs_says_which_adapters_are_not_kept() {
    let told = of(&USUAL).told("initrd.list");
    assert!(told.contains("etc/vmcore-devdump.whole"), "{told}");
    // It is not switched on by itself.
    let listed = text(of(&INSTALLED).join("kdump.list"));
    assert!(!listed.contains("vmcore-devdump.whole"), "{listed}");
}
