// SPDX-License-Identifier: GPL-2.0

//! What the TCP processor did last.

use super::super::{
    super::format::cudbg::section::Section,
    device::Device,
    failure::Result,
    regs::tp,
    writer::Writer, //
};

const ENTRIES: u32 = 128;

/// The analyzer while it stands still. It goes on, as it was, when this is dropped.
struct Frozen<'a> {
    device: &'a Device<'a>,
    config: u32,
}

impl Frozen<'_> {
    fn configure(&self, config: u32) -> Result {
        self.device.write32(tp::DBG_LA_CONFIG, config)
    }
}

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        // If the device is gone, there is nothing to put back.
        let _ = self.configure(self.config);
    }
}

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    // The upper eight bits choose what is recorded; those below say where it is.
    let config = device.read32(tp::DBG_LA_CONFIG)? & !tp::LA_STATE;
    // Here the C driver leaves its size, zero.
    writer.words(&[0, tp::LA_MODE.of(config)])?;
    let la = Frozen { device, config };
    let stopped = config & !tp::LA_ENABLE;
    if config & tp::LA_ENABLE != 0 {
        la.configure(stopped)?;
    }

    let state = device.read32(tp::DBG_LA_CONFIG)?;
    // The newest entry, of two halves, has only one.
    let incomplete = tp::LA_MODE.of(state) >= 2 && state & tp::LA_SECOND_HALF == 0;
    let first = tp::LA_WRITE.of(state) + u32::from(incomplete);
    let stopped = state & !tp::LA_STATE & !(ENTRIES - 1);
    for n in 0..ENTRIES {
        la.configure(stopped | tp::LA_READ.of(first + n))?;
        let entry = device.read64(tp::DBG_LA_DATAL)?;
        let entry = match incomplete && n == ENTRIES - 1 {
            true => u64::MAX,
            false => entry,
        };
        writer.push(&entry.to_le_bytes())?;
    }
    Ok(())
}
