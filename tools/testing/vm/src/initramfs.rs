// SPDX-License-Identifier: GPL-2.0

//! The initramfs that both kernels run from.

use std::{
    fs,
    os::unix::fs::{symlink, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use anyhow::{ensure, Context, Result};

use crate::paths;

/// What guests can run besides busybox.
const PROGRAMS: [&str; 3] = ["kexec", "makedumpfile", "vmcore-dmesg"];
/// What it takes to mount a directory of the host.
const SHARE_MODULES: &str = "9pnet_virtio 9p";
const DIRS: [&str; 9] = [
    "bin",
    "dev",
    "lib/share",
    "modules",
    "proc",
    "scripts",
    "share",
    "sys",
    "tmp",
];

/// What one virtual machine has and others have not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extra {
    /// For `/bin`.
    pub(crate) programs: Vec<PathBuf>,
    /// For `/files`.
    pub(crate) files: Vec<PathBuf>,
    /// For `/modules`.
    pub(crate) modules: Vec<PathBuf>,
    /// A module of the distribution's kernel, for `/drivers` with what it needs.
    pub(crate) driver: String,
    /// It is in `/modules` instead, built by us.
    pub(crate) own_driver: bool,
}

/// Writes the initramfs with `scripts` in `/scripts` to `to`; `work` is a place to make it in.
pub(crate) fn write(to: &Path, work: &Path, scripts: &[(&str, &str)], extra: &Extra) -> Result<()> {
    static BASE: OnceLock<std::result::Result<Vec<u8>, String>> = OnceLock::new();
    let base = BASE
        .get_or_init(|| base(&work.join("base")).map_err(|error| format!("{error:#}")))
        .as_ref()
        .map_err(|error| anyhow::anyhow!("cannot make the initramfs: {error}"))?;

    let tree = work.join("tree");
    for dir in ["bin", "drivers", "files", "modules", "scripts"] {
        fs::create_dir_all(tree.join(dir))?;
    }
    for (name, text) in scripts {
        fs::write(tree.join("scripts").join(name), text)?;
    }
    for program in &extra.programs {
        add_program(program, &tree)?;
    }
    let not = extra.own_driver.then_some(&*extra.driver);
    kernel_modules(&extra.driver, not, &tree.join("drivers"))?;
    for module in &extra.modules {
        copy_stripped(module, &tree.join("modules"))?;
    }
    for file in &extra.files {
        copy_into(file, &tree.join("files"))?;
    }
    // The kernel unpacks archives that follow each other.
    let mut archive = base.clone();
    archive.extend(pack(&tree)?);
    fs::write(to, archive)?;
    Ok(())
}

/// An initramfs whose only process writes `code` to the port of isa-debug-exit; `tree` is a place to make it in.
pub(crate) fn alive(tree: &Path, code: i32) -> Result<Vec<u8>> {
    for dir in ["bin", "dev"] {
        fs::create_dir_all(tree.join(dir))?;
    }
    copy_into(Path::new("/bin/busybox"), &tree.join("bin"))?;
    let init = format!(
        "#!/bin/busybox sh\n/bin/busybox mount -t devtmpfs dev /dev\n\
         printf '\\{code:o}' | /bin/busybox dd of=/dev/port bs=1 seek=244 count=1\n"
    );
    write_init(tree, &init)?;
    pack(tree)
}

fn write_init(tree: &Path, script: &str) -> Result<()> {
    let init = tree.join("init");
    fs::write(&init, script)?;
    fs::set_permissions(&init, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

/// The part that is the same for all virtual machines.
fn base(tree: &Path) -> Result<Vec<u8>> {
    for dir in DIRS {
        fs::create_dir_all(tree.join(dir))?;
    }
    write_init(tree, include_str!("init.sh"))?;
    symlink("share/out", tree.join("out"))?;

    let bin = tree.join("bin");
    copy_into(Path::new("/bin/busybox"), &bin)?;
    let applets = output("/bin/busybox", &["--list"])?;
    for applet in applets.lines().filter(|applet| *applet != "busybox") {
        symlink("busybox", bin.join(applet))?;
    }
    for program in PROGRAMS {
        let path = output("sh", &["-c", &format!("command -v {program}")])?;
        add_program(Path::new(path.trim()), tree)?;
    }
    kernel_modules(SHARE_MODULES, None, &tree.join("lib/share"))?;
    pack(tree)
}

/// Puts `program` into `/bin`, and its libraries where it looks for them.
fn add_program(program: &Path, tree: &Path) -> Result<()> {
    copy_stripped(program, &tree.join("bin"))?;
    for library in libraries(program)? {
        let dir = library
            .parent()
            .context("a library in a directory")?
            .strip_prefix("/")?;
        fs::create_dir_all(tree.join(dir))?;
        copy_into(&library, &tree.join(dir))?;
    }
    Ok(())
}

/// Shared libraries and the loader that `program` needs.
fn libraries(program: &Path) -> Result<Vec<PathBuf>> {
    let program = program.to_str().context("a path in UTF-8")?;
    // Exit status 1: it is static.
    let lines = output("sh", &["-c", "ldd \"$0\" || [ $? = 1 ]", program])?;
    // "libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x…)" or "/lib64/ld-linux-x86-64.so.2 (0x…)"
    let paths = lines
        .split_whitespace()
        .filter(|word| word.starts_with('/'));
    Ok(paths.map(PathBuf::from).collect())
}

/// The kernel's modules called `names`, and those that they need, but for the one called `not`, numbered in the order to load them.
fn kernel_modules(names: &str, not: Option<&str>, dir: &Path) -> Result<()> {
    let (version, _) = paths::kernel()?;
    let show =
        format!("for module in {names}; do modprobe -S {version} --show-depends $module; done");
    let mut seen = Vec::new();
    for line in output("sh", &["-ec", &show])?.lines() {
        let Some(path) = line.strip_prefix("insmod ").map(str::trim) else {
            continue; // "builtin …"
        };
        let name = path
            .rsplit('/')
            .next()
            .and_then(|file| file.split('.').next());
        if seen.iter().any(|module| module == path) || name == not {
            continue;
        }
        let to = dir.join(format!("{:02}.ko", seen.len()));
        output("sh", &["-ec", &format!("xz -dc {path} >{}", to.display())])?;
        seen.push(path.to_owned());
    }
    Ok(())
}

fn copy_into(file: &Path, dir: &Path) -> Result<PathBuf> {
    let name = file
        .file_name()
        .with_context(|| format!("{} is no file", file.display()))?;
    let to = dir.join(name);
    fs::copy(file, &to).with_context(|| format!("cannot copy {}", file.display()))?;
    Ok(to)
}

/// Without what only a debugger reads: both kernels unpack it.
fn copy_stripped(file: &Path, dir: &Path) -> Result<()> {
    let to = copy_into(file, dir)?;
    output(
        "strip",
        &["--strip-debug", to.to_str().context("a path in UTF-8")?],
    )?;
    Ok(())
}

fn pack(tree: &Path) -> Result<Vec<u8>> {
    const PACK: &str = "set -o pipefail; find . | cpio -o -H newc -R 0:0 --quiet | gzip -1";
    let packed = Command::new("bash")
        .args(["-ec", PACK])
        .current_dir(tree)
        .output()?;
    ensure!(
        packed.status.success(),
        "cpio: {}",
        String::from_utf8_lossy(&packed.stderr)
    );
    fs::remove_dir_all(tree)?;
    Ok(packed.stdout)
}

fn output(program: &str, args: &[&str]) -> Result<String> {
    let output = Command::new(program)
        .args(args)
        .output()
        .with_context(|| program.to_owned())?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{program} {}: {errors}",
        args.join(" ")
    );
    Ok(String::from_utf8(output.stdout)?)
}
