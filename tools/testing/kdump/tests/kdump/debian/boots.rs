// SPDX-License-Identifier: GPL-2.0

//! The boots of that machine. Each ends with a panic, and the reboot after that.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
    time::Duration,
};

use serde_json::Value;
use vm::{Adapter, Computer};

use crate::debian::machine::{made, run, text, Made, INSTALLED, REMOVED, UPGRADED};

/// `crashkernel=` that kdump-tools gives to GRUB.
const USUAL_MEMORY: &str = "512M-:192M";
const SMALL_MEMORY: &str = "160M";
/// What is enough with `MINIMAL=yes`.
const LITTLE_MEMORY: &str = "128M";
/// What the README of `make capture` says.
const LARGE_MEMORY: &str = "384M";

/// What a boot has left behind.
pub struct Panic {
    /// The console of both kernels.
    pub console: String,
    /// The directory of the crash in `/var/crash`, here or on another machine.
    pub crash: PathBuf,
    /// What the adapter tells of it.
    adapter: PathBuf,
    /// What `scripts/story` has written down.
    told: PathBuf,
}

/// The packages as they come, and less memory for the crash kernel than is usual.
pub static USUAL: Made<Panic> = LazyLock::new(|| save_here("usual", SMALL_MEMORY, "usual.disk", 1));

/// The next boot, with `MINIMAL=yes`.
pub static MINIMAL: Made<Panic> = LazyLock::new(|| {
    made(&USUAL)?;
    save_here("minimal", LITTLE_MEMORY, "usual.disk", 2)
});

/// The next boot: somebody reads what is there, and the modules are for a kernel that is not.
pub static OTHER: Made<Panic> = LazyLock::new(|| {
    made(&MINIMAL)?;
    let other = save_here("other", USUAL_MEMORY, "usual.disk", 3)?;
    remove(&made(&INSTALLED)?.join("usual.disk"));
    Ok(other)
});

/// A boot after somebody got rid of the packages.
pub static PURGED: Made<Panic> = LazyLock::new(|| {
    made(&REMOVED)?;
    save_here("purge", USUAL_MEMORY, "purged.disk", 1)
});

/// The next boot, with the crash kernel that `make capture` writes.
pub static CAPTURED: Made<Panic> = LazyLock::new(|| {
    made(&PURGED)?;
    let captured = save_here("capture", LARGE_MEMORY, "purged.disk", 2)?;
    remove(&made(&REMOVED)?.join("purged.disk"));
    Ok(captured)
});

/// Two boots of a machine whose modules DKMS has built: after an upgrade to another kernel, what is saved on another machine over ssh; and with
/// the kernel that Debian comes with again and `MINIMAL=yes`, over NFS.
pub static ELSEWHERE: Made<[Panic; 2]> = LazyLock::new(save_elsewhere);

/// A boot after which there are `expected` crashes on the disk.
fn save_here(name: &str, crashkernel: &str, disk: &str, expected: usize) -> Result<Panic, String> {
    let dir = made(&INSTALLED)?;
    let disk = dir.join(disk);
    panic(name, &computer(name, crashkernel, &disk, dir), &disk)?;
    let mut crashes = crashes(name, expected)?;
    Ok(found(name, crashes.pop().expect("a crash")))
}

fn save_elsewhere() -> Result<[Panic; 2], String> {
    let dir = made(&UPGRADED)?;
    let upgraded = dir.join("upgrade");
    let [disk, there] = ["remote.disk", "server.disk"].map(|name| dir.join(name));
    let [one, other] = vm::cable("debian");
    let server = Computer::new(&machine("server"), &there, &kernel_of(&upgraded))
        .cmdline("story=server")
        .network(one)
        .start()
        .map_err(|error| format!("{error:#}"))?;
    for (name, kernel) in [("ssh", &upgraded), ("nfs", dir)] {
        let computer = computer(name, USUAL_MEMORY, &disk, kernel).network(other.clone());
        panic(name, &computer, &disk)?;
        crashes(name, 0)?;
    }
    // It ends when it has both; if it has not, it is looked at all the same.
    let _ = server.wait(Duration::from_secs(120));
    look("server", &there)?;
    remove(&disk);
    remove(&there);
    let crashes = crashes("server", 2)?;
    let [ssh, nfs] = <[PathBuf; 2]>::try_from(crashes).expect("two crashes");
    Ok([found("ssh", ssh), found("nfs", nfs)])
}

/// A machine that boots the kernel in `dir`. Where nobody looks at what the adapter's own driver does, it does nothing: what is different in
/// the adapter is then our doing.
fn computer(name: &str, crashkernel: &str, disk: &Path, dir: &Path) -> Computer {
    let blacklist = match name {
        "minimal" | "nfs" => "module_blacklist=cxgb4",
        _ => "",
    };
    Computer::new(&machine(name), disk, &kernel_of(dir))
        .cmdline(&format!(
            "crashkernel={crashkernel} story={name} {blacklist}"
        ))
        .adapter(adapter())
}

fn kernel_of(dir: &Path) -> [PathBuf; 2] {
    ["vmlinuz", "initrd"].map(|name| dir.join(name))
}

fn machine(name: &str) -> String {
    format!("debian-{name}")
}

/// Where the files of a machine are.
fn files(name: &str) -> PathBuf {
    vm::build_dir().join("vm").join(machine(name))
}

/// Boots a machine, which panics.
fn panic(name: &str, computer: &Computer, disk: &Path) -> Result<(), String> {
    computer.run().map_err(|error| format!("{error:#}"))?;
    look(name, disk)
}

/// Fetches what is on a disk now.
fn look(name: &str, disk: &Path) -> Result<(), String> {
    run("look", &[disk, &files(name).join("found")])
}

/// Removes three gigabytes that nothing follows from.
fn remove(disk: &Path) {
    let _ = fs::remove_file(disk);
}

/// The directories of the crashes on a disk, the oldest first.
fn crashes(name: &str, expected: usize) -> Result<Vec<PathBuf>, String> {
    let dir = files(name).join("found/crash");
    let crashes = fs::read_dir(&dir).map_err(|error| error.to_string())?;
    let crashes = crashes.filter_map(|entry| Some(entry.ok()?.path()));
    let mut crashes: Vec<PathBuf> = crashes.filter(|path| path.is_dir()).collect();
    crashes.sort();
    match crashes.len() == expected {
        true => Ok(crashes),
        false => Err(format!(
            "not {expected} crashes in {}; the console: {}",
            dir.display(),
            files(name).join("serial.log").display()
        )),
    }
}

/// What the boot called `name` has left, besides `crash`.
fn found(name: &str, crash: PathBuf) -> Panic {
    let files = files(name);
    Panic {
        console: text(files.join("serial.log")),
        crash,
        adapter: files.join("adapter-5.json"),
        told: files.join("found/root").join(name),
    }
}

/// The adapter of all boots.
pub fn adapter() -> Adapter {
    vm::demo::adapter()
}

impl Panic {
    /// What the story has written down about `what`.
    pub fn told(&self, what: &str) -> String {
        text(self.told.join(what))
    }

    /// What the adapter tells of its guest.
    pub fn adapter(&self) -> Value {
        serde_json::from_str(&text(&self.adapter)).unwrap()
    }

    /// Files of whole adapters beside the vmcores that were there after it, and what is left of such that were not saved.
    pub fn devices(&self) -> Vec<PathBuf> {
        let dir = self.crash.parent().expect("/var/crash");
        let files = fs::read_dir(dir).unwrap();
        let files = files.map(|entry| entry.unwrap().path());
        let is_device = |path: &PathBuf| path.to_string_lossy().contains("/device.");
        let mut files: Vec<_> = files.filter(is_device).collect();
        files.sort();
        files
    }

    /// The console from the panic on.
    pub fn crash_kernel(&self) -> &str {
        let panic = self.console.find("Kernel panic").expect("a panic");
        &self.console[panic..]
    }

    /// Where the crash kernel says `what`.
    pub fn place(&self, what: &str) -> usize {
        let place = self.crash_kernel().find(what);
        place.unwrap_or_else(|| panic!("no {what:?} on the console after the panic"))
    }

    /// When it was, as kdump-tools writes it.
    pub fn stamp(&self) -> &str {
        let name = self.crash.file_name().unwrap().to_str().unwrap();
        // On another machine, that of this one comes first.
        name.rsplit('-').next().unwrap()
    }

    /// What `vmcoredd` says of the file that was saved.
    pub fn vmcoredd(&self, command: &str, args: &[&str]) -> String {
        let said = Command::new(vm::bin_dir().join("vmcoredd"))
            .arg(command)
            .arg(self.dump())
            .args(args)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&said.stderr);
        assert!(said.status.success(), "vmcoredd {command}: {errors}");
        String::from_utf8(said.stdout).unwrap()
    }

    /// The file that kdump-tools has saved: flattened, as vmcoredd reads it. Or that of the crash kernel that needs none.
    pub fn dump(&self) -> PathBuf {
        let name = format!("dump.{}", self.stamp());
        let found = [&name, "vmcore"].map(|name| self.crash.join(name));
        let [dump, vmcore] = found;
        match dump.exists() {
            true => dump,
            false => vmcore,
        }
    }
}
