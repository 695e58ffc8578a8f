// SPDX-License-Identifier: GPL-2.0

//! The sysfs of a machine, as it was in `q35.txt.gz`: QEMU's q35 with root ports, a switch, e1000e, igb, NVMe, xHCI and megasas. Linux was started
//! with pcie_ports=compat, and then QEMU's monitor was told: `pcie_aer_inject_error nic UNSUP 0x01000020 0x0f070000 0x12000000
//! 0x90785634` (it stores each word the other way round than Linux and lspci read it), `… nic BAD_TLP`, `… dn1 SDN`, `… nic2 COMP_TIME`. A line "DEV address path" begins a function; the name of its
//! driver's link, its configuration space and its resources follow.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    os::unix::fs::symlink,
    path::PathBuf,
    process::{Command, Output},
};

use flate2::read::GzDecoder;
use tempfile::TempDir;
use vmcore_format::pci::{RangeHead, Space, Status};

pub struct Machine {
    dir: TempDir,
    /// Where the files of each function are.
    functions: BTreeMap<String, PathBuf>,
}

impl Machine {
    pub fn new() -> Self {
        let mut text = String::new();
        let packed = include_bytes!("q35.txt.gz").as_slice();
        GzDecoder::new(packed).read_to_string(&mut text).unwrap();
        let mut machine = Self {
            dir: TempDir::new().unwrap(),
            functions: BTreeMap::new(),
        };
        fs::create_dir_all(machine.path("sys/bus/pci/devices")).unwrap();
        for part in text.split("DEV ").skip(1) {
            machine.add(part);
        }
        machine
    }

    fn add(&mut self, part: &str) {
        let mut lines = part.lines();
        let (address, real) = lines.next().unwrap().split_once(' ').unwrap();
        let driver = lines
            .next()
            .unwrap()
            .strip_prefix("DRIVER ")
            .unwrap_or_default();
        let config: Vec<u8> = lines
            .by_ref()
            .take_while(|line| *line != "RESOURCE")
            .flat_map(|line| line.split_whitespace())
            .map(|byte| u8::from_str_radix(byte, 16).unwrap())
            .collect();
        let resources: Vec<&str> = lines.take_while(|line| line.starts_with("0x")).collect();
        let dir = self.path(real.trim_start_matches('/'));
        fs::create_dir_all(&dir).unwrap();
        let word = |at: usize| u16::from_le_bytes([config[at], config[at + 1]]);
        let class = u32::from_le_bytes(config[8..12].try_into().unwrap());
        for (name, text) in [
            ("vendor", format!("{:#06x}\n", word(0))),
            ("device", format!("{:#06x}\n", word(2))),
            ("subsystem_vendor", format!("{:#06x}\n", word(0x2c))),
            ("subsystem_device", format!("{:#06x}\n", word(0x2e))),
            ("class", format!("{:#08x}\n", class >> 8)),
            ("revision", format!("{:#04x}\n", class & 0xff)),
            ("irq", "0\n".to_owned()),
            ("resource", resources.join("\n") + "\n"),
        ] {
            fs::write(dir.join(name), text).unwrap();
        }
        fs::write(dir.join("config"), config).unwrap();
        if !driver.is_empty() {
            symlink(driver, dir.join("driver")).unwrap();
        }
        let link = self.path(&format!("sys/bus/pci/devices/{address}"));
        symlink(format!("../../../..{real}"), link).unwrap();
        self.functions.insert(address.to_owned(), dir);
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// A file with this text.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Changes configuration space of a function.
    pub fn change(&mut self, address: &str, change: impl FnOnce(&mut [u8])) {
        let path = self.functions[address].join("config");
        let mut config = fs::read(&path).unwrap();
        change(&mut config);
        fs::write(path, config).unwrap();
    }

    /// Takes away what was injected: errors in status, device status and extended capability.
    pub fn heal(&mut self, address: &str) {
        self.change(address, |config| {
            let word = |at: usize| usize::from(u16::from_le_bytes([config[at], config[at + 1]]));
            let mut at = usize::from(config[0x34]);
            while config[at] != 0x10 {
                at = usize::from(config[at + 1]);
            }
            let mut aer = 0x100;
            while word(aer) != 1 {
                aer = word(aer + 2) >> 4;
            }
            config[7] = 0;
            config[at + 0x0a] = 0;
            config[aer + 4..aer + 8].fill(0);
            config[aer + 0x10..aer + 0x14].fill(0);
        });
    }

    /// Has vmcoredd take one.
    pub fn snapshot(&self, name: &str) -> String {
        let path = self.path(name).to_str().unwrap().to_owned();
        let root = self.path("").to_str().unwrap().to_owned();
        let (status, said, errors) = vmcoredd(&["snapshot", "--root", &root, "-o", &path]);
        assert_eq!((status, errors.as_str()), (0, ""));
        let count = self.functions.len();
        assert_eq!(said, format!("{count} PCI functions in {path}\n"));
        path
    }

    /// A snapshot of one function with a register behind a BAR, as the module would have read it.
    pub fn with_register(&self, address: &str, bar: u8, at: u32, value: u32) -> String {
        for (other, _) in self.functions.iter().filter(|(other, _)| *other != address) {
            fs::remove_file(self.path(&format!("sys/bus/pci/devices/{other}"))).unwrap();
        }
        let path = self.path("register.pci").to_str().unwrap().to_owned();
        let root = self.path("").to_str().unwrap().to_owned();
        vmcoredd(&["snapshot", "--root", &root, "-o", &path]);
        let head = RangeHead {
            space: Space::bar(bar),
            width: 4,
            status: Status::VALUES,
            start: at,
            count: 1,
            stride: 4,
            ..RangeHead::default()
        };
        let mut dump = fs::read(&path).unwrap();
        dump.extend(head.encode());
        dump.extend(value.to_le_bytes());
        fs::write(&path, dump).unwrap();
        path
    }
}

/// Exit status, what it says and what it complains of.
pub fn vmcoredd(args: &[&str]) -> (i32, String, String) {
    run(env!("CARGO_BIN_EXE_vmcoredd"), args)
}

pub fn lspci(args: &[&str]) -> String {
    // It complains that there are no kernel modules.
    let (status, said, errors) = run("/usr/bin/lspci", args);
    assert_eq!(status, 0, "lspci {args:?}: {errors}");
    said
}

fn run(program: &str, args: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(program).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (status.code().unwrap(), text(stdout), text(stderr))
}
