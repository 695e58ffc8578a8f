// SPDX-License-Identifier: GPL-2.0

//! Whether memory of a function may be read at all: it has to be there, awake, decoding, and below a link that is up.
//!
//! C header: `include/uapi/linux/pci_regs.h`

use super::{
    function::Function,
    meter::Meter, //
};
use crate::format::pci::Reason;

/// Bridges above each other, at most.
const DEPTH: usize = 32;

const COMMAND_MEMORY: u32 = 1 << 1;
/// In the word behind power management's capabilities.
const POWER_STATE: u32 = 3;
const LINK_CAPABILITIES: u16 = 0x0c;
const LINK_STATUS: u16 = 0x10;
/// The port says whether its link is up, and whether it is: of two registers of which the second is the upper half of a double word.
const REPORTS_LINK: u32 = 1 << 20;
const LINK_IS_UP: u32 = 1 << (13 + 16);
const CONTAINMENT_STATUS: u16 = 0x08;
const TRIGGERED: u32 = 1 << 0;

/// Fails with why not.
pub(crate) fn may_read_memory<F: Function>(
    function: &F,
    meter: &mut Meter<'_>,
) -> Result<(), Reason> {
    let mut read = |function: &F, at: u16| match meter.access(|| function.config32(at)) {
        Ok(u32::MAX) => Err(Reason::GONE),
        value => value,
    };
    // Those above first: below a link that is down, or contained, nothing answers.
    let mut is_up = true;
    let mut above = function.parent();
    for _ in 0..DEPTH {
        let Some(port) = above else {
            break;
        };
        if let Some(at) = port.express() {
            let reports = read(&port, at.saturating_add(LINK_CAPABILITIES))? & REPORTS_LINK != 0;
            if reports && read(&port, at.saturating_add(LINK_STATUS))? & LINK_IS_UP == 0 {
                is_up = false;
            }
        }
        if let Some(at) = port.containment() {
            if read(&port, at.saturating_add(CONTAINMENT_STATUS))? & TRIGGERED != 0 {
                return Err(Reason::CONTAINED);
            }
        }
        above = port.parent();
    }
    // Some ports say so of a link that works: those of QEMU's q35 do. What answers has one.
    match read(function, 0) {
        Err(Reason::GONE) if !is_up => return Err(Reason::LINK_DOWN),
        ids => ids?,
    };
    if let Some(at) = function.power() {
        if read(function, at.saturating_add(4))? & POWER_STATE != 0 {
            return Err(Reason::ASLEEP);
        }
    }
    match read(function, 4)? & COMMAND_MEMORY {
        0 => Err(Reason::NOT_DECODING),
        _ => Ok(()),
    }
}
