// SPDX-License-Identifier: GPL-2.0

//! How QEMU is called.

use std::{path::Path, process::Command};

use crate::adapter::Plugged;

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
    share: &Path,
    (memory_mib, cpus): (u32, u32),
    cmdline: &str,
    console: Console,
    serial_log: &Path,
    adapters: &[Plugged],
    devices: &[String],
) -> Command {
    let mut qemu = Command::new("qemu-system-x86_64");
    // KVM may be there and not work, and what passes under TCG passes everywhere.
    qemu.args(["-machine", "q35", "-accel", "tcg", "-cpu", "max"])
        .args(["-nodefaults", "-display", "none", "-no-reboot"])
        .args(["-m", &memory_mib.to_string()])
        .args(["-smp", &cpus.to_string()])
        .arg("-kernel")
        .arg(share.join("vmlinuz"))
        .arg("-initrd")
        .arg(share.join("initramfs"))
        .args(["-append", cmdline])
        .arg("-virtfs")
        .arg(format!(
            "local,path={},mount_tag=share,security_model=none",
            share.display()
        ));
    match console {
        Console::Log => qemu
            .arg("-serial")
            .arg(format!("file:{}", serial_log.display())),
        Console::Terminal => qemu.args(["-serial", "mon:stdio"]),
    };
    let mut slots = FIRST_SLOT..;
    for (adapter, slot) in adapters.iter().zip(&mut slots) {
        let device = format!(
            r#"{{"driver":"vfio-user-pci","addr":"{slot:02x}.0","rombar":0,"socket":{{"type":"unix","path":"{}"}}}}"#,
            adapter.socket().display()
        );
        qemu.args(["-device", &device]);
    }
    for (model, slot) in devices.iter().zip(&mut slots) {
        qemu.args(["-device", &format!("{model},addr={slot:02x}.0")]);
    }
    qemu
}
