// SPDX-License-Identifier: GPL-2.0

//! What drivers of PCI devices need before they can read a register.
//!
//! C header: `include/uapi/linux/pci_regs.h`

mod config_space;

pub(crate) use self::config_space::ConfigSpace;

use kernel::{
    device::Bound,
    pci::Device,
    prelude::*,
    str::{
        BStr,
        CString, //
    },
};

/// `PCI_COMMAND`.
const COMMAND: usize = 0x04;
/// `PCI_COMMAND_MEMORY`.
const COMMAND_MEMORY: u16 = 1 << 1;
/// `PCI_COMMAND_MASTER`.
const COMMAND_MASTER: u16 = 1 << 2;
/// What a device answers that is gone.
const ALL_ONES: u16 = u16::MAX;

/// What drivers call the dump of `device`: `<driver>_<PCI address>`, as in `cxgb4_0000:00:05.0`.
///
/// # Errors
///
/// `ENOMEM`. A driver's name of more than 30 bytes makes a name that [`super::register`] refuses.
pub(crate) fn dump_name(driver: &str, device: &Device<Bound>) -> Result<CString> {
    let address = BStr::from_bytes(device.as_ref().name().to_bytes());
    CString::try_from_fmt(fmt!("{driver}_{address}"))
}

/// Whether `device` may read and write the host's memory; `false` if it's not there any more.
pub(crate) fn is_bus_master(device: &Device<Bound>) -> bool {
    let command = ConfigSpace::of(device).read16(COMMAND);
    command.is_ok_and(|command| command != ALL_ONES && command & COMMAND_MASTER != 0)
}

/// Lets a device answer to memory accesses, and nothing else. Dropping it puts the command register back.
///
/// Not `pci_enable_device()`: that changes the link's power management and interrupt routing, too, and the driver that comes
/// next is to find the device as it was.
pub(crate) struct MemoryDecoding<'a> {
    /// It does, as long as this lives.
    device: &'a Device<Bound>,
    /// The command register as it was found.
    before: u16,
}

impl<'a> MemoryDecoding<'a> {
    /// Turns it on, unless it is.
    ///
    /// # Errors
    ///
    /// `ENODEV`, `EIO`: the device is not there any more, or cannot be asked. `ENXIO`: it cannot be made to answer.
    pub(crate) fn enable(device: &'a Device<Bound>) -> Result<Self> {
        let config = ConfigSpace::of(device);
        let before = config.read16(COMMAND)?;
        if before == ALL_ONES {
            return Err(ENODEV);
        }
        let decoding = Self { device, before };
        if before & COMMAND_MEMORY == 0 {
            config.write16(COMMAND, before | COMMAND_MEMORY)?;
            if config.read16(COMMAND)? & COMMAND_MEMORY == 0 {
                return Err(ENXIO);
            }
        }
        Ok(decoding)
    }
}

impl Drop for MemoryDecoding<'_> {
    fn drop(&mut self) {
        if self.before & COMMAND_MEMORY == 0 {
            // If the device is gone, there is nothing to put back.
            let _ = ConfigSpace::of(self.device).write16(COMMAND, self.before);
        }
    }
}
