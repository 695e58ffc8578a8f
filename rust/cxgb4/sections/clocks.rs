// SPDX-License-Identifier: GPL-2.0

//! Timers and rates, in units of time.
//!
//! The firmware knows how fast the core clock is; without it, 50 MHz are assumed, as in the C driver. The registers themselves
//! are in other sections.

use super::super::{
    super::format::cudbg::section::Section,
    device::Device,
    failure::Result,
    indirect::Indirect,
    regs::tp,
    writer::Writer, //
};

const CLOCK_KHZ: u32 = 50_000;
const TICKS_PER_US: u32 = CLOCK_KHZ / 1000;
const PS_PER_TICK: u32 = 1_000_000_000 / CLOCK_KHZ;
const QUEUES: usize = 8;

/// Timers of TCP connections, in microseconds.
pub(super) fn timers(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    const TIMERS: [u32; 6] = [
        tp::RXT_MIN,
        tp::RXT_MAX,
        tp::PERS_MIN,
        tp::PERS_MAX,
        tp::KEEP_IDLE,
        tp::KEEP_INTVL,
    ];

    let resolution = device.read32(tp::TIMER_RESOLUTION)?;
    let tick = tp::TIMER_TICK.of(resolution);
    let dack_tick = tp::DACK_TICK.of(resolution);
    // Resolutions of 32 bits and more make no sense; the result does not matter.
    let us = |tick: u32| PS_PER_TICK.wrapping_shl(tick) / 1_000_000;
    let mut put = |value: u32| writer.push(&(u64::from(us(tick)) * u64::from(value)).to_le_bytes());
    for timer in TIMERS {
        put(device.read32(timer)?)?;
    }
    put(device.read_field(tp::INIT_SRTT, tp::INITIAL)?)?;
    put(device.read32(tp::FINWAIT2_TIMER)?)?;
    let dack = us(dack_tick).wrapping_mul(device.read32(tp::DACK_TIMER)?);
    writer.words(&[dack, resolution, PS_PER_TICK, tick, dack_tick, 0])
}

/// The scheduler of Tx queues.
pub(super) fn scheduler(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let pio = Indirect::open(device, tp::TM_PIO)?;
    // Two queues share a register. Those of the first queues come last.
    let read = |first: u32| -> Result<[u32; QUEUES]> {
        let mut values = [0; QUEUES];
        for (pair, index) in values.chunks_exact_mut(2).zip((0..=first).rev()) {
            let both = pio.read(index)?;
            pair[0] = both & 0xffff;
            pair[1] = both >> 16;
        }
        Ok(values)
    };

    let rates = read(tp::TX_MOD_Q1_Q0_RATE_LIMIT)?.map(|value| {
        let (bytes, ticks) = ((value >> 8) & 0xff, value & 0xff);
        match (CLOCK_KHZ * 1000).checked_div(ticks) {
            // Not limited.
            None => 0,
            Some(per_second) => per_second.wrapping_mul(bytes) / 125,
        }
    });
    let gaps = read(tp::TX_MOD_Q1_Q0_TIMER_SEPARATOR)?
        .map(|value| value.saturating_mul(10_000) / TICKS_PER_US);
    let mut paces = [0; QUEUES];
    for (queue, pace) in (0..).zip(&mut paces) {
        device.write32(tp::PACE_TABLE, tp::PACE_READ + queue)?;
        *pace = device.read32(tp::PACE_TABLE)? / TICKS_PER_US;
    }
    for values in [rates, gaps, paces] {
        writer.words(&values)?;
    }
    writer.words(&[
        device.read_field(tp::MOD_CONFIG, tp::TIMER_MODE)?,
        device.read32(tp::TX_MOD_QUEUE_REQ_MAP)?,
    ])
}
