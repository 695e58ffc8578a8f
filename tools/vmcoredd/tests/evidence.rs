// SPDX-License-Identifier: GPL-2.0

//! What the crash kernel wipes, and what keeps it.

use std::fs;

use crate::ready::{check, System, DEFAULT, LOADED};

const OURS: &str = "etc/default/vmcore-devdump";
const KDUMP_TOOLS: &str = "etc/default/kdump-tools";
const WRITTEN: &str = "var/crash/kexec_cmd";

/// Functions that record errors; with a root port whose errors the kernel handles.
fn recording(system: &System, handled: bool) {
    for name in ["0000:00:01.0", "0000:41:00.4"] {
        system.write(&format!("sys/bus/pci/devices/{name}/aer_dev_fatal"), "");
    }
    if handled {
        system.write("sys/bus/pci_express/devices/0000:00:01.0:pcie001/power", "");
        system.write("sys/bus/pci_express/devices/0000:00:01.0:pcie002/power", "");
    }
}

/// The package's settings, older than what was made from them.
fn settings(system: &System, text: &str) {
    system.write(OURS, text);
    system.touch("var/lib/kdump/initrd.img-7.3.4+deb13-amd64");
    system.touch(WRITTEN);
}

#[test]
fn what_the_crash_kernel_wipes_is_named_with_what_keeps_it() {
    check(&[
        (
            |s| {
                recording(s, true);
                settings(s, "KEEP_PCIE_ERRORS=\n");
            },
            1,
            "the crash kernel clears what 2 functions have recorded",
            "set `KEEP_PCIE_ERRORS=yes` in /etc/default/vmcore-devdump",
        ),
        (
            |s| recording(s, true),
            1,
            "the crash kernel clears what 2 functions have recorded",
            "in /etc/default/kdump-tools, set `KDUMP_CMDLINE_APPEND=\"reset_devices \
             systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll usbcore.nousb pcie_ports=compat\"`",
        ),
        (
            |s| recording(s, false),
            1,
            "the crash kernel may clear what 2 functions have recorded",
            "pcie_ports=compat keeps it",
        ),
        (
            |s| {
                recording(s, true);
                s.boot("pcie_ports=native");
                s.append("pcie_ports=compat");
            },
            1,
            "pcie_ports=native: the crash kernel clears",
            "remove pcie_ports=native from the kernel's command line and reboot",
        ),
        (
            |s| s.append("mce=nobootlog"),
            1,
            "mce=nobootlog: the crash kernel clears their banks without a word",
            "remove mce=nobootlog from KDUMP_CMDLINE_APPEND",
        ),
        (
            |s| s.boot("mce=bootlog mce=nobootlog"),
            1,
            "mce=nobootlog",
            "usbcore.nousb mce=bootlog\"`",
        ),
        (
            |s| s.write("sys/devices/system/machinecheck/machinecheck0/bank0", "1"),
            0,
            "logs what the banks of its processor hold, and clears them",
            "usbcore.nousb mce=off\"`",
        ),
        (
            |s| s.write("sys/firmware/acpi/tables/HEST", "HEST"),
            0,
            "logs its pending records of errors, and acknowledges them",
            "usbcore.nousb hest_disable\"`",
        ),
    ]);
}

#[test]
fn what_is_kept_or_was_decided_is_no_complaint() {
    type Change = fn(&System);
    let fine: [(Change, &str); 7] = [
        (|_| (), "no function records any"),
        (
            |s| s.append("pcie_ports=compat"),
            "pcie_ports=compat: what 2 functions have recorded is kept",
        ),
        (|s| s.boot("pci=nomsi,noaer"), "pci=noaer: what 2 functions"),
        (
            |s| settings(s, "KEEP_PCIE_ERRORS=no"),
            "as /etc/default/vmcore-devdump has it",
        ),
        (
            |s| {
                settings(s, "KEEP_PCIE_ERRORS=yes");
                let more = format!("{DEFAULT} pcie_ports=compat");
                s.write(WRITTEN, &LOADED.replace(DEFAULT, &more));
                s.touch(WRITTEN);
            },
            "pcie_ports=compat: what 2 functions have recorded is kept",
        ),
        (
            |s| s.append("mce=off"),
            "mce=off: the crash kernel does not",
        ),
        (
            |s| {
                s.write("sys/firmware/acpi/tables/HEST", "HEST");
                s.append("hest_disable");
            },
            "hest_disable: its records of errors are not touched",
        ),
    ];
    for (at, (change, found)) in fine.into_iter().enumerate() {
        let system = System::ready();
        if (1..5).contains(&at) {
            recording(&system, true);
        }
        change(&system);
        let (status, said) = system.examine();
        assert_eq!(status, 0, "{found}\n{said}");
        assert!(said.contains(found), "{found}\n{said}");
    }
}

#[test]
fn descriptions_that_cannot_be_used_are_found() {
    const FILE: &str = "etc/vmcore-devdump/devices.d/a.toml";
    const SOUND: &str = "[device]\nname = \"a\"\nclass = \"0108\"\n[[range]]\nbar = 0\nstart = 0\n";
    fn described(system: &System, text: &str) {
        system.write(FILE, text);
        system.touch("var/lib/kdump/initrd.img-7.3.4+deb13-amd64");
        system.touch(WRITTEN);
    }
    check(&[
        (
            |s| described(s, &SOUND.replace("bar = 0", "bar = 9")),
            1,
            "a.toml:5:7: error: a device has BARs 0 to 5",
            "`vmcoredd devices check` says more",
        ),
        (
            |s| {
                s.write(FILE, SOUND);
                s.touch(FILE);
            },
            1,
            "/etc/vmcore-devdump/devices.d/a.toml is newer than the initramfs",
            "vmcore-devdump-update",
        ),
    ]);
    let system = System::ready();
    described(&system, SOUND);
    let (status, said) = system.examine();
    assert_eq!(status, 0, "{said}");
    assert!(
        said.contains("1 in /etc/vmcore-devdump/devices.d"),
        "{said}"
    );
}

#[test]
fn what_was_agreed_to_and_is_not_loaded_is_found() {
    check(&[(
        |s| settings(s, "KEEP_PCIE_ERRORS=yes"),
        1,
        "the crash kernel is still loaded without pcie_ports=compat",
        "run `systemctl restart kdump-tools`",
    )]);
}

/// What a command of `kexec` says, and whether it is loaded at all.
fn load(command: &str, settings: &[(&str, &str)], loads: &str) -> (String, String) {
    let system = System::empty();
    for (path, text) in settings {
        system.write(path, text);
    }
    system.write("sys/kernel/kexec_crash_loaded", "1\n");
    system.write("dev/null", "");
    system.write(WRITTEN, command);
    system.program("kexec", &format!("echo \"$*\" >>/loaded; {loads}"));
    let script = fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../packaging/common/keep-pcie-errors"
    ));
    system.write("bin/keep", &String::from_utf8(script.unwrap()).unwrap());
    system.busybox();
    let shell = "cat() { busybox cat \"$@\"; }; flock() { :; }; . /bin/keep";
    let output = system.run(&["/bin/busybox", "sh", "-c", shell]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let read = |path: &str| fs::read_to_string(system.0.path().join(path)).unwrap_or_default();
    (read("loaded") + &said, read(WRITTEN))
}

#[test]
fn the_package_appends_one_word_to_what_was_loaded_or_leaves_it() {
    const YES: (&str, &str) = (OURS, "KEEP_PCIE_ERRORS=yes");
    const COMMAND: &str = "kexec -p --command-line=\"a  b\" --initrd=/i /k\n";
    const MORE: &str = "kexec -p --command-line=\"a  b pcie_ports=compat\" --initrd=/i /k\n";
    const LOADED: &str = "-p --command-line=a  b pcie_ports=compat --initrd=/i /k\n";
    for (command, settings, loads, loaded, written) in [
        (COMMAND, [YES].as_slice(), "true", LOADED, MORE),
        (
            COMMAND,
            &[(OURS, "KEEP_PCIE_ERRORS=no")],
            "true",
            "",
            COMMAND,
        ),
        (COMMAND, &[(OURS, "KEEP_PCIE_ERRORS=")], "true", "", COMMAND),
        (COMMAND, &[], "true", "", COMMAND),
        (
            COMMAND,
            &[(OURS, "KEEP_PCIE_ERRORS=yes\nDEVICE_DUMPS=no")],
            "true",
            "",
            COMMAND,
        ),
        (COMMAND, &[YES, ("proc/vmcore", "")], "true", "", COMMAND),
        (
            COMMAND,
            &[(OURS, "KEEP_PCIE_ERRORS=yes\nfi"), (KDUMP_TOOLS, "x")],
            "true",
            "",
            COMMAND,
        ),
        (MORE, &[YES], "true", "", MORE),
        (
            COMMAND,
            &[YES],
            "! busybox grep -q compat /loaded",
            "cannot be loaded with pcie_ports=compat: it is loaded as before",
            COMMAND,
        ),
        (
            "kexec --command-line=\"a \\\"b\" /k",
            &[YES],
            "true",
            "set pcie_ports=compat in /etc/default/kdump-tools",
            "kexec --command-line=\"a \\\"b\" /k",
        ),
    ] {
        let (said, left) = load(command, settings, loads);
        assert!(said.contains(loaded), "{settings:?}: {said}");
        assert_eq!(left, written, "{settings:?}: {said}");
        if loaded.is_empty() {
            assert_eq!(said, "", "{settings:?}");
        }
    }
}
