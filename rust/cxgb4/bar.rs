// SPDX-License-Identifier: GPL-2.0

//! BAR0, while it can be accessed.

use super::{
    super::{
        abi::pci::is_bus_master,
        bindings::pci::read_vpd,
        format::cudbg::cause::Cause, //
    },
    device::Registers,
    failure::{
        Failure,
        Result, //
    },
    vpd_address::VpdAddress,
};
use crate::series::bar_size;
use kernel::{
    device::Bound,
    io::Io,
    pci::{
        self,
        Bar, //
    },
    time::{
        delay::fsleep,
        Delta,
        Instant,
        Monotonic, //
    },
};

/// The registers of an adapter, and what can be had without them.
pub(super) struct Bar0<'a> {
    device: &'a pci::Device<Bound>,
    /// `None`: BAR0 is missing, too small or taken.
    bar: Option<Bar<'a>>,
    start: Instant<Monotonic>,
    /// Put back last.
    _vpd: VpdAddress<'a>,
}

impl<'a> Bar0<'a> {
    pub(super) fn map(device: &'a pci::Device<Bound>) -> Self {
        Self {
            device,
            bar: device.iomap_region(0, c"cxgb4_dump").ok(),
            start: Instant::now(),
            _vpd: VpdAddress::of(device),
        }
    }

    fn access<T>(
        &self,
        address: u32,
        access: impl FnOnce(&Bar<'a>) -> kernel::error::Result<T>,
    ) -> Result<T> {
        let outside = Failure::new(Cause::OutsideBar, address, self.size());
        let bar = self.bar.as_ref().ok_or(outside)?;
        access(bar).map_err(|_| outside)
    }
}

impl Registers for Bar0<'_> {
    fn read32(&self, address: u32) -> Result<u32> {
        self.access(address, |bar| bar.try_read32(address as usize))
    }

    fn read64(&self, address: u32) -> Result<u64> {
        self.access(address, |bar| bar.try_read64(address as usize))
    }

    fn write32(&self, address: u32, value: u32) -> Result {
        self.access(address, |bar| bar.try_write32(value, address as usize))
    }

    fn size(&self) -> u64 {
        self.bar.as_ref().map_or(0, |bar| bar_size(bar) as u64)
    }

    fn bus_address(&self) -> u64 {
        self.device.resource_start(0).unwrap_or(0)
    }

    // In one place, where tools/testing/panics finds what times are subtracted.
    #[inline(never)]
    fn now_us(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64 / 1000
    }

    fn is_bus_master(&self) -> bool {
        is_bus_master(self.device)
    }

    fn sleep_ms(&self, ms: u32) {
        fsleep(Delta::from_millis(ms.into()));
    }

    fn vpd(&self, address: u32, bytes: &mut [u8]) -> bool {
        read_vpd(self.device, address, bytes)
    }

    #[cfg(mark_sections)]
    fn mark(&self, section: u8) {
        /// `PCI_INTERRUPT_LINE`: the model keeps it, and counts by its value.
        const INTERRUPT_LINE: usize = 0x3c;

        let _ =
            super::super::abi::pci::ConfigSpace::of(self.device).write8(INTERRUPT_LINE, section);
    }
}
