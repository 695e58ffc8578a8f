// SPDX-License-Identifier: GPL-2.0

//! Chips that take their time.

use std::collections::BTreeSet;

use crate::{
    chip::Chip,
    cxgb4::{
        failure::Result,
        sections::{FLASH, SECTIONS},
    },
    format::cudbg::{
        cause::Cause, private::Private, reg_dump, section::Section, Chip as Generation,
    },
};

const ALL: [Generation; 3] = [Generation::T4, Generation::T5, Generation::T6];

/// A chip whose registers from `first` on take `us` microseconds; each holds its address.
fn chip(generation: Generation, first: u32, us: u64) -> Chip {
    let chip = Chip::sane();
    for address in reg_dump::addresses(generation) {
        chip.set(address, address | 1);
    }
    chip.read_us.set((first, us));
    chip
}

fn collect(chip: &Chip, generation: Generation) -> (Vec<u8>, Result) {
    // Or the index in front of the key would be read twice.
    chip.asked.set(Private::RSS_KEY);
    chip.collect(generation, Section::RegDump, usize::MAX)
}

fn register(dump: &[u8], address: u32) -> u32 {
    let at = address as usize;
    u32::from_le_bytes(dump[at..at + 4].try_into().unwrap())
}

/// The first register that was not read, of a dump that is cut in time, and as long as ever.
fn unread(generation: Generation, (dump, result): &(Vec<u8>, Result)) -> u32 {
    let detail = result.unwrap_err().detail;
    assert_eq!(detail.cause(), Some(Cause::Deadline));
    assert_eq!(dump.len(), reg_dump::len(generation));
    for address in reg_dump::addresses(generation) {
        let expected = match reg_dump::was_read(generation, address, detail.at) {
            true => address | 1,
            false => 0,
        };
        assert_eq!(register(dump, address), expected, "{address:#x}");
    }
    detail.at
}

#[test]
fn a_slow_chip_gives_its_most_telling_registers_first_and_others_in_half_of_the_time() {
    for generation in ALL {
        let chip = chip(generation, 0, 50_000);
        let unread = unread(generation, &collect(&chip, generation));
        let telling: Vec<_> = reg_dump::telling(generation).collect();
        let reads = chip.reads.borrow();
        assert_eq!(reads[..telling.len()], telling);
        // 30 s, of 50 ms each.
        assert_eq!(chip.read_accesses.get(), 600);
        let behind = reg_dump::addresses(generation).filter(|address| *address >= unread);
        let left = behind.filter(|address| !telling.contains(address)).count();
        let all = reg_dump::addresses(generation).count();
        assert_eq!(all - left, reads.len());
    }
}

#[test]
fn no_register_is_read_twice_or_left_out_if_there_is_time() {
    for generation in ALL {
        for (us, ms) in [(0, 60_000), (1000, 60_000), (50_000, 3_600_000)] {
            let chip = chip(generation, 0, us);
            chip.ms.set(ms);
            let (dump, result) = collect(&chip, generation);
            assert_eq!(result, Ok(()));
            let reads = chip.reads.borrow();
            let expected: Vec<_> = reg_dump::addresses(generation).collect();
            assert!(expected
                .iter()
                .all(|&address| register(&dump, address) == address | 1));
            match us {
                // In their order.
                0 => assert_eq!(*reads, expected),
                _ => assert_eq!(reads.len(), expected.len()),
            }
            let reads: BTreeSet<_> = reads.iter().copied().collect();
            assert!(reads.iter().eq(&expected));
        }
    }
}

#[test]
fn a_chip_that_becomes_slow_still_gives_its_most_telling_registers() {
    for generation in ALL {
        // Who it is, it says at once.
        let chip = chip(generation, 0x1_9500, 50_000);
        let unread = unread(generation, &collect(&chip, generation));
        assert!(unread > 0x1_9500);
    }
}

#[test]
fn a_slow_chip_that_goes_away_gives_what_it_had_given() {
    let generation = Generation::T6;
    for lives_for in [3, 50, 300] {
        let chip = chip(generation, 0, 50_000);
        chip.lives_for.set(lives_for);
        let (dump, result) = collect(&chip, generation);
        let failure = result.unwrap_err();
        assert_eq!(failure.detail.cause(), Some(Cause::DeviceGone));
        assert_eq!(dump.is_empty(), lives_for < 100);
        assert!(dump.len() < reg_dump::len(generation));
    }
}

#[test]
fn registers_outside_of_the_mapped_area_do_not_hide_the_others() {
    let generation = Generation::T6;
    let chip = chip(generation, 0, 1000);
    chip.size.set(128 << 10);
    let (dump, result) = collect(&chip, generation);
    let detail = result.unwrap_err().detail;
    assert_eq!(detail.cause(), Some(Cause::OutsideBar));
    assert!(detail.at >= 128 << 10 && dump.len() > 0x1_f000);
}

#[test]
fn no_section_of_a_slow_chip_takes_longer_than_it_may() {
    for generation in ALL {
        for (section, _) in SECTIONS.iter().chain([&FLASH]) {
            let chip = chip(generation, 0, 50_000);
            chip.ms.set(2000);
            let (bytes, result) = chip.collect(generation, *section, usize::MAX);
            // Half of it was not read.
            assert!(*section != Section::CimMaLa || bytes.is_empty());
            // As the last of them ends, the time is over.
            assert!(chip.read_accesses.get() <= 40, "{section:?}");
            let cause = result.map_err(|failure| failure.detail.cause());
            let ended = chip.read_accesses.get() < 40;
            assert!(
                ended || cause == Err(Some(Cause::Deadline)),
                "{section:?}: {cause:?}"
            );
        }
    }
}

#[test]
fn a_time_too_short_for_the_most_telling_ones_is_over() {
    let generation = Generation::T6;
    let chip = chip(generation, 0, 50_000);
    chip.ms.set(1000);
    let (_, result) = collect(&chip, generation);
    assert_eq!(result.unwrap_err().detail.cause(), Some(Cause::Deadline));
    assert!(chip.reads.borrow().len() <= 40);
}
