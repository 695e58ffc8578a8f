// SPDX-License-Identifier: GPL-2.0

//! The table of further devices, which the initramfs may have.

use super::live;
use crate::{
    bindings::firmware::{
        is_there,
        pci_is_locked_down,
        Firmware, //
    },
    format::{
        devices::{
            Device,
            Table,
            MAX_LEN, //
        },
        pci, //
    },
};
use kernel::prelude::*;

/// The format's name for it, as C has strings.
const FILE_NAME: &CStr = c"vmcore-devdump/devices.bin";
/// Where the hooks for the initramfs put it.
const FILE_PATH: &CStr = c"/lib/firmware/vmcore-devdump/devices.bin";

/// The table, if there is one that may be used.
pub(crate) struct External {
    file: Option<Firmware>,
    pub(crate) found: pci::External,
    /// Where it is damaged.
    pub(crate) offset: u32,
}

impl External {
    /// Reads it. What is wrong with it is logged.
    pub(crate) fn read() -> Self {
        let none = |found| Self {
            file: None,
            found,
            offset: 0,
        };
        if !is_there(FILE_PATH) {
            return none(pci::External::ABSENT);
        }
        let Some(any) = live::functions().next() else {
            return none(pci::External::ABSENT);
        };
        let file = match Firmware::read(FILE_NAME, &any) {
            Ok(file) => file,
            Err(error) if error == ENOENT => return none(pci::External::ABSENT),
            Err(error) => {
                pr_err!("{FILE_NAME:?} cannot be read ({error:?})\n");
                return none(pci::External::UNREADABLE);
            }
        };
        if pci_is_locked_down() {
            pr_err!("{FILE_NAME:?} is left out: the kernel is locked down\n");
            return none(pci::External::LOCKED_DOWN);
        }
        if file.bytes().len() > MAX_LEN {
            pr_err!("{FILE_NAME:?} is left out: it is larger than {MAX_LEN} bytes\n");
            return none(pci::External::UNREADABLE);
        }
        match Table::parse(file.bytes()).map(drop) {
            Ok(()) => Self {
                file: Some(file),
                ..none(pci::External::USED)
            },
            Err(error) => {
                pr_err!(
                    "{FILE_NAME:?} is left out: at offset {:#x}: expected {}\n",
                    error.offset,
                    error.expected
                );
                Self {
                    offset: u32::try_from(error.offset).unwrap_or(u32::MAX),
                    ..none(pci::External::DAMAGED)
                }
            }
        }
    }

    /// Devices of it.
    pub(crate) fn devices(&self) -> impl Iterator<Item = Device<'_>> {
        let table = self
            .file
            .as_ref()
            .and_then(|file| Table::parse(file.bytes()).ok());
        table.into_iter().flat_map(|table| table.devices())
    }
}
