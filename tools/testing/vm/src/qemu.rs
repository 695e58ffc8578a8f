// SPDX-License-Identifier: GPL-2.0

//! How QEMU is called.

use std::{path::Path, process::Command};

use crate::{adapter::Plugged, Accel};

pub(crate) const PROGRAM: &str = "qemu-system-x86_64";

/// Slot of the first adapter on the root bus; the others follow.
pub(crate) const FIRST_SLOT: u8 = 5;

/// Where the guest's console goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Console {
    Log,
    Terminal,
}

/// A machine that boots what is in `share`.
pub(crate) fn command(
    accel: Accel,
    share: &Path,
    (memory_mib, cpus): (u32, u32),
    cmdline: &str,
    console: Console,
    serial_log: &Path,
    adapters: &[Plugged],
    devices: &[String],
) -> Command {
    let (kernel, initrd) = (share.join("vmlinuz"), share.join("initramfs"));
    let mut qemu = machine(accel, memory_mib, &kernel, &initrd, cmdline, adapters);
    qemu.args(["-smp", &cpus.to_string()]);
    qemu.arg("-virtfs").arg(format!(
        "local,path={},mount_tag=share,security_model=none",
        share.display()
    ));
    for (model, slot) in devices.iter().zip((FIRST_SLOT..).skip(adapters.len())) {
        qemu.args(["-device", &format!("{model},addr={slot:02x}.0")]);
    }
    match console {
        Console::Log => log_console(&mut qemu, serial_log),
        Console::Terminal => qemu.args(["-serial", "mon:stdio"]),
    };
    qemu
}

/// A machine with a disk: the image of a file system in `disk`.
pub(crate) fn with_disk(
    accel: Accel,
    disk: &Path,
    memory_mib: u32,
    [kernel, initrd]: [&Path; 2],
    cmdline: &str,
    serial_log: &Path,
    adapters: &[Plugged],
) -> Command {
    let mut qemu = machine(accel, memory_mib, kernel, initrd, cmdline, adapters);
    // What the guest has written must survive the guest, not the host.
    qemu.arg("-drive").arg(format!(
        "file={},format=raw,if=virtio,cache=unsafe",
        disk.display()
    ));
    // systemd arms the watchdog, and nobody feeds it from the panic on: time enough on a real processor only.
    qemu.args(["-action", "watchdog=none"]);
    log_console(&mut qemu, serial_log);
    qemu
}

fn machine(
    accel: Accel,
    memory_mib: u32,
    kernel: &Path,
    initrd: &Path,
    cmdline: &str,
    adapters: &[Plugged],
) -> Command {
    let mut qemu = Command::new(PROGRAM);
    qemu.args(["-machine", "q35"])
        .args(accel.options())
        .args(["-nodefaults", "-display", "none", "-no-reboot"])
        .args(["-m", &memory_mib.to_string()])
        .arg("-kernel")
        .arg(kernel)
        .arg("-initrd")
        .arg(initrd)
        .args(["-append", cmdline]);
    for (slot, adapter) in (FIRST_SLOT..).zip(adapters) {
        let device = format!(
            r#"{{"driver":"vfio-user-pci","addr":"{slot:02x}.0","rombar":0,"socket":{{"type":"unix","path":"{}"}}}}"#,
            adapter.socket().display()
        );
        qemu.args(["-device", &device]);
    }
    qemu
}

fn log_console<'a>(qemu: &'a mut Command, serial_log: &Path) -> &'a mut Command {
    qemu.arg("-serial")
        .arg(format!("file:{}", serial_log.display()))
}
