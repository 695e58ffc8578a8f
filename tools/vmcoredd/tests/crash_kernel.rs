// SPDX-License-Identifier: GPL-2.0

//! A crash kernel that is not the kernel that runs.

use std::{fs, os::unix::fs::symlink};

use crate::ready::{check, System, LOADED, RELEASE};

const RUNNING: &str = "6.12.117+deb13-amd64";
const NEWER: &str = "7.4.1+deb13-amd64";
const CHOSEN: &str = "var/lib/vmcore-devdump/chosen";
const SETTINGS: &str = "etc/default/kdump-tools";
const COMMAND: &str = "var/crash/kexec_cmd";
const STATE: &str = "/var/lib/vmcore-devdump";
const WHY: &str =
    "the newest that our modules are for; they are not for 6.12.117+deb13-amd64, which runs";

/// 6.12 runs, and the packages have chosen the kernel that the system is ready for.
fn other(system: &System) {
    let root = system.0.path();
    system.write("proc/sys/kernel/osrelease", RUNNING);
    system.write(CHOSEN, &format!("{RELEASE}\n{WHY}\n"));
    system.write(
        SETTINGS,
        &format!("KDUMP_KERNEL={STATE}/vmlinuz\nKDUMP_INITRD={STATE}/initrd.img\n"),
    );
    system.write(&format!("lib/modules/{RELEASE}/vmlinuz"), "");
    for name in [RELEASE, RUNNING] {
        fs::create_dir_all(root.join(format!("lib/modules/{name}/kernel"))).unwrap();
    }
    for (link, target) in [
        ("vmlinuz", format!("/lib/modules/{RELEASE}/vmlinuz")),
        ("initrd.img", format!("/var/lib/kdump/initrd.img-{RELEASE}")),
    ] {
        symlink(target, root.join(&STATE[1..]).join(link)).unwrap();
    }
    system.write("var/lib/kdump/initrd.img-6.12.117+deb13-amd64", "cpio");
    system.write(
        COMMAND,
        &LOADED.replace("/var/lib/kdump/", &format!("{STATE}/")),
    );
    system.touch(COMMAND);
}

/// A newer kernel, for which depmod has found these modules.
fn install(system: &System, modules: &str) {
    let dir = format!("lib/modules/{NEWER}");
    fs::create_dir_all(system.0.path().join(&dir).join("kernel")).unwrap();
    system.write(&format!("{dir}/modules.dep"), modules);
}

#[test]
fn a_crash_kernel_that_is_not_the_running_one_is_named_with_the_reason() {
    type Change = fn(&System);
    let fine: [(Change, &str); 4] = [
        (|_| (), WHY),
        (
            |s| install(s, "kernel/loop.ko.xz:"),
            "7.4.1+deb13-amd64 is newer, and our modules are not for it yet",
        ),
        (
            |s| s.write(CHOSEN, &format!("{RELEASE}\nCRASH_KERNEL\n")),
            "7.3.4+deb13-amd64: CRASH_KERNEL",
        ),
        (
            |s| {
                let initrd = format!("/var/lib/kdump/initrd.img-{RELEASE}");
                s.write(
                    SETTINGS,
                    &format!("KDUMP_KERNEL=/vmlinuz\nKDUMP_INITRD={initrd}\n"),
                );
                s.write(
                    COMMAND,
                    &LOADED.replace("/var/lib/kdump/vmlinuz", "/vmlinuz"),
                );
                s.touch(COMMAND);
            },
            "7.3.4+deb13-amd64: KDUMP_KERNEL=/vmlinuz in /etc/default/kdump-tools",
        ),
    ];
    for (change, found) in fine {
        let system = System::ready();
        other(&system);
        change(&system);
        let (status, said) = system.examine();
        assert_eq!(status, 0, "{said}");
        assert!(said.contains(found), "{said}");
        let initramfs = format!("initrd.img-{RELEASE} has our modules for kernel {RELEASE}");
        assert!(said.contains(&initramfs), "{said}");
    }
}

#[test]
fn a_crash_kernel_that_is_not_the_one_that_was_meant_is_found() {
    check(&[
        (
            |s| {
                other(s);
                s.write(CHOSEN, "-\nCRASH_KERNEL=7.9: no such kernel is installed\n");
            },
            1,
            "saves no device dumps: CRASH_KERNEL=7.9: no such kernel is installed",
            "run `vmcore-devdump-update`",
        ),
        (
            |s| {
                other(s);
                install(s, "updates/vmcore-devdump/vmcore_devdump.ko.xz:");
            },
            1,
            "7.3.4+deb13-amd64, but 7.4.1+deb13-amd64 is newer, and our modules are for it",
            "run `vmcore-devdump-update`",
        ),
        (
            |s| {
                other(s);
                s.write(COMMAND, LOADED);
                s.touch(COMMAND);
            },
            1,
            "another crash kernel was loaded than the one that is chosen now, /lib/modules/7.3.4+deb13-amd64/vmlinuz",
            "run `systemctl restart kdump-tools`",
        ),
        (
            |s| {
                other(s);
                let command = s.0.path().join(COMMAND);
                let file = fs::File::open(command).unwrap();
                file.set_modified(std::time::UNIX_EPOCH).unwrap();
            },
            1,
            "another crash kernel was loaded than the one that is chosen now",
            "run `systemctl restart kdump-tools`",
        ),
    ]);
}
