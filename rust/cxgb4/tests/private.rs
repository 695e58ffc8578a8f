// SPDX-License-Identifier: GPL-2.0

//! What is private is not read, nor is anything if nobody knows where it is.

use std::ops::Range;

use crate::{
    chip::{word, Chip},
    cxgb4::failure::Result,
    format::cudbg::{cause::Cause, private::Private, section::Section, Chip as Generation},
};

const MIB: u32 = 1 << 20;
const ALL: [Generation; 3] = [Generation::T4, Generation::T5, Generation::T6];
const MEMORIES: [(Section, Range<u32>); 3] = [
    (Section::Edc0, 0..MIB),
    (Section::Edc1, MIB..2 * MIB),
    (Section::Mc0, 2 * MIB..4 * MIB),
];

/// Where a sane chip has what, in whole double words; of what units of the upper layers have, in whole units of theirs.
const PLACES: [(Private, Range<u32>); 5] = [
    (Private::PAYLOAD, 0x24_1230..0x24_8238),
    (Private::PAYLOAD, 0x30_0000..0x30_1800),
    (Private::TLS_KEYS, 0x20_a100..0x20_a300),
    (Private::UPPER_LAYERS, 0x10_1000..0x10_1fc0),
    (Private::UPPER_LAYERS, 0x20_2000..0x20_9000),
];

/// Registers with first and last address of regions of the upper layers.
const REGIONS: [(u32, u32); 8] = [
    (0x1915c, 0x19160), // iSCSI
    (0x1916c, 0x19170), // TDDP
    (0x8dd4, 0x8dd8),   // TPT
    (0x1917c, 0x19180), // STAG
    (0x19184, 0x19188), // RQ
    (0x191a4, 0x191a8), // RQUDP
    (0x1918c, 0x19190), // PBL
    (0x8ddc, 0x8de0),   // TXPBL
];
const TLS: (u32, u32) = (0x192ac, 0x192b0);
/// Registers with the page size and the number of pages of packets.
const PAGES: [(u32, u32); 2] = [(0x7d34, 0x7d38), (0x7d2c, 0x7d30)];
const PAYLOAD: [u32; 2] = [0x7d20, 0x7d28];

/// What is hidden at `address`, of a chip whose owner asked for `asked`.
fn hidden(generation: Generation, asked: Private, address: u32) -> Private {
    let places = PLACES.iter().filter(|(kind, place)| {
        let lacks = *kind == Private::TLS_KEYS && generation != Generation::T6;
        place.contains(&address) && !lacks && !asked.has(*kind)
    });
    places.fold(Private::NONE, |all, (kind, _)| all.with(*kind))
}

fn asking(asked: Private) -> Chip {
    let chip = Chip::sane();
    chip.asked.set(asked);
    chip
}

#[test]
fn memories_are_read_whole_but_for_what_is_private() {
    // Nobody can ask for packets or keys.
    let everything = Private(u32::MAX);
    let never = Private::PAYLOAD.with(Private::TLS_KEYS);
    for (asked, effective) in [
        (Private::NONE, Private::NONE),
        (Private::UPPER_LAYERS, Private::UPPER_LAYERS),
        (Private::RSS_KEY.with(Private::NCSI_QUEUES), Private::NONE),
        (everything, Private(!never.0)),
    ] {
        for generation in ALL {
            for (section, addresses) in MEMORIES {
                let chip = asking(asked);
                let (bytes, result, left_out) = chip.collect_private(generation, section);
                assert_eq!(result, Ok(()));
                assert_eq!(bytes.len(), addresses.len());
                let mut expected = Private::NONE;
                for (address, bytes) in addresses.step_by(8).zip(bytes.chunks(8)) {
                    let kinds = hidden(generation, effective, address);
                    expected = expected.with(kinds);
                    let held = match kinds {
                        Private::NONE => word(address),
                        _ => 0,
                    };
                    assert_eq!(bytes, held.to_le_bytes(), "{generation:?} at {address:#x}");
                }
                assert_eq!(left_out, expected, "{generation:?} {section:?}");
                let reads = chip.memory_reads.borrow();
                let mut read = reads.iter();
                assert!(
                    read.all(|address| hidden(generation, effective, *address) == Private::NONE)
                );
            }
        }
    }
}

/// What the registers in `wrong` do to all that could read memory.
fn reads_nothing(wrong: &[(u32, u32)], asked: Private, register: u32) {
    for section in [Section::Edc0, Section::Edc1, Section::Mc0, Section::DevLog] {
        let chip = asking(asked);
        chip.set(0x30d8, 0x1230 | 1);
        wrong.iter().for_each(|(at, value)| {
            chip.set(*at, *value);
        });
        let (bytes, result, _) = chip.collect_private(Generation::T6, section);
        let detail = result.unwrap_err().detail;
        assert_eq!(
            (detail.cause(), detail.at),
            (Some(Cause::Unlocated), register),
            "{section:?} {wrong:x?}"
        );
        assert!(bytes.is_empty() && chip.memory_reads.borrow().is_empty());
    }
}

#[test]
fn nothing_is_read_if_nobody_knows_where_packets_are() {
    for asked in [Private::NONE, Private(u32::MAX)] {
        for (base, (size, count)) in PAYLOAD.into_iter().zip(PAGES) {
            // As after a reset; not what pages are; without end.
            for value in [0, 0x1001, u32::MAX] {
                reads_nothing(&[(size, value)], asked, size);
            }
            // Bits of other fields.
            for value in [0, 0xffe0_0000] {
                reads_nothing(&[(count, value)], asked, count);
            }
            // Behind all memory, in two memories, in and behind one; all of it.
            reads_nothing(&[(base, 0x40_0000)], asked, base);
            reads_nothing(&[(base, 0x0f_f000)], asked, base);
            reads_nothing(&[(base, 0x3f_f000)], asked, base);
            reads_nothing(&[(base, u32::MAX - 8)], asked, base);
            reads_nothing(&[(count, u32::MAX)], asked, base);
            // A memory that is not where it was.
            reads_nothing(&[(0x77c8, (0x800 << 16) | 2)], asked, PAYLOAD[0]);
        }
    }
}

#[test]
fn nothing_is_read_if_nobody_knows_where_keys_and_upper_layers_are() {
    let keys = [(TLS, Private(u32::MAX))];
    let regions = REGIONS.map(|registers| (registers, Private::NONE));
    for ((first, last), asked) in keys.into_iter().chain(regions) {
        // Upside down.
        reads_nothing(&[(first, 0x20_3000), (last, 0x20_2fff)], asked, last);
        // Zero, half of it and all; of RQUDP, no configuration has any.
        reads_nothing(&[(last, 0)], asked, last);
        if first != 0x191a4 {
            reads_nothing(&[(first, 0), (last, 0)], asked, last);
        }
        // From the start on, behind all memory, in two memories.
        reads_nothing(&[(first, 0)], asked, first);
        reads_nothing(&[(first, 0x50_0000), (last, 0x50_0fff)], asked, first);
        reads_nothing(&[(last, u32::MAX)], asked, first);
        reads_nothing(&[(first, 0x1f_f000), (last, 0x20_1fff)], asked, first);
    }
}

#[test]
fn a_region_that_no_configuration_has_hides_nothing() {
    let chip = Chip::sane();
    chip.set(0x191a4, 0).set(0x191a8, 0);
    assert_eq!(chip.collect_private(Generation::T6, Section::Mc0).1, Ok(()));
}

#[test]
fn who_asked_for_upper_layers_needs_not_know_where_they_are() {
    let chip = asking(Private::UPPER_LAYERS);
    for (first, last) in REGIONS {
        chip.set(first, u32::MAX).set(last, 0);
    }
    assert_eq!(chip.collect_private(Generation::T6, Section::Mc0).1, Ok(()));
}

#[test]
fn a_log_that_would_be_where_something_private_is_is_none() {
    // In MC (2): packets, the end of the log in packets, keys, an upper layer.
    for start in [0x4_2000, 0x3_a000, 0xa000, 0x2000] {
        let chip = Chip::sane();
        chip.set(0x30d8, start | 2);
        let (bytes, result, _) = chip.collect_private(Generation::T6, Section::DevLog);
        let detail = result.unwrap_err().detail;
        assert_eq!(
            (detail.cause(), detail.at),
            (Some(Cause::BadRegister), 0x30d8)
        );
        assert!(bytes.is_empty() && chip.memory_reads.borrow().is_empty());
    }
}

#[test]
fn memories_at_the_same_place_are_not_read() {
    // EDC1 where EDC0 is.
    for section in [Section::Edc0, Section::Edc1] {
        let chip = Chip::sane();
        chip.set(0x77c4, 1);
        let (bytes, result, _) = chip.collect_private(Generation::T6, section);
        let detail = result.unwrap_err().detail;
        assert_eq!(detail.cause(), Some(Cause::BadRegister));
        assert!(bytes.is_empty() && chip.memory_reads.borrow().is_empty());
    }
}

/// A T6 with a part of the host's memory instead of MC.
fn with_host_memory(asked: Private, bus_master: bool) -> (Chip, (Vec<u8>, Result, Private)) {
    let chip = asking(asked);
    chip.bus_master.set(bus_master);
    chip.set(0x77d8, 0b10_0011).set(0x7808, (2 << 16) | 2);
    let collected = chip.collect_private(Generation::T6, Section::Hma);
    (chip, collected)
}

#[test]
fn host_memory_is_read_if_somebody_asked_and_the_card_is_bus_master() {
    for (asked, bus_master, cause) in [
        (Private::NONE, true, Some(Cause::Private)),
        (Private::NONE, false, Some(Cause::Private)),
        (Private::HOST_MEMORY, false, Some(Cause::NotBusMaster)),
        (Private::HOST_MEMORY, true, None),
    ] {
        let (chip, (bytes, result, _)) = with_host_memory(asked, bus_master);
        let reads = chip.memory_reads.borrow().len();
        match cause {
            None => {
                assert_eq!(result, Ok(()));
                assert_eq!(bytes.len(), 2 * MIB as usize);
                assert!(reads > 0);
            }
            Some(_) => {
                assert_eq!(result.unwrap_err().detail.cause(), cause);
                assert!(bytes.is_empty() && reads == 0);
            }
        }
    }
}

/// Size and base of a queue, in `CIM_QUEUE_CONFIG_CTRL`, in units of 256 bytes.
const fn queue(base: u32, size: u32) -> u32 {
    (size << 24) | (base << 16)
}

#[test]
fn queues_of_the_management_controller_are_there_if_somebody_asked() {
    for section in [Section::CimIbqNcsi, Section::CimObqNcsi] {
        let chip = Chip::sane();
        chip.set(0x7b4c, queue(40, 8));
        let (bytes, result, _) = chip.collect_private(Generation::T6, section);
        assert_eq!(result.unwrap_err().left_out(), Private::NCSI_QUEUES);
        assert!(bytes.is_empty() && chip.writes.borrow().is_empty());

        let chip = asking(Private::NCSI_QUEUES);
        chip.set(0x7b4c, queue(40, 8));
        let (bytes, result, left_out) = chip.collect_private(Generation::T6, section);
        assert_eq!((result, left_out), (Ok(()), Private::NONE));
        assert_eq!(bytes.len(), 2048);
    }
}

#[test]
fn no_other_queue_shows_what_is_in_theirs() {
    // All queues of this chip are configured alike: at the place of the fifth, or half in it.
    for (section, config, words, shown) in [
        (Section::CimIbqSge1, queue(40, 8), 512, 512),
        (Section::CimIbqSge1, queue(36, 8), 512, 256),
        (Section::CimIbqTp0, queue(0, 1), 512, 448),
        (Section::CimObqSge, queue(40, 8), 512, 0),
    ] {
        let chip = Chip::sane();
        chip.set(0x7b4c, config);
        let (bytes, result, left_out) = chip.collect_private(Generation::T6, section);
        assert_eq!(result, Ok(()), "{section:?}");
        assert_eq!(bytes.len(), words * 4);
        assert_eq!(left_out == Private::NONE, shown == words);
        let asked = chip.writes.borrow();
        let asked = asked
            .iter()
            .filter(|(at, value)| [0x7b60, 0x7b64].contains(at) && value & 1 != 0);
        assert_eq!(asked.count(), shown, "{section:?} {config:#x}");
    }
    // Nobody knows: of nothing, and behind the end.
    for config in [0, queue(63, 8)] {
        for section in [Section::CimIbqTp0, Section::CimObqUlp0] {
            let chip = Chip::sane();
            chip.set(0x7b4c, config);
            let (bytes, result, _) = chip.collect_private(Generation::T6, section);
            let cause = result.unwrap_err().detail.cause();
            assert_eq!(cause, Some(Cause::Unlocated));
            assert!(bytes.is_empty());
        }
    }
}

#[test]
fn the_key_of_rss_is_there_if_somebody_asked() {
    for generation in [Generation::T5, Generation::T6] {
        for asked in [Private::NONE, Private::RSS_KEY] {
            let chip = asking(asked);
            // Whatever the index.
            chip.set(0x7e44, 0x5253_534b);
            let (bytes, result, left_out) = chip.collect_private(generation, Section::TpIndirect);
            assert_eq!(result, Ok(()));
            let key = 0x40..=0x49;
            let writes = chip.writes.borrow();
            let asked_for = writes
                .iter()
                .any(|(at, index)| *at == 0x7e40 && key.contains(index));
            assert_eq!(asked_for, asked == Private::RSS_KEY);
            // The second range begins with the key.
            let words: Vec<_> = bytes[144 + 16..][..40].chunks(4).collect();
            let expected = match asked {
                Private::NONE => [0; 4],
                _ => 0x5253_534bu32.to_le_bytes(),
            };
            assert!(words.iter().all(|word| *word == expected));
            let expected = Private(Private::RSS_KEY.0 & !asked.0);
            assert_eq!(left_out, expected);
        }
    }
}

#[test]
fn a_register_that_shows_a_word_of_the_key_is_left_out() {
    for (index, asked, expected) in [
        (0x3f, Private::NONE, 7),
        (0x40, Private::NONE, 0),
        (0x49, Private::NONE, 0),
        (0x4a, Private::NONE, 7),
        (0x40, Private::RSS_KEY, 7),
    ] {
        let chip = asking(asked);
        chip.set(0x7e40, index).set(0x7e44, 7);
        let (bytes, result, left_out) = chip.collect_private(Generation::T6, Section::RegDump);
        assert_eq!(result, Ok(()));
        assert_eq!(
            bytes[0x7e44..0x7e48],
            u32::to_le_bytes(expected),
            "{index:#x}"
        );
        assert_eq!(left_out == Private::RSS_KEY, expected == 0);
    }
}

#[test]
fn a_memory_that_answers_slowly_is_left_after_a_few_reads() {
    let chip = Chip::sane();
    chip.memory_us.set((0x10_0000..0x20_0000, 1500));
    let (bytes, result, _) = chip.collect_private(Generation::T6, Section::Edc1);
    let detail = result.unwrap_err().detail;
    assert_eq!(detail.cause(), Some(Cause::SlowMemory));
    assert_eq!((detail.at, bytes.len()), (0x10_0078, 128));
    // The others are not.
    assert_eq!(
        chip.collect_private(Generation::T6, Section::Edc0).1,
        Ok(())
    );
    // If all of the chip is slow, it's not the memory.
    let slow = Chip::sane();
    slow.read_us.set((0, 1500));
    slow.ms.set(2000);
    let (bytes, result, _) = slow.collect_private(Generation::T6, Section::Edc1);
    assert_eq!(result.unwrap_err().detail.cause(), Some(Cause::Deadline));
    assert!(bytes.len() > 1 << 12);
    // Now and then is not slow.
    chip.memory_us.set((0x10_0000..0x10_0078, 1500));
    assert_eq!(
        chip.collect_private(Generation::T6, Section::Edc1).1,
        Ok(())
    );
}
