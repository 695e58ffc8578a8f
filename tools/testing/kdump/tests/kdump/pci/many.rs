// SPDX-License-Identifier: GPL-2.0

//! More functions than most machines have, many of them of a kind that nobody knows.

use std::{fs, io, path::PathBuf, sync::LazyLock, time::Duration};

use vm::{functions, Vm};
use vmcore_format::pci::{External, Pci, Reason};

use super::dumped;
use crate::boots::{boot, of, output, text, Boot};

const COUNT: usize = 300;
/// QEMU's edu, as Documentation/devices.rst has a device described.
const DESCRIPTION: &str = r#"
[device]
name = "edu"
match = ["1234:11e8"]
never = ["0x60-0x67"]

[[range]]
bar = 0
start = 0x0
count = 2

[[register]]
bar = 0
at = 0x0
name = "ID"
fields = { SIGNATURE = "7:0", MAJOR = "31:24" }
"#;
/// And as QEMU has it.
const ID: u64 = 0x0100_00ed;

fn description() -> PathBuf {
    vm::build_dir().join("vm/pci-many.devices")
}

/// What the hook for the initramfs makes of it.
fn table() -> io::Result<PathBuf> {
    let dir = description();
    fs::create_dir_all(&dir)?;
    let (file, table) = (dir.join("edu.toml"), dir.join("devices.bin"));
    fs::write(&file, DESCRIPTION)?;
    let [file, out] = [&file, &table].map(|path| path.to_str().expect("a path in UTF-8"));
    output(
        vm::bin_dir().join("vmcoredd"),
        &["devices", "compile", "-o", out, file],
    );
    Ok(table)
}

static BOOT: Boot = LazyLock::new(|| {
    let table = table().map_err(|error| error.to_string())?;
    let vm = Vm::scenario("pci-many")
        .file(table)
        .arguments(&functions::many(COUNT, 96))
        .crash_kernel(include_str!("../../../scripts/pci-many.sh"))
        .deadline(Duration::from_secs(900));
    boot(vm)
});

#[test]
fn three_hundred_functions_are_dumped_within_the_time_for_all() {
    let payload = dumped::payload(&BOOT, "pci");
    let header = Pci::parse(&payload).unwrap().header;
    assert!(
        header.finished && header.taken_ms < header.total_ms,
        "{header:?}"
    );
    let found = dumped::functions(&payload);
    assert_eq!(found.len(), functions::USUAL + COUNT);
    let listed = text(&BOOT, "functions");
    assert!(found.keys().eq(listed.lines()));
    for (address, function) in &found {
        assert_eq!(function.head.ended, Reason::NONE, "{address}");
        assert!(function.config32(function.head.config_len - 4).is_some());
    }
}

#[test]
fn a_device_that_somebody_has_described_is_read_and_has_names() {
    let payload = dumped::payload(&BOOT, "pci_registers");
    assert_eq!(
        Pci::parse(&payload).unwrap().header.external,
        External::USED
    );
    let mut read = 0;
    for (address, function) in dumped::functions(&payload) {
        let registers = dumped::registers(&function);
        if function.head.id == (0x1234, 0x11e8) && !registers.is_empty() {
            assert_eq!(registers.len(), 2, "{address}");
            assert_eq!(registers[&(0, 0, 4)], ID, "{address}");
            read += 1;
        }
    }
    assert!(read > 100, "{read}");
    let vmcore = of(&BOOT).out.join("vmcore");
    let (vmcore, devices) = (vmcore.to_str().unwrap(), description());
    let said = output(
        vm::bin_dir().join("vmcoredd"),
        &[
            "show",
            vmcore,
            "pci_registers",
            "--devices",
            devices.to_str().unwrap(),
        ],
    );
    assert!(said.contains(" BAR0 ID "), "{said}");
    assert!(said.contains("  SIGNATURE=0xed MAJOR=0x1"), "{said}");
}
