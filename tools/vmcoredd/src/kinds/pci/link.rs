// SPDX-License-Identifier: GPL-2.0

//! Links between ports and what is below them.

use std::collections::BTreeMap;

use vmcore_format::pci::{Address, Reason};

use super::{capabilities::PCI_EXPRESS, function::Function, rules};
use crate::kinds::remark::{Remark, Weight};

/// Gigatransfers per second, by the code of the speed.
const SPEEDS: [&str; 7] = ["?", "2.5", "5", "8", "16", "32", "64"];

/// Speed and width, as codes.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Link {
    speed: u32,
    width: u32,
}

impl Link {
    /// From a status or from capabilities: both have them in the same bits.
    fn new(register: u32) -> Self {
        Self {
            speed: register & 0xf,
            width: (register >> 4) & 0x3f,
        }
    }

    fn words(&self) -> String {
        let speed = SPEEDS.get(self.speed as usize).unwrap_or(&"?");
        format!("x{} at {speed} GT/s", self.width)
    }
}

/// Speed and width of the link of a function, in words. Of a port's, there is one if something answers behind it, whatever the port says.
pub fn now(function: &Function, is_used: bool) -> Option<String> {
    let at = function.find(PCI_EXPRESS)?;
    let status = function.space.u16(at + 0x12)?;
    let link = Link::new(status.into());
    if function.is_port() && !is_used && is_down(function.space.u32(at + 0x0c)?, status.into()) {
        return None;
    }
    (link.width != 0 && status != u16::MAX).then(|| link.words())
}

/// A port says so only if it can.
fn is_down(capabilities: u32, status: u32) -> bool {
    const ACTIVE_REPORTED: u32 = 1 << 20;
    const ACTIVE: u32 = 1 << 13;
    capabilities & ACTIVE_REPORTED != 0 && status & ACTIVE == 0
}

pub fn remarks(functions: &[Function]) -> Vec<Remark> {
    let mut below: BTreeMap<Address, &Function> = BTreeMap::new();
    for function in functions {
        if let Some(parent) = function.head.parent {
            below.entry(parent).or_insert(function);
        }
    }
    functions
        .iter()
        .filter(|function| function.is_port() && !function.space.is_absent())
        .filter_map(|port| of_port(port, below.get(&port.head.address).copied()))
        .collect()
}

fn of_port(port: &Function, below: Option<&Function>) -> Option<Remark> {
    let at = port.find(PCI_EXPRESS)?;
    let capabilities = port.space.u32(at + 0x0c)?;
    let status = u32::from(port.space.u16(at + 0x12)?);
    let remark = |weight, text: String, rule| Some(port.remark(weight, text, rule));
    let slot = port.space.u16(at + 2).filter(|flags| flags & 0x100 != 0);
    let slot = slot.and_then(|_| port.space.u16(at + 0x1a));
    if slot.is_some_and(|status| status & 2 != 0) {
        return remark(
            Weight::Fatal,
            "power fault in its slot".to_owned(),
            &rules::POWER_FAULT,
        );
    }
    let disabled = port
        .space
        .u16(at + 0x10)
        .is_some_and(|control| control & 0x10 != 0);
    let is_down = is_down(capabilities, status);
    // What answers has a link, whatever the port says of it.
    let answers =
        below.is_some_and(|below| !below.space.is_absent() && below.head.ended != Reason::GONE);
    // Nothing is wrong with the link of a slot that is empty.
    let occupied = below.is_some() || slot.is_some_and(|status| status & 0x40 != 0);
    if is_down && occupied && !answers {
        let why = match (disabled, status & 0x800 != 0) {
            (true, _) => ", and was disabled",
            (_, true) => ", in training",
            _ => "",
        };
        let device = below.map_or_else(String::new, |below| format!(" to {}", below.name()));
        return remark(
            Weight::Fatal,
            format!("the link{device} is down{why}"),
            &rules::LINK_DOWN,
        );
    }
    let below = below?;
    let theirs = below.space.u32(below.find(PCI_EXPRESS)? + 0x0c)?;
    let (now, ours, theirs) = (
        Link::new(status),
        Link::new(capabilities),
        Link::new(theirs),
    );
    let best = Link {
        speed: ours.speed.min(theirs.speed),
        width: ours.width.min(theirs.width),
    };
    if now.width == 0 || (now.speed >= best.speed && now.width >= best.width) {
        return None;
    }
    // Power management makes links slower, but hardly ever narrower.
    let weight = match now.width < best.width {
        true => Weight::Warning,
        false => Weight::Note,
    };
    let text = format!(
        "the link to {} is {}, and could be {}",
        below.name(),
        now.words(),
        best.words()
    );
    remark(weight, text, &rules::LINK_NARROW)
}
