// SPDX-License-Identifier: GPL-2.0

//! Installing and removing.

use crate::debian::{
    choice::Choice,
    machine::{of, text, INSTALLED, REMOVED, UPGRADED},
};

/// What our packages put into an initramfs.
const OURS: [&str; 5] = [
    "/vmcore_devdump.ko",
    "/cxgb4_dump.ko",
    "/pci_dump.ko",
    "init-top/devdump",
    "etc/vmcore-devdump.crash_log",
];

/// Files that come with any package, or with the first that DKMS signs modules of.
const OF_OTHERS: [&str; 7] = [
    "./var/lib/dpkg/",
    "./var/lib/apt/",
    "./var/lib/systemd/",
    "./var/cache/apt/",
    "./var/cache/debconf/",
    "./var/log/",
    "./var/lib/dkms/mok.",
];

#[test]
fn apt_brings_in_the_crash_kernel_and_no_compiler() {
    let dir = of(&INSTALLED);
    let said = text(dir.join("apt.log"));
    let new = said
        .split("The following NEW packages will be installed:")
        .nth(1)
        .expect("new packages");
    let new = new.split("upgraded,").next().unwrap();
    for name in [
        "linux-binary-7",
        "linux-modules-7",
        "vmcore-devdump-modules-7",
    ] {
        assert!(new.contains(name), "{name}: {new}");
    }
    for name in [
        "gcc",
        "rustc",
        "clang",
        "dkms",
        "linux-source",
        "linux-image",
    ] {
        assert!(!new.contains(name), "{name}: {new}");
    }
    // What is there is in the boot menu.
    let boot = text(dir.join("boot.list"));
    let images: Vec<&str> = boot
        .lines()
        .filter(|name| name.starts_with("vmlinuz"))
        .collect();
    assert_eq!(images.len(), 1, "{boot}");
    assert!(images[0].starts_with("vmlinuz-6.12."), "{boot}");
}

#[test]
fn the_crash_kernel_has_our_modules_and_is_the_one_that_kdump_tools_takes() {
    let dir = of(&INSTALLED);
    let chosen = Choice::of(&dir.join("crash-kernel"));
    assert!(
        chosen
            .why
            .starts_with("the newest that our modules are for; they are not for "),
        "{chosen:?}"
    );
    chosen.assert_taken();
    let listed = text(dir.join("kdump.list"));
    for name in OURS {
        assert!(listed.contains(name), "{name}: {listed}");
    }
}

#[test]
fn dkms_builds_the_modules_as_soon_as_it_can() {
    let upgrade = of(&UPGRADED).join("upgrade");
    let said = text(upgrade.join("built.log"));
    assert!(said.contains("is left out: the source of"), "{said}");
    assert_eq!(Choice::of(&upgrade.join("built.chosen")).kernel, "-");
    let status = text(upgrade.join("source.status"));
    assert_eq!(status.lines().count(), 1, "{status}");
    assert!(status.starts_with("vmcore-devdump/"), "{status}");
    assert!(status.trim_end().ends_with(": installed"), "{status}");
    Choice::of(&upgrade.join("source.chosen")).assert_taken();
}

#[test]
fn a_new_kernel_gets_the_modules_and_its_crash_kernel_too() {
    let upgrade = of(&UPGRADED).join("upgrade");
    let status = text(upgrade.join("installed.status"));
    assert_eq!(status.matches(": installed").count(), 2, "{status}");
    let listed = text(upgrade.join("kdump.list"));
    for name in OURS {
        assert!(listed.contains(name), "{name}: {listed}");
    }
    let chosen = Choice::of(&upgrade.join("installed.chosen"));
    assert!(chosen.kernel.contains("-cloud-"), "{chosen:?}");
    chosen.assert_taken();
}

#[test]
fn nothing_of_ours_stays_of_a_kernel_that_is_removed() {
    let upgrade = of(&UPGRADED).join("upgrade");
    let status = text(upgrade.join("removed.status"));
    assert_eq!(status.lines().count(), 1, "{status}");
    assert!(status.contains("-cloud-"), "{status}");
    let left = text(upgrade.join("left"));
    let left: Vec<&str> = left.lines().filter(|line| line.contains("7.")).collect();
    assert!(!left.is_empty());
    assert!(left.iter().all(|name| name.contains("-cloud-")), "{left:?}");
}

#[test]
fn apt_does_not_remove_the_crash_kernel_by_itself() {
    let removed = |path: &str| -> Vec<String> {
        let said = text(of(&UPGRADED).join(path));
        let names = said.lines().filter_map(|line| line.strip_prefix("Remv "));
        names
            .map(|name| name.split(' ').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(removed("autoremove"), Vec::<String>::new());
    // DKMS does not depend on any kernel.
    let chosen = Choice::of(&of(&UPGRADED).join("upgrade/installed.chosen")).kernel;
    let mut removed = removed("upgrade/autoremove").into_iter();
    assert!(!removed.any(|name| name.ends_with(&chosen)));
}

#[test]
fn the_initramfs_of_an_ordinary_boot_is_as_it_was() {
    let listed = text(of(&INSTALLED).join("initrd.list"));
    assert!(listed.contains("scripts/init-top/udev"), "{listed}");
    assert!(OURS.iter().all(|name| !listed.contains(name)), "{listed}");
}

#[test]
fn the_conffile_switches_it_off_and_a_mistake_in_it_does_not() {
    for (settings, expected) in [
        ("usual", true),
        ("minimal", true),
        ("off", false),
        ("broken", true),
    ] {
        let listed = text(of(&REMOVED).join(format!("settings-{settings}.list")));
        assert!(listed.contains("scripts/init-top/udev"), "{listed}");
        for name in OURS {
            assert_eq!(listed.contains(name), expected, "{settings}: {name}");
        }
    }
    let said = text(of(&REMOVED).join("settings-broken.log"));
    assert!(said.contains("mend /etc/default/vmcore-devdump"), "{said}");
}

#[test]
fn a_minimal_initramfs_starts_no_systemd_and_lacks_the_database_of_devices() {
    for (settings, expected) in [("usual", false), ("minimal", true)] {
        let listed = text(of(&REMOVED).join(format!("settings-{settings}.list")));
        let starts = listed.contains("conf/conf.d/vmcore-devdump");
        assert_eq!(starts, expected, "{listed}");
        let has_database = listed.contains("udev/hwdb.bin");
        assert_eq!(has_database, !expected, "{listed}");
        // Which takes more memory to unpack.
        let has_zstd = text(of(&REMOVED).join(format!("settings-{settings}.zstd")));
        assert_eq!(has_zstd.trim() != "0", !expected, "{has_zstd}");
    }
}

#[test]
fn purging_leaves_nothing() {
    let left = text(of(&REMOVED).join("left"));
    let left: Vec<&str> = left
        .lines()
        .filter(|path| !OF_OTHERS.iter().any(|dir| path.starts_with(dir)))
        .collect();
    assert_eq!(left, Vec::<&str>::new());
    assert_eq!(text(of(&REMOVED).join("left.settings")), "");
}
