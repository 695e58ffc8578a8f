// SPDX-License-Identifier: GPL-2.0

//! What a vmcore is saved through, on machines that are made of files: adapters that it goes through are never kept.

use std::{
    fs,
    os::unix::fs::{symlink, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
};

/// `/sys` of a machine, and a `findmnt` that knows where things are.
struct Machine(PathBuf);

const SATA: &str = "devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda";
const BRIDGE: &str = "0000:00:1c.0";
const CHELSIO: &str = "devices/pci0000:00/0000:00:1c.0/0000:05:00.4";
const NVME: [&str; 2] = [
    "devices/pci0000:00/0000:03:00.0/nvme/nvme0",
    "devices/pci0000:00/0000:04:00.0/nvme/nvme1",
];

impl Machine {
    fn new(name: &str) -> Self {
        let dir = vm::build_dir().join("needed").join(name);
        let _ = fs::remove_dir_all(&dir);
        let machine = Self(dir);
        for part in ["sda1", "sda2"] {
            machine.write(&format!("{SATA}/{part}/partition"), "1");
        }
        machine.link("dev/block/8:1", &format!("{SATA}/sda1"));
        machine.link("dev/block/8:2", &format!("{SATA}/sda2"));
        machine.interface("eth0", &format!("{CHELSIO}/net/eth0"), "0x1003");
        machine.interface("eth1", "devices/pci0000:00/0000:06:00.0/net/eth1", "0x1002");
        machine.interface("lo", "devices/virtual/net/lo", "0x9");
        machine
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join("sys").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn link(&self, from: &str, to: &str) {
        let sys = self.0.join("sys");
        let from = sys.join(from);
        fs::create_dir_all(sys.join(to)).unwrap();
        fs::create_dir_all(from.parent().unwrap()).unwrap();
        symlink(sys.join(to), from).unwrap();
    }

    fn interface(&self, name: &str, at: &str, flags: &str) {
        self.write(&format!("{at}/flags"), flags);
        self.link(&format!("class/net/{name}"), at);
        if let Some((device, _)) = at.split_once("/net/").filter(|_| !at.contains("virtual")) {
            self.link(&format!("{at}/device"), device);
        }
    }

    /// With the root file system on one device and the vmcores on another, by their numbers.
    fn needed(&self, [root, crash]: [&str; 2], how: &str) -> Vec<String> {
        let bin = self.0.join("bin");
        fs::create_dir_all(&bin).unwrap();
        let findmnt = bin.join("findmnt");
        let text = format!("#!/bin/sh\n[ \"$5\" = / ] && echo {root} || echo {crash}\n");
        fs::write(&findmnt, text).unwrap();
        fs::set_permissions(&findmnt, fs::Permissions::from_mode(0o755)).unwrap();
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../packaging/common/needed-devices");
        let said = Command::new(script)
            .args(["/tmp/not/there/yet", how])
            .env("sys", self.0.join("sys"))
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .output()
            .unwrap();
        assert!(said.status.success(), "{said:?}");
        assert_eq!(String::from_utf8_lossy(&said.stderr), "");
        let said = String::from_utf8(said.stdout).unwrap();
        said.lines().map(str::to_owned).collect()
    }
}

const DISK: &str = "0000:00:1f.2";
const ADAPTER: &str = "0000:05:00.4";

#[test]
fn a_disk_is_needed_and_no_network() {
    let machine = Machine::new("disk");
    assert_eq!(machine.needed(["8:1", "8:2"], "local"), [DISK]);
}

#[test]
fn over_the_network_every_interface_that_is_up_is_needed() {
    let machine = Machine::new("network");
    assert_eq!(
        machine.needed(["8:1", "8:1"], "network"),
        [BRIDGE, DISK, ADAPTER]
    );
}

#[test]
fn what_is_below_bonds_and_vlans_is_needed() {
    let machine = Machine::new("bond");
    machine.write(&format!("{CHELSIO}/net/eth0/flags"), "0x1002");
    machine.interface("bond0", "devices/virtual/net/bond0", "0x1002");
    machine.link(
        "devices/virtual/net/bond0/lower_eth0",
        &format!("{CHELSIO}/net/eth0"),
    );
    machine.interface("bond0.5", "devices/virtual/net/bond0.5", "0x1003");
    machine.link(
        "devices/virtual/net/bond0.5/lower_bond0",
        "devices/virtual/net/bond0",
    );
    let needed = machine.needed(["8:1", "8:1"], "network");
    assert_eq!(needed, [BRIDGE, DISK, ADAPTER]);
}

#[test]
fn a_virtual_function_needs_the_physical_one() {
    let machine = Machine::new("function");
    let function = "devices/pci0000:00/0000:00:1c.0/0000:05:01.0";
    machine.write(&format!("{CHELSIO}/net/eth0/flags"), "0x1002");
    machine.interface("eth2", &format!("{function}/net/eth2"), "0x1003");
    machine.link(&format!("{function}/physfn"), CHELSIO);
    let needed = machine.needed(["8:1", "8:1"], "network");
    assert_eq!(needed, [BRIDGE, DISK, ADAPTER, "0000:05:01.0"]);
}

#[test]
fn what_is_below_volumes_and_arrays_is_needed() {
    let machine = Machine::new("volume");
    machine.link("dev/block/253:0", "devices/virtual/block/dm-0");
    machine.link(
        "devices/virtual/block/dm-0/slaves/md0p1",
        "devices/virtual/block/md0/md0p1",
    );
    machine.write("devices/virtual/block/md0/md0p1/partition", "1");
    machine.link(
        "devices/virtual/block/md0/slaves/sda2",
        &format!("{SATA}/sda2"),
    );
    machine.link(
        "devices/virtual/block/md0/slaves/nvme0n1",
        &format!("{}/nvme0n1", NVME[0]),
    );
    let needed = machine.needed(["8:1", "253:0"], "local");
    assert_eq!(needed, [DISK, "0000:03:00.0"]);
}

#[test]
fn each_controller_of_an_nvme_disk_is_needed() {
    let machine = Machine::new("nvme");
    let subsystem = "devices/virtual/nvme-subsystem/nvme-subsys0";
    machine.write(&format!("{subsystem}/nvme0n1/nvme0n1p1/partition"), "1");
    machine.link("dev/block/259:1", &format!("{subsystem}/nvme0n1/nvme0n1p1"));
    for (name, path) in ["nvme0", "nvme1"].into_iter().zip(NVME) {
        machine.link(&format!("{subsystem}/{name}"), path);
    }
    let needed = machine.needed(["259:1", "259:1"], "local");
    assert_eq!(needed, ["0000:03:00.0", "0000:04:00.0"]);
}

#[test]
fn what_no_pci_device_is_known_of_may_be_behind_any_interface() {
    let machine = Machine::new("iscsi");
    // A file system without a device, and a disk at the other end of a network.
    machine.link(
        "dev/block/8:16",
        "devices/platform/host1/session1/target1:0:0/1:0:0:0/block/sdb",
    );
    for crash in ["0:44", "8:16"] {
        let needed = machine.needed(["8:1", crash], "local");
        assert_eq!(needed, [BRIDGE, DISK, ADAPTER], "{crash}");
    }
}

#[test]
fn where_devices_cannot_be_seen_nothing_is_said() {
    let machine = Machine::new("chroot");
    fs::remove_dir_all(machine.0.join("sys/dev")).unwrap();
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../packaging/common/needed-devices");
    let said = Command::new(script)
        .args(["/var/crash", "local"])
        .env("sys", machine.0.join("sys"))
        .output()
        .unwrap();
    assert_eq!(said.status.code(), Some(1), "{said:?}");
}
