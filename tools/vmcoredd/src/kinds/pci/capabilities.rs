// SPDX-License-Identifier: GPL-2.0

//! The lists of capabilities.

use crate::kinds::config_space::{ConfigSpace, CONVENTIONAL, HEADER};

/// What a function can do, and where the registers for that begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// In the first 256 bytes.
    Standard(u8),
    /// Behind them.
    Extended(u16),
}

pub const PCI_EXPRESS: Capability = Capability::Standard(0x10);
pub const AER: Capability = Capability::Extended(0x0001);
pub const DPC: Capability = Capability::Extended(0x001d);

/// All that the lists name. A list that goes in circles ends where it comes back.
pub fn all(space: &ConfigSpace) -> Vec<(Capability, usize)> {
    let mut found = Vec::new();
    let has_list = space.u16(6).is_some_and(|status| status & 0x10 != 0);
    let mut next = match has_list {
        true => space.u8(0x34).map(usize::from),
        false => None,
    };
    let is_new = |found: &[(Capability, usize)], at: usize| found.iter().all(|(_, old)| *old != at);
    while let Some(at) = next
        .map(|at| at & !3)
        .filter(|at| *at >= HEADER && is_new(&found, *at))
    {
        let Some(head) = space.u16(at) else { break };
        found.push((Capability::Standard(head as u8), at));
        next = Some(usize::from(head >> 8));
    }
    let mut next = Some(CONVENTIONAL);
    while let Some(at) = next.filter(|at| *at >= CONVENTIONAL && is_new(&found, *at)) {
        let Some(head) = space.u32(at).filter(|head| !matches!(*head, 0 | u32::MAX)) else {
            break;
        };
        found.push((Capability::Extended(head as u16), at));
        next = Some((head >> 20) as usize & !3);
    }
    found
}
