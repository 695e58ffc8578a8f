// SPDX-License-Identifier: GPL-2.0

//! KVM where there is one that works. `/dev/kvm` says nothing about that: where it is nested, guests may die of ordinary instructions.

use std::{
    env, fmt, fs,
    path::PathBuf,
    process::{Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use anyhow::{bail, Context, Result};

use crate::{initramfs, paths, process::Process, qemu};

/// What guests run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accel {
    /// A processor.
    Kvm,
    /// QEMU's translator of instructions.
    Tcg,
}

impl fmt::Display for Accel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kvm => "KVM",
            Self::Tcg => "TCG (emulated)",
        })
    }
}

/// What a guest that lives makes QEMU's exit status, by the device isa-debug-exit: twice that and one.
const ALIVE: i32 = 0x2a;
/// Under KVM the kernel is there after two seconds.
const PATIENCE: Duration = Duration::from_secs(15);

impl Accel {
    /// What `$ACCEL` (`kvm` or `tcg`) says, or else KVM if it has booted a guest since the host booted.
    pub fn get() -> Result<Self> {
        static ACCEL: OnceLock<Result<Accel, String>> = OnceLock::new();
        ACCEL
            .get_or_init(|| Self::find().map_err(|error| format!("{error:#}")))
            .clone()
            .map_err(anyhow::Error::msg)
    }

    fn find() -> Result<Self> {
        match env::var("ACCEL").as_deref() {
            Ok("tcg") => Ok(Self::Tcg),
            Ok("kvm") if kvm_boots()? => Ok(Self::Kvm),
            Ok("kvm") => bail!("ACCEL=kvm, but KVM does not boot a guest here: try ACCEL=tcg"),
            Ok(other) => bail!("ACCEL={other}: kvm or tcg"),
            Err(_) if known_to_boot()? => Ok(Self::Kvm),
            Err(_) => Ok(Self::Tcg),
        }
    }

    /// What QEMU is to be told.
    pub(crate) fn options(self) -> [&'static str; 4] {
        match self {
            Self::Kvm => ["-accel", "kvm", "-cpu", "host"],
            Self::Tcg => ["-accel", "tcg", "-cpu", "max"],
        }
    }
}

/// Asks once for each boot of the host: it may take a while.
fn known_to_boot() -> Result<bool> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
    let cache = env::var_os("VMCORE_DEVDUMP_CACHE").map_or_else(env::temp_dir, PathBuf::from);
    let known = cache.join("kvm");
    let said = fs::read_to_string(&known).unwrap_or_default();
    if let Some((of_boot, boots)) = said.split_once(' ') {
        if of_boot == boot.trim() {
            return Ok(boots == "yes");
        }
    }
    let boots = kvm_boots()?;
    let word = if boots { "yes" } else { "no" };
    let new = known.with_extension(std::process::id().to_string());
    fs::write(&new, format!("{} {word}", boot.trim()))?;
    fs::rename(new, known)?;
    Ok(boots)
}

/// Boots the distribution's kernel to its first process.
fn kvm_boots() -> Result<bool> {
    if !fs::exists("/dev/kvm")? {
        return Ok(false);
    }
    let dir = env::temp_dir().join(format!("kvm-{}", std::process::id()));
    fs::create_dir_all(&dir)?;
    let initramfs = dir.join("initramfs");
    fs::write(&initramfs, initramfs::alive(&dir.join("tree"), ALIVE)?)?;
    let (_, kernel) = paths::kernel()?;
    let mut qemu = Command::new(qemu::PROGRAM);
    qemu.args(Accel::Kvm.options())
        .args([
            "-machine",
            "q35",
            "-m",
            "512",
            "-nodefaults",
            "-display",
            "none",
            "-no-reboot",
        ])
        .args(["-device", "isa-debug-exit,iobase=0xf4,iosize=1"])
        .args(["-append", "panic=-1 oops=panic rdinit=/init", "-kernel"])
        .arg(kernel.join("vmlinuz"))
        .arg("-initrd")
        .arg(&initramfs)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let ended = Process::spawn(&mut qemu)?.wait_until(Instant::now() + PATIENCE)?;
    fs::remove_dir_all(&dir).with_context(|| dir.display().to_string())?;
    Ok(ended.and_then(|status| status.code()) == Some(2 * ALIVE + 1))
}
