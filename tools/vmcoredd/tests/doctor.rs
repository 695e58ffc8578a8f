// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd doctor`, on systems that are ready for a panic and on others.

mod crash_kernel;
mod crash_line;
mod evidence;
mod ready;

use std::fs;

use ready::{check, System, IMAGE, LISTING, PACKAGES};

#[test]
fn a_system_that_is_ready_is_told_what_will_be_dumped() {
    let (status, said) = System::ready().examine();
    assert_eq!(status, 0, "{said}");
    assert!(
        said.contains("1 would be dumped: 0000:41:00.4 [1425:6401]"),
        "{said}"
    );
    assert!(
        said.contains(
            "about 116 MiB are enough for the crash kernel, 192 are reserved, 21 of them for dumps"
        ),
        "{said}"
    );
    assert!(said.lines().all(|line| line.starts_with("ok ")), "{said}");
}

#[test]
fn whatever_is_missing_is_named_with_what_to_do() {
    check(&[
        (
            |s| s.write("sys/kernel/kexec_crash_size", "0"),
            2,
            "no memory is set aside",
            "crashkernel=",
        ),
        (
            |s| s.write("sys/kernel/kexec_crash_loaded", "0"),
            2,
            "not loaded",
            "kdump-config load",
        ),
        (
            |s| s.remove("bin/modinfo"),
            1,
            "cxgb4_dump is not installed for kernel 7.3.4",
            "install vmcore-devdump-modules-VERSION",
        ),
        (
            |s| s.remove("var/lib/kdump/initrd.img-7.3.4+deb13-amd64"),
            2,
            "no initramfs",
            "kdump-config load",
        ),
        (
            |s| s.remove("bin/lsinitramfs"),
            1,
            "cannot be listed",
            "lsinitramfs",
        ),
        (
            |s| s.write("listing", &LISTING.replace("cxgb4_dump", "cxgb4")),
            1,
            "lacks cxgb4_dump",
            "vmcore-devdump-update",
        ),
        (
            |s| s.write("listing", &LISTING.replace("deb13", "deb12")),
            1,
            "modules for another kernel",
            "vmcore-devdump-update",
        ),
        (
            |s| s.modinfo("7.3.3+deb13-amd64"),
            1,
            "vmcore_devdump is built for kernel 7.3.3+deb13-amd64, not for 7.3.4+deb13-amd64",
            "reinstall the package that has them",
        ),
        (
            |s| s.write("sys/kernel/kexec_crash_size", "125829120"),
            1,
            "120 are reserved, 3 of them for dumps",
            "put crashkernel=144M on the kernel's command line, or set MINIMAL=yes in /etc/default/vmcore-devdump: memories of an adapter would be cut",
        ),
        (
            |s| {
                s.write("sys/kernel/kexec_crash_size", "100663296");
                let minimal = "-rw-r--r-- 1 root root 9 Jan  1  1970 conf/conf.d/vmcore-devdump";
                s.write("listing", &format!("{LISTING}{minimal}"));
            },
            1,
            "about 116 MiB are enough for the crash kernel, 96 are reserved, 0 of them for dumps",
            "put crashkernel=144M on the kernel's command line: it may run out of memory before the vmcore is saved",
        ),
    ]);
}

#[test]
fn without_an_image_of_the_kernel_nobody_knows_what_is_enough() {
    let system = System::ready();
    for image in ["no kernel", ""] {
        system.write(IMAGE, image);
        let (status, said) = system.examine();
        assert_eq!(status, 0, "{said}");
        let why = "not known, because the image of kernel 7.3.4+deb13-amd64 was not found";
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_directory_that_holds_no_system_is_an_error() {
    for path in ["", "home/somebody", "etc/hostname", "usr/bin/true"] {
        let system = System::empty();
        if !path.is_empty() {
            system.write(path, "");
        }
        let output = system.doctor();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(output.stdout.is_empty(), "{path}");
        assert!(
            said.contains("not the root directory of a system"),
            "{said}"
        );
    }
    let nowhere = System::empty();
    fs::remove_dir(nowhere.0.path()).unwrap();
    let output = nowhere.doctor();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("No such file or directory"), "{said}");
}

#[test]
fn watchdogs_must_leave_time_for_dumps() {
    const CONF: &str = "etc/systemd/system.conf";
    fn running(system: &System, identity: &str, seconds: &str) {
        let watchdog = "sys/class/watchdog/watchdog0";
        system.write(&format!("{watchdog}/identity"), identity);
        system.write(&format!("{watchdog}/state"), "active");
        system.write(&format!("{watchdog}/timeout"), seconds);
    }
    check(&[
        (
            |s| running(s, "iTCO_wdt", "30"),
            1,
            "watchdog0 (iTCO_wdt): reset after 30 s, dumps may take 90 s",
            "`RuntimeWatchdogSec=180` in /etc/systemd/system.conf",
        ),
        (
            |s| s.write(CONF, "[Manager]\nRuntimeWatchdogSec=1min\n"),
            1,
            "RuntimeWatchdogSec=1min: reset after 60 s, dumps may take 90 s",
            "DEADLINE, and WHOLE_SECONDS if there is WHOLE_DEVICES=yes, in /etc/default/vmcore-devdump, then `vmcore-devdump-update`",
        ),
        (
            |s| {
                running(s, "iTCO_wdt", "150");
                s.write(
                    "etc/default/vmcore-devdump",
                    "WHOLE_DEVICES=yes\nWHOLE_SECONDS=100",
                );
                s.touch("var/lib/kdump/initrd.img-7.3.4+deb13-amd64");
                s.touch("var/crash/kexec_cmd");
            },
            1,
            "watchdog0 (iTCO_wdt): reset after 150 s, dumps may take 190 s",
            "less: DEADLINE, and WHOLE_SECONDS",
        ),
        (
            |s| {
                s.write(CONF, "[Manager]\nRuntimeWatchdogSec=10min\n");
                let part = "etc/systemd/system.conf.d/watchdog.conf";
                s.write(part, "[Manager]\nRuntimeWatchdogSec=20s\n");
            },
            1,
            "RuntimeWatchdogSec=20s: reset after 20 s",
            "`RuntimeWatchdogSec=180` in /etc/systemd/system.conf.d/watchdog.conf, then `systemctl daemon-reexec`",
        ),
    ]);
    type Change = fn(&System);
    let fine: [(Change, &str); 7] = [
        (
            |s| running(s, "iTCO_wdt", "91"),
            "reset after 91 s, dumps are over after 90 s",
        ),
        (|s| running(s, "Software Watchdog", "30"), "none is running"),
        (
            |s| {
                running(s, "iTCO_wdt", "30");
                s.write("sys/class/watchdog/watchdog0/state", "inactive");
            },
            "none is running",
        ),
        (
            |s| {
                s.write(
                    CONF,
                    "[Manager]\n#RuntimeWatchdogSec=1\nRebootWatchdogSec=10min\n",
                )
            },
            "none is running",
        ),
        (
            |s| s.write(CONF, "[Manager]\nRuntimeWatchdogSec=off\n"),
            "none is running",
        ),
        (
            |s| {
                running(s, "iTCO_wdt", "60");
                s.write("etc/default/vmcore-devdump", "DEADLINE=45");
                s.touch("var/lib/kdump/initrd.img-7.3.4+deb13-amd64");
                s.touch("var/crash/kexec_cmd");
            },
            "reset after 60 s, dumps are over after 45 s",
        ),
        (
            |s| {
                running(s, "iTCO_wdt", "60");
                let options = "#options vmcore_devdump deadline_seconds=9\noptions vmcore-devdump total_mib=8 deadline-seconds=30\n";
                s.write("etc/modprobe.d/mine.conf", options);
            },
            "reset after 60 s, dumps are over after 30 s",
        ),
    ];
    for (change, found) in fine {
        let system = System::ready();
        change(&system);
        let (status, said) = system.examine();
        assert_eq!(status, 0, "{said}");
        assert!(said.contains(found), "{said}");
    }
}

#[test]
fn a_makedumpfile_that_does_not_know_the_kernel_is_found() {
    const STATUS: &str = "var/lib/dpkg/status";
    check(&[
        (
            |s| s.write(STATUS, &PACKAGES.replace("1.7.10", "1.7.9")),
            1,
            "1.7.9 loses pages of kernel 7.3.4+deb13-amd64",
            "install a later one than 1.7.9; until then, `-d 23` keeps them, and user data: \
             `MAKEDUMP_ARGS=\"-c -d 23\"` in /etc/default/kdump-tools",
        ),
        (
            |s| {
                s.remove(STATUS);
                s.program(
                    "makedumpfile",
                    "echo 'makedumpfile: version 1.7.6 (released on 10 Apr 2025)'",
                );
            },
            1,
            "1.7.6 loses pages of kernel 7.3.4+deb13-amd64",
            "`-d 23`",
        ),
    ]);
    type Change = fn(&System);
    let fine: [Change; 4] = [
        |s| s.remove(STATUS),
        |s| {
            s.write(STATUS, &PACKAGES.replace("1.7.10", "1.7.6"));
            s.write("proc/sys/kernel/osrelease", "7.0.12-amd64");
        },
        |s| {
            s.write(STATUS, &PACKAGES.replace("1.7.10", "1.7.6"));
            s.write("etc/default/kdump-tools", "MAKEDUMP_ARGS=\"-c -d 23\"");
        },
        |s| s.write(STATUS, &PACKAGES.replace("1:1.7.10-1", "1:1.8~rc1-1")),
    ];
    for change in fine {
        let system = System::ready();
        change(&system);
        let (status, said) = system.examine();
        assert_eq!(status, 0, "{said}");
    }
}
