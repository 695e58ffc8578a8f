// SPDX-License-Identifier: GPL-2.0

//! The boots of that machine. Each ends with a panic, and the reboot after that.

use std::{fs, path::PathBuf, process::Command, sync::LazyLock};

use vm::{Adapter, Computer};

use crate::machine::{made, run, text, Made, INSTALLED};

/// `crashkernel=` that kdump-tools gives to GRUB.
const USUAL_MEMORY: &str = "512M-:192M";
const SMALL_MEMORY: &str = "160M";

/// What a boot has left behind.
pub struct Panic {
    /// The console of both kernels.
    pub console: String,
    /// The directory of the crash in `/var/crash`.
    pub crash: PathBuf,
    /// What `scripts/story` has written down.
    told: PathBuf,
    /// The machine's disk.
    disk: PathBuf,
}

/// The packages as they come.
pub static USUAL: Made<Panic> = LazyLock::new(|| boot("usual", USUAL_MEMORY, None));

/// The next boot, with less memory for the crash kernel.
pub static SMALL: Made<Panic> = LazyLock::new(|| boot("small", SMALL_MEMORY, Some(&USUAL)));

/// Modules that are for another kernel.
pub static OTHER: Made<Panic> = LazyLock::new(|| boot("other", USUAL_MEMORY, None));

/// The next boot after that, in which somebody gets rid of the packages.
pub static PURGED: Made<Panic> = LazyLock::new(|| boot("purge", USUAL_MEMORY, Some(&OTHER)));

fn boot(
    name: &str,
    crashkernel: &str,
    before: Option<&'static Made<Panic>>,
) -> Result<Panic, String> {
    let installed = made(&INSTALLED)?;
    let disk = match before {
        Some(before) => made(before)?.disk.clone(),
        None => installed.join(format!("{name}.disk")),
    };
    let machine = format!("debian-{name}");
    let (kernel, initrd) = (installed.join("vmlinuz"), installed.join("initrd"));
    let ended = Computer::new(&machine, &disk, &kernel, &initrd)
        .cmdline(&format!("crashkernel={crashkernel} story={name}"))
        .adapter(adapter())
        .run()
        .map_err(|error| format!("{error:#}"))?;
    let found = vm::build_dir().join("vm").join(&machine).join("found");
    run("look", &[&disk, &found])?;
    if before.is_some() {
        // Three gigabytes that nothing follows from.
        let _ = fs::remove_file(&disk);
    }
    let console = text(&ended.serial_log);
    let crashes = fs::read_dir(found.join("crash")).map_err(|error| error.to_string())?;
    let crashes = crashes.filter_map(|entry| Some(entry.ok()?.path()));
    let mut crashes: Vec<PathBuf> = crashes.filter(|path| path.is_dir()).collect();
    crashes.sort();
    let expected = 1 + usize::from(before.is_some());
    match crashes.pop() {
        Some(crash) if crashes.len() + 1 == expected => Ok(Panic {
            console,
            crash,
            told: found.join("root").join(name),
            disk,
        }),
        _ => Err(format!(
            "not {expected} crashes in {}; the console: {}",
            found.join("crash").display(),
            ended.serial_log.display()
        )),
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

    /// What `vmcoredd` says of the file that kdump-tools has saved.
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

    /// The file that kdump-tools has saved: flattened, as vmcoredd reads it.
    pub fn dump(&self) -> PathBuf {
        let stamp = self.crash.file_name().unwrap().to_str().unwrap();
        self.crash.join(format!("dump.{stamp}"))
    }
}
