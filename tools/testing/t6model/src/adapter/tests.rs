// SPDX-License-Identifier: GPL-2.0

use vmcore_format::cudbg::Chip;

use super::*;
use crate::regs::*;

fn adapter(chip: Chip) -> Adapter {
    Adapter::new(Options::new(chip, 11)).unwrap()
}

fn read(adapter: &mut Adapter, offset: u64) -> u32 {
    let mut data = [0; 4];
    adapter.read(Space::Bar0, offset, &mut data);
    u32::from_le_bytes(data)
}

fn write(adapter: &mut Adapter, offset: u64, value: u32) {
    adapter.write(Space::Bar0, offset, &value.to_le_bytes());
}

const OFFSET: u64 = PCIE_MEM_ACCESS_OFFSET as u64;

#[test]
fn all_memory_can_be_read_through_the_window() {
    for chip in [Chip::T5, Chip::T6] {
        let mut adapter = adapter(chip);
        let window = adapter.window(0).unwrap();
        for memory in adapter.layout().memories.clone() {
            for base in (memory.base..memory.base + memory.size).step_by(window.aperture as usize) {
                write(&mut adapter, OFFSET, base | 4);
                assert_eq!(read(&mut adapter, OFFSET), base | 4);
                let mut seen = vec![0; window.aperture as usize];
                let mut held = seen.clone();
                adapter.read(Space::Bar0, window.base.into(), &mut seen);
                adapter.peek(base.into(), &mut held);
                assert_eq!(seen, held, "{} at {base:#x}", memory.name);
            }
        }
        assert_eq!(adapter.stats().unmapped, []);
    }
}

#[test]
fn reading_a_packet_is_counted_and_reading_next_to_it_is_not() {
    let mut adapter = adapter(Chip::T6);
    let window = adapter.window(0).unwrap();
    let start = adapter.layout().tx.base;
    write(&mut adapter, OFFSET, start | 4);
    let at = u64::from(window.base + start % window.aperture);

    let mut data = [0; 8];
    adapter.read(Space::Bar0, at - 8, &mut data);
    assert!(adapter.stats().private_reads.is_empty());
    adapter.read(Space::Bar0, at - 4, &mut data);
    adapter.read(Space::Bar0, at, &mut data);
    let stats = adapter.stats();
    assert_eq!(
        (
            stats.private_reads["payload"],
            stats.windows.reads,
            stats.windows.bytes
        ),
        (2, 3, 24)
    );
}

/// A T6 with a part of the host's memory, and where its window shows the start of that.
fn with_host_memory() -> (Adapter, u64) {
    let options = Options {
        hma_mib: 1,
        ..Options::new(Chip::T6, 12)
    };
    let mut adapter = Adapter::new(options).unwrap();
    let window = adapter.window(0).unwrap();
    let hma = adapter.layout().memories[3].base;
    write(&mut adapter, OFFSET, hma | 4);
    (adapter, window.base.into())
}

#[test]
fn host_memory_takes_bus_mastering() {
    let (mut adapter, at) = with_host_memory();
    assert_eq!(read(&mut adapter, at), u32::MAX);
    assert_eq!(adapter.took().as_millis(), 50);
    adapter.write(Space::Config, 4, &[6, 0]);
    assert_eq!(read(&mut adapter, at).to_le_bytes(), *b"PRIV");
    assert!(adapter.took().is_zero());
    assert_eq!(adapter.stats().private_reads["host-mem"], 2);
}

#[test]
fn a_slow_memory_is_the_only_one() {
    let options = Options {
        slow_memory: Some(("edc1".into(), 7)),
        ..Options::new(Chip::T6, 13)
    };
    let mut adapter = Adapter::new(options).unwrap();
    let window = u64::from(adapter.window(0).unwrap().base);
    for (address, us) in [(0, 0), (1 << 20, 7), (2 << 20, 0)] {
        write(&mut adapter, OFFSET, address | 4);
        read(&mut adapter, window);
        assert_eq!(adapter.took().as_micros(), us, "{address:#x}");
    }
}

#[test]
fn a_window_behind_the_memory_shows_ones_and_is_reported() {
    let mut adapter = adapter(Chip::T6);
    let window = adapter.window(0).unwrap();
    write(&mut adapter, OFFSET, 0x7000_0004);
    assert_eq!(read(&mut adapter, window.base.into()), u32::MAX);
    let unmapped = adapter.stats().unmapped;
    assert_eq!(
        (
            unmapped[0].space,
            unmapped[0].offset.as_str(),
            unmapped[0].op
        ),
        ("memory", "0x70000000", "read")
    );
}

#[test]
fn what_a_guest_puts_back_is_no_change() {
    let mut adapter = adapter(Chip::T6);
    let offset = read(&mut adapter, OFFSET);
    assert_eq!(adapter.stats().changed, []);
    write(&mut adapter, OFFSET, 4);
    assert_eq!(
        adapter.stats().changed,
        [Change::new("bar0", OFFSET, offset, 4)]
    );
    write(&mut adapter, OFFSET, offset);
    assert_eq!(adapter.stats().changed, []);
}

#[test]
fn a_reset_undoes_but_does_not_hide() {
    let mut adapter = adapter(Chip::T6);
    let window = adapter.window(0).unwrap();
    let was = read(&mut adapter, window.base.into());
    adapter.write(Space::Bar0, window.base.into(), &[!(was as u8)]);
    let changed = adapter.stats().changed;
    assert_eq!((changed.len(), changed[0].space), (1, "memory"));
    adapter.reset();
    assert_eq!(read(&mut adapter, window.base.into()), was);
    assert_eq!(adapter.stats().changed, changed);
}

#[test]
fn accesses_are_counted_by_width() {
    let mut adapter = adapter(Chip::T6);
    for width in [1, 2, 4, 4, 8] {
        adapter.read(Space::Bar0, PL_REV.into(), &mut vec![0; width]);
    }
    adapter.write(Space::Bar0, PL_REV.into(), &[0; 2]);
    let bar0 = adapter.stats().bar0;
    assert_eq!(
        bar0.reads.into_iter().collect::<Vec<_>>(),
        [(1, 1), (2, 1), (4, 2), (8, 1)]
    );
    assert_eq!(
        bar0.writes.into_iter().collect::<Vec<_>>(),
        [(1, 0), (2, 1), (4, 0), (8, 0)]
    );
}

#[test]
fn narrow_accesses_see_and_write_their_part() {
    let mut adapter = adapter(Chip::T6);
    let whole = read(&mut adapter, 0x7e40).to_le_bytes();
    let mut byte = [0];
    adapter.read(Space::Bar0, 0x7e42, &mut byte);
    assert_eq!(byte[0], whole[2]);
    adapter.write(Space::Bar0, 0x7e42, &[!whole[2]]);
    assert_eq!(
        read(&mut adapter, 0x7e40).to_le_bytes(),
        [whole[0], whole[1], !whole[2], whole[3]]
    );
}

#[test]
fn no_access_is_fatal() {
    let mut adapter = adapter(Chip::T5);
    let offsets = [
        0,
        3,
        0x3068,
        0x6_fffc,
        0x7_ffff,
        0x8_0000,
        0xffff_fffe,
        u64::MAX - 3,
        u64::MAX,
    ];
    for space in [Space::Config, Space::Bar0, Space::Bar2, Space::Bar4] {
        for offset in offsets {
            for len in [0, 1, 2, 3, 4, 7, 8, 64, 5000] {
                let mut data = vec![0xff; len];
                adapter.read(space, offset, &mut data);
                adapter.write(space, offset, &vec![0xff; len]);
                adapter.read(space, offset, &mut data);
            }
        }
    }
    assert!(!adapter.stats().unmapped.is_empty());
}

#[test]
fn a_flood_of_misses_stays_bounded() {
    let mut adapter = adapter(Chip::T6);
    for offset in 0..10_000 {
        adapter.write(Space::Bar2, offset, &[0]);
    }
    assert_eq!(adapter.stats().unmapped.len(), 4096);
}
