// SPDX-License-Identifier: GPL-2.0

//! Installing and removing.

use crate::debian::machine::{of, text, INSTALLED, REMOVED, UPGRADED};

/// What our packages put into an initramfs.
const OURS: [&str; 3] = ["/vmcore_devdump.ko", "/cxgb4_dump.ko", "init-top/devdump"];

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
fn apt_builds_the_modules_for_the_kernel() {
    let status = text(of(&INSTALLED).join("dkms.status"));
    assert_eq!(status.lines().count(), 1, "{status}");
    assert!(status.starts_with("vmcore-devdump/"), "{status}");
    assert!(status.trim_end().ends_with(": installed"), "{status}");
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
}

#[test]
fn nothing_of_ours_stays_of_a_kernel_that_is_removed() {
    let upgrade = of(&UPGRADED).join("upgrade");
    let status = text(upgrade.join("removed.status"));
    assert_eq!(status.lines().count(), 1, "{status}");
    assert!(status.contains("-cloud-"), "{status}");
    let left = text(upgrade.join("left"));
    let left: Vec<&str> = left
        .lines()
        .filter(|line| line.contains("+deb13"))
        .collect();
    assert!(!left.is_empty());
    assert!(left.iter().all(|name| name.contains("-cloud-")), "{left:?}");
}

#[test]
fn a_kernel_without_its_source_is_left_out_until_that_comes() {
    let said = text(of(&REMOVED).join("source"));
    assert!(said.contains("is left out: the source of"), "{said}");
    // What DKMS calls skipped: no reason for apt to stop.
    assert!(said.contains("exit status 77"), "{said}");
    assert!(said.trim_end().ends_with(": installed"), "{said}");
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
}
