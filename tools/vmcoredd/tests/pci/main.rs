// SPDX-License-Identifier: GPL-2.0

//! PCI functions, beside what lspci says of them; and the crash kernel's log.

#[allow(dead_code)]
#[path = "../files.rs"]
mod files;
mod log;
mod machine;

use machine::{lspci, vmcoredd, Machine};
use vmcore_format::{
    manifest::padded,
    pci::{FunctionHead, Header, RangeHead, Reason, Space, Status, Table},
};

#[test]
fn lspci_prints_the_same_of_a_snapshot_as_of_the_machine() {
    let machine = Machine::new();
    let snapshot = machine.snapshot("now.pci");
    let (status, text, said) = vmcoredd(&["show", &snapshot, "--lspci"]);
    assert_eq!((status, said.as_str()), (0, ""));
    let own = lspci(&["-F", &machine.file("now.txt", &text), "-D", "-n", "-xxxx"]);
    let sysfs = format!("sysfs.path={}", machine.path("sys/bus/pci").display());
    let theirs = lspci(&["-O", &sysfs, "-D", "-n", "-xxxx"]);
    assert_eq!(own, theirs);
    assert!(own.lines().count() > 2000, "{own}");
}

#[test]
fn lspci_decodes_what_was_injected() {
    let machine = Machine::new();
    let snapshot = machine.snapshot("now.pci");
    let (_, text, _) = vmcoredd(&["show", &snapshot, "--lspci"]);
    let said = lspci(&["-F", &machine.file("now.txt", &text), "-D", "-vvv"]);
    let adapter = said
        .split("\n\n")
        .find(|part| part.starts_with("0000:01:00.0"));
    let adapter = adapter.unwrap_or_else(|| panic!("{said}"));
    for expected in [
        "UnsupReq+",
        "BadTLP+",
        "First Error Pointer: 14",
        "HeaderLog: 20000001 0000070f 00000012 34567890",
    ] {
        assert!(adapter.contains(expected), "no {expected} in {adapter}");
    }
}

#[test]
fn errors_are_told_in_words_with_port_link_and_refused_transaction() {
    let machine = Machine::new();
    let snapshot = machine.snapshot("now.pci");
    let (status, said, _) = vmcoredd(&["show", &snapshot]);
    assert_eq!(status, 0, "{said}");
    for expected in [
        "  0000:01:00.0 Ethernet controller [8086:10d3]\n    error: unsupported request (non-fatal): memory read of 4 bytes at 0x1234567890 by 00:00.0, tag 0x7\n    warning: corrected: bad TLP\n",
        "  0000:04:00.0 PCI bridge [104c:8233]\n    fatal: surprise down (fatal)\n",
        "    error: completion timeout (non-fatal)\n",
        "    unknown: whether errors had been cleared before is not known\n",
        "0x00104  0000:01:00.0 UNCOR_STATUS        0x00100000  UNSUP\n",
        "  0000:05:00.0 Ethernet controller [8086:10c9]\n    error: completion timeout (non-fatal)\n  9 functions\n",
    ] {
        assert!(said.contains(expected), "no {expected} in\n{said}");
    }
}

#[test]
fn what_is_different_after_a_panic_is_what_happened() {
    /// Where the adapter has its extended capability for errors.
    const AER: usize = 0x100;
    let mut machine = Machine::new();
    let after = machine.snapshot("after.pci");
    machine.change("0000:01:00.0", |config| {
        // No error; and a driver that had set its interrupt up.
        config[AER + 4..AER + 8].fill(0);
        config[AER + 0x10..AER + 0x14].fill(0);
        config[0x3c] ^= 1;
    });
    let before = machine.snapshot("before.pci");
    let (status, said, errors) = vmcoredd(&["diff", &before, &after]);
    assert_eq!(status, 1, "{said}{errors}");
    for expected in [
        "    error: unsupported request (non-fatal): memory read of 4 bytes",
        "      0x00104 UNCOR_STATUS     0x00000000 -> 0x00100000  +UNSUP\n",
        "      0x00110 COR_STATUS       0x00000000 -> 0x00000040  +BAD_TLP\n",
        "  registers that stay as they are unless something happens: 3 differ\n",
    ] {
        assert!(said.contains(expected), "no {expected} in\n{said}");
    }
    assert!(!said.contains("0000:04:00.0"), "{said}");
    let (status, said, _) = vmcoredd(&["diff", &after, &after]);
    assert_eq!(status, 0, "{said}");
    assert!(
        said.contains("none differs that should be the same"),
        "{said}"
    );
    let (status, json, _) = vmcoredd(&["diff", "--json", &before, &after]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(status, 1);
    let registers = json["dumps"][0]["registers"].as_array().unwrap();
    let changed = registers
        .iter()
        .find(|register| register["name"] == "UNCOR_STATUS")
        .unwrap();
    assert_eq!(changed["before"], "0x0");
    assert_eq!(changed["after"], "0x100000");
    assert_eq!(changed["kind"], "state");
}

#[test]
fn a_snapshot_is_compared_with_the_functions_in_a_vmcore() {
    let mut machine = Machine::new();
    let after = std::fs::read(machine.snapshot("after.pci")).unwrap();
    machine.heal("0000:01:00.0");
    let before = machine.snapshot("boot.pci.old");
    let vmcore = machine.file("vmcore", "");
    std::fs::write(
        &vmcore,
        files::elf(&[
            ("crash_log", b"x"),
            ("pci", &after),
            ("pci_registers", &after),
        ]),
    )
    .unwrap();
    for (files, change) in [
        ([&before, &vmcore], "0x00000000 -> 0x00100000"),
        ([&vmcore, &before], "0x00100000 -> 0x00000000"),
    ] {
        let (status, said, errors) = vmcoredd(&["diff", files[0], files[1]]);
        assert_eq!((status, errors.as_str()), (1, ""), "{said}");
        assert!(said.starts_with("pci\n"), "{said}");
        assert!(
            said.contains(&format!("UNCOR_STATUS     {change}")),
            "{said}"
        );
    }
}

/// What reading has left out, with the reason; of a device that is as fast as any other.
#[test]
fn why_registers_were_not_read_is_said_as_it_was() {
    let machine = Machine::new();
    let file = machine.with_register("0000:01:00.0", 0, 0x8, 1);
    let mut dump = std::fs::read(&file).unwrap();
    for (reason, count) in [
        (Reason::NO_BAR, 2),
        (Reason::LINK_DOWN, 3),
        (Reason::NO_BAR, 4),
    ] {
        let head = RangeHead {
            space: Space::bar(1),
            width: 4,
            status: Status::UNREAD,
            reason,
            count,
            stride: 4,
            ..RangeHead::default()
        };
        dump.extend(head.encode());
    }
    std::fs::write(&file, dump).unwrap();
    let (_, said, _) = vmcoredd(&["show", &file]);
    for expected in [
        "    6 were not read: the BAR has no address\n",
        "    3 were not read: the link above it is down\n",
    ] {
        assert!(said.contains(expected), "no {expected} in\n{said}");
    }
    assert!(!said.contains("slow"), "{said}");
}

#[test]
fn a_function_that_is_gone_is_said_to_be() {
    let mut machine = Machine::new();
    let before = machine.snapshot("before.pci");
    machine.change("0000:02:00.0", |config| config.fill(0xff));
    let after = machine.snapshot("after.pci");
    let (status, said, _) = vmcoredd(&["diff", &before, &after]);
    assert_eq!(status, 1, "{said}");
    assert!(
        said.contains(
            "  0000:02:00.0 NVMe controller [1b36:0010]\n    fatal: does not answer: all ones\n"
        ),
        "{said}"
    );
}

#[test]
fn what_is_there_of_a_dump_that_was_cut_off_is_shown() {
    let machine = Machine::new();
    let snapshot = std::fs::read(machine.snapshot("now.pci")).unwrap();
    for (len, status, expected) in [
        (snapshot.len() - 100, 1, "damaged: at offset 0x1"),
        (5000, 1, "damaged: at offset 0x1"),
        (64, 0, "0 of 16 PCI functions"),
    ] {
        let path = machine.path("cut.pci");
        std::fs::write(&path, &snapshot[..len]).unwrap();
        let (have, said, errors) = vmcoredd(&["show", path.to_str().unwrap()]);
        assert_eq!(have, status, "{len}: {said}{errors}");
        assert!(said.contains(expected), "{len}: no {expected} in {said}");
    }
}

#[test]
fn a_description_gives_names_to_what_was_read() {
    let machine = Machine::new();
    let dump = machine.with_register("0000:01:00.0", 0, 0x8, 0x80083);
    let (_, said, errors) = vmcoredd(&["show", &dump]);
    assert!(
        said.contains(
            "0000:01:00.0 BAR0 STATUS         0x00080083  FD LU SPEED=1000 MASTER_ENABLED\n"
        ),
        "{said}{errors}"
    );
    let dir = machine.path("devices.d");
    std::fs::create_dir(&dir).unwrap();
    let own = "[device]\nname = \"mine\"\nmatch = [\"8086:10d3\"]\n[[register]]\nbar = 0\nat = 8\nname = \"MINE\"\nfields = { LOW = \"7:0\" }\n";
    std::fs::write(dir.join("mine.toml"), own).unwrap();
    let (_, said, errors) = vmcoredd(&["show", &dump, "--devices", dir.to_str().unwrap()]);
    assert!(
        said.contains("0000:01:00.0 BAR0 MINE           0x00080083  LOW=0x83\n"),
        "{said}{errors}"
    );
}

#[test]
fn a_function_is_a_section_with_all_that_is_known_of_it() {
    let machine = Machine::new();
    let snapshot = machine.snapshot("now.pci");
    let (status, said, errors) = vmcoredd(&["show", &snapshot, "--section", "0000:01:00.0"]);
    assert_eq!((status, errors.as_str()), (0, ""), "{said}");
    for expected in [
        "  0000:01:00.0: Ethernet controller [8086:10d3], ok\n",
        "cleared the errors it had recorded (AER)  not known\n",
        "UNCOR_STATUS  00100000  UNSUP\n",
    ] {
        assert!(said.contains(expected), "no {expected} in\n{said}");
    }
    assert!(
        !said.contains("LNKCTL2"),
        "that is in version 2 only: {said}"
    );
    let out = machine.path("out");
    let (status, _, errors) = vmcoredd(&[
        "extract",
        &snapshot,
        "--section",
        "0000:01:00.0",
        "-o",
        out.to_str().unwrap(),
    ]);
    assert_eq!((status, errors.as_str()), (0, ""));
    let file = std::fs::read_dir(&out).unwrap().next().unwrap().unwrap();
    let config = machine.path("sys/bus/pci/devices/0000:01:00.0/config");
    assert_eq!(
        std::fs::read(file.path()).unwrap(),
        std::fs::read(config).unwrap()
    );
    let (status, said, _) = vmcoredd(&["show", &snapshot, "--section", "all"]);
    let (_, text, _) = vmcoredd(&["show", &snapshot, "--lspci"]);
    let theirs = lspci(&["-F", &machine.file("now.txt", &text), "-v"]);
    let theirs = theirs
        .split("\n\n")
        .filter(|part| part.contains("Capabilities: ["));
    let own = said.matches("    capabilities\n").count();
    assert_eq!((status, own), (0, theirs.count()), "{said}");
}

#[test]
fn a_diagnosis_rests_on_registers_and_says_what_is_not_known() {
    let machine = Machine::new();
    let snapshot = machine.snapshot("now.pci");
    let (_, said, errors) = vmcoredd(&["diagnose", &snapshot, "--json"]);
    let json: serde_json::Value =
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}{errors}"));
    let device = &json["files"][0]["dumps"][0];
    let findings = device["findings"].as_array().unwrap();
    assert_eq!(findings[0]["severity"], "fatal", "{said}");
    assert_eq!(findings[0]["unit"], "0000:04:00.0");
    let refused = findings
        .iter()
        .find(|finding| finding["unit"] == "0000:01:00.0")
        .unwrap();
    assert_eq!(refused["rule"], "AER.UNCORRECTABLE");
    assert_eq!(refused["sign"], "8086:10d3.AER.UNCORRECTABLE.UNSUP");
    assert_eq!(refused["registers"][0]["name"], "UNCOR_STATUS");
    assert_eq!(refused["registers"][0]["value"], "0x100000");
    assert_eq!(refused["registers"][0]["words"], "UNSUP");
    assert_eq!(device["verdict"]["confidence"], "medium");
    assert_eq!(
        device["verdict"]["signature"],
        "pci:104c:8233.AER.UNCORRECTABLE.SURPDN"
    );
    assert!(
        said.contains("whether errors had been cleared before is not known"),
        "{said}"
    );
}

#[test]
fn a_machine_without_errors_is_not_called_healthy_where_nobody_can_know() {
    let mut machine = Machine::new();
    for address in ["0000:01:00.0", "0000:04:00.0", "0000:05:00.0"] {
        machine.heal(address);
    }
    let snapshot = machine.snapshot("now.pci");
    let (status, said, _) = vmcoredd(&["diagnose", &snapshot]);
    assert_eq!(status, 0, "{said}");
    for expected in [
        "  verdict     unknown: no fault was found, but 9 functions: whether errors had been cleared before is not known\n",
        "  confidence  low: ",
        "  signature   pci:unknown\n",
    ] {
        assert!(said.contains(expected), "no {expected} in\n{said}");
    }
    assert!(!said.contains("healthy"), "{said}");
}

#[test]
fn the_page_has_the_tree_of_links_with_the_bad_one_marked() {
    let machine = Machine::new();
    let snapshot = machine.snapshot("now.pci");
    let (status, page, errors) = vmcoredd(&["report", &snapshot, "-o", "-"]);
    assert_eq!((status, errors.as_str()), (0, ""));
    // What is behind a port is in its item.
    let tree = page.split("<ul class=\"tree\">").nth(1).unwrap();
    assert!(tree.starts_with("<li><code>0000:00:00.0</code>"), "{tree}");
    for expected in [
        "<code class=\"bad\">0000:04:00.0</code> PCI bridge [104c:8233], x1 at 2.5 GT/s <span class=\"bad\">surprise down (fatal)</span>",
        "<code>0000:00:1c.0</code> PCI bridge [1b36:000c], x1 at 2.5 GT/s<ul class=\"tree\"><li><code class=\"bad\">0000:01:00.0</code>",
    ] {
        assert!(page.contains(expected), "no {expected} in\n{}", &page[..20_000]);
    }
    assert!(page.contains("0000:01:00.0 UNCOR_STATUS"), "{page}");
    // A slot that is empty has no link.
    assert!(page.contains("<code>0000:00:1c.3</code> PCI bridge [1b36:000c]</li>"));
}

#[test]
fn registers_of_a_family_are_a_dump_of_their_own_and_say_what_failed() {
    let machine = Machine::new();
    let file = machine.path("pci_registers").to_str().unwrap().to_owned();
    let write = |status: u32| {
        let header = Header {
            found: 1,
            written: 1,
            finished: true,
            mmio: true,
            ..Header::default()
        };
        let head = FunctionHead {
            id: (0x1b36, 0x0010),
            class: 0x0108_0202,
            config_len: 4096,
            ..FunctionHead::default()
        };
        let table = Table {
            name: padded(b"nvme"),
            ..Table::default()
        };
        let range = |start: u32, value: u32| {
            let head = RangeHead {
                space: Space::bar(0),
                width: 4,
                status: Status::VALUES,
                start,
                count: 1,
                stride: 4,
                ..RangeHead::default()
            };
            [&head.encode()[..], &value.to_le_bytes()].concat()
        };
        let dump = [
            &header.encode()[..],
            &head.encode(),
            &table.encode(),
            &range(0x14, 0x46_0001),
            &range(0x1c, status),
        ];
        std::fs::write(&file, dump.concat()).unwrap();
    };
    write(3);
    let (status, said, errors) = vmcoredd(&["show", &file]);
    assert_eq!((status, errors.as_str()), (0, ""), "{said}");
    for expected in [
        "    fatal: the controller reports a fatal error (CFS)\n",
        "  0000:00:00.0              8          8  ok\n",
        "0000:00:00.0 BAR0 CSTS           0x00000003  RDY CFS SHST=normal\n",
    ] {
        assert!(said.contains(expected), "no {expected} in\n{said}");
    }
    let (status, said, _) = vmcoredd(&["diagnose", &file]);
    assert_eq!(status, 3, "{said}");
    for expected in [
        "  signature   pci:1b36:0010.NVME.CFS\n",
        "    0x0001c  BAR0 CSTS                0x00000003  RDY CFS SHST=normal\n",
        "    rule NVME.CFS, from NVMe-2.1-3.1.4.6\n",
    ] {
        assert!(said.contains(expected), "no {expected} in\n{said}");
    }
    let (status, said, errors) = vmcoredd(&["show", &file, "--lspci"]);
    assert_eq!((status, said.as_str()), (1, ""));
    assert!(errors.contains("no configuration space"), "{errors}");
    write(1);
    let (status, said, _) = vmcoredd(&["diagnose", &file]);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("  signature   pci:healthy\n"), "{said}");
}

/// As the unit of the package does it, with a sysfs that is not this machine's.
#[test]
fn each_boot_keeps_what_functions_look_like_if_the_admin_wants_it() {
    let machine = Machine::new();
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../packaging/common/snapshot"
    );
    for dir in ["bin", "etc/default", "usr/lib/vmcore-devdump"] {
        std::fs::create_dir_all(machine.path(dir)).unwrap();
    }
    machine.file("usr/lib/vmcore-devdump/drivers", "pci_dump\n");
    let command = format!(
        "#!/bin/sh\nexec {} \"$@\" --root {}\n",
        env!("CARGO_BIN_EXE_vmcoredd"),
        machine.path("").display()
    );
    let program = machine.file("bin/vmcoredd", &command);
    std::process::Command::new("/bin/chmod")
        .args(["+x", &program])
        .status()
        .unwrap();
    let kept = machine.path("kept");
    let run = |setting: &str| {
        machine.file("etc/default/vmcore-devdump", setting);
        let output = std::process::Command::new("/bin/sh")
            .args([script, kept.to_str().unwrap()])
            .env("root", machine.path(""))
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", machine.path("bin").display()),
            )
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let names = std::fs::read_dir(&kept).into_iter().flatten();
        let mut names: Vec<_> = names
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(run("SNAPSHOT=no\n"), [""; 0]);
    assert_eq!(run(""), [""; 0]);
    // A second time in one boot there is no other.
    for _ in 0..2 {
        assert_eq!(run("SNAPSHOT=yes\n"), ["boot.pci", "boot.pci.id"]);
    }
    std::fs::write(kept.join("boot.pci.id"), "another\n").unwrap();
    assert_eq!(
        run("SNAPSHOT=yes\n"),
        ["boot.pci", "boot.pci.id", "boot.pci.old"]
    );
    let old = kept.join("boot.pci.old");
    let (status, said, _) = vmcoredd(&[
        "diff",
        old.to_str().unwrap(),
        kept.join("boot.pci").to_str().unwrap(),
    ]);
    assert_eq!(status, 0, "{said}");
}
