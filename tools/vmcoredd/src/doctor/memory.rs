// SPDX-License-Identifier: GPL-2.0

//! Whether the crash kernel has room for dumps.

use super::{
    crash_kernel,
    initramfs::Initramfs,
    system::System,
    Finding,
    State, //
};

const CHECK: &str = "memory";
/// What a distribution's kernel takes for itself: 192 MiB leave 97 MiB with an initramfs of 25 MiB, and 144 MiB leave 45 MiB.
const KERNEL_MIB: u64 = 72;
/// Dumps get this part of what is free.
const SHARE: u64 = 4;
/// Registers and small state of an adapter take 1 MiB, its memories up to some hundred.
const ENOUGH_MIB: u64 = 8;

pub fn check(system: &System, initramfs: &Initramfs) -> Finding {
    let Some(listed) = &initramfs.listed else {
        return Finding::ok(CHECK, "not known, because the initramfs cannot be listed");
    };
    let unpacked = listed.lines().filter_map(size).sum::<u64>() >> 20;
    let free = (crash_kernel::size(system) >> 20).saturating_sub(KERNEL_MIB + unpacked);
    let found = format!(
        "about {free} MiB will be free in the crash kernel, {} MiB of them for dumps",
        free / SHARE
    );
    match free / SHARE >= ENOUGH_MIB {
        true => Finding::ok(CHECK, found),
        false => Finding::bad(
            CHECK,
            State::Warning,
            found,
            "raise crashkernel= on the kernel's command line: memories of an adapter would be cut",
        ),
    }
}

/// The size in a line as `ls -l` prints it.
fn size(line: &str) -> Option<u64> {
    let mut words = line.split_whitespace();
    let is_file = words.next()?.starts_with('-');
    is_file.then(|| words.nth(3)?.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn files_have_sizes_and_nothing_else_has() {
        for (line, expected) in [
            (
                "-rwxr-xr-x   1 root     root         4096 Jan  1  1970 init",
                Some(4096),
            ),
            (
                "drwxr-xr-x   1 root     root            7 Jan  1  1970 usr",
                None,
            ),
            ("Image: /boot/initramfs-7.3kdump.img: 22M", None),
            ("", None),
        ] {
            assert_eq!(size(line), expected, "{line}");
        }
    }
}
