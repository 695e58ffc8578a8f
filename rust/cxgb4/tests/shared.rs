// SPDX-License-Identifier: GPL-2.0

//! Chips that are not ready, answers that get lost, and firmware that goes on.

use crate::{
    chip::{Chip, PF},
    cxgb4::{
        device::Device,
        failure::Result,
        hal::Hal,
        sections::{GRANTED, SECTIONS},
        writer::Writer,
    },
    format::cudbg::{
        cause::Cause, private::Private, reg_dump, section::Section, Chip as Generation,
    },
};

const WHOAMI: u32 = 0x19400;
const NO_ACCESS: u32 = 0xeeee_eeee;
const CONTEXT: u32 = 0x11fc;

fn cause(result: Result) -> Option<(Cause, u32)> {
    let detail = result.err()?.detail;
    Some((detail.cause()?, detail.at))
}

#[test]
fn a_chip_is_asked_once_more_after_half_a_second_whether_it_is_ready() {
    for (answers, expected) in [
        (&[NO_ACCESS][..], None),
        (&[u32::MAX], None),
        (&[NO_ACCESS, NO_ACCESS], Some((Cause::NotReady, WHOAMI))),
        (&[NO_ACCESS, u32::MAX], Some((Cause::DeviceGone, WHOAMI))),
        (&[u32::MAX, NO_ACCESS], Some((Cause::NotReady, WHOAMI))),
    ] {
        let chip = Chip::sane();
        chip.answer(WHOAMI, answers);
        let (device, found) = Device::identify(Hal::of(Generation::T6), &chip);
        assert_eq!(cause(found), expected, "{answers:x?}");
        assert!((500..600).contains(&chip.ms()), "{} ms", chip.ms());
        if expected.is_none() {
            assert_eq!(device.pf, PF);
        }
    }
}

#[test]
fn an_answer_that_got_lost_is_asked_for_again() {
    let generation = Generation::T6;
    let whole = Chip::sane().collect(generation, Section::RegDump, usize::MAX);
    // Alone, and as half of a pair; the register that says whether a chip is there, too.
    for address in [0x1008, 0x7d28, 0x1943c] {
        let chip = Chip::sane();
        chip.answer(address, &[u32::MAX]);
        if address == 0x7d28 {
            chip.answer(address + 4, &[u32::MAX]);
        }
        let dump = chip.collect(generation, Section::RegDump, usize::MAX);
        assert!(dump == whole, "{address:#x}");
    }
}

#[test]
fn what_cannot_be_accessed_is_not_good() {
    let chip = Chip::sane();
    for address in reg_dump::addresses(Generation::T5).filter(|at| (0x7d00..0x7f00).contains(at)) {
        chip.set(address, NO_ACCESS);
    }
    for (section, at, is_there) in [
        (Section::RegDump, 0x7d00, true),
        (Section::Clk, 0x7d90, true),
        (Section::Rss, 0x7dec, false),
        (Section::TpIndirect, 0x7e40, true),
    ] {
        let (bytes, result) = chip.collect(Generation::T5, section, usize::MAX);
        assert_eq!(cause(result), Some((Cause::NoAccess, at)), "{section:?}");
        assert_eq!(!bytes.is_empty(), is_there, "{section:?}");
    }
    let (_, result) = chip.collect(Generation::T5, Section::PcieIndirect, usize::MAX);
    assert_eq!(result, Ok(()));
}

#[test]
fn a_value_that_belongs_to_another_index_is_read_again() {
    for section in [Section::TpIndirect, Section::HwSched, Section::RssVfConf] {
        let quiet = Chip::indexed();
        let expected = quiet.collect(Generation::T6, section, usize::MAX);
        assert_eq!(expected.1, Ok(()));
        for every in [3, 7, 50] {
            let chip = Chip::indexed();
            chip.firmware_every.set(every);
            let found = chip.collect(Generation::T6, section, usize::MAX);
            assert!(found == expected, "{section:?}, every {every}");
        }
        // It never rests: what it left is not taken for ours.
        let chip = Chip::indexed();
        chip.firmware_every.set(1);
        let (bytes, result) = chip.collect(Generation::T6, section, usize::MAX);
        let (why, at) = cause(result).expect("a failure");
        assert_eq!(why, Cause::Moving, "{section:?}");
        assert!([0x7e40, 0x7e18].contains(&at) && expected.0.starts_with(&bytes));
    }
}

#[test]
fn a_context_that_is_somebody_elses_is_read_again() {
    let expected = Chip::indexed().collect(Generation::T6, Section::DumpContext, usize::MAX);
    assert!(expected.1.is_ok() && expected.0.len() > 100 * 32);
    for every in [11, 37, 50] {
        let chip = Chip::indexed();
        chip.firmware_every.set(every);
        let found = chip.collect(Generation::T6, Section::DumpContext, usize::MAX);
        assert!(found == expected, "every {every}");
    }
    let chip = Chip::indexed();
    chip.firmware_every.set(1);
    let (bytes, result) = chip.collect(Generation::T6, Section::DumpContext, usize::MAX);
    assert_eq!(cause(result), Some((Cause::Moving, CONTEXT)));
    assert!(bytes.is_empty());
}

#[test]
fn contexts_are_as_many_as_their_region_has_room_for() {
    let queues = |bytes: &[u8], kind| -> Vec<u32> {
        let word = |context: &[u8], n: usize| {
            u32::from_le_bytes(context[4 * n..][..4].try_into().unwrap())
        };
        let contexts = bytes.chunks(32).filter(|context| word(context, 0) == kind);
        contexts.map(|context| word(context, 1)).collect()
    };
    // Egress from 0x4000 on, ingress behind, up to the caches.
    for (ingress, caches, rooms) in [
        (0x4000 + 24 * 300, 0x4000 + 24 * 1000, [300, 700]),
        (0x4000 + 24 * 100, 0x4000 + 24 * 200, [256, 256]),
        // Behind all memory.
        (0xffff_0000, 0x4000 + 24 * 400, [400, 256]),
    ] {
        let chip = Chip::indexed();
        chip.set(0x1084, 0x4000)
            .set(0x1088, ingress)
            .set(0x108c, caches);
        let (bytes, result) = chip.collect(Generation::T6, Section::DumpContext, usize::MAX);
        assert_eq!(result, Ok(()));
        for (kind, room) in (0..).zip(rooms) {
            let found = queues(&bytes, kind);
            let expected: Vec<u32> = (0..room).filter(|queue| queue % 2 == 0).collect();
            assert!(
                found == expected,
                "{kind}: {} of {}",
                found.len(),
                expected.len()
            );
        }
    }
}

#[test]
fn contexts_without_end_take_a_part_of_the_time() {
    let chip = Chip::indexed();
    chip.set(0x1084, 0x4000)
        .set(0x1088, 0xf_0000)
        .set(0x108c, 0xf_0000);
    chip.read_us.set((0, 900));
    chip.ms.set(20_000);
    let (bytes, result) = chip.collect(Generation::T6, Section::DumpContext, usize::MAX);
    assert_eq!(cause(result), Some((Cause::Deadline, 0)));
    assert!(bytes.len() > 384 * 32);
    assert!(chip.ms() < 14_000, "{} ms", chip.ms());
}

#[test]
fn inbound_queues_may_take_their_time() {
    for (ms, expected) in [
        (10, None),
        (900, None),
        (2000, Some((Cause::Timeout, 0x7b60))),
    ] {
        let chip = Chip::sane();
        // Where frames of the management controller are does not matter here.
        chip.asked.set(Private::NCSI_QUEUES);
        chip.busy_until.set((0x7b60, 2, 1000 * ms));
        chip.read_us.set((0, 100));
        let (_, result) = chip.collect(Generation::T6, Section::CimIbqTp0, usize::MAX);
        assert_eq!(cause(result), expected, "{ms} ms");
    }
}

#[test]
fn the_log_is_where_the_firmware_says() {
    const LOG: u32 = 0x30d8;
    for (number, memory) in [
        (0, Some(0)),
        (1, Some(0x10_0000)),
        (2, Some(0x20_0000)),
        (6, Some(0x40_0000)),
    ] {
        let chip = Chip::sane();
        chip.set(0x77d8, 0b1_0111).set(0x7808, (4 << 16) | 1);
        chip.set(LOG, number | 0x1_0000);
        let (bytes, result) = chip.collect(Generation::T5, Section::DevLog, usize::MAX);
        assert_eq!((result, bytes.len()), (Ok(()), 128 * 256), "{number}");
        let first = chip.memory_reads.borrow()[0];
        assert_eq!(Some(first - 0x1_0000), memory, "{number}");
    }
    for (number, expected) in [
        (3, Cause::BadRegister),
        (4, Cause::BadRegister),
        (5, Cause::BadRegister),
        // Not fitted.
        (6, Cause::Absent),
        (7, Cause::Absent),
        (8, Cause::BadRegister),
    ] {
        let chip = Chip::sane();
        chip.set(LOG, number | 0x1_0000);
        let (bytes, result) = chip.collect(Generation::T6, Section::DevLog, usize::MAX);
        assert_eq!(
            cause(result).map(|(why, _)| why),
            Some(expected),
            "{number}"
        );
        assert!(bytes.is_empty());
    }
}

#[test]
fn a_lookup_engine_that_stops_lowers_the_number_of_ids() {
    // Before T6 registers count four entries by id.
    for (generation, entries) in [
        (Generation::T4, 4),
        (Generation::T5, 4),
        (Generation::T6, 1),
    ] {
        let chip = Chip::indexed();
        chip.set(0x19c04, 1 << 20).set(0x19df8, 400 * entries);
        chip.set(0x19c28, if entries == 4 { 7 << 16 } else { 128 });
        let word =
            |bytes: &[u8], n: usize| u32::from_le_bytes(bytes[4 * n..][..4].try_into().unwrap());
        let (bytes, result) = chip.collect(generation, Section::LeTcam, usize::MAX);
        assert_eq!(result, Ok(()));
        let all = 528 + if entries == 1 { 1536 } else { 0 };
        assert_eq!([word(&bytes, 4), word(&bytes, 5)], [400, all]);

        chip.lookup_end.set(100);
        let (bytes, result) = chip.collect(generation, Section::LeTcam, usize::MAX);
        assert_eq!(cause(result), Some((Cause::BadRegister, 0x19d94)));
        assert_eq!(word(&bytes, 5), 100);
        assert_eq!(bytes.len(), 24 + 100 * 84);
    }
}

#[test]
fn what_viewers_take_for_granted_is_never_empty() {
    for generation in [Generation::T5, Generation::T6] {
        let chip = Chip::sane();
        let (device, _) = Device::identify(Hal::of(generation), &chip);
        for (section, nothing) in GRANTED {
            assert!(SECTIONS.iter().any(|(known, _)| *known == section));
            let mut writer = Writer::new(usize::MAX, &chip.clock(), 1000);
            assert_eq!(nothing(&device, &mut writer), Ok(()));
            // Ranges of no values.
            assert!(!writer.bytes.is_empty() && writer.bytes.len() % 144 == 0);
            assert!(writer
                .bytes
                .chunks(144)
                .all(|range| range[12..].iter().all(|byte| *byte == 0)));
        }
    }
}
