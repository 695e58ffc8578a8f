// SPDX-License-Identifier: GPL-2.0

//! The machine that the packages are installed on, and what is done with it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

/// What was made, or why it was not.
pub type Made<T> = LazyLock<Result<T, String>>;

/// Where the packages were installed, and what the scripts have written down.
pub static INSTALLED: Made<PathBuf> = LazyLock::new(|| {
    let dir = vm::build_dir().join("debian");
    run("install", &[&bare(), &packages(), &dir])?;
    Ok(dir)
});

/// The same place, after another machine has got a kernel from backports, modules for it by DKMS, and then another kernel.
pub static UPGRADED: Made<PathBuf> = LazyLock::new(|| on_top("upgrade"));

/// The same place, after kernels, modules and settings have come and gone.
pub static CHOSEN: Made<PathBuf> = LazyLock::new(|| on_top("choose"));

/// The same place, after dracut has made its images.
pub static IMAGES: Made<PathBuf> = LazyLock::new(|| on_top("dracut"));

/// The same place, after settings were changed and the packages removed.
pub static REMOVED: Made<PathBuf> = LazyLock::new(|| on_top("remove"));

/// Each changes a layer of its own.
fn on_top(script: &str) -> Result<PathBuf, String> {
    let dir = made(&INSTALLED)?;
    run(script, &[&bare(), &packages(), dir])?;
    Ok(dir.clone())
}

fn packages() -> PathBuf {
    vm::build_dir().join("deb")
}

/// The machine without our packages.
fn bare() -> PathBuf {
    vm::build_dir().join("machine/root")
}

/// Runs a script of this crate; what it says is in `build/debian.<script>.log`.
pub fn run(script: &str, args: &[&Path]) -> Result<(), String> {
    let _turn = vm::Turn::wait_urgently(&format!("debian-{script}"));
    let log = vm::build_dir().join(format!("debian.{script}.log"));
    let said = fs::File::create(&log).map_err(|error| error.to_string())?;
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/debian");
    let status = Command::new(Path::new(scripts).join(script))
        .args(args)
        .stdout(said.try_clone().map_err(|error| error.to_string())?)
        .stderr(said)
        .status()
        .map_err(|error| error.to_string())?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("{script}: {status}: see {}", log.display())),
    }
}

/// What was made, for what is made of it.
pub fn made<T>(made: &Made<T>) -> Result<&T, String> {
    made.as_ref().map_err(Clone::clone)
}

/// What was made, for a test.
pub fn of<T>(what: &'static Made<T>) -> &'static T {
    made(what).unwrap_or_else(|error| panic!("{error}"))
}

/// A text file.
pub fn text(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    String::from_utf8_lossy(&bytes).into_owned()
}
