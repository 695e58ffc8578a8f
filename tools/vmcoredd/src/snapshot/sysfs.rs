// SPDX-License-Identifier: GPL-2.0

//! What sysfs says of PCI functions.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use vmcore_format::{
    manifest::padded,
    pci::{FunctionHead, Resource},
};

use super::config::Config;
use crate::kinds::pci::address;

pub struct Sysfs {
    root: PathBuf,
}

/// A function, without what its configuration space says.
pub struct Function {
    pub head: FunctionHead,
    pub resources: Vec<Resource>,
}

impl Sysfs {
    const DIR: &'static str = "sys/bus/pci/devices";

    pub fn open(root: &Path) -> Result<Self> {
        let dir = root.join(Self::DIR);
        fs::read_dir(&dir).with_context(|| dir.display().to_string())?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// Addresses of functions, in order.
    pub fn functions(&self) -> Vec<String> {
        let entries = fs::read_dir(self.root.join(Self::DIR))
            .into_iter()
            .flatten()
            .flatten();
        let mut names: Vec<_> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(Self::DIR).join(name)
    }

    fn number(&self, name: &str, what: &str) -> Option<u32> {
        let text = fs::read_to_string(self.path(name).join(what)).ok()?;
        u32::from_str_radix(text.trim().trim_start_matches("0x"), 16).ok()
    }

    /// `None`: it is not there any more.
    pub fn head(&self, name: &str) -> Option<Function> {
        let number = |what| self.number(name, what);
        let id = |what| number(what).unwrap_or(0) as u16;
        let link = |what: &str| fs::read_link(self.path(name).join(what)).ok();
        let driver = link("driver").and_then(|path| Some(path.file_name()?.to_str()?.to_owned()));
        // The directory that it really is in is that of the bridge above it.
        let real = fs::canonicalize(self.path(name)).ok()?;
        let parent = real
            .parent()
            .and_then(|dir| address(dir.file_name()?.to_str()?));
        Some(Function {
            head: FunctionHead {
                address: address(name)?,
                parent,
                id: (number("vendor")? as u16, number("device")? as u16),
                subsystem: (id("subsystem_vendor"), id("subsystem_device")),
                class: (number("class")? << 8) | number("revision").unwrap_or(0),
                driver: padded(driver.unwrap_or_default().as_bytes()),
                ..FunctionHead::default()
            },
            resources: self.resources(name),
        })
    }

    /// Those that are not empty: lines of first address, last address and flags.
    fn resources(&self, name: &str) -> Vec<Resource> {
        let text = fs::read_to_string(self.path(name).join("resource")).unwrap_or_default();
        let resource = |(index, line): (usize, &str)| {
            let mut numbers = line
                .split(' ')
                .map(|text| u64::from_str_radix(text.trim_start_matches("0x"), 16));
            let mut next = || numbers.next()?.ok();
            let (start, end, flags) = (next()?, next()?, next()?);
            (flags != 0).then(|| Resource {
                index: index as u8,
                flags: flags as u32,
                start,
                len: end.saturating_sub(start).saturating_add(1),
            })
        };
        text.lines().enumerate().filter_map(resource).collect()
    }

    pub fn config(&self, name: &str) -> Result<Config> {
        let path = self.path(name).join("config");
        let file = File::open(&path).with_context(|| path.display().to_string())?;
        let len = file.metadata()?.len();
        Ok(Config::read(file, len))
    }

    /// Milliseconds since the kernel started.
    pub fn uptime_ms(&self) -> u32 {
        let text = fs::read_to_string(self.root.join("proc/uptime")).unwrap_or_default();
        let seconds = text
            .split(' ')
            .next()
            .and_then(|text| text.parse::<f64>().ok());
        seconds.map_or(0, |seconds| (seconds * 1000.0) as u32)
    }
}
