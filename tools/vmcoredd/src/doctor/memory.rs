// SPDX-License-Identifier: GPL-2.0

//! Whether the crash kernel has enough memory for itself, and for dumps.

mod image;
mod needs;
mod window;

use std::fs;

use self::needs::{Needs, Saver};
use super::{
    crash_kernel,
    initramfs::Initramfs,
    system::System,
    Finding,
    State, //
};

const CHECK: &str = "memory";
/// Dumps get this part of what is free.
const SHARE: u64 = 4;
/// Registers and small state of an adapter take 1 MiB, its memories up to some hundred.
const ENOUGH_MIB: u64 = 4;
/// People ask for memory in such steps.
const STEP_MIB: u64 = 16;
const PAGE: u64 = 4096;
/// What a compressor takes that does not say.
const USUAL_WINDOW: u64 = 4 << 20;
/// What the hook for initramfs-tools writes with MINIMAL=yes.
const MINIMAL: &str = "conf/conf.d/vmcore-devdump";

pub fn check(system: &System, initramfs: &Initramfs) -> Finding {
    let needs = match needs(system, initramfs) {
        Ok(needs) => needs,
        Err(why) => return Finding::ok(CHECK, format!("not known, because {why}")),
    };
    let reserved = crash_kernel::size(system);
    let least = needs.least().div_ceil(1 << 20);
    let dumps = (needs.free(reserved) / SHARE) >> 20;
    let found = format!(
        "about {least} MiB are enough for the crash kernel, {} are reserved, {dumps} of them for dumps",
        reserved >> 20
    );
    let enough = reserved >> 20 >= least;
    if enough && dumps >= ENOUGH_MIB {
        return Finding::ok(CHECK, found);
    }
    let more = (least + SHARE * ENOUGH_MIB).div_ceil(STEP_MIB) * STEP_MIB;
    let why = match enough {
        true => "memories of an adapter would be cut",
        false => "it may run out of memory before the vmcore is saved",
    };
    let instead = match needs.saver {
        Saver::Service => ", or set MINIMAL=yes in /etc/default/vmcore-devdump",
        _ => "",
    };
    Finding::bad(
        CHECK,
        State::Warning,
        found,
        format!("put crashkernel={more}M on the kernel's command line{instead}: {why}"),
    )
}

/// What they depend on, as far as the machine tells; or why it does not.
fn needs(system: &System, initramfs: &Initramfs) -> Result<Needs, String> {
    let release = &initramfs.release;
    let listed = initramfs
        .listed
        .as_ref()
        .ok_or("the initramfs cannot be listed")?;
    let image = [
        format!("/usr/lib/modules/{release}/vmlinuz"),
        format!("/lib/modules/{release}/vmlinuz"),
        format!("/boot/vmlinuz-{release}"),
    ]
    .iter()
    .find_map(|path| image::unpacked(&system.path(path)))
    .ok_or_else(|| format!("the image of kernel {release} was not found"))?;
    let file = system.path(&initramfs.path);
    let packed = fs::metadata(&file)
        .map_err(|error| format!("{}: {error}", initramfs.path))?
        .len();
    let saver = match initramfs.path.starts_with("/var/lib/kdump") {
        true if listed.lines().any(|line| line.ends_with(MINIMAL)) => Saver::Alone,
        true => Saver::Service,
        false => Saver::Initramfs,
    };
    Ok(Needs {
        image,
        packed,
        window: window::of(&file).unwrap_or(USUAL_WINDOW),
        unpacked: listed.lines().filter_map(size).sum(),
        ram: ram(system),
        saver,
    })
}

/// The size in a line as `ls -l` prints it, in whole pages.
fn size(line: &str) -> Option<u64> {
    let mut words = line.split_whitespace();
    let is_file = words.next()?.starts_with('-');
    let size: u64 = is_file.then(|| words.nth(3)?.parse().ok())??;
    Some(size.div_ceil(PAGE) * PAGE)
}

/// Bytes of RAM.
fn ram(system: &System) -> u64 {
    let info = system.read("/proc/meminfo").unwrap_or_default();
    let total = info
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.strip_suffix("kB"));
    total.and_then(|kib| kib.trim().parse().ok()).unwrap_or(0) << 10
}

#[cfg(test)]
mod tests;
