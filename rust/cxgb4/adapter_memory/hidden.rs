// SPDX-License-Identifier: GPL-2.0

//! Where private things are in the adapter's memory, as its registers tell.
//!
//! Registers that tell nothing, or nonsense, may be all that is left of a card that was reset, whose memory still holds everything.
//! So they mean that nobody knows where private things are, not that there are none.

use super::super::{
    super::format::cudbg::{
        cause::Cause,
        private::Private, //
    },
    device::Device,
    failure::{
        Failure,
        Result, //
    },
    memory_map::{
        Memories,
        ULP_REGIONS, //
    },
    regs::{
        tp,
        ulp, //
    },
};

use core::ops::Range;

/// Registers with the start, the page size and the number of pages of packets.
const PAYLOAD: [[u32; 3]; 2] = [
    [tp::PMM_TX_BASE, tp::PMM_TX_PAGE_SIZE, tp::PMM_TX_MAX_PAGE],
    [tp::PMM_RX_BASE, tp::PMM_RX_PAGE_SIZE, tp::PMM_RX_MAX_PAGE],
];

const PLACES: usize = PAYLOAD.len() + 1 + ULP_REGIONS.len();

/// What units of the upper layers take for an address, and for the last one of a region: the rest of the bits is not theirs.
const ULP_UNIT: u64 = 1 << 6;
const TLS_UNIT: u64 = 1 << 8;

/// Addresses that are not read, in whole double words.
#[derive(Default)]
pub(super) struct Hidden([(Range<u64>, Private); PLACES]);

impl Hidden {
    /// Fails if that cannot be told.
    pub(super) fn find(device: &Device<'_>, memories: &Memories) -> Result<Self> {
        let mut hidden = Self::default();
        let mut places = hidden.0.iter_mut();
        let mut hide = |kind, range| {
            let place = places.next().ok_or(NO_PLACE)?;
            *place = (range, kind);
            Ok(())
        };
        for registers in PAYLOAD {
            hide(Private::PAYLOAD, pages(device, memories, registers)?)?;
        }
        if device.hal.has_tls_keys {
            let registers = (ulp::RX_TLS_KEY_LLIMIT, ulp::RX_TLS_KEY_ULIMIT);
            let keys = region(device, memories, registers, TLS_UNIT)?;
            hide(Private::TLS_KEYS, keys)?;
        }
        if device.leaves_out(Private::UPPER_LAYERS) {
            for registers in ULP_REGIONS {
                let region = match registers.0 {
                    ulp::RX_RQUDP_LLIMIT if is_unused(device, registers)? => 0..0,
                    _ => region(device, memories, registers, ULP_UNIT)?,
                };
                hide(Private::UPPER_LAYERS, region)?;
            }
        }
        Ok(hidden)
    }

    /// What is hidden at `address`, and the first address behind it where that may be different.
    pub(super) fn at(&self, address: u32) -> (Private, u32) {
        let address = u64::from(address);
        let mut kinds = Private::NONE;
        let mut until = u64::from(u32::MAX);
        for (range, kind) in &self.0 {
            if range.contains(&address) {
                kinds = kinds.with(*kind);
                until = until.min(range.end);
            } else if range.start > address {
                until = until.min(range.start);
            }
        }
        (kinds, u32::try_from(until).unwrap_or(u32::MAX))
    }
}

/// Cannot happen: there are as many places as registers tell.
const NO_PLACE: Failure = Failure::new(Cause::NoMemory, 0, 0);

fn unlocated(register: u32, value: u32) -> Failure {
    Failure::new(Cause::Unlocated, register, value.into())
}

/// Addresses of packets.
fn pages(device: &Device<'_>, memories: &Memories, registers: [u32; 3]) -> Result<Range<u64>> {
    let [start_at, size_at, count_at] = registers;
    let start = device.read32(start_at)?;
    let size = device.read32(size_at)?;
    let count = device.read32(count_at)?;
    if !size.is_power_of_two() {
        return Err(unlocated(size_at, size));
    }
    let pages = tp::PAGES.of(count);
    if pages == 0 {
        return Err(unlocated(count_at, count));
    }
    let len = u64::from(size).saturating_mul(pages.into());
    let range = u64::from(start)..u64::from(start).saturating_add(len);
    match memories.hold(&range) {
        true => Ok(range.start & !7..range.end.saturating_add(7) & !7),
        false => Err(unlocated(start_at, start)),
    }
}

/// Addresses of a region whose first and last one are in registers.
fn region(
    device: &Device<'_>,
    memories: &Memories,
    (first_at, last_at): (u32, u32),
    unit: u64,
) -> Result<Range<u64>> {
    let first = device.read32(first_at)?;
    let last = device.read32(last_at)?;
    let low = unit.saturating_sub(1);
    let range = u64::from(first) & !low..(u64::from(last) | low).saturating_add(1);
    match (first, last) {
        // At the start of a memory there may be one, but not one of nothing.
        (0, 0) => Err(unlocated(last_at, last)),
        _ if first > last => Err(unlocated(last_at, last)),
        _ if !memories.hold(&range) => Err(unlocated(first_at, first)),
        _ => Ok(range),
    }
}

/// Whether both registers are zero: of this region, Chelsio's own configurations have none.
fn is_unused(device: &Device<'_>, (first, last): (u32, u32)) -> Result<bool> {
    Ok(device.read32(first)? == 0 && device.read32(last)? == 0)
}
