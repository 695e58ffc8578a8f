// SPDX-License-Identifier: GPL-2.0

//! The machine that the packages are installed on, and its boots.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use vm::{Adapter, Computer};

/// What was made, or why it was not.
pub type Made<T> = LazyLock<Result<T, String>>;

/// Where the packages were installed, and what `scripts/install` has written down.
pub static INSTALLED: Made<PathBuf> = LazyLock::new(|| {
    let dir = vm::build_dir().join("debian");
    let from = |name: &str, what: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .ok_or(format!("{name} is not set: {what}"))
    };
    let machine = from("VMCORE_DEVDUMP_MACHINE", "what tools/setup/machine prints")?;
    let debs = from("VMCORE_DEVDUMP_DEBS", "where make deb puts the packages")?;
    run(
        "install",
        &[&machine, &debs, &dir],
        &vm::build_dir().join("debian.log"),
    )?;
    Ok(dir)
});

/// A panic of that machine.
pub struct Story {
    /// The console of both kernels.
    pub console: String,
    /// The directory of the crash in `/var/crash`.
    pub crash: PathBuf,
    /// What `/root` of the machine holds.
    pub root: PathBuf,
}

/// The packages as they come.
pub static USUAL: Made<Story> = LazyLock::new(|| story("usual"));

/// After somebody has got rid of the packages.
pub static PURGED: Made<Story> = LazyLock::new(|| story("purge"));

fn story(name: &str) -> Result<Story, String> {
    let installed = INSTALLED.as_ref().map_err(Clone::clone)?;
    let dir = vm::build_dir().join("vm").join(format!("debian-{name}"));
    let disk = installed.join(format!("disk.{name}"));
    let copied = Command::new("cp")
        .arg("--sparse=always")
        .args([&installed.join("disk"), &disk])
        .status();
    if !copied.is_ok_and(|status| status.success()) {
        return Err(format!("cannot copy the disk to {}", disk.display()));
    }
    let (kernel, initrd) = (installed.join("vmlinuz"), installed.join("initrd"));
    let ended = Computer::new(&format!("debian-{name}"), &disk, &kernel, &initrd)
        // What kdump-tools tells GRUB.
        .cmdline(&format!("crashkernel=512M-:192M story={name}"))
        .adapter(vm::demo::adapter())
        .run()
        .map_err(|error| format!("{error:#}"))?;
    let found = dir.join("found");
    run("look", &[&disk, &found], &dir.join("look.log"))?;
    let _ = fs::remove_file(&disk);
    let console = fs::read(&ended.serial_log).map_err(|error| error.to_string())?;
    let crashes = fs::read_dir(found.join("crash")).map_err(|error| error.to_string())?;
    let mut crashes: Vec<PathBuf> = crashes
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    match (crashes.pop(), crashes.pop()) {
        (Some(crash), None) => Ok(Story {
            console: String::from_utf8_lossy(&console).into_owned(),
            crash,
            root: found.join("root"),
        }),
        _ => Err(format!(
            "not one crash in {}, console: {}",
            found.display(),
            ended.serial_log.display()
        )),
    }
}

/// The adapter of the stories.
pub fn adapter() -> Adapter {
    vm::demo::adapter()
}

/// Runs a script of this crate; what it says is in `log`.
fn run(script: &str, args: &[&Path], log: &Path) -> Result<(), String> {
    let said = fs::File::create(log).map_err(|error| error.to_string())?;
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts");
    let status = Command::new(Path::new(scripts).join(script))
        .args(args)
        .stdout(said.try_clone().map_err(|error| error.to_string())?)
        .stderr(said)
        .status()
        .map_err(|error| error.to_string())?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{script}: {status}: see {}", log.display()))
}

/// What was made.
pub fn of<T>(made: &'static Made<T>) -> &'static T {
    match &**made {
        Ok(made) => made,
        Err(error) => panic!("{error}"),
    }
}

/// A text file.
pub fn text(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    String::from_utf8_lossy(&bytes).into_owned()
}
