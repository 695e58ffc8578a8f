// SPDX-License-Identifier: GPL-2.0

//! BAR0, while it can be accessed.

use super::{
    super::format::cudbg::cause::Cause,
    device::Registers,
    failure::{
        Failure,
        Result, //
    },
};
use kernel::{
    device::Bound,
    io::Io,
    pci::{
        self,
        Bar, //
    },
    prelude::{
        ENODEV,
        ENXIO, //
    },
};

const COMMAND: usize = 0x04;
const COMMAND_MEMORY: u16 = 1 << 1;
const ALL_ONES: u16 = u16::MAX;

/// Lets a device answer to memory accesses, and nothing else. Dropping it puts the command register back.
///
/// Not `pci_enable_device()`: that changes the link's power management and interrupt routing, too, and the driver that comes
/// next is to find the device as it was.
pub(super) struct MemoryDecoding<'a> {
    device: &'a pci::Device<Bound>,
    before: u16,
}

impl<'a> MemoryDecoding<'a> {
    /// `ENODEV`: the device is not there any more. `ENXIO`: it cannot be made to answer.
    pub(super) fn enable(device: &'a pci::Device<Bound>) -> kernel::error::Result<Self> {
        let config = device.config_space();
        let before = config.try_read16(COMMAND)?;
        if before == ALL_ONES {
            return Err(ENODEV);
        }
        let decoding = Self { device, before };
        if before & COMMAND_MEMORY == 0 {
            config.try_write16(before | COMMAND_MEMORY, COMMAND)?;
            if config.try_read16(COMMAND)? & COMMAND_MEMORY == 0 {
                return Err(ENXIO);
            }
        }
        Ok(decoding)
    }
}

impl Drop for MemoryDecoding<'_> {
    fn drop(&mut self) {
        if self.before & COMMAND_MEMORY == 0 {
            // Cannot fail: `enable` has accessed the same register.
            let _ = self.device.config_space().try_write16(self.before, COMMAND);
        }
    }
}

/// The registers of an adapter.
pub(super) struct Bar0<'a>(pub(super) Bar<'a>);

impl Bar0<'_> {
    fn outside(&self, address: u32) -> Failure {
        Failure::new(Cause::OutsideBar, address, self.size())
    }
}

impl Registers for Bar0<'_> {
    fn read32(&self, address: u32) -> Result<u32> {
        self.0
            .try_read32(address as usize)
            .map_err(|_| self.outside(address))
    }

    fn read64(&self, address: u32) -> Result<u64> {
        self.0
            .try_read64(address as usize)
            .map_err(|_| self.outside(address))
    }

    fn write32(&self, address: u32, value: u32) -> Result {
        self.0
            .try_write32(value, address as usize)
            .map_err(|_| self.outside(address))
    }

    fn size(&self) -> u64 {
        Io::size(&self.0) as u64
    }
}
