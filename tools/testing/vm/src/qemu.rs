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

/// What all machines have.
pub(crate) struct Guest<'a> {
    pub(crate) accel: Accel,
    pub(crate) memory_mib: u32,
    pub(crate) kernel: &'a Path,
    pub(crate) initrd: &'a Path,
    pub(crate) cmdline: &'a str,
    pub(crate) serial_log: &'a Path,
    pub(crate) adapters: &'a [Plugged],
}

impl Guest<'_> {
    /// A machine with `cpus` processors that shares a directory with the host, and has `devices` behind the adapters.
    pub(crate) fn sharing(
        &self,
        share: &Path,
        cpus: u32,
        console: Console,
        devices: &[String],
    ) -> Command {
        let mut qemu = self.machine();
        qemu.args(["-smp", &cpus.to_string()]);
        qemu.arg("-virtfs").arg(format!(
            "local,path={},mount_tag=share,security_model=none",
            share.display()
        ));
        for (model, slot) in devices.iter().zip((FIRST_SLOT..).skip(self.adapters.len())) {
            qemu.args(["-device", &format!("{model},addr={slot:02x}.0")]);
        }
        match console {
            Console::Log => self.log_console(&mut qemu),
            Console::Terminal => qemu.args(["-serial", "mon:stdio"]),
        };
        qemu
    }

    /// A machine with the image of a file system in `disk`, an NVMe drive behind a port of its own.
    pub(crate) fn with_disk(&self, disk: &Path) -> Command {
        let mut qemu = self.machine();
        // What the guest has written must survive the guest, not the host.
        qemu.arg("-drive").arg(format!(
            "file={},format=raw,if=none,id=disk,cache=unsafe",
            disk.display()
        ));
        qemu.args(["-device", "pcie-root-port,id=rp,chassis=1,addr=0x10"]);
        qemu.args(["-device", "nvme,bus=rp,drive=disk,serial=1"]);
        // systemd arms the watchdog, and nobody feeds it from the panic on: time enough on a real processor only.
        qemu.args(["-action", "watchdog=none"]);
        self.log_console(&mut qemu);
        qemu
    }

    fn machine(&self) -> Command {
        let mut qemu = Command::new(PROGRAM);
        qemu.args(["-machine", "q35"])
            .args(self.accel.options())
            .args(["-nodefaults", "-display", "none", "-no-reboot"])
            .args(["-m", &self.memory_mib.to_string()])
            .arg("-kernel")
            .arg(self.kernel)
            .arg("-initrd")
            .arg(self.initrd)
            .args(["-append", self.cmdline]);
        for (slot, adapter) in (FIRST_SLOT..).zip(self.adapters) {
            let device = format!(
                r#"{{"driver":"vfio-user-pci","addr":"{slot:02x}.0","rombar":0,"socket":{{"type":"unix","path":"{}"}}}}"#,
                adapter.socket().display()
            );
            qemu.args(["-device", &device]);
        }
        qemu
    }

    fn log_console<'q>(&self, qemu: &'q mut Command) -> &'q mut Command {
        qemu.arg("-serial")
            .arg(format!("file:{}", self.serial_log.display()))
    }
}
