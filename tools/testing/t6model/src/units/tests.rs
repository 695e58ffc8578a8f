// SPDX-License-Identifier: GPL-2.0

use std::collections::BTreeSet;

use vmcore_format::cudbg::Chip;

use super::*;
use crate::{layout::Layout, registers::Registers};

const CHIPS: [Chip; 3] = [Chip::T4, Chip::T5, Chip::T6];

/// The registers of an adapter, as a host uses them.
struct Host(Registers);

impl Host {
    fn new(chip: Chip, seed: u64) -> Self {
        Self::of(&Options::new(chip, seed))
    }

    fn of(options: &Options) -> Self {
        Self(Registers::new(options, &Layout::new(options)))
    }

    fn stuck(unit: Stuck) -> Self {
        Self::of(&Options {
            stuck: vec![unit],
            ..Options::new(Chip::T6, 1)
        })
    }

    fn read(&mut self, address: u32) -> u32 {
        self.0.load(address).expect("no such register")
    }

    fn write(&mut self, address: u32, value: u32) {
        assert!(self.0.write(address, value), "no such register");
    }

    /// Reads until `busy` is clear. A unit that works needs a moment only.
    fn wait(&mut self, address: u32, busy: u32) {
        let ready = (0..3).any(|_| self.read(address) & busy == 0);
        assert!(ready, "{address:#x} is busy");
    }

    fn changed(&self) -> Vec<u32> {
        self.0.changed().map(|(address, ..)| address).collect()
    }

    /// Reads a word of the processor's address space.
    fn processor(&mut self, address: u32) -> u32 {
        self.write(0x7b50, address);
        self.wait(0x7b50, 1 << 17);
        self.read(0x7b54)
    }

    fn write_processor(&mut self, address: u32, value: u32) {
        self.write(0x7b54, value);
        self.write(0x7b50, (1 << 16) | address);
        self.wait(0x7b50, 1 << 17);
    }

    /// Gives the flash a command, or takes bytes from it.
    fn flash(&mut self, bytes: u32, goes_on: bool, command: Option<u32>) -> u32 {
        if let Some(command) = command {
            self.write(0x193f8, command);
        }
        let operation = ((bytes - 1) << 1) | (u32::from(goes_on) << 3);
        self.write(0x193fc, (1 << 4) | operation | u32::from(command.is_some()));
        self.wait(0x193fc, 1 << 31);
        self.read(0x193f8)
    }

    /// Makes requests to the lookup engine match everything.
    fn ask_for_all(&mut self) {
        for n in 0..17 {
            self.write(0x19d00 + 4 * n, 0);
        }
    }

    /// Asks the lookup engine for an entry: whether it answered, and the entry.
    fn lookup(&mut self, id: u32) -> (bool, Vec<u32>) {
        self.write(0x19cf4, id);
        self.write(0x19cf0, 4);
        self.wait(0x19cf0, 8);
        let found = self.read(0x19d94) & 1 == 1;
        let words = (0..17).map(|n| self.read(0x19da0 + 4 * n)).collect();
        (found, words)
    }

    fn context(&mut self, kind: u32, queue: u32) -> Vec<u32> {
        self.write(0x11fc, (kind << 24) | queue);
        self.wait(0x11fc, 1 << 31);
        (0..6).map(|n| self.read(0x1200 + 4 * n)).collect()
    }
}

fn differ(values: &[u32]) -> bool {
    values.iter().collect::<BTreeSet<_>>().len() == values.len()
}

#[test]
fn a_bus_analyzer_shows_entries_only_when_it_stands() {
    let mut host = Host::new(Chip::T6, 1);
    host.write(0x7b70, 1 << 12);
    assert!([0x7b78, 0x7b7c, 0x7b80, 0x7b84].map(|data| host.read(data)) == [MOVING; 4]);
    // Positions of requests and of responses are apart.
    let mut at = |requests: u32, responses: u32| {
        host.write(0x7b70, (requests << 23) | (responses << 14));
        [host.read(0x7b78), host.read(0x7b7c)]
    };
    let (first, second, third) = (at(0, 0), at(1, 0), at(1, 1));
    assert!(first[0] != second[0] && first[1] == second[1]);
    assert!(second[0] == third[0] && second[1] != third[1]);
}

#[test]
fn a_receive_analyzer_gives_the_next_entry_and_wraps() {
    let mut host = Host::new(Chip::T6, 1);
    host.write(0x1923c, 3);
    host.write(0x19240, 510);
    let entries: Vec<_> = (0..4).map(|_| host.read(0x19244)).collect();
    assert!(differ(&entries));
    host.write(0x19240, 0);
    assert_eq!(host.read(0x19244), entries[2]);
    host.write(0x1923c, 4);
    host.write(0x19240, 0);
    assert_ne!(host.read(0x19244), entries[2]);
}

#[test]
fn a_transmit_analyzer_gives_the_next_entry_and_wraps() {
    let mut host = Host::new(Chip::T6, 1);
    host.write(0x8ec0 + 0x20, 511);
    let entries: Vec<_> = (0..3).map(|_| host.read(0x8ec4 + 0x20)).collect();
    assert!(differ(&entries));
    host.write(0x8ec0 + 0x20, 0);
    assert_eq!(host.read(0x8ec4 + 0x20), entries[1]);
    // The register says where it is.
    assert_eq!(host.read(0x8ec0 + 0x20), 1);
    assert!(host.changed().contains(&(0x8ec0 + 0x20)));
    // A sample is taken when it's asked for.
    host.write(0x8f70, 1);
    let sample = host.read(0x8f74);
    assert_eq!(host.read(0x8f74), sample);
    host.write(0x8f70, 1);
    assert_ne!(host.read(0x8f74), sample);
}

#[test]
fn the_tcp_analyzer_keeps_its_position_apart_from_its_filter() {
    let mut host = Host::new(Chip::T6, 1);
    let before = host.read(0x7ed4);
    host.write(0x7ed4, 0xffff_0000 | (1 << 12));
    let position = before & 0x00ff_0000;
    assert_eq!(host.read(0x7ed4), 0xff00_0000 | position | (1 << 12));
    assert_eq!(host.read(0x7ed8), MOVING);
    host.write(0x7ed4, 5);
    let entry = [host.read(0x7ed8), host.read(0x7edc)];
    host.write(0x7ed4, 6);
    assert!(differ(&[entry[0], entry[1], host.read(0x7ed8)]));
    // What it records is a part of it.
    host.write(0x7ed4, before & 0xffff);
    assert_eq!(host.changed(), [0x7ed4]);
    host.write(0x7ed4, before);
    assert!(host.changed().is_empty());
}

#[test]
fn contexts_say_whether_they_are_in_use() {
    for seed in [1, 3] {
        let mut host = Host::new(Chip::T5, seed);
        for (kind, bit) in [(0, 176), (1, 141), (2, 89)] {
            let used = (0..128)
                .filter(|queue| (host.context(kind, *queue)[bit / 32] >> (bit % 32)) & 1 == 1)
                .count();
            let empty = kind == 1 && seed % 3 == 0;
            assert!(if empty {
                used == 0
            } else {
                (10..60).contains(&used)
            });
        }
        assert_eq!(host.context(3, 9), host.context(3, 9));
        assert_ne!(host.context(3, 9), host.context(3, 10));
        assert!(host.changed().is_empty());
    }
}

#[test]
fn the_flash_sends_what_it_is_asked_for() {
    let mut host = Host::new(Chip::T6, 1);
    host.flash(1, true, Some(0x9f));
    assert_eq!(host.flash(3, false, None), 0x16_ba20);
    // Fast: a byte more comes first. The command goes on over several operations.
    let firmware = u32::from_le_bytes([0x0b, 8, 0, 4]);
    host.flash(4, true, Some(firmware));
    host.flash(1, true, None);
    assert_eq!(host.flash(4, true, None), 0x011b_0500);
    assert_eq!(host.flash(4, false, None), u32::MAX);
    // It ended there: what comes now is no answer.
    assert_eq!(host.flash(1, false, None), 0xff);
    host.write(0x193fc, 0);
    assert!(host.changed().is_empty());
}

#[test]
fn a_flash_that_stays_locked_is_a_change() {
    let mut host = Host::new(Chip::T6, 1);
    host.flash(1, false, Some(0x05));
    assert_eq!(host.changed(), [0x193fc]);
}

#[test]
fn a_command_that_goes_on_is_a_change() {
    let mut host = Host::new(Chip::T6, 1);
    host.flash(1, true, Some(0x9f));
    host.write(0x193fc, 0);
    assert_eq!(host.changed(), [0x193fc]);
    host.flash(1, false, None);
    host.write(0x193fc, 0);
    assert!(host.changed().is_empty());
}

#[test]
fn the_firmware_ends_a_command_unless_the_flash_is_locked() {
    let mut host = Host::new(Chip::T6, 1);
    for (lock, id) in [(1 << 4, 0x16_ba20), (0, 0xff_ffff)] {
        host.write(0x193f8, 0x9f);
        host.write(0x193fc, lock | (1 << 3) | 1);
        host.0.firmware_turn();
        assert_eq!(host.flash(3, false, None), id);
    }
}

#[test]
fn the_lookup_engine_answers_a_request_for_everything() {
    for chip in CHIPS {
        let mut host = Host::new(chip, 2);
        assert!(
            !host.lookup(0).0,
            "what was asked for before is still there"
        );
        let before: Vec<_> = (0..17).map(|n| host.read(0x19d00 + 4 * n)).collect();
        host.ask_for_all();
        let entries: Vec<_> = (0..64).map(|id| host.lookup(id)).collect();
        assert!(entries.iter().all(|(found, _)| *found));
        let used = |entry: &[u32]| entry.iter().any(|word| *word != 0);
        assert!(entries.iter().any(|(_, entry)| used(entry)));
        assert!(entries.iter().any(|(_, entry)| !used(entry)));
        assert!(entries.iter().any(|(_, entry)| entry[16] & 0x8000 != 0));
        // A request with anything in it matches nothing here.
        host.write(0x19d00, 1);
        assert_eq!(host.lookup(0), (false, vec![0; 17]));
        for (n, word) in (0..).zip(before) {
            host.write(0x19d00 + 4 * n, word);
        }
        assert!(host.changed().is_empty());
    }
}

#[test]
fn before_t6_the_lookup_engine_counts_four_entries_by_id() {
    for (chip, entries) in [(Chip::T4, 4), (Chip::T5, 4), (Chip::T6, 1)] {
        let mut host = Host::new(chip, 2);
        host.ask_for_all();
        let hash = host.read(0x19df8);
        assert_eq!(hash % entries, 0);
        let ids = match chip {
            Chip::T6 => (host.read(0x19c28) & 0xf_ffff) + 1536,
            _ => 1 << (host.read(0x19c28) >> 16),
        };
        let end = hash / entries + ids;
        assert!(host.lookup(end - 1).0 && !host.lookup(end).0, "{chip:?}");
    }
}

#[test]
fn half_a_lookup_engine_answers_half_of_the_ids() {
    let mut host = Host::stuck(Stuck::LeTail);
    host.ask_for_all();
    assert!(host.lookup(99).0 && !host.lookup(100).0);
}

#[test]
fn what_is_written_to_the_processor_stays_until_a_reset() {
    let mut host = Host::new(Chip::T6, 1);
    let before = host.processor(0x200);
    host.write_processor(0x200, before + 1);
    assert_eq!(host.processor(0x200), before + 1);
    assert_eq!(host.changed(), [0x7b54]);
    host.0.reset();
    assert_eq!(host.processor(0x200), before);
    assert!(host.changed().is_empty());
}

#[test]
fn the_processors_analyzer_keeps_its_write_position() {
    let mut host = Host::new(Chip::T5, 1);
    let before = host.processor(0x140);
    host.write_processor(0x140, 1);
    assert_eq!(host.processor(0x144), MOVING);
    host.write_processor(0x140, (7 << 2) | 2);
    let entry = host.processor(0x144);
    assert_eq!(host.processor(0x140), (before & 0x0fff_0000) | (7 << 2));
    host.write_processor(0x140, (8 << 2) | 2);
    assert_ne!(host.processor(0x144), entry);
    assert_eq!(host.changed(), [0x7b54]);
    host.write_processor(0x140, before & 0xffff);
    assert!(host.changed().is_empty());
}

#[test]
fn the_processors_queues_have_places_and_sizes() {
    let mut host = Host::new(Chip::T6, 1);
    let mut config = |selector| {
        host.write(0x7b48, selector);
        host.read(0x7b4c)
    };
    assert_eq!(
        [0, 1].map(|queue| config(queue) >> 16),
        [8 << 8, (8 << 8) | 8]
    );
    assert!((0..8).any(|queue| config((1 << 4) | queue) >> 24 == 0));
    assert!((0..8).any(|queue| config((1 << 4) | queue) >> 24 != 0));
    let mut word = |address: u32| {
        host.write(0x7b60, (address << 16) | 1);
        host.wait(0x7b60, 2);
        host.read(0x7b68)
    };
    assert!(differ(&[word(0), word(1), word(0x100)]));
    assert_eq!(word(1), word(1));
}

#[test]
fn a_counter_of_cycles_has_two_halves() {
    for chip in CHIPS {
        let mut host = Host::new(chip, 1);
        let mut cycles = |counter| {
            host.write(0x8fe8, counter);
            [0, 1].map(|half| match chip {
                Chip::T4 => host.read(0x8ff0 + 4 * half),
                _ => {
                    host.write(0x8ff0, 0x1001a + half);
                    host.read(0x8ff4)
                }
            })
        };
        let (first, second) = (cycles(1), cycles(2));
        assert!(differ(&[first, second].concat()), "{chip:?}");
    }
}

#[test]
fn the_switch_has_entries_in_use_and_others() {
    let t5 = |host: &mut Host, entry: u32| {
        let word = |host: &mut Host, n: u32| u64::from(host.read(0xf000 + entry * 16 + 4 * n));
        let mut half = |n: u32| word(host, n) | (word(host, n + 1) << 32);
        (half(2), half(0))
    };
    let t6 = |host: &mut Host, entry: u32| {
        let mut half = |x: u32| {
            host.write(
                0xf008,
                (1 << 30) | ((entry % 256) << 17) | ((entry / 256) << 25) | (x << 16),
            );
            let high = u64::from(host.read(0xf024) & 0xffff);
            u64::from(host.read(0xf020)) | (high << 32)
        };
        (half(1), half(0))
    };
    let entries = |host: &mut Host, read: &dyn Fn(&mut Host, u32) -> (u64, u64)| -> Vec<_> {
        (0..512).map(|entry| read(host, entry)).collect()
    };
    // The same, whatever the way.
    let entries = [
        entries(&mut Host::new(Chip::T5, 1), &t5),
        entries(&mut Host::new(Chip::T6, 1), &t6),
    ];
    assert_eq!(entries[0], entries[1]);
    let used = entries[0].iter().filter(|(x, y)| x & y == 0).count();
    assert!((100..250).contains(&used), "{used}");
}

#[test]
fn a_table_gives_rows_and_notices_writes() {
    for table in [0x7dd8, 0x7ddc, 0x7de4, 0x7dec] {
        let mut host = Host::new(Chip::T6, 1);
        host.write(table, 0xffff_0000);
        let first = host.read(table);
        host.write(table, 0xffff_0001);
        assert_ne!(host.read(table), first);
        assert!(host.changed().is_empty());
        // Not a question: row 0 becomes 5.
        host.write(table, 5);
        assert_eq!(host.changed(), [table]);
    }
}

#[test]
fn functions_have_configurations_of_their_own() {
    let mut host = Host::new(Chip::T6, 1);
    host.write(0x7e40, 0x3a);
    let mut function = |n: u32| {
        host.write(0x7e00, (1 << 24) | (n << 8));
        host.read(0x7e44)
    };
    assert!(differ(&[function(0), function(1), function(200)]));
}

#[test]
fn a_command_to_write_keys_or_functions_is_a_change() {
    for command in [1 << 4, 1 << 5] {
        let mut host = Host::new(Chip::T6, 1);
        let before = host.read(0x7e00);
        // The command is no state: leaving it out changes nothing.
        host.write(0x7e00, before & !0x30);
        assert!(host.changed().is_empty());
        host.write(0x7e00, before | command);
        assert_eq!(host.changed(), [0x7e00]);
    }
}

#[test]
fn inbound_queues_take_their_time() {
    let mut host = Host::of(&Options {
        ibq_ms: 20,
        ..Options::new(Chip::T6, 1)
    });
    host.write(0x7b60, 1);
    assert_eq!(host.read(0x7b60) & 2, 2);
    std::thread::sleep(std::time::Duration::from_millis(30));
    host.wait(0x7b60, 2);
}

#[test]
fn a_unit_that_is_stuck_never_gets_ready() {
    for (unit, start, value, shown, busy) in [
        (Stuck::Cim, 0x7b50, 0x100, 0x7b50, 1 << 17),
        (Stuck::Ibq, 0x7b60, 1, 0x7b60, 2),
        (Stuck::Obq, 0x7b64, 1, 0x7b64, 2),
        (Stuck::Context, 0x11fc, 0, 0x11fc, 1 << 31),
        (Stuck::Le, 0x19cf0, 4, 0x19cf0, 8),
        (Stuck::Flash, 0x193fc, 1, 0x193fc, 1 << 31),
    ] {
        let mut host = Host::stuck(unit);
        host.write(start, value);
        assert!((0..100).all(|_| host.read(shown) & busy != 0), "{unit:?}");
    }
    let mut host = Host::stuck(Stuck::Rss);
    host.write(0x7dec, 0xfff0_0000);
    assert_eq!(host.read(0x7dec), 0);
    let mut host = Host::stuck(Stuck::CimLa);
    host.write_processor(0x140, 2);
    assert_eq!(host.processor(0x140) & 2, 2);
}
