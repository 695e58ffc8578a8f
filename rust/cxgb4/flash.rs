// SPDX-License-Identifier: GPL-2.0

//! The serial flash, a few bytes at a time.

use super::{
    super::format::cudbg::cause::Cause,
    device::Device,
    failure::{
        Failure,
        Result, //
    },
    regs::sf, //
};

use core::cell::Cell;

/// Commands.
const READ_FAST: u32 = 0x0b;
const READ_ID: u32 = 0x9f;
/// All adapters have at least this much.
const MIN_SIZE: u32 = 4 << 20;

/// The flash while we use it. It's left to others when this is dropped.
///
/// The firmware has it, too: it's locked while a command goes on, as the C driver does where it writes.
pub(crate) struct Flash<'a> {
    device: &'a Device<'a>,
    /// A command goes on: what comes next would be taken for more of it.
    goes_on: Cell<bool>,
}

impl Drop for Flash<'_> {
    fn drop(&mut self) {
        // If the device is gone, nobody else needs it.
        if self.goes_on.get() {
            let _ = self.run(0, 1);
        }
        let _ = self.device.write32(sf::OP, 0);
    }
}

impl<'a> Flash<'a> {
    /// Fails if somebody else is at it.
    pub(crate) fn open(device: &'a Device<'a>) -> Result<Self> {
        let operation = device.read32(sf::OP)?;
        match operation & sf::BUSY {
            0 => Ok(Self {
                device,
                goes_on: Cell::new(false),
            }),
            _ => Err(Failure::new(Cause::Busy, sf::OP, operation.into())),
        }
    }

    fn run(&self, operation: u32, bytes: u32) -> Result {
        let operation = operation | sf::LOCK | ((bytes - 1) << sf::BYTES_SHIFT);
        self.goes_on.set(operation & sf::CONTINUE != 0);
        self.device.write32(sf::OP, operation)?;
        self.device
            .wait(sf::OP, |operation| operation & sf::BUSY == 0)?;
        Ok(())
    }

    /// Sends the first of `command`.
    fn send(&self, command: u32, bytes: u32) -> Result {
        self.device.write32(sf::DATA, command)?;
        self.run(sf::WRITE | sf::CONTINUE, bytes)
    }

    /// Receives up to 4 bytes.
    fn receive(&self, bytes: u32, then: u32) -> Result<u32> {
        self.run(then, bytes)?;
        self.device.read32(sf::DATA)
    }

    /// Bytes that it holds, by what its maker says.
    pub(crate) fn size(&self) -> Result<u32> {
        self.send(READ_ID, 1)?;
        let id = self.receive(3, 0)?;
        let [maker, _, density, _] = id.to_le_bytes();
        Ok(match (maker, density) {
            (0x20, 0x18) | (0xc2 | 0xef, 0x18) => 16 << 20,
            (0x20 | 0xc2 | 0xef, 0x17) => 8 << 20,
            (0x20, 0x19) | (0x9d, 0x16) => 32 << 20,
            (0x20, 0x20) | (0x9d, 0x17) => 64 << 20,
            (0x20, 0x21) => 128 << 20,
            (0x20, 0x22) => 256 << 20,
            _ => MIN_SIZE,
        })
    }

    /// Reads `len` bytes at `address`, both multiples of 4.
    pub(crate) fn read(
        &self,
        address: u32,
        len: u32,
        mut each: impl FnMut(u32) -> Result,
    ) -> Result {
        // The command, and the address from its high byte on.
        self.send(READ_FAST | address.swap_bytes(), 4)?;
        self.receive(1, sf::CONTINUE)?;
        let words = len / 4;
        (1..=words).try_for_each(|n| {
            let then = if n < words { sf::CONTINUE } else { 0 };
            each(self.receive(4, then)?)
        })
    }

    /// The word at `address`.
    pub(crate) fn word(&self, address: u32) -> Result<u32> {
        let mut value = 0;
        self.read(address, 4, |word| {
            value = word;
            Ok(())
        })?;
        Ok(value)
    }
}
