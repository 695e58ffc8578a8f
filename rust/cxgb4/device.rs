// SPDX-License-Identifier: GPL-2.0

//! An adapter, and access to its registers.

use super::{
    super::format::cudbg::{
        cause::Cause,
        private::Private,
        Chip, //
    },
    failure::{
        Failure,
        Result, //
    },
    hal::Hal,
    regs::pl,
};

use core::cell::Cell;

/// What a dead device answers, and one whose answer got lost.
const ALL_ONES: u32 = u32::MAX;

/// What registers give that cannot be accessed: those of a block that has no clock, or of an adapter that is not ready.
const NO_ACCESS: u32 = 0xeeee_eeee;

/// Milliseconds after which an adapter that is not ready is asked once more.
const READY_MS: u32 = 500;

/// Milliseconds after which one that does not answer is asked once more.
const CONFIRM_MS: u32 = 1;

/// Milliseconds until we give up waiting for a unit that needs microseconds.
const PATIENCE: u64 = 20;

/// And reads: the processor may be elsewhere for as long, with another adapter.
const FEWEST_READS: u32 = 3;

/// Milliseconds that a read takes of a device that is slow: of others, next to none.
const SLOW: u64 = 1;

/// The registers in BAR0. Addresses that are not in it fail.
pub(crate) trait Registers {
    fn read32(&self, address: u32) -> Result<u32>;
    fn read64(&self, address: u32) -> Result<u64>;
    fn write32(&self, address: u32, value: u32) -> Result;

    /// Bytes of registers.
    fn size(&self) -> u64;

    /// Where the registers are on the PCI bus.
    fn bus_address(&self) -> u64;

    /// Reads vital product data through the configuration space; `false` if it can't be read.
    fn vpd(&self, address: u32, bytes: &mut [u8]) -> bool;

    /// Whether the device may read and write the host's memory.
    fn is_bus_master(&self) -> bool;

    /// Microseconds since any time.
    fn now_us(&self) -> u64;

    /// Milliseconds since the same time.
    fn now_ms(&self) -> u64 {
        self.now_us() / 1000
    }

    /// Lets some time pass.
    fn sleep_ms(&self, ms: u32);

    /// Says which section is collected, to who counts accesses. Only a build for measuring does.
    fn mark(&self, _section: u8) {}
}

/// A register that we write; it's put back when this is dropped.
pub(crate) struct Borrowed<'a> {
    device: &'a Device<'a>,
    pub(crate) address: u32,
    /// What is put back.
    pub(crate) before: u32,
}

impl Borrowed<'_> {
    pub(crate) fn write(&self, value: u32) -> Result {
        self.device.write32(self.address, value)
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        // If the device is gone, there is nothing to put back.
        let _ = self.device.write32(self.address, self.before);
    }
}

/// An adapter.
pub(crate) struct Device<'a> {
    registers: &'a dyn Registers,
    pub(crate) hal: &'static Hal,
    /// Chip and revision, as images carry them.
    pub(crate) chip_code: u8,
    /// The function that we are to the adapter.
    pub(crate) pf: u32,
    /// All of it takes longer than anybody waits.
    pub(crate) is_slow: bool,
    /// Private things that somebody asked for.
    pub(crate) asked: Private,
    /// When it's not to be read any more, if it's slow.
    end_ms: Cell<u64>,
    /// The first register of a section that could not be accessed.
    no_access: Cell<Option<u32>>,
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
            is_slow: false,
            asked: Private::NONE,
            end_ms: Cell::new(u64::MAX),
            no_access: Cell::new(None),
        };
        let found = device.ask();
        (device, found)
    }

    fn ask(&mut self) -> Result {
        self.mark(0);
        let (who, first) = self.timed(|device| device.registers.read32(pl::WHOAMI));
        self.pf = self.hal.source_pf.of(self.ready(who?)?);
        let (alive, second) = self.timed(Self::check_alive);
        alive?;
        let (revision, third) = self.timed(|device| device.read32(pl::REV));
        self.chip_code = self.chip().code(pl::CHIP_REVISION.of(revision?) as u8);
        // One may take long because something else had its turn.
        self.is_slow = first.min(second).min(third) >= SLOW;
        Ok(())
    }

    /// What `PL_WHOAMI` says, which said `who` first. Fails if it still says that the adapter is not ready when the C driver would
    /// give up.
    fn ready(&self, who: u32) -> Result<u32> {
        if who != ALL_ONES && who != NO_ACCESS {
            return Ok(who);
        }
        self.registers.sleep_ms(READY_MS);
        let who = self.registers.read32(pl::WHOAMI)?;
        let cause = match who {
            ALL_ONES => Cause::DeviceGone,
            NO_ACCESS => Cause::NotReady,
            _ => return Ok(who),
        };
        Err(Failure::new(cause, pl::WHOAMI, who.into()))
    }

    /// Lets a slow device be read for so many milliseconds from now on. Others are fast enough for who writes to look at the time.
    pub(crate) fn give_time(&self, ms: u32) {
        let end = self.registers.now_ms().saturating_add(ms.into());
        self.end_ms.set(end);
    }

    fn check_time(&self) -> Result {
        match self.is_slow && self.registers.now_ms() >= self.end_ms.get() {
            true => Err(Failure::new(Cause::Deadline, 0, 0)),
            false => Ok(()),
        }
    }

    /// What `read` gives, and the milliseconds that it took.
    fn timed<T>(&self, read: impl FnOnce(&Self) -> Result<T>) -> (Result<T>, u64) {
        let start = self.registers.now_ms();
        let value = read(self);
        (value, self.registers.now_ms().saturating_sub(start))
    }

    /// Whether `what` is private, and nobody asked for it.
    pub(crate) fn leaves_out(&self, what: Private) -> bool {
        !self.asked.has(what)
    }

    /// Whether the device may read and write the host's memory.
    pub(crate) fn is_bus_master(&self) -> bool {
        self.registers.is_bus_master()
    }

    /// Microseconds since any time.
    pub(crate) fn now_us(&self) -> u64 {
        self.registers.now_us()
    }

    pub(crate) fn chip(&self) -> Chip {
        self.hal.chip
    }

    /// What a section says that the chip does not have.
    pub(crate) fn lacks(&self) -> Failure {
        Failure::new(Cause::Absent, pl::REV, self.chip_code.into())
    }

    /// Fails if the device does not answer any more. That one answer got lost is no reason yet.
    pub(crate) fn check_alive(&self) -> Result {
        if self.registers.read32(pl::REV)? != ALL_ONES {
            return Ok(());
        }
        self.registers.sleep_ms(CONFIRM_MS);
        match self.registers.read32(pl::REV)? {
            ALL_ONES => Err(Failure::new(Cause::DeviceGone, pl::REV, ALL_ONES.into())),
            _ => Ok(()),
        }
    }

    /// Reads a register.
    pub(crate) fn read32(&self, address: u32) -> Result<u32> {
        self.check_time()?;
        let mut value = self.registers.read32(address)?;
        // A register may hold all-ones: then it does so twice, of a device that answers.
        if value == ALL_ONES {
            self.check_alive()?;
            value = self.registers.read32(address)?;
        }
        self.checked(address, value)
    }

    /// Reads a register that gives something else each time: it's read once, whatever it gives.
    pub(crate) fn read32_next(&self, address: u32) -> Result<u32> {
        self.check_time()?;
        let value = self.registers.read32(address)?;
        self.checked(address, value)
    }

    /// Reads the register at `address`, a multiple of 8, and the next one, at once: half of the accesses.
    ///
    /// For units in which the C driver does so, too (`t4_read_reg64()`): TP, PM, MPS with the ports, CIM with the mailboxes.
    pub(crate) fn read_pair(&self, address: u32) -> Result<[u32; 2]> {
        let value = self.read64(address)?;
        Ok([value as u32, (value >> 32) as u32])
    }

    fn checked(&self, address: u32, value: u32) -> Result<u32> {
        match value {
            ALL_ONES => self.check_alive()?,
            NO_ACCESS if self.no_access.get().is_none() => self.no_access.set(Some(address)),
            _ => {}
        }
        Ok(value)
    }

    /// How a section went that ended with `result`: nothing that could not be accessed is good.
    pub(crate) fn judge(&self, result: Result) -> Result {
        let Some(address) = self.no_access.take() else {
            return result;
        };
        match result {
            Err(failure) if failure.is_final() || failure.is_absence() => result,
            _ => Err(Failure::new(Cause::NoAccess, address, NO_ACCESS.into())),
        }
    }

    /// Reads a field of a register.
    pub(crate) fn read_field(&self, address: u32, field: super::regs::Field) -> Result<u32> {
        self.read32(address).map(|value| field.of(value))
    }

    /// Reads two words without asking whether the device is still there.
    pub(crate) fn read64_unchecked(&self, address: u32) -> Result<u64> {
        self.check_time()?;
        self.registers.read64(address)
    }

    /// Reads two words.
    pub(crate) fn read64(&self, address: u32) -> Result<u64> {
        self.check_time()?;
        let mut value = self.registers.read64(address)?;
        if value == u64::MAX {
            self.check_alive()?;
            value = self.registers.read64(address)?;
        }
        self.checked(address, value as u32)?;
        self.checked(address.wrapping_add(4), (value >> 32) as u32)?;
        Ok(value)
    }

    /// Reads a register until it's as wanted. Fails if that takes too long.
    pub(crate) fn wait(&self, address: u32, done: impl Fn(u32) -> bool) -> Result<u32> {
        self.wait_for(PATIENCE, address, done)
    }

    /// As [`Device::wait`], for so many milliseconds.
    pub(crate) fn wait_for(
        &self,
        patience: u64,
        address: u32,
        done: impl Fn(u32) -> bool,
    ) -> Result<u32> {
        let start = self.registers.now_ms();
        let mut reads = 0u32;
        loop {
            let late = self.registers.now_ms().saturating_sub(start) > patience;
            let value = self.read32(address)?;
            if value == NO_ACCESS {
                return Err(Failure::new(Cause::NoAccess, address, value.into()));
            }
            if done(value) {
                return Ok(value);
            }
            reads = reads.saturating_add(1);
            if late && reads >= FEWEST_READS {
                return Err(Failure::new(Cause::Timeout, address, value.into()));
            }
        }
    }

    /// Takes a register for writing.
    pub(crate) fn borrow(&'a self, address: u32) -> Result<Borrowed<'a>> {
        self.borrow_without(address, 0)
    }

    /// Takes a register for writing, of which the bits in `commands` start something: they are never put back.
    pub(crate) fn borrow_without(&'a self, address: u32, commands: u32) -> Result<Borrowed<'a>> {
        let before = self.read32(address)? & !commands;
        Ok(Borrowed {
            device: self,
            address,
            before,
        })
    }

    /// Writes a register: those that are borrowed, and those that start reading something.
    pub(crate) fn write32(&self, address: u32, value: u32) -> Result {
        self.registers.write32(address, value)
    }

    /// Bytes of registers.
    pub(crate) fn size(&self) -> u64 {
        self.registers.size()
    }

    /// Where the registers are on the PCI bus.
    pub(crate) fn bus_address(&self) -> u64 {
        self.registers.bus_address()
    }

    /// Reads vital product data; `false` if it can't be read. Works without any register.
    pub(crate) fn vpd(&self, address: u32, bytes: &mut [u8]) -> bool {
        self.registers.vpd(address, bytes)
    }

    /// Says which section is collected; 0: none.
    pub(crate) fn mark(&self, section: u8) {
        self.registers.mark(section);
    }
}
