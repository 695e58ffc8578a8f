// SPDX-License-Identifier: GPL-2.0

//! Memories of a sane chip.

use crate::{
    chip::{word, Chip, PF, WINDOW_OFFSET},
    format::cudbg::{cause::Cause, section::Section, Chip as Generation},
};

const MIB: usize = 1 << 20;
/// Packets of the chip, in whole double words.
const PACKETS: [std::ops::Range<u32>; 2] = [0x24_1230..0x24_8238, 0x30_0000..0x30_1800];

fn is_packet(address: u32) -> bool {
    PACKETS.iter().any(|range| range.contains(&address))
}

#[test]
fn memories_are_read_whole_but_for_packets() {
    let chip = Chip::sane();
    for (section, base, len) in [
        (Section::Edc0, 0, MIB),
        (Section::Edc1, MIB, MIB),
        (Section::Mc0, 2 * MIB, 2 * MIB),
    ] {
        let (bytes, result) = chip.collect(Generation::T6, section, usize::MAX);
        assert_eq!(result, Ok(()));
        assert_eq!(bytes.len(), len);
        for (address, bytes) in (base as u32..).step_by(8).zip(bytes.chunks(8)) {
            let expected = if is_packet(address) { 0 } else { word(address) };
            assert_eq!(bytes, expected.to_le_bytes(), "at {address:#x}");
        }
    }
    assert!(!chip
        .memory_reads
        .borrow()
        .iter()
        .any(|address| is_packet(*address)));
}

#[test]
fn the_window_is_moved_for_our_function_and_put_back() {
    let chip = Chip::sane();
    let before = chip.get(WINDOW_OFFSET);
    chip.collect(Generation::T6, Section::Mc0, usize::MAX)
        .1
        .unwrap();
    let writes = chip.writes.borrow();
    assert!(writes
        .iter()
        .all(|(register, _)| *register == WINDOW_OFFSET));
    let (last, moves) = writes.split_last().unwrap();
    assert_eq!(last.1, before);
    // 2 MiB through a window of 64 KiB.
    let expected: Vec<_> = (0..32)
        .map(|n| (2 * MIB as u32 + n * (64 << 10)) | PF)
        .collect();
    assert_eq!(
        moves.iter().map(|(_, value)| *value).collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn a_memory_that_is_not_there_is_absent() {
    let chip = Chip::sane();
    for (generation, section) in [
        (Generation::T6, Section::Mc1),
        (Generation::T6, Section::Hma),
        (Generation::T5, Section::Hma),
        (Generation::T5, Section::Mc1),
    ] {
        let (bytes, result) = chip.collect(generation, section, usize::MAX);
        assert!(bytes.is_empty());
        let failure = result.unwrap_err();
        assert!(failure.is_absence());
        assert_eq!(failure.detail.cause(), Some(Cause::Absent), "{section:?}");
    }
    assert!(chip.writes.borrow().is_empty());
}
