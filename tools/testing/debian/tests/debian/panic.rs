// SPDX-License-Identifier: GPL-2.0

//! What a panic leaves in `/var/crash`.

use std::{fs, path::PathBuf, process::Command, sync::Mutex};

use serde_json::Value;

use crate::machine::{adapter, of, text, Made, Story, PURGED, USUAL};

/// What the adapter's own driver has changed before the panic: where its memory window is, and the last word of flash that it read.
const CHANGED: [u64; 2] = [0x3068, 0x193f8];

/// Place of `what` in the console from the panic on.
fn place(story: &Story, what: &str) -> usize {
    let panic = story
        .console
        .find("Kernel panic")
        .expect("the machine panicked");
    let place = story.console[panic..].find(what);
    place.unwrap_or_else(|| panic!("no {what:?} on the console after the panic"))
}

/// The file that kdump-tools has saved.
fn dump(story: &Story) -> PathBuf {
    let stamp = story.crash.file_name().unwrap().to_str().unwrap();
    let flattened = story.crash.join(format!("dump.{stamp}"));
    let dump = story.crash.join("dump");
    // Tests that run at the same time share it.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock();
    if !dump.exists() {
        let input = fs::File::open(&flattened)
            .unwrap_or_else(|error| panic!("{}: {error}", flattened.display()));
        let made = Command::new("makedumpfile")
            .arg("-R")
            .arg(&dump)
            .stdin(input)
            .output()
            .unwrap();
        assert!(made.status.success(), "makedumpfile -R: {made:?}");
    }
    dump
}

fn vmcoredd(command: &str, story: &Story, args: &[&str]) -> String {
    let said = Command::new(vm::bin_dir().join("vmcoredd"))
        .arg(command)
        .arg(dump(story))
        .args(args)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "vmcoredd {command}: {errors}");
    String::from_utf8(said.stdout).unwrap()
}

#[test]
fn kdump_is_ready_and_reboots_when_it_has_saved() {
    for made in [&USUAL, &PURGED] as [&'static Made<Story>; 2] {
        let story = of(made);
        let show = text(story.root.join("kdump-config.show"));
        assert!(show.contains("ready to kdump"), "{show}");
        place(story, "reboot: Restarting system");
    }
}

#[test]
fn the_file_holds_every_register_of_the_adapter() {
    let story = of(&USUAL);
    let truth = story.crash.join("truth");
    adapter().truth(&truth).unwrap();
    let truth: Value = serde_json::from_str(&text(truth.join("regs.json"))).unwrap();
    let name = "cxgb4_0000:00:05.0";
    let listed = vmcoredd("list", story, &[]);
    assert!(listed.contains(name), "{listed}");
    let verified = vmcoredd("verify", story, &[]);
    assert!(
        verified.lines().all(|line| line.contains(": ok")),
        "{verified}"
    );
    let shown = vmcoredd("show", story, &[name, "--registers", "--json"]);
    let shown = serde_json::from_str::<Value>(&shown).unwrap()[0].take();
    let registers = shown["registers"].as_array().unwrap();
    assert!(registers.len() > 9_000);
    for register in registers {
        let address = register["address"].as_u64().unwrap();
        if CHANGED.contains(&address) {
            continue;
        }
        let address = format!("{address:#x}");
        assert_eq!(register["value"], truth[&address], "{address}");
    }
}

#[test]
fn the_doctor_has_nothing_to_say_against_it() {
    let root = &of(&USUAL).root;
    let said = text(root.join("doctor"));
    assert_eq!(text(root.join("doctor.status")), "0\n", "{said}");
}

#[test]
fn the_adapter_is_dumped_before_its_driver_sees_it() {
    let story = of(&USUAL);
    let ours = place(story, "cxgb4_dump 0000:00:05.0: T6: ");
    let theirs = place(story, "cxgb4 0000:00:05.0: ");
    assert!(ours < theirs);
}

#[test]
fn in_an_ordinary_boot_nothing_of_ours_is_loaded() {
    let loaded = text(of(&USUAL).root.join("lsmod"));
    assert!(
        loaded.contains("cxgb4 "),
        "the adapter has its driver: {loaded}"
    );
    assert!(!loaded.contains("vmcore_devdump") && !loaded.contains("cxgb4_dump"));
}

#[test]
fn without_the_packages_the_dump_is_as_it_was() {
    let story = of(&PURGED);
    let listed = text(story.root.join("initrd.list"));
    assert!(listed.contains("scripts/init-top/udev"), "{listed}");
    for name in ["init-top/devdump", "vmcore_devdump.ko", "cxgb4_dump.ko"] {
        assert!(!listed.contains(name), "{name}");
    }
    let listed = vmcoredd("list", story, &["--json"]);
    assert!(!listed.contains("cxgb4"), "{listed}");
    let panic = story.console.find("Kernel panic").unwrap();
    assert!(!story.console[panic..].contains("vmcore_devdump"));
}
