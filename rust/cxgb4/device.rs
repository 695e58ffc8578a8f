// SPDX-License-Identifier: GPL-2.0

//! An adapter, and access to its registers.

use super::{
    super::format::cudbg::{
        cause::Cause,
        Chip, //
    },
    failure::{
        Failure,
        Result, //
    },
    hal::Hal,
    regs::pl,
};

/// What a dead device answers.
const ALL_ONES: u32 = u32::MAX;

/// The registers in BAR0. Addresses that are not in it fail.
pub(crate) trait Registers {
    fn read32(&self, address: u32) -> Result<u32>;
    fn read64(&self, address: u32) -> Result<u64>;
    fn write32(&self, address: u32, value: u32) -> Result;

    /// Bytes of registers.
    fn size(&self) -> u64;
}

/// An adapter.
pub(crate) struct Device<'a> {
    registers: &'a dyn Registers,
    pub(crate) hal: &'static Hal,
    /// Chip and revision, as images carry them.
    pub(crate) chip_code: u8,
    /// The function that we are to the adapter.
    pub(crate) pf: u32,
}

impl<'a> Device<'a> {
    /// Asks a `chip` who it is. `Err`: not a chip we know, or it does not answer; then the second is a device of which only
    /// the generation is known.
    pub(crate) fn identify(hal: &'static Hal, registers: &'a dyn Registers) -> (Self, Result) {
        let mut device = Self {
            registers,
            hal,
            chip_code: hal.chip.code(0),
            pf: 0,
        };
        let found = device.ask();
        (device, found)
    }

    fn ask(&mut self) -> Result {
        self.check_alive()?;
        self.chip_code = self
            .chip()
            .code(pl::CHIP_REVISION.of(self.read32(pl::REV)?) as u8);
        self.pf = self.hal.source_pf.of(self.read32(pl::WHOAMI)?);
        Ok(())
    }

    pub(crate) fn chip(&self) -> Chip {
        self.hal.chip
    }

    /// Fails if the device does not answer any more.
    pub(crate) fn check_alive(&self) -> Result {
        match self.registers.read32(pl::REV)? {
            ALL_ONES => Err(Failure::new(Cause::DeviceGone, pl::REV, ALL_ONES.into())),
            _ => Ok(()),
        }
    }

    /// Reads a register.
    pub(crate) fn read32(&self, address: u32) -> Result<u32> {
        let value = self.registers.read32(address)?;
        // A register may hold all-ones, but not if this one does, too.
        if value == ALL_ONES {
            self.check_alive()?;
        }
        Ok(value)
    }

    /// Reads a field of a register.
    pub(crate) fn read_field(&self, address: u32, field: super::regs::Field) -> Result<u32> {
        self.read32(address).map(|value| field.of(value))
    }

    /// Reads two words without asking whether the device is still there.
    pub(crate) fn read64_unchecked(&self, address: u32) -> Result<u64> {
        self.registers.read64(address)
    }

    /// Writes a register; only windows and indexes, which are put back afterwards.
    pub(crate) fn write32(&self, address: u32, value: u32) -> Result {
        self.registers.write32(address, value)
    }

    /// Bytes of registers.
    pub(crate) fn size(&self) -> u64 {
        self.registers.size()
    }
}
