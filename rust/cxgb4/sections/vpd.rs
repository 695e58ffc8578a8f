// SPDX-License-Identifier: GPL-2.0

//! Who made the adapter, and which versions it runs.
//!
//! The vital product data needs no register, and what cannot be had of the rest is left zero.

use super::super::{
    super::format::{
        cudbg::{
            cause::Cause,
            section::Section, //
        },
        vpd::{
            self,
            Vpd, //
        },
    },
    device::Device,
    failure::{
        Failure,
        Result, //
    },
    flash::Flash,
    regs::pcie,
    writer::Writer, //
};

/// Where the vital product data is; very early adapters have it at 0.
const BASE: u32 = 0x400;
/// Two digits.
const VERSION: u32 = 0x4c7;
/// Where the firmware's version is in the flash.
const FIRMWARE_VERSION: u32 = (8 << 16) + 4;

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let mut failed = Ok(());
    let mut or_zero = |result: Result<u32>| {
        result.unwrap_or_else(|failure| {
            failed = failed.and(Err(failure));
            0
        })
    };

    let mut names = [0; vpd::NAMES_LEN];
    or_zero(product_data(device, &mut names).map(|()| 0));
    let version = or_zero(version(device));
    let configuration = or_zero(device.read32(pcie::STATIC_SPARE2));
    let firmware = or_zero(Flash::open(device).and_then(|flash| flash.word(FIRMWARE_VERSION)));

    writer.push(&names)?;
    for part in firmware.to_be_bytes() {
        writer.push(&u16::from(part).to_le_bytes())?;
    }
    writer.words(&[configuration, version])?;
    failed
}

fn unreadable(offset: u32) -> Failure {
    Failure::new(Cause::ConfigSpace, offset, 0)
}

/// Serial number, part number, MAC address and name.
fn product_data(device: &Device<'_>, names: &mut [u8; vpd::NAMES_LEN]) -> Result {
    let mut data = [0; vpd::LEN];
    if !device.vpd(BASE, &mut data[..1]) {
        return Err(unreadable(BASE));
    }
    let base = match data[0] {
        vpd::IDENTIFIER => BASE,
        _ => 0,
    };
    if !device.vpd(base, &mut data) {
        return Err(unreadable(base));
    }
    let (found, error) = Vpd::parse(&data);
    found.encode(names);
    match error {
        None => Ok(()),
        Some(offset) => {
            // Nothing, if more data should follow.
            let there = data.get(offset).map_or(0, |byte| u64::from(*byte));
            Err(Failure::new(Cause::Malformed, offset as u32, there))
        }
    }
}

fn version(device: &Device<'_>) -> Result<u32> {
    let mut digits = [0; 2];
    if !device.vpd(VERSION, &mut digits) {
        return Err(unreadable(VERSION));
    }
    let digit = |byte: u8| u32::from(byte.wrapping_sub(b'0'));
    let value = match digits.map(digit) {
        [tens @ 0..10, ones @ 0..10] => 10 * tens + ones,
        // As the C driver takes it.
        [_, ones @ 0..10] if digits[0] == b'+' => ones,
        _ => {
            let found = u16::from_be_bytes(digits).into();
            return Err(Failure::new(Cause::Malformed, VERSION, found));
        }
    };
    Ok(value)
}
