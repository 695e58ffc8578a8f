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
            "remove novmcoredd from KDUMP_CMDLINE_APPEND in /etc/default/kdump-tools, then run `systemctl restart kdump-tools`",
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
fn what_is_taken_back_is_no_complaint() {
    for (running, appended) in [
        ("novmcoredd", "novmcoredd=0"),
        ("panic_on_taint=0x1000", "panic_on_taint=0"),
        ("panic_on_taint=0x3000,nousertaint", "panic-on-taint=0,x"),
        ("panic_on_taint=200", ""),
        ("panic_on_taint=all", ""),
        ("nomodule", "nomodule=0"),
        ("module_blacklist=cxgb4_dump", "module_blacklist="),
        ("module_blacklist=cxgb4", ""),
        ("module.sig_enforce lockdown=integrity", ""),
        ("oops=panic", "sysctl.kernel.panic_on_oops=0"),
        ("panic_on_warn=1", "panic_on_warn=0"),
        (
            "hung_task_panic=1 softlockup_panic=1",
            "hung_task_panic=0 softlockup_panic=0",
        ),
        ("systemd.unit=rescue.target hugepages=64", ""),
        ("dyndbg=\"file a.c nomodule\"", ""),
        ("-- nomodule", ""),
    ] {
        let system = System::ready();
        system.boot(running);
        let line = std::fs::read_to_string(system.0.path().join("var/crash/kexec_cmd")).unwrap();
        system.append(appended);
        let loaded = line
            .replace(DEFAULT, &format!("{DEFAULT} {appended}"))
            .replace("hugepages=64", "");
        system.write("var/crash/kexec_cmd", &loaded);
        let (status, said) = system.examine();
        assert_eq!(status, 0, "{running} {appended}\n{said}");
    }
}

#[test]
fn what_keeps_our_modules_out_is_found() {
    check(&[
        (
            |s| s.boot("panic_on_taint=0x1000"),
            1,
            "panic_on_taint=0x1000: our modules would not be loaded",
            "they would make the crash kernel panic: in /etc/default/kdump-tools, set `KDUMP_CMDLINE_APPEND=\"reset_devices systemd.unit=kdump-tools-dump.service \
             nr_cpus=1 irqpoll usbcore.nousb panic_on_taint=0\"` (it replaces kdump-tools' own default, which therefore \
             is part of it), then run `systemctl restart kdump-tools`",
        ),
        (
            |s| s.boot("panic_on_taint=0 panic-on-taint=2000,nousertaint panic_on_taint=x"),
            1,
            "panic-on-taint=2000,nousertaint: our modules would not be loaded",
            "usbcore.nousb panic_on_taint=0\"`",
        ),
        (
            |s| s.append("panic_on_taint=3000"),
            1,
            "panic_on_taint=3000: our modules would not be loaded",
            "remove panic_on_taint=3000 from KDUMP_CMDLINE_APPEND",
        ),
        (
            |s| {
                s.write("proc/cmdline", "panic_on_taint=0x1000");
                sysconfig(s, "KDUMP_COMMANDLINE_APPEND=irqpoll");
            },
            1,
            "panic_on_taint=0x1000: our modules would not be loaded",
            "add panic_on_taint=0 to KDUMP_COMMANDLINE_APPEND in /etc/sysconfig/kdump, then run `systemctl restart kdump`",
        ),
        (
            |s| s.boot("nomodule"),
            1,
            "nomodule: the crash kernel loads none at all",
            "usbcore.nousb nomodule=0\"`",
        ),
        (
            |s| s.boot("module_blacklist=nouveau,vmcore_devdump,cxgb4"),
            1,
            "vmcore_devdump will be refused",
            "usbcore.nousb module_blacklist=nouveau,cxgb4\"`",
        ),
        (
            |s| {
                s.boot("module.sig_enforce=1");
                s.unsigned();
            },
            1,
            "module.sig_enforce=1: unsigned vmcore_devdump and cxgb4_dump will be refused",
            "mokutil --import",
        ),
        (
            |s| {
                s.boot("lockdown=integrity");
                s.unsigned();
            },
            1,
            "lockdown=integrity: unsigned vmcore_devdump and cxgb4_dump will be refused",
            "mokutil --import",
        ),
        (
            |s| {
                s.write("sys/kernel/security/lockdown", "none [integrity] confidentiality");
                s.unsigned();
            },
            1,
            "the kernel is locked down: unsigned vmcore_devdump and cxgb4_dump will be refused",
            "mokutil --import",
        ),
    ]);
}

#[test]
fn what_turns_an_error_into_a_lost_vmcore_is_found() {
    check(&[
        (
            |s| s.boot("oops=panic"),
            1,
            "oops=panic: an oops of any driver loses the vmcore",
            "usbcore.nousb sysctl.kernel.panic_on_oops=0\"`",
        ),
        (
            |s| s.boot("panic_on_warn=1"),
            1,
            "panic_on_warn=1: a mere warning loses the vmcore",
            "usbcore.nousb panic_on_warn=0\"`",
        ),
        (
            |s| s.boot("hung_task_panic=1"),
            1,
            "hung_task_panic=1: a task that hangs for 120 s loses the vmcore",
            "usbcore.nousb hung_task_panic=0\"`",
        ),
        (
            |s| s.boot("sysctl.kernel.hung_task_panic=1"),
            1,
            "sysctl.kernel.hung_task_panic=1: a task that hangs for 120 s loses the vmcore",
            "usbcore.nousb sysctl.kernel.hung_task_panic=0\"`",
        ),
        (
            |s| s.boot("softlockup_panic=1"),
            1,
            "softlockup_panic=1: a driver that is busy for 20 s loses the vmcore",
            "usbcore.nousb softlockup_panic=0\"`",
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
fn settings_that_the_loaded_crash_kernel_does_not_have_are_found() {
    const LOAD: &str = "run `systemctl restart kdump-tools`";
    check(&[
        (
            |s| s.write("proc/cmdline", "root=/dev/vda a b"),
            1,
            "the crash kernel is still loaded without a b",
            LOAD,
        ),
        (
            |s| {
                s.append("panic_on_taint=0");
                s.remove(KDUMP_TOOLS);
            },
            1,
            "the crash kernel is still loaded with panic_on_taint=0",
            LOAD,
        ),
        (
            |s| s.write("var/crash/kexec_cmd", "kexec -p --command-line=\"root=/dev/vda x\" vmlinuz"),
            2,
            "without reset_devices systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll usbcore.nousb and with x",
            LOAD,
        ),
        (
            |s| s.touch("var/lib/kdump/initrd.img-7.3.4+deb13-amd64"),
            1,
            "the initramfs is newer than the crash kernel that is loaded",
            LOAD,
        ),
        (
            |s| {
                s.write("etc/default/vmcore-devdump", "DEADLINE=60");
                s.touch("etc/default/vmcore-devdump");
            },
            1,
            "/etc/default/vmcore-devdump is newer than the initramfs",
            "run `vmcore-devdump-update`",
        ),
    ]);
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
