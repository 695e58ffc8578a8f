// SPDX-License-Identifier: GPL-2.0

//! The command line that the crash kernel gets.

use crate::ready::{check, System, DEFAULT};

const KDUMP_TOOLS: &str = "etc/default/kdump-tools";
const SYSCONFIG: &str = "etc/sysconfig/kdump";

/// Fedora or RHEL instead of Debian.
fn sysconfig(system: &System, text: &str) {
    system.remove("bin/kdump-config");
    system.remove("var/crash/kexec_cmd");
    system.write(SYSCONFIG, text);
}

#[test]
fn device_dumps_that_are_switched_off_are_found_wherever_that_is() {
    check(&[
        (
            |s| s.boot("novmcoredd"),
            1,
            "device dumps are off: inherited from the running kernel",
            "remove novmcoredd from the kernel's command line and reboot; or for the crash kernel only: in \
             /etc/default/kdump-tools, set `KDUMP_CMDLINE_APPEND=\"reset_devices \
             systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll usbcore.nousb novmcoredd=0\"`",
        ),
        (
            |s| s.append("novmcoredd"),
            1,
            "device dumps are off: a setting of kdump",
            "remove novmcoredd from KDUMP_CMDLINE_APPEND in /etc/default/kdump-tools, then run `kdump-config unload; kdump-config load`",
        ),
        (
            |s| s.write(KDUMP_TOOLS, "KDUMP_CMDLINE='root=/dev/vda novmcoredd=1'"),
            1,
            "device dumps are off",
            "remove novmcoredd=1 from KDUMP_CMDLINE in /etc/default/kdump-tools",
        ),
        (
            |s| sysconfig(s, "KDUMP_COMMANDLINE_APPEND=\"irqpoll nr_cpus=1 novmcoredd\""),
            1,
            "device dumps are off",
            "remove novmcoredd from KDUMP_COMMANDLINE_APPEND in /etc/sysconfig/kdump, then run `systemctl restart kdump`",
        ),
    ]);
}

#[test]
fn a_crash_kernel_that_is_not_told_to_save_is_critical() {
    check(&[
        (
            |s| s.write(KDUMP_TOOLS, "KDUMP_CMDLINE_APPEND=\"novmcoredd irqpoll\""),
            2,
            "the crash kernel is not told to save the vmcore",
            "in /etc/default/kdump-tools, write `KDUMP_CMDLINE_APPEND=\"reset_devices \
             systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll usbcore.nousb novmcoredd\"`, then run",
        ),
        (
            |s| s.append("systemd.unit=multi-user.target"),
            2,
            "systemd.unit=multi-user.target is what the crash kernel starts",
            "systemd.unit=kdump-tools-dump.service",
        ),
    ]);
    let system = System::ready();
    system.write(KDUMP_TOOLS, "KDUMP_CMDLINE_APPEND=\"\"\n");
    assert_eq!(system.examine().0, 0, "an empty one is not set");
}

#[test]
fn settings_that_take_a_shell_are_taken_from_what_is_loaded() {
    let system = System::ready();
    system.append("novmcoredd");
    let computed =
        format!("KDUMP_CMDLINE=\"$(cat /proc/cmdline)\"\nKDUMP_CMDLINE_APPEND=\"{DEFAULT}\"");
    system.write(KDUMP_TOOLS, &computed);
    let (status, said) = system.examine();
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("device dumps are off"), "{said}");
    assert!(!said.contains("still loaded"), "{said}");
}
