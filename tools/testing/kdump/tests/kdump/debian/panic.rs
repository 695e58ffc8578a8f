// SPDX-License-Identifier: GPL-2.0

//! What a panic leaves in `/var/crash`.

use serde_json::Value;

use crate::{
    boots::{assert_none, output},
    debian::{
        boots::{adapter, Panic, CAPTURED, ELSEWHERE, MINIMAL, OTHER, PURGED, USUAL},
        machine::{of, text, Made},
        whole,
    },
    shown,
};

const DUMP: &str = "cxgb4_0000:00:05.0";
/// What systemd says first when it runs on the real root.
const SYSTEMD: &str = "systemd[1]: systemd 257";
/// What the adapter's own driver has changed before the panic: where its memory window is, and the last word of flash that it read.
const CHANGED: [u64; 2] = [0x3068, 0x193f8];

#[test]
fn kdump_is_ready_saves_and_reboots() {
    let here = [&USUAL, &MINIMAL, &OTHER, &PURGED].map(of);
    for panic in here.into_iter().chain(of(&ELSEWHERE)) {
        let show = panic.told("kdump-config.show");
        assert!(show.contains("ready to kdump"), "{show}");
        panic.place("reboot: Restarting system");
        let dmesg = text(panic.crash.join(format!("dmesg.{}", panic.stamp())));
        assert!(dmesg.contains("sysrq triggered crash"), "{dmesg}");
        panic.vmcoredd("list", &[]);
    }
}

#[test]
fn no_crash_kernel_has_anything_to_complain_about() {
    let here = [&USUAL, &MINIMAL, &OTHER, &CAPTURED].map(of);
    for panic in here.into_iter().chain(of(&ELSEWHERE)) {
        assert_none(panic.crash_kernel(), &["BUG:", "cut here", "Oops"]);
    }
}

#[test]
fn the_file_holds_every_register_of_the_adapter() {
    let panic = of(&USUAL);
    let truth = panic.crash.join("truth");
    adapter().truth(&truth).unwrap();
    let truth: Value = serde_json::from_str(&text(truth.join("regs.json"))).unwrap();
    let shown = panic.vmcoredd("show", &[DUMP, "--registers", "--json"]);
    let shown = shown::dumps(&shown);
    let registers = shown[0]["registers"].as_array().unwrap();
    assert!(registers.len() > 9_000);
    for register in registers {
        let address = register["address"].as_u64().unwrap();
        if CHANGED.contains(&address) {
            continue;
        }
        let address = format!("{address:#x}");
        assert_eq!(
            shown::number(&register["value"]),
            truth[&address],
            "{address}"
        );
    }
}

#[test]
fn the_next_boot_finds_the_file_and_reads_it() {
    let panic = of(&OTHER);
    for command in ["list", "verify", "show"] {
        let said = panic.told(command);
        let status = panic.told(&format!("{command}.status"));
        assert_eq!(status, "0\n", "{command}: {said}");
        assert!(said.contains(DUMP), "{command}: {said}");
    }
    let verified = panic.told("verify");
    assert!(
        verified.lines().all(|line| line.contains(": ok")),
        "{verified}"
    );
}

#[test]
fn the_adapter_is_dumped_before_its_driver_sees_it() {
    let panic = of(&USUAL);
    let ours = panic.place("cxgb4_dump 0000:00:05.0: T6: ");
    let theirs = panic.place("cxgb4 0000:00:05.0: ");
    assert!(ours < theirs);
}

/// What is there of a dump that is called so.
fn dumped(panic: &Panic, name: &str) -> Value {
    let listed = panic.vmcoredd("list", &["--json"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let mut dumps = listed["files"][0]["dumps"].as_array().unwrap().iter();
    let dump = dumps.find(|dump| dump["name"] == name);
    dump.unwrap_or_else(|| panic!("no {name}: {listed}"))
        .clone()
}

#[test]
fn the_file_holds_all_pci_functions_and_the_log_of_the_crash_kernel() {
    let panic = of(&USUAL);
    for name in ["crash_log", "pci", "pci_registers"] {
        let dump = dumped(panic, name);
        assert_eq!(dump["manifest"]["status"], "complete", "{dump}");
    }
    // What another program makes of them is what the machine itself has shown.
    let spaces = panic.vmcoredd("show", &["--lspci"]);
    let file = panic.crash.join("lspci");
    std::fs::write(&file, spaces).unwrap();
    let shown = output("lspci", &["-D", "-n", "-F", file.to_str().unwrap()]);
    let told = panic.told("functions");
    assert_eq!(shown.lines().count(), told.lines().count());
    for (shown, told) in shown.lines().zip(told.lines()) {
        // ADDRESS CLASS: VENDOR:DEVICE, and ADDRESS 0xCLASS 0xVENDOR 0xDEVICE
        let told: Vec<&str> = told.split(" 0x").collect();
        let expected = format!("{} {}: {}:{}", told[0], &told[1][..4], told[2], told[3]);
        assert!(shown.starts_with(&expected), "{shown}: {expected}");
    }
}

#[test]
fn what_is_saved_over_the_network_holds_them_too() {
    for panic in of(&ELSEWHERE) {
        for name in ["crash_log", "pci", "pci_registers"] {
            dumped(panic, name);
        }
    }
}

/// What a kernel says of a drive or of a network adapter that is not as it should be.
const COMPLAINTS: [&str; 9] = [
    "nvme nvme0: I/O",
    "Device not ready",
    "controller is down",
    "Abort status",
    "I/O error",
    "EXT4-fs error",
    "NETDEV WATCHDOG",
    "rror message received",
    "DPC: containment",
];

/// Nothing is wrong with what was read when its driver, which says `driver` first, makes use of it.
fn assert_used(panic: &Panic, driver: &str) {
    let ours = panic.place("vmcore_devdump: pci_registers: ");
    assert!(ours < panic.place(driver));
    let crash_kernel = panic.crash_kernel();
    for complaint in COMPLAINTS {
        assert!(
            !crash_kernel.contains(complaint),
            "{complaint}: {crash_kernel}"
        );
    }
}

/// Where the crashed kernel had its commands is among the registers: it was in use.
#[test]
fn the_drive_whose_registers_were_read_then_has_the_file() {
    for panic in [&USUAL, &MINIMAL].map(of) {
        let shown = panic.vmcoredd("show", &["pci_registers", "--registers", "--json"]);
        let shown = shown::dumps(&shown);
        let mut registers = shown[0]["registers"].as_array().unwrap().iter();
        let asq = registers.find(|register| register["name"] == "ASQ_LOW");
        assert_ne!(shown::number(&asq.unwrap()["value"]), 0);
        assert_used(panic, "nvme nvme0: ");
    }
}

#[test]
fn the_network_adapter_that_was_read_then_carries_the_file() {
    for panic in of(&ELSEWHERE) {
        assert_used(panic, "virtio_net virtio");
    }
}

#[test]
fn as_many_files_are_saved_as_without_us() {
    let saved = |panic: &Panic| {
        let files = std::fs::read_dir(&panic.crash).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let names = names.filter(|name| name.contains(panic.stamp()));
        let mut names: Vec<_> = names.map(|name| name.replace(panic.stamp(), "")).collect();
        names.sort();
        names
    };
    assert_eq!(saved(of(&MINIMAL)), saved(of(&PURGED)));
}

/// `SNAPSHOT=yes` in the boot before.
#[test]
fn what_the_panic_has_changed_is_told_from_the_snapshot_of_the_boot() {
    let panic = of(&OTHER);
    let (said, status) = (panic.told("diff"), panic.told("diff.status"));
    assert!(
        ["0\n", "1\n"].contains(&status.as_str()),
        "{status}: {said}"
    );
    assert!(said.starts_with("pci\n"), "{said}");
    // It was no error of a device.
    for severity in ["fatal: ", "error: ", "warning: "] {
        assert!(!said.contains(severity), "{said}");
    }
    // Functions are the same ones; what was changed is some bits.
    assert!(
        !said.contains("  gone: ") && !said.contains("  new: "),
        "{said}"
    );
}

#[test]
fn a_small_crash_kernel_saves_the_adapter_too() {
    let panic = of(&USUAL);
    assert!(panic.console.contains("crashkernel=160M"));
    let listed = panic.vmcoredd("list", &[]);
    assert!(listed.contains(DUMP), "{listed}");
}

#[test]
fn a_minimal_crash_kernel_saves_the_adapter_without_systemd() {
    let panic = of(&MINIMAL);
    assert!(panic.console.contains("crashkernel=128M"));
    let listed = panic.vmcoredd("list", &[]);
    assert!(listed.contains(DUMP), "{listed}");
    assert!(!panic.crash_kernel().contains(SYSTEMD));
    // As it does otherwise.
    of(&USUAL).place(SYSTEMD);
}

#[test]
fn what_a_minimal_crash_kernel_cannot_save_alone_it_saves_with_systemd() {
    let [_, nfs] = of(&ELSEWHERE);
    let listed = nfs.told("initrd.list");
    assert!(listed.contains("conf/conf.d/vmcore-devdump"), "{listed}");
    assert!(!listed.contains("hwdb.bin"), "{listed}");
    assert!(nfs.told("kdump-config.show").contains("NFS: "));
    nfs.place(SYSTEMD);
    assert!(nfs.vmcoredd("list", &[]).contains(DUMP));
}

#[test]
fn what_is_saved_over_the_network_holds_the_adapter_too() {
    for (panic, how) in of(&ELSEWHERE).iter().zip(["SSH: ", "NFS: "]) {
        let show = panic.told("kdump-config.show");
        assert!(show.contains(how), "{show}");
        let listed = panic.vmcoredd("list", &[]);
        assert!(listed.contains(DUMP), "{listed}");
        // Its driver comes with the network.
        let ours = panic.place("cxgb4_dump 0000:00:05.0: T6: ");
        assert!(ours < panic.place("virtio_net virtio"));
    }
}

#[test]
fn in_an_ordinary_boot_nothing_of_ours_is_loaded() {
    let loaded = of(&USUAL).told("lsmod");
    assert!(
        loaded.contains("cxgb4 "),
        "the adapter has its driver: {loaded}"
    );
    assert!(!loaded.contains("vmcore_devdump") && !loaded.contains("cxgb4_dump"));
}

#[test]
fn the_crash_kernel_need_not_be_the_kernel_that_runs() {
    let [upgraded, downgraded] = of(&ELSEWHERE);
    for (panic, running, crash) in [
        (of(&USUAL), "6.12.", "7."),
        (upgraded, "7.", "7."),
        (downgraded, "6.12.", "7."),
    ] {
        assert!(panic.told("running").starts_with(running));
        let first = panic
            .crash_kernel()
            .lines()
            .find_map(|line| line.split_once("Linux version "));
        let (_, version) = first.expect("a crash kernel");
        assert!(version.starts_with(crash), "{version}");
        assert!(panic.vmcoredd("list", &[]).contains(DUMP));
    }
    // Where DKMS has built modules for the running kernel, that is the one.
    let running = upgraded.told("running");
    assert!(upgraded
        .crash_kernel()
        .contains(&format!("Linux version {}", running.trim())));
}

#[test]
fn the_crash_kernel_is_changed_while_the_machine_runs() {
    let said = of(&USUAL).told("reloads");
    let reloads: Vec<&str> = said.lines().collect();
    assert_eq!(reloads.len(), 3, "{said}");
    for (reload, expected) in reloads.iter().zip([
        "same: 1 /boot/vmlinuz-6.12.",
        // Something is loaded in any case.
        "broken: 1 /boot/vmlinuz-6.12.",
        "auto: 1 /usr/lib/modules/7.",
    ]) {
        assert!(reload.starts_with(expected), "{said}");
    }
}

#[test]
fn modules_for_a_kernel_that_is_not_there_cost_no_vmcore() {
    let panic = of(&OTHER);
    assert!(panic
        .console
        .contains("our modules are for no kernel that is installed"));
    assert!(!panic.crash_kernel().contains("vmcore-devdump: "));
    let listed = panic.vmcoredd("list", &[]);
    assert!(!listed.contains("cxgb4"), "{listed}");
}

#[test]
fn without_the_packages_the_dump_is_as_it_was() {
    let panic = of(&PURGED);
    let listed = panic.told("initrd.list");
    assert!(listed.contains("scripts/init-top/udev"), "{listed}");
    for name in ["init-top/devdump", "vmcore_devdump.ko", "cxgb4_dump.ko"] {
        assert!(!listed.contains(name), "{name}");
    }
    let listed = panic.vmcoredd("list", &["--json"]);
    assert!(!listed.contains("cxgb4"), "{listed}");
    assert!(!panic.crash_kernel().contains("devdump"));
}

#[test]
fn a_machine_that_has_only_kexec_saves_the_adapter_with_what_make_capture_writes() {
    let panic = of(&CAPTURED);
    let story = panic.told("log");
    assert!(
        story.contains("the crash kernel is loaded, and would save to disk"),
        "{story}"
    );
    assert!(panic.told("running").starts_with("6.12."));
    panic.place("Linux version 7.");
    panic.place("vmcore-capture: saved in /var/crash/");
    let listed = panic.vmcoredd("list", &[]);
    for dump in [DUMP, "  pci  ", "  crash_log  "] {
        assert!(listed.contains(dump), "{listed}");
    }
    let dmesg = text(panic.crash.join("dmesg"));
    assert!(dmesg.contains("sysrq triggered crash"), "{dmesg}");
    let name = panic.crash.file_name().unwrap().to_str().unwrap();
    let name = format!("device.cxgb4_0000-00-05.0.{name}");
    whole::assert(&panic.crash.join(name));
}

#[test]
fn the_crash_kernel_keeps_pcie_errors_if_the_admin_agrees() {
    const APPENDED: &str = "irqpoll usbcore.nousb pcie_ports=compat";
    let panic = of(&USUAL);
    panic.place(APPENDED);
    let show = panic.told("kdump-config.show");
    assert!(show.contains(APPENDED), "{show}");
    // Nobody has asked that one.
    assert!(!of(&PURGED).crash_kernel().contains("pcie_ports"));
}

#[test]
fn the_doctor_says_what_the_panic_then_shows() {
    const ADAPTERS: &str = "WARNING   adapters       cxgb4_dump is not installed for kernel 6.12.";
    const ERRORS: &str =
        "WARNING   PCIe errors    the crash kernel clears what 2 functions have recorded";
    const INITRAMFS: &str = "WARNING   initramfs      /var/lib/kdump/initrd.img-6.12.";
    for (panic, status, complaints) in [
        (&USUAL, "0\n", [].as_slice()),
        (
            &OTHER,
            "1\n",
            &["WARNING   kernel         6.12.", ADAPTERS, INITRAMFS],
        ),
        (&PURGED, "1\n", &[ADAPTERS, ERRORS, INITRAMFS]),
    ] as [(&'static Made<Panic>, &str, &[&str]); 3]
    {
        let said = of(panic).told("doctor");
        let complained: Vec<&str> = said
            .lines()
            .filter(|line| !line.starts_with("ok ") && !line.starts_with(' '))
            .collect();
        assert_eq!(complained.len(), complaints.len(), "{said}");
        for (complained, expected) in complained.iter().zip(complaints) {
            assert!(complained.starts_with(expected), "{said}");
        }
        assert_eq!(of(panic).told("doctor.status"), status, "{said}");
    }
    let said = of(&USUAL).told("doctor");
    assert!(said.contains("1 would be dumped: 0000:00:05.0"), "{said}");
}
