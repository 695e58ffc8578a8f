// SPDX-License-Identifier: GPL-2.0

//! The memory window: a part of BAR0 that shows a part of the adapter's memory.

use super::super::{
    super::format::cudbg::cause::Cause,
    device::Device,
    failure::{
        Failure,
        Result, //
    },
    regs::pcie,
};

/// The window that drivers of the host use (`MEMWIN_NIC`).
const WINDOW: u32 = 0;
const BASE: u32 = pcie::mem_access_base_win(WINDOW);
const OFFSET: u32 = pcie::mem_access_offset(WINDOW);
/// Smaller ones cannot be told from the bits that choose the function.
const MIN_APERTURE: u64 = 1 << 10;

/// The window while we use it. It's put back when this is dropped.
pub(super) struct Window<'a> {
    device: &'a Device<'a>,
    /// In BAR0.
    base: u32,
    /// A power of two.
    aperture: u32,
    /// Value of `OFFSET` when we came.
    before: u32,
    /// What it shows now: an address of the adapter's memory.
    shown: Option<u32>,
}

impl<'a> Window<'a> {
    /// Fails if the registers of the window make no sense.
    pub(super) fn open(device: &'a Device<'a>) -> Result<Self> {
        let value = device.read32(BASE)?;
        let base = u64::from(pcie::OFFSET_KIB.of(value)) << 10;
        let base = match device.hal.windows_on_bus {
            // Of 64 bits, the register has the low ones.
            true => (base.wrapping_sub(device.bus_address())) & u64::from(u32::MAX),
            false => base,
        };
        let aperture = 1u64
            .checked_shl(pcie::APERTURE.of(value).saturating_add(10))
            .unwrap_or(u64::MAX);
        let end = base.checked_add(aperture);
        if aperture < MIN_APERTURE || end.is_none_or(|end| end > device.size()) {
            return Err(Failure::new(Cause::BadRegister, BASE, value.into()));
        }
        Ok(Self {
            device,
            // Both are less than the size of BAR0, which is a few hundred KiB; a larger one is not of this chip.
            base: u32::try_from(base)
                .map_err(|_| Failure::new(Cause::BadRegister, BASE, value.into()))?,
            aperture: u32::try_from(aperture)
                .map_err(|_| Failure::new(Cause::BadRegister, BASE, value.into()))?,
            before: device.read32(OFFSET)?,
            shown: None,
        })
    }

    /// Reads the two words at `address`, a multiple of 8, of the adapter's memory.
    ///
    /// All-ones may mean that the device is gone: see [`Device::check_alive`].
    pub(super) fn read64(&mut self, address: u32) -> Result<u64> {
        let mask = self.aperture.wrapping_sub(1);
        self.show(address & !mask)?;
        // Inside of BAR0: the whole window is.
        self.device
            .read64_unchecked(self.base.wrapping_add(address & mask))
    }

    fn show(&mut self, address: u32) -> Result {
        if self.shown != Some(address) {
            let function = match self.device.hal.windows_on_bus {
                true => 0,
                false => self.device.pf,
            };
            let offset = address | function;
            self.device.write32(OFFSET, offset)?;
            // Reading it back lets the window arrive there before it is read from.
            let now = self.device.read32(OFFSET)?;
            if now != offset {
                return Err(Failure::new(Cause::BadRegister, OFFSET, now.into()));
            }
            self.shown = Some(address);
        }
        Ok(())
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        // Reading back waits until it has arrived. If the device is gone, there is nothing to put back.
        if self.device.write32(OFFSET, self.before).is_ok() {
            let _ = self.device.read32(OFFSET);
        }
    }
}
