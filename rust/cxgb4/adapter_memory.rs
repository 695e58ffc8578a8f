// SPDX-License-Identifier: GPL-2.0

//! A memory of the adapter, as far as it may be read.
//!
//! This is the only way to it: nothing else can open a window, and what is hidden is not read through this one.

mod hidden;
mod window;

use self::{
    hidden::Hidden,
    window::Window, //
};
use super::{
    super::format::cudbg::{
        cause::Cause,
        meminfo::HMA,
        private::Private, //
    },
    device::Device,
    failure::{
        Failure,
        Result, //
    },
    memory_map::Memories,
    writer::Writer, //
};

use core::ops::Range;

/// Microseconds that no read of a memory takes that works. The timeout of the registers does not apply behind a window, so one may
/// take as long as PCI Express waits.
const SLOW_US: u64 = 1000;
/// So many slow reads, one after the other, are the memory's fault, if reads of registers are not slow, too.
const SLOW_READS: u32 = 16;
const REGISTER_READS: u32 = 4;
/// The only bit of the command register that matters here is in it.
const COMMAND: u32 = 0x04;

/// A memory that is there.
pub(crate) struct AdapterMemory<'a> {
    device: &'a Device<'a>,
    addresses: Range<u32>,
    hidden: Hidden,
    window: Window<'a>,
    /// Reads that were slow since the last that was not.
    slow: u32,
}

impl<'a> AdapterMemory<'a> {
    /// The first of `kinds` that is there. Fails if there is none, if it must not be read, or if nobody knows what of it must not.
    pub(crate) fn open(device: &'a Device<'a>, kinds: &[u32]) -> Result<Self> {
        let memories = Memories::find(device)?;
        let (kind, addresses) = memories.of_kind(kinds)?;
        if kind == HMA {
            check_host_memory(device)?;
        }
        Ok(Self {
            device,
            addresses,
            hidden: Hidden::find(device, &memories)?,
            window: Window::open(device)?,
            slow: 0,
        })
    }

    /// Where it is. It begins and ends at whole MiB.
    pub(crate) fn addresses(&self) -> Range<u32> {
        self.addresses.clone()
    }

    /// Whether all of `addresses` may be read.
    pub(crate) fn shows(&self, addresses: &Range<u32>) -> bool {
        let (hidden, until) = self.hidden.at(addresses.start);
        let inside = addresses.start >= self.addresses.start && addresses.end <= self.addresses.end;
        inside && hidden == Private::NONE && until >= addresses.end
    }

    /// Writes what is at `addresses`, in whole double words: zeroes for what is hidden.
    pub(crate) fn copy(&mut self, addresses: Range<u32>, writer: &mut Writer<'_, '_>) -> Result {
        let mut address = addresses.start;
        while address < addresses.end {
            let (hidden, until) = self.hidden.at(address);
            let end = until.min(addresses.end);
            match hidden {
                Private::NONE => self.read(address..end, writer)?,
                _ => writer.leave_out(hidden, end.saturating_sub(address) as usize)?,
            }
            address = end;
        }
        Ok(())
    }

    fn read(&mut self, addresses: Range<u32>, writer: &mut Writer<'_, '_>) -> Result {
        for address in addresses.step_by(8) {
            let start = self.device.now_us();
            let word = self.window.read64(address)?;
            let us = self.device.now_us().saturating_sub(start);
            if word == u64::MAX {
                self.device.check_alive()?;
            }
            writer.push(&word.to_le_bytes())?;
            self.slow = match us > SLOW_US {
                true => self.slow.saturating_add(1),
                false => 0,
            };
            if self.slow >= SLOW_READS {
                self.slow = 0;
                if !are_registers_slow(self.device)? {
                    return Err(Failure::new(Cause::SlowMemory, address, us));
                }
            }
        }
        Ok(())
    }
}

/// Whether it's the whole device that is slow, or who emulates it, or who else is scheduled: then all sections share the time.
fn are_registers_slow(device: &Device<'_>) -> Result<bool> {
    for _ in 0..REGISTER_READS {
        let start = device.now_us();
        device.check_alive()?;
        if device.now_us().saturating_sub(start) > SLOW_US {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The adapter reads the host's memory by DMA. If it may not, such a read takes as long as PCI Express waits.
fn check_host_memory(device: &Device<'_>) -> Result {
    if device.leaves_out(Private::HOST_MEMORY) {
        return Err(Failure::private(Private::HOST_MEMORY));
    }
    match device.is_bus_master() {
        true => Ok(()),
        false => Err(Failure::new(Cause::NotBusMaster, COMMAND, 0)),
    }
}
