// SPDX-License-Identifier: GPL-2.0

//! The script that the packages put into the crash kernel's initramfs: whatever is wrong, the vmcore can be saved.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use vm::{Adapter, Vm};

use crate::boots::{boot, lines, of, output, text, Boot};

static LOAD: Boot = LazyLock::new(|| {
    let common = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../packaging/common");
    let other = module_of_another_kernel().map_err(|error| error.to_string())?;
    boot(
        Vm::scenario("load")
            .adapter(Adapter::t6(7).option("--mc-mib=1"))
            .program("/usr/sbin/depmod")
            .program("/usr/sbin/modprobe")
            .file(common.join("load"))
            .file(common.join("vmcore-devdump-blacklist.modprobe"))
            .file(other)
            .crash_kernel(include_str!("../../scripts/load.sh")),
    )
});

/// Our core module, as if it was built for a kernel that is not this one.
fn module_of_another_kernel() -> std::io::Result<PathBuf> {
    const MAGIC: &[u8] = b"vermagic=";
    let mut module = fs::read(vm::modules_dir().join("vmcore_devdump.ko"))?;
    let at = module
        .windows(MAGIC.len())
        .position(|bytes| bytes == MAGIC)
        .expect("every module has one");
    module[at + MAGIC.len()] = b'1';
    let dir = vm::build_dir().join("vm/load.modules");
    fs::create_dir_all(&dir)?;
    let path = dir.join("other.ko");
    fs::write(&path, module)?;
    Ok(path)
}

/// What the script has logged in the case called `name`.
fn said(name: &str) -> Vec<String> {
    let dmesg = text(&LOAD, &format!("{name}.dmesg"));
    let said = lines(&dmesg, "vmcore-devdump: ");
    said.into_iter().map(str::to_owned).collect()
}

#[test]
fn whatever_is_wrong_costs_one_line_and_no_vmcore() {
    let cases = [
        ("missing", "Module vmcore_devdump not found in directory"),
        (
            "other",
            "could not insert 'vmcore_devdump': Exec format error",
        ),
        ("sleep", "cxgb4_dump is still loading after 2 s"),
        (
            "kill",
            "the kernel has killed what loaded cxgb4_dump (exit status 137)",
        ),
    ];
    for (name, why) in cases {
        let said = said(name);
        assert_eq!(said.len(), 1, "{name}: {said:?}");
        assert!(said[0].contains(why), "{name}: {said:?}");
        assert!(
            said[0].ends_with("; the vmcore is saved without device dumps"),
            "{said:?}"
        );
        assert_eq!(text(&LOAD, &format!("{name}.mounts")), "", "{name}");
    }
}

#[test]
fn a_core_that_refuses_has_said_so_itself() {
    assert_eq!(said("off"), Vec::<String>::new());
    let dmesg = text(&LOAD, "off.dmesg");
    let said = lines(&dmesg, "vmcore_devdump: novmcoredd on the command line");
    assert_eq!(said.len(), 1, "{dmesg}");
    assert_eq!(text(&LOAD, "off.mounts"), "");
}

#[test]
fn a_driver_that_is_not_there_costs_its_dumps_only() {
    let said = said("driverless");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("Module cxgb4_dump not found"), "{said:?}");
    assert_ne!(text(&LOAD, "driverless.mounts"), "");
}

#[test]
fn the_vmcore_can_be_read_and_the_script_succeeds_in_every_case() {
    let out = &of(&LOAD).out;
    for name in [
        "missing",
        "other",
        "off",
        "sleep",
        "kill",
        "driverless",
        "good",
    ] {
        let magic = fs::read(out.join(format!("{name}.magic"))).unwrap();
        assert_eq!(magic, b"\x7fELF", "{name}");
        assert!(!out.join(format!("{name}.status")).exists(), "{name}");
    }
}

#[test]
fn if_nothing_is_wrong_the_dump_is_in_the_vmcore_and_nothing_is_said() {
    assert_eq!(said("good"), Vec::<String>::new());
    let vmcore = of(&LOAD).out.join("vmcore");
    let listed = output(
        vm::bin_dir().join("vmcoredd"),
        &["list", vmcore.to_str().unwrap()],
    );
    assert!(listed.contains("cxgb4_0000:00:05.0"), "{listed}");
}
