// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd doctor`, on systems that are ready for a panic and on others. They are directories with a static busybox.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    process::{Command, Output},
};

use tempfile::TempDir;

const RELEASE: &str = "7.3.4+deb13-amd64";
const LISTING: &str = "\
-rwxr-xr-x 1 root root 4096 Jan  1  1970 init
-rw-r--r-- 1 root root 20971520 Jan  1  1970 usr/bin/busybox
-rw-r--r-- 1 root root 65536 Jan  1  1970 usr/lib/modules/7.3.4+deb13-amd64/updates/dkms/vmcore_devdump.ko.xz
-rw-r--r-- 1 root root 65536 Jan  1  1970 usr/lib/modules/7.3.4+deb13-amd64/updates/dkms/cxgb4_dump.ko.xz
";

struct System(TempDir);

impl System {
    fn empty() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// Debian, ready, with an adapter.
    fn ready() -> Self {
        let system = Self::empty();
        for (path, text) in [
            ("etc/os-release", "ID=debian"),
            ("proc/sys/kernel/osrelease", RELEASE),
            ("proc/cmdline", "root=/dev/vda crashkernel=512M-:192M"),
            ("sys/kernel/kexec_crash_size", "201326592"),
            ("sys/kernel/kexec_crash_loaded", "1"),
            ("sys/bus/pci/devices/0000:41:00.4/vendor", "0x1425"),
            ("sys/bus/pci/devices/0000:41:00.4/device", "0x6401"),
            ("sys/bus/pci/devices/0000:00:01.0/vendor", "0x8086"),
            ("sys/bus/pci/devices/0000:00:01.0/device", "0x6401"),
            ("var/lib/kdump/initrd.img-7.3.4+deb13-amd64", "cpio"),
            ("listing", LISTING),
        ] {
            system.write(path, text);
        }
        system.program("kdump-config", "exit 0");
        system.program("lsinitramfs", "exec /bin/busybox cat /listing");
        system.modinfo(RELEASE);
        fs::copy("/bin/busybox", system.0.path().join("bin/busybox")).unwrap();
        system
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn program(&self, name: &str, script: &str) {
        let path = format!("bin/{name}");
        self.write(&path, &format!("#!/bin/busybox sh\n{script}\n"));
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.0.path().join(path), mode).unwrap();
    }

    /// What modules for kernel `built_for` say of themselves.
    fn modinfo(&self, built_for: &str) {
        self.program(
            "modinfo",
            &format!(
                "case $* in\n\
                 '-k {RELEASE} -F alias cxgb4_dump') echo 'pci:v00001425d00006401sv*sd*bc*sc*i*' ;;\n\
                 '-k {RELEASE} -F vermagic '*) echo '{built_for} SMP preempt mod_unload modversions' ;;\n\
                 *) exit 1 ;;\n\
                 esac"
            ),
        );
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.0.path().join(path)).unwrap();
    }

    fn doctor(&self) -> Output {
        Command::new(env!("CARGO_BIN_EXE_vmcoredd"))
            .args(["doctor", "--root"])
            .arg(self.0.path())
            .output()
            .unwrap()
    }

    /// Exit status and what it says.
    fn examine(&self) -> (i32, String) {
        let output = self.doctor();
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), said)
    }
}

#[test]
fn a_system_that_is_ready_is_told_what_will_be_dumped() {
    let (status, said) = System::ready().examine();
    assert_eq!(status, 0, "{said}");
    assert!(
        said.contains("1 would be dumped: 0000:41:00.4 [1425:6401]"),
        "{said}"
    );
    assert!(
        said.contains("about 100 MiB will be free in the crash kernel, 25 MiB of them for dumps"),
        "{said}"
    );
    assert!(!said.contains("=>"), "{said}");
}

#[test]
fn whatever_is_missing_is_named_with_what_to_do() {
    type Change = fn(&System);
    let cases: [(Change, i32, &str, &str); 10] = [
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
            |s| s.write("proc/cmdline", "quiet novmcoredd"),
            1,
            "switched off",
            "remove novmcoredd",
        ),
        (
            |s| s.remove("bin/modinfo"),
            1,
            "cxgb4_dump is not installed for kernel 7.3.4",
            "install vmcore-devdump-dkms",
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
            "apt install --reinstall vmcore-devdump-dkms",
        ),
        (
            |s| s.write("sys/kernel/kexec_crash_size", "125829120"),
            1,
            "about 28 MiB will be free",
            "raise crashkernel=",
        ),
    ];
    for (change, status, found, advice) in cases {
        let system = System::ready();
        change(&system);
        let (have, said) = system.examine();
        assert_eq!(have, status, "{said}");
        assert!(said.contains(found), "no \"{found}\" in\n{said}");
        let advised = said
            .lines()
            .any(|line| line.contains("=> ") && line.contains(advice));
        assert!(advised, "no \"{advice}\" in\n{said}");
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
