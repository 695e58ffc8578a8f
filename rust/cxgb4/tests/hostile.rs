// SPDX-License-Identifier: GPL-2.0

//! Chips that lie, and chips that go away.

use std::ops::RangeInclusive;

use crate::{
    chip::{Chip, WINDOW_BASE},
    cxgb4::sections::{FLASH, SECTIONS},
    format::cudbg::{cause::Cause, section::Section, Chip as Generation},
};

const MEMORIES: [Section; 3] = [Section::Edc0, Section::Edc1, Section::Mc0];

/// Registers that start something when they are written; what they held before means nothing.
const COMMANDS: [RangeInclusive<u32>; 14] = [
    0x11fc..=0x11fc,   // SGE_CTXT_CMD
    0x3060..=0x3060,   // PCIE_CFG_SPACE_REQ
    0x7b50..=0x7b54,   // CIM_HOST_ACC
    0x7b60..=0x7b64,   // CIM_*_DBG_CFG
    0x7dd8..=0x7dd8,   // TP_PACE_TABLE
    0x7ddc..=0x7ddc,   // TP_CCTRL_TABLE
    0x7de4..=0x7de4,   // TP_MTU_TABLE
    0x7dec..=0x7dec,   // TP_RSS_LKP_TABLE
    0x7ed4..=0x7ed4,   // TP_DBG_LA_CONFIG, of which eight bits say where it is
    0xf008..=0xf008,   // MPS_CLS_TCAM_DATA2_CTL
    0x193f8..=0x193f8, // SF_DATA
    0x193fc..=0x193fc, // SF_OP
    0x19cf0..=0x19cf0, // LE_DB_DBGI_CONFIG
    0x19cf4..=0x19cf4, // LE_DB_DBGI_REQ_TCAM_CMD
];

const RSS_CONFIG_VRT: u32 = 0x7e00;
/// Its bits that write what is behind it.
const VRT_WRITES: u32 = 0x30;

#[test]
fn whatever_registers_hold_nothing_panics_and_all_is_put_back() {
    for seed in 0..200 {
        for generation in [Generation::T4, Generation::T5, Generation::T6] {
            for (section, _) in SECTIONS.iter().chain([&FLASH]) {
                let chip = Chip::random(seed);
                // Half of them get as far as memory.
                if seed % 2 == 0 {
                    for register in [WINDOW_BASE, 0x77d8, 0x77c0, 0x77c4] {
                        chip.set(register, Chip::sane().get(register));
                    }
                }
                let _ = chip.collect(generation, *section, 100_000);
                let first = chip.first.borrow();
                for (register, before) in first.iter() {
                    let state = match *register {
                        RSS_CONFIG_VRT => !VRT_WRITES,
                        _ => u32::MAX,
                    };
                    assert!(
                        (chip.get(*register) ^ *before) & state == 0
                            || COMMANDS.iter().any(|range| range.contains(register)),
                        "seed {seed}, {section:?}: {register:#x} is not as before"
                    );
                }
            }
        }
    }
}

#[test]
fn nobody_writes_a_key_or_the_configuration_of_a_function() {
    for seed in 0..200 {
        let chip = Chip::random(seed);
        let _ = chip.collect(Generation::T6, Section::RssVfConf, usize::MAX);
        let writes = chip.writes.borrow();
        let mut writes = writes
            .iter()
            .filter(|(register, _)| *register == RSS_CONFIG_VRT);
        assert!(writes.all(|(_, value)| value & VRT_WRITES == 0), "{seed}");
    }
}

#[test]
fn registers_may_change_whenever_they_are_read() {
    for seed in 0..50 {
        for generation in [Generation::T4, Generation::T5, Generation::T6] {
            for (section, _) in SECTIONS.iter().chain([&FLASH]) {
                let chip = Chip::random(seed);
                chip.forgets.set(true);
                let _ = chip.collect(generation, *section, 100_000);
            }
        }
    }
}

#[test]
fn a_window_that_cannot_be_one_costs_the_memories_only() {
    // All-ones; larger than all memory; behind, and across the end of BAR0; aperture and place of nothing.
    for value in [
        u32::MAX,
        0x60000 | 0xff,
        0x0800_0006,
        0x7_c006,
        0x60000 | 22,
    ] {
        for section in MEMORIES {
            let chip = Chip::sane();
            chip.set(WINDOW_BASE, value);
            let (bytes, result) = chip.collect(Generation::T6, section, usize::MAX);
            let detail = result.unwrap_err().detail;
            assert_eq!(
                (detail.cause(), detail.at),
                (Some(Cause::BadRegister), WINDOW_BASE)
            );
            assert_eq!(detail.value, value.into());
            assert!(bytes.is_empty() && chip.writes.borrow().is_empty());
        }
        let chip = Chip::sane();
        chip.set(WINDOW_BASE, value);
        for section in [Section::RegDump, Section::Meminfo] {
            assert_eq!(chip.collect(Generation::T6, section, usize::MAX).1, Ok(()));
        }
    }
}

#[test]
fn a_chip_that_goes_away_ends_every_section() {
    // The memory map takes less than a hundred accesses.
    for (section, most) in [
        (Section::RegDump, 5000),
        (Section::Meminfo, 40),
        (Section::Edc0, 5000),
    ] {
        for lives_for in (0..40).chain([most]) {
            let chip = Chip::sane();
            chip.lives_for.set(lives_for);
            let (bytes, result) = chip.collect(Generation::T6, section, usize::MAX);
            let failure = result.unwrap_err();
            assert_eq!(
                failure.detail.cause(),
                Some(Cause::DeviceGone),
                "{section:?} after {lives_for}"
            );
            assert!(failure.is_final());
            // Nothing of what a dead chip answers is taken for its content.
            assert!(
                !bytes.ends_with(&[0xff; 8]),
                "{section:?} after {lives_for}"
            );
        }
    }
}

#[test]
fn all_ones_are_no_failure_while_the_chip_answers() {
    let chip = Chip::sane();
    chip.set(0x1008, u32::MAX);
    let (bytes, result) = chip.collect(Generation::T6, Section::RegDump, usize::MAX);
    assert_eq!(result, Ok(()));
    assert_eq!(bytes[0x1008..0x100c], [0xff; 4]);
}
