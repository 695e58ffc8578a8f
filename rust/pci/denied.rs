// SPDX-License-Identifier: GPL-2.0

//! What must not be read of a configuration space: where reading is more than reading, or where nobody but the vendor knows.
//!
//! C header: `include/uapi/linux/pci_regs.h`

use super::config::{
    Image,
    State, //
};
use crate::format::pci::Reason;

/// Reads the double word with a number.
type Read<'a> = &'a mut dyn FnMut(&mut Image<'_>, u16) -> Result<u32, Reason>;

/// Nobody but the vendor knows what is behind the header. Virtio has a window to its BARs there (Virtio 1.2, 4.1.4.9).
const VENDOR_SPECIFIC: u8 = 0x09;
/// The data register starts what the address register asks for (PCI Local Bus Specification 3.0, appendix I).
const VITAL_PRODUCT_DATA: u8 = 0x03;
const EXTENDED_VENDOR_SPECIFIC: u16 = 0x000b;
const DESIGNATED_VENDOR_SPECIFIC: u16 = 0x0023;
/// The mailboxes are read and written one word at a time (PCIe 6.0, 7.9.24).
const DATA_OBJECT_EXCHANGE: u16 = 0x002e;
/// Those of CXL are registers like others (CXL 3.0, 8.1).
const CXL_VENDOR: u32 = 0x1e98;

/// Data registers of the System Management Network and of the north bridge in AMD's host bridges: what they read depends on the index
/// register beside them (`arch/x86/kernel/amd_node.c`, `drivers/hwmon/k10temp.c`).
const AMD: u32 = 0x1022;
const AMD_DATA: [u16; 3] = [0x64 / 4, 0xbc / 4, 0xc8 / 4];
const HOST_BRIDGE: u32 = 0x0600;

const STATUS_CAPABILITIES: u32 = 1 << 20;
/// Numbers of double words.
const FIRST_OF_DEVICE: u16 = 16;
const EXTENDED: u16 = 64;
/// Capabilities in 192 bytes, each of them at least a double word.
const MOST: usize = 48;
const MOST_EXTENDED: usize = 960;

/// Keeps away from what a device is known for.
pub(crate) fn of_device(image: &mut Image<'_>) {
    let is = |number, shift: u32, wanted| {
        image.value(number).map(|value| value >> shift) == Some(wanted)
    };
    let is_amd = image.value(0).is_some_and(|ids| ids & 0xffff == AMD);
    if is_amd && is(2, 16, HOST_BRIDGE) {
        for number in AMD_DATA {
            image.deny(number..number.saturating_add(1));
        }
    }
}

/// Reads the first double word of each capability, and keeps away from what is denied of them.
pub(crate) fn walk_capabilities(image: &mut Image<'_>, read: Read<'_>) -> Result<(), Reason> {
    let has_list = image
        .value(1)
        .is_some_and(|status| status & STATUS_CAPABILITIES != 0);
    let pointer = match image.value(3).map(|value| (value >> 16) & 0x7f) {
        // A CardBus bridge.
        Some(2) => 5,
        Some(0 | 1) => 13,
        _ => return Ok(()),
    };
    if !has_list {
        return Ok(());
    }
    let mut next = image.value(pointer).unwrap_or(0) as u8;
    for _ in 0..MOST {
        let number = u16::from(next / 4);
        if number < FIRST_OF_DEVICE || image.state(number) == Some(State::Head) {
            break;
        }
        let Some(head) = step(image, number, read)? else {
            break;
        };
        next = (head >> 8) as u8;
    }
    for number in FIRST_OF_DEVICE..EXTENDED {
        let Some(head) = head_at(image, number) else {
            continue;
        };
        match head as u8 {
            VITAL_PRODUCT_DATA => deny(image, number, 1, 2, EXTENDED),
            VENDOR_SPECIFIC => {
                // Its third byte is the length.
                let len = ((head >> 16) & 0xff).div_ceil(4) as u16;
                deny(image, number, 1, len, EXTENDED);
            }
            _ => {}
        }
    }
    Ok(())
}

/// The same with extended capabilities.
pub(crate) fn walk_extended(image: &mut Image<'_>, read: Read<'_>) -> Result<(), Reason> {
    let end = image.len() as u16;
    let mut number = EXTENDED;
    for _ in 0..MOST_EXTENDED {
        if number < EXTENDED || number >= end || image.state(number) == Some(State::Head) {
            break;
        }
        match step(image, number, read)? {
            None | Some(0 | u32::MAX) => break,
            Some(head) => number = (head >> 22) as u16,
        }
    }
    for number in EXTENDED..end {
        let Some(head) = head_at(image, number) else {
            continue;
        };
        match head as u16 {
            EXTENDED_VENDOR_SPECIFIC => {
                let len = step_len(image, number, read)?;
                deny(image, number, 2, len, end);
            }
            DESIGNATED_VENDOR_SPECIFIC => {
                let len = step_len(image, number, read)?;
                let vendor = image.value(number.saturating_add(1)).unwrap_or(0) & 0xffff;
                if vendor != CXL_VENDOR {
                    deny(image, number, 3, len, end);
                }
            }
            DATA_OBJECT_EXCHANGE => deny(image, number, 3, 5, end),
            _ => {}
        }
    }
    Ok(())
}

/// The head of the capability at a number, which is noted to be one. `None`: it cannot be read. Fails if nothing can be read any more.
fn step(image: &mut Image<'_>, number: u16, read: Read<'_>) -> Result<Option<u32>, Reason> {
    match read(image, number) {
        Ok(head) => {
            image.set_head(number);
            Ok(Some(head))
        }
        Err(Reason::DENIED | Reason::FAILED | Reason::NONE) => Ok(None),
        Err(reason) => Err(reason),
    }
}

/// Double words of the vendor's capability at a number, by the upper bits of its second one; 0: not known.
fn step_len(image: &mut Image<'_>, number: u16, read: Read<'_>) -> Result<u16, Reason> {
    match read(image, number.saturating_add(1)) {
        Ok(header) => Ok((header >> 20).div_ceil(4) as u16),
        Err(Reason::DENIED | Reason::FAILED | Reason::NONE) => Ok(0),
        Err(reason) => Err(reason),
    }
}

fn head_at(image: &Image<'_>, number: u16) -> Option<u32> {
    match image.state(number)? {
        State::Head => image.value(number),
        _ => None,
    }
}

/// Keeps away from a capability at `number` that has `len` double words, but for the first `allowed`. One without a length
/// ends where the next one begins, or at `end`; none reaches further than that.
fn deny(image: &mut Image<'_>, number: u16, allowed: u16, len: u16, end: u16) {
    let first = number.saturating_add(allowed);
    let mut others = number.saturating_add(1)..end;
    let next = others.find(|other| image.state(*other) == Some(State::Head));
    let next = next.unwrap_or(end);
    let end = match len {
        0 => next,
        len => number.saturating_add(len).min(next),
    };
    image.deny(first..end);
}
