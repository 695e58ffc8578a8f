// SPDX-License-Identifier: GPL-2.0

//! The dracut module, in images of Debian's dracut with a stand-in for Fedora's kdump.

use std::{process::Command, sync::LazyLock};

use vm::{Outcome, Vm};

use crate::debian::{
    boots::adapter,
    machine::{made, of, text, Made, IMAGES},
    whole,
};

/// A panic whose crash kernel runs from such an image.
static DRACUT: Made<Outcome> = LazyLock::new(|| {
    let images = made(&IMAGES)?;
    Vm::scenario("dracut")
        .memory_mib(1024)
        .crashkernel_mib(256)
        .adapter(adapter())
        .crash_initramfs(images.join("kdump.img"))
        .run()
        .and_then(Outcome::success)
        .map_err(|error| format!("{error:#}"))
});

#[test]
fn dracut_puts_it_into_images_for_kdump_only() {
    let dir = of(&IMAGES);
    let kdump = text(dir.join("dracut-kdump.list"));
    let ordinary = text(dir.join("dracut-ordinary.list"));
    for name in [
        "vmcore_devdump.ko",
        "cxgb4_dump.ko",
        "pci_dump.ko",
        "vmcore-devdump/load",
        "kdump/pre.d/50-vmcore-devdump",
    ] {
        assert!(kdump.contains(name), "{name}: {kdump}");
    }
    assert!(!ordinary.contains("vmcore-devdump/load"), "{ordinary}");
    // dracut puts all modules that are not part of the kernel into images that are for any machine.
    assert!(
        ordinary.contains("vmcore-devdump-blacklist.conf"),
        "{ordinary}"
    );
}

#[test]
fn dracut_dumps_the_adapter_before_its_driver_sees_it() {
    let outcome = of(&DRACUT);
    let listed = Command::new(vm::bin_dir().join("vmcoredd"))
        .args(["list".as_ref(), outcome.out.join("vmcore").as_os_str()])
        .output()
        .unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.contains("cxgb4_0000:00:05.0"), "{listed}");
    let dmesg = outcome.dmesg().unwrap();
    let ours = dmesg.find("cxgb4_dump 0000:00:05.0: T6: ").expect("ours");
    let theirs = dmesg.find("cxgb4 0000:00:05.0: ").expect("theirs");
    assert!(ours < theirs, "{dmesg}");
}

#[test]
fn a_whole_adapter_is_saved_as_fedora_and_rhel_call_it_and_then_has_its_driver() {
    let outcome = of(&DRACUT);
    let files = std::fs::read_dir(&outcome.out).unwrap();
    let files = files.map(|entry| entry.unwrap().path());
    let files: Vec<_> = files
        .filter(|path| path.to_string_lossy().contains("/device."))
        .collect();
    let [file] = files.as_slice() else {
        let said = std::fs::read_to_string(outcome.out.join("pre.log"));
        panic!("{files:?}: {said:?}");
    };
    whole::assert(file);
    let log = outcome.dmesg().unwrap();
    let saved = log.find(" is saved in /share/out").expect("saved");
    let theirs = log.find("cxgb4 0000:00:05.0: ").expect("theirs");
    assert!(saved < theirs, "{log}");
}
