// SPDX-License-Identifier: GPL-2.0

//! How often, and for how long, the payload memory was accessed.

use super::super::{
    super::format::cudbg::{
        section::Section,
        Chip, //
    },
    device::Device,
    failure::Result,
    indirect::Indirect,
    regs::{
        nth,
        pm, //
    },
    writer::Writer, //
};

const MAX_COUNTERS: usize = 7;

/// Registers of one direction.
struct Direction {
    select: u32,
    count: u32,
    debug: (u32, u32),
    /// Index in `debug`; the low half is the next.
    cycles: u32,
    /// T4: the cycles themselves.
    cycles64: u32,
}

const DIRECTIONS: [Direction; 2] = [
    Direction {
        select: pm::TX_STAT_CONFIG,
        count: pm::TX_STAT_COUNT,
        debug: pm::TX_DEBUG,
        cycles: pm::TX_STAT_MSB,
        cycles64: pm::TX_STAT_LSB,
    },
    Direction {
        select: pm::RX_STAT_CONFIG,
        count: pm::RX_STAT_COUNT,
        debug: pm::RX_DEBUG,
        cycles: pm::RX_STAT_MSB,
        cycles64: pm::RX_STAT_LSB,
    },
];

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    // Counts of both directions, then cycles of both.
    let mut cycles = [[0; MAX_COUNTERS]; DIRECTIONS.len()];
    for (direction, cycles) in DIRECTIONS.iter().zip(&mut cycles) {
        let select = device.borrow(direction.select)?;
        let pair = match device.chip() {
            Chip::T4 => None,
            _ => Some(Indirect::open(device, direction.debug)?),
        };
        let mut counts = [0; MAX_COUNTERS];
        let counters = counts.iter_mut().zip(cycles).take(device.hal.pm_counters);
        for (number, (count, cycles)) in (1..=MAX_COUNTERS as u32).zip(counters) {
            select.write(number)?;
            *count = device.read32(direction.count)?;
            *cycles = match &pair {
                Some(pair) => {
                    let high = pair.read(direction.cycles)?;
                    (u64::from(high) << 32) | u64::from(pair.read(nth(direction.cycles, 1, 1))?)
                }
                None => device.read64(direction.cycles64)?,
            };
        }
        writer.words(&counts)?;
    }
    cycles
        .iter()
        .flatten()
        .try_for_each(|cycles| writer.push(&cycles.to_le_bytes()))
}
