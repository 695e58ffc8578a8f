// SPDX-License-Identifier: GPL-2.0

//! What went through the transmit side of upper layer protocols.

use super::super::{
    super::format::cudbg::{
        section::Section,
        VersionHeader, //
    },
    device::Device,
    failure::Result,
    regs::{
        nth,
        pm,
        ulp, //
    },
    writer::Writer, //
};

const ANALYZERS: u32 = 11;
/// Bytes of registers of an analyzer.
const STRIDE: u32 = 0x10;
const ENTRIES: u32 = 512;
const SAMPLES: usize = 128;
const SAMPLE_WORDS: usize = 6;
const LEN: u32 =
    (3 * ANALYZERS + ANALYZERS * ENTRIES) * 4 + (SAMPLES * (1 + SAMPLE_WORDS) * 4) as u32;

/// The register of analyzer `n` that is `first` of the first one.
fn of_analyzer(first: u32, n: u32) -> u32 {
    first.saturating_add(n.saturating_mul(STRIDE))
}

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    writer.push(&VersionHeader::new(1, LEN as u16).encode())?;
    // Positions first: reading data moves them.
    for register in [ulp::TX_LA_RDPTR_0, ulp::TX_LA_WRPTR_0] {
        for n in 0..ANALYZERS {
            writer.words(&[device.read32(of_analyzer(register, n))?])?;
        }
    }
    let next = |n: u32| device.read32_next(of_analyzer(ulp::TX_LA_RDDATA_0, n));
    let mut first = [0; ANALYZERS as usize];
    for (n, first) in (0..ANALYZERS).zip(&mut first) {
        *first = next(n)?;
    }
    writer.words(&first)?;
    for (n, first) in (0..ANALYZERS).zip(first) {
        for _ in 1..ENTRIES {
            writer.words(&[next(n)?])?;
        }
        // The C driver reads this again. Left out, the position has come around to where it was.
        writer.words(&[first])?;
    }

    let control = device.borrow(ulp::TX_ASIC_DEBUG_CTRL)?;
    writer.block(|block: &mut [u8; SAMPLES * (1 + SAMPLE_WORDS) * 4]| {
        let (positions, samples) = block.split_at_mut(SAMPLES * 4);
        let samples = samples.chunks_exact_mut(SAMPLE_WORDS * 4);
        for (position, sample) in positions.chunks_exact_mut(4).zip(samples) {
            control.write(1)?;
            let read = |register: u32, word: &mut [u8]| {
                word.copy_from_slice(&device.read32(register)?.to_le_bytes());
                Ok(())
            };
            read(ulp::TX_ASIC_DEBUG_CTRL, position)?;
            let debug = (0..5).map(|n| nth(ulp::TX_ASIC_DEBUG_0, n, 4));
            // The last is of another unit, as in the C driver.
            for (register, word) in debug
                .chain([pm::RX_BASE_ADDR])
                .zip(sample.chunks_exact_mut(4))
            {
                read(register, word)?;
            }
        }
        Ok(())
    })
}
