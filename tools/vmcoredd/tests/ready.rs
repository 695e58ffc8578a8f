// SPDX-License-Identifier: GPL-2.0

//! A system that is ready for a panic: a directory with a static busybox.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    process::{Command, Output, Stdio},
    sync::{Mutex, MutexGuard},
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

pub const RELEASE: &str = "7.3.4+deb13-amd64";
pub const LISTING: &str = "\
-rwxr-xr-x 1 root root 4096 Jan  1  1970 init
-rw-r--r-- 1 root root 20971520 Jan  1  1970 usr/bin/busybox
-rw-r--r-- 1 root root 65536 Jan  1  1970 usr/lib/modules/7.3.4+deb13-amd64/updates/dkms/vmcore_devdump.ko.xz
-rw-r--r-- 1 root root 65536 Jan  1  1970 usr/lib/modules/7.3.4+deb13-amd64/updates/dkms/cxgb4_dump.ko.xz
";

/// What kdump-tools appends to the command line.
pub const DEFAULT: &str =
    "reset_devices systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll usbcore.nousb";
pub const LOADED: &str = "\
/sbin/kexec -p --command-line=\"root=/dev/vda  reset_devices systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll \
usbcore.nousb\" --initrd=/var/lib/kdump/initrd.img /var/lib/kdump/vmlinuz
";
pub const PACKAGES: &str = "\
Package: makedumpfile
Status: install ok installed
Version: 1:1.7.10-1

Package: kdump-tools
Status: install ok installed
Version: 1:1.10.7
";

/// Where the kernel's image is.
pub const IMAGE: &str = "usr/lib/modules/7.3.4+deb13-amd64/vmlinuz";

/// As much of it as tells that it takes 64 MiB.
fn image() -> String {
    let mut image = vec![0; 0x264];
    image[0x202..0x208].copy_from_slice(b"HdrS\x0f\x02");
    image[0x263] = 4;
    String::from_utf8(image).unwrap()
}

/// What to change in a system, its exit status then, what is found and what is to be done.
pub type Case<'a> = (fn(&System), i32, &'a str, &'a str);

/// Each case on a system of its own that is ready otherwise.
pub fn check(cases: &[Case]) {
    for (change, status, found, advice) in cases {
        let system = System::ready();
        change(&system);
        let (have, said) = system.examine();
        assert_eq!(have, *status, "{said}");
        let findings = said.replace("\n                            ", " ");
        let lines: Vec<&str> = findings.lines().collect();
        let advised = lines.windows(2).any(|pair| {
            pair[0].contains(found) && pair[1].contains("=> ") && pair[1].contains(advice)
        });
        assert!(advised, "no \"{found}\" with \"{advice}\" in\n{said}");
    }
}

/// A process that begins while another test writes a program has that open for a moment, and nobody can run it.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap()
}

pub struct System(pub TempDir);

impl System {
    pub fn empty() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// Debian, ready, with an adapter.
    pub fn ready() -> Self {
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
            ("var/crash/kexec_cmd", LOADED),
            ("var/lib/dpkg/status", PACKAGES),
            ("proc/meminfo", "MemTotal:        1048576 kB\nMemFree: 1 kB"),
            ("listing", LISTING),
        ] {
            system.write(path, text);
        }
        system.write(IMAGE, &image());
        system.program("kdump-config", "exit 0");
        system.program("lsinitramfs", "exec /bin/busybox cat /listing");
        system.modinfo(RELEASE);
        system.busybox();
        system
    }

    /// What runs programs.
    pub fn busybox(&self) {
        let _alone = alone();
        fs::copy("/bin/busybox", self.0.path().join("bin/busybox")).unwrap();
    }

    /// Runs a command in it.
    pub fn run(&self, command: &[&str]) -> Output {
        Self::output(
            Command::new("/usr/sbin/chroot")
                .arg(self.0.path())
                .args(command)
                .env("PATH", "/bin"),
        )
    }

    fn output(command: &mut Command) -> Output {
        let alone = alone();
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(alone);
        child.wait_with_output().unwrap()
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn program(&self, name: &str, script: &str) {
        let path = format!("bin/{name}");
        let _alone = alone();
        self.write(&path, &format!("#!/bin/busybox sh\n{script}\n"));
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.0.path().join(path), mode).unwrap();
    }

    /// What modules for kernel `built_for` say of themselves.
    pub fn modinfo(&self, built_for: &str) {
        self.program(
            "modinfo",
            &format!(
                "case $* in\n\
                 '-k {RELEASE} -F alias cxgb4_dump') echo 'pci:v00001425d00006401sv*sd*bc*sc*i*' ;;\n\
                 '-k {RELEASE} -F sig_id '*) echo 'PKCS#7' ;;\n\
                 '-k {RELEASE} -F vermagic '*) echo '{built_for} SMP preempt mod_unload modversions' ;;\n\
                 *) exit 1 ;;\n\
                 esac"
            ),
        );
    }

    /// Our modules have no signature.
    pub fn unsigned(&self) {
        let path = "bin/modinfo";
        let script = fs::read_to_string(self.0.path().join(path)).unwrap();
        let _alone = alone();
        fs::write(self.0.path().join(path), script.replace("PKCS#7", "")).unwrap();
    }

    /// As if it was written in the future.
    pub fn touch(&self, path: &str) {
        let file = fs::File::open(self.0.path().join(path)).unwrap();
        let later = SystemTime::now() + Duration::from_secs(60);
        file.set_modified(later).unwrap();
    }

    /// Appended to what kdump-tools appends by itself, and loaded.
    pub fn append(&self, words: &str) {
        let append = format!("{DEFAULT} {words}");
        self.write(
            "etc/default/kdump-tools",
            &format!("KDUMP_CMDLINE_APPEND=\"{append}\""),
        );
        self.write("var/crash/kexec_cmd", &LOADED.replace(DEFAULT, &append));
    }

    /// The running kernel has these words, too, and so has what is loaded.
    pub fn boot(&self, words: &str) {
        self.write(
            "proc/cmdline",
            &format!("root=/dev/vda crashkernel=512M-:192M {words}"),
        );
        let line = format!("root=/dev/vda  {words} {DEFAULT}");
        self.write(
            "var/crash/kexec_cmd",
            &LOADED.replace(&format!("root=/dev/vda  {DEFAULT}"), &line),
        );
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.0.path().join(path)).unwrap();
    }

    pub fn doctor(&self) -> Output {
        Self::output(
            Command::new(env!("CARGO_BIN_EXE_vmcoredd"))
                .args(["doctor", "--root"])
                .arg(self.0.path()),
        )
    }

    /// Exit status and what it says.
    pub fn examine(&self) -> (i32, String) {
        let output = self.doctor();
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), said)
    }
}
