// SPDX-License-Identifier: GPL-2.0

//! The address space of the adapter's processor, a word at a time.

use super::{
    super::format::cudbg::cause::Cause,
    device::Device,
    failure::{
        Failure,
        Result, //
    },
    regs::cim, //
};

/// Access to it.
pub(crate) struct Cim<'a>(&'a Device<'a>);

impl<'a> Cim<'a> {
    /// Fails if somebody else is at it.
    pub(crate) fn open(device: &'a Device<'a>) -> Result<Self> {
        let control = device.read32(cim::HOST_ACC_CTRL)?;
        match control & cim::HOST_BUSY {
            0 => Ok(Self(device)),
            _ => Err(Failure::new(
                Cause::Busy,
                cim::HOST_ACC_CTRL,
                control.into(),
            )),
        }
    }

    fn wait(&self) -> Result {
        self.0
            .wait(cim::HOST_ACC_CTRL, |control| control & cim::HOST_BUSY == 0)?;
        Ok(())
    }

    pub(crate) fn read(&self, address: u32) -> Result<u32> {
        self.0.write32(cim::HOST_ACC_CTRL, address)?;
        // Both at once, and of the double word the low half comes first: what was there when it was not busy any more.
        let [control, data] = self.0.read_pair(cim::HOST_ACC_CTRL)?;
        if control & cim::HOST_BUSY == 0 {
            return Ok(data);
        }
        self.wait()?;
        self.0.read32(cim::HOST_ACC_DATA)
    }

    pub(crate) fn write(&self, address: u32, value: u32) -> Result {
        self.0.write32(cim::HOST_ACC_DATA, value)?;
        self.0
            .write32(cim::HOST_ACC_CTRL, address | cim::HOST_WRITE)?;
        self.wait()
    }
}
