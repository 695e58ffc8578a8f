// SPDX-License-Identifier: GPL-2.0

//! The script that the packages put into the crash kernel's initramfs: whatever is wrong, the vmcore can be saved.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
    time::Duration,
};

use vm::{Adapter, Vm};

use crate::boots::{boot, lines, of, output, text, Boot};

/// What the production kernel may have on its command line, and the crash kernel then has, too.
const STRICT: &str =
    "panic_on_warn=1 hung_task_panic=1 softlockup_panic=1 panic_on_taint=0x3000 panic_on_taint=0";
/// Each keeps modules out that are not the distribution's own.
const HARDENED: &str = "panic_on_taint=1000,nousertaint module_blacklist=vmcore_devdump,cxgb4_dump";

const PLACE: &str = include_str!("../../scripts/load-place.sh");

static LOAD: Boot = LazyLock::new(|| {
    let other = module_of_another_kernel().map_err(|error| error.to_string())?;
    boot(
        machine("load", include_str!("../../scripts/load.sh"))
            .adapter(Adapter::t6(7).option("--mc-mib=1"))
            .adapter(Adapter::t6(8).option("--dead"))
            .crash_options(STRICT)
            .file(other)
            .deadline(Duration::from_secs(600)),
    )
});

static INHERITED: Boot = LazyLock::new(|| {
    boot(machine("inherited", include_str!("../../scripts/inherited.sh")).crash_options(HARDENED))
});

fn machine(name: &str, script: &str) -> Vm {
    let common = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../packaging/common");
    Vm::scenario(name)
        .program("/usr/sbin/depmod")
        .program("/usr/sbin/modprobe")
        .file(common.join("load"))
        .file(common.join("save-whole"))
        .file(common.join("vmcore-devdump-blacklist.modprobe"))
        .crash_kernel(&format!("{PLACE}{script}"))
}

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
fn said(boot: &'static Boot, name: &str) -> Vec<String> {
    let dmesg = text(boot, &format!("{name}.dmesg"));
    let said = lines(&dmesg, "vmcore-devdump: ");
    said.into_iter().map(str::to_owned).collect()
}

/// One line, the vmcore without dumps, and nothing mounted.
fn assert_given_up(boot: &'static Boot, name: &str, why: &str) {
    let said = said(boot, name);
    assert_eq!(said.len(), 1, "{name}: {said:?}");
    assert!(said[0].contains(why), "{name}: {said:?}");
    assert!(
        said[0].ends_with("; the vmcore is saved without device dumps"),
        "{said:?}"
    );
    assert_eq!(text(boot, &format!("{name}.mounts")), "", "{name}");
}

fn listed(boot: &'static Boot, vmcore: &str) -> String {
    let vmcore = of(boot).out.join(vmcore);
    output(
        vm::bin_dir().join("vmcoredd"),
        &["list", vmcore.to_str().unwrap()],
    )
}

#[test]
fn whatever_is_wrong_costs_one_line_and_no_vmcore() {
    for (name, why) in [
        ("missing", "Module vmcore_devdump not found in directory"),
        (
            "other",
            "could not insert 'vmcore_devdump': Exec format error",
        ),
        ("deadline", "DEADLINE=soon: expected 1 to 3600 seconds"),
    ] {
        assert_given_up(&LOAD, name, why);
    }
}

#[test]
fn what_a_hardened_kernel_hands_down_costs_one_line_and_no_vmcore() {
    for (name, why) in [
        ("taint", "panic_on_taint: loading a module would panic"),
        ("blacklist", "'vmcore_devdump': Operation not permitted"),
        ("lockdown", "'vmcore_devdump': Operation not permitted"),
        ("signature", "'vmcore_devdump': Key was rejected by service"),
        ("disabled", "'vmcore_devdump': Operation not permitted"),
    ] {
        assert_given_up(&INHERITED, name, why);
    }
    assert!(listed(&INHERITED, "vmcore").contains("no device dumps"));
}

#[test]
fn a_driver_that_hangs_or_dies_costs_its_own_dumps_only() {
    for (name, why) in [
        ("sleep", "hanging_dump is still loading after 30 s"),
        (
            "kill",
            "the kernel has killed what loaded hanging_dump (exit status 137)",
        ),
    ] {
        let said = said(&LOAD, name);
        assert_eq!(said.len(), 1, "{name}: {said:?}");
        assert!(said[0].contains(why), "{name}: {said:?}");
        assert!(said[0].ends_with("; what is complete is saved"), "{said:?}");
        assert_ne!(text(&LOAD, &format!("{name}.mounts")), "", "{name}");
        let listed = listed(&LOAD, &format!("{name}.vmcore"));
        assert!(listed.contains("cxgb4_0000:00:05.0"), "{listed}");
    }
}

/// The kernel refuses a parameter that is there twice.
#[test]
fn what_modprobe_gives_by_itself_is_not_given_again() {
    assert_eq!(said(&LOAD, "twice"), Vec::<String>::new());
    let dmesg = text(&LOAD, "twice.dmesg");
    assert!(dmesg.contains(" and 45 s for device dumps"), "{dmesg}");
    assert!(dmesg.contains("cxgb4_dump 0000:00:05.0: T6: "), "{dmesg}");
    assert_ne!(text(&LOAD, "twice.mounts"), "");
}

#[test]
fn a_core_that_refuses_has_said_so_itself() {
    assert_eq!(said(&LOAD, "off"), Vec::<String>::new());
    let dmesg = text(&LOAD, "off.dmesg");
    let said = lines(&dmesg, "vmcore_devdump: novmcoredd on the command line");
    assert_eq!(said.len(), 1, "{dmesg}");
    assert_eq!(text(&LOAD, "off.mounts"), "");
}

#[test]
fn a_driver_that_is_not_there_costs_its_dumps_only() {
    let said = said(&LOAD, "driverless");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("Module cxgb4_dump not found"), "{said:?}");
    assert_ne!(text(&LOAD, "driverless.mounts"), "");
}

#[test]
fn the_vmcore_can_be_read_and_the_script_succeeds_in_every_case() {
    const HERE: &[&str] = &[
        "missing",
        "other",
        "off",
        "driverless",
        "sleep",
        "kill",
        "deadline",
        "twice",
        "good",
        "whole",
    ];
    const THERE: &[&str] = &["taint", "blacklist", "lockdown", "signature", "disabled"];
    for (boot, names) in [(&LOAD, HERE), (&INHERITED, THERE)] {
        let out = &of(boot).out;
        for name in names {
            let magic = fs::read(out.join(format!("{name}.magic"))).unwrap();
            assert_eq!(magic, b"\x7fELF", "{name}");
            assert!(!out.join(format!("{name}.status")).exists(), "{name}");
        }
    }
}

#[test]
fn if_nothing_is_wrong_the_dump_is_in_the_vmcore() {
    // Once, when it was to be patient; the kernel would have been otherwise.
    let patience = "vmcore-devdump: hung_task_panic is off: dumps may wait for a device";
    assert_eq!(said(&LOAD, "good"), [patience]);
    assert_eq!(text(&LOAD, "hung_task_panic"), "0\n");
    assert!(listed(&LOAD, "vmcore").contains("cxgb4_0000:00:05.0"));
}

#[test]
fn what_the_vmcore_is_saved_through_is_dumped_and_let_go() {
    let kept = text(&LOAD, "whole.kept");
    assert!(kept.contains("0000:00:05.0"), "{kept}");
    assert!(!kept.contains("0000:00:06.0"), "{kept}");
    assert_eq!(said(&LOAD, "whole"), [""; 0]);
}

#[test]
fn whole_devices_are_saved_or_leave_nothing_and_are_let_go() {
    const NAME: &str = "device.cxgb4_0000-00-05.0";
    for (case, expected) in [
        ("late", "1 s are over"),
        (
            "full",
            "it takes more space than there is beside the vmcore in /tmp/256k",
        ),
        ("nowhere", "/proc/nowhere cannot be written to"),
        ("junk", "/proc/nowhere cannot be written to"),
        ("busy", "it cannot be read"),
        ("dead", "3 s are over"),
    ] {
        let said = text(&LOAD, &format!("{case}.said"));
        let expected = format!("{NAME}.{case} is not saved: {expected}; the vmcore is");
        assert_eq!(
            said.lines().last(),
            Some(expected.as_str()),
            "{case}: {said}"
        );
    }
    let junk = text(&LOAD, "junk.said");
    assert!(
        junk.contains("WHOLE_SECONDS=08: expected 1 to 86400"),
        "{junk}"
    );
    assert_eq!(text(&LOAD, "nothing.said"), "");
    let left = text(&LOAD, "whole.left");
    assert!(!left.contains("device."), "{left}");
    for (case, dir) in [("good", "/out"), ("elsewhere", "/out/far")] {
        let said = text(&LOAD, &format!("{case}.said"));
        assert_eq!(said, format!("{NAME}.{case} is saved in {dir}\n"));
        let file = of(&LOAD)
            .out
            .join(format!(".{dir}/{NAME}.{case}").replace("/out/", "/"));
        let verified = output(
            vm::bin_dir().join("vmcoredd"),
            &["verify", file.to_str().unwrap()],
        );
        assert!(verified.contains("ok"), "{verified}");
    }
}
