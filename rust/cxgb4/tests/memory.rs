// SPDX-License-Identifier: GPL-2.0

//! Memories of a sane chip.

use crate::{
    chip::{Chip, PF, WINDOW_OFFSET},
    format::cudbg::{cause::Cause, section::Section, Chip as Generation},
};

const MIB: usize = 1 << 20;
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
