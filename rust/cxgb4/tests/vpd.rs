// SPDX-License-Identifier: GPL-2.0

//! Product data that is not what it should be.

use crate::{
    chip::{next, Chip},
    cxgb4::failure::Result,
    format::{
        cudbg::{cause::Cause, section::Section, Chip as Generation},
        vpd::{IDENTIFIER, LEN, NAMES_LEN},
    },
};

const BASE: usize = 0x400;
const READ_ONLY: u8 = 0x90;
const SECTION_LEN: usize = NAMES_LEN + 16;

fn collect(data: &[u8]) -> (Vec<u8>, Result) {
    let chip = Chip::sane();
    let mut all = vec![0; BASE];
    all.extend(data);
    all.resize(BASE + LEN.max(data.len()), 0);
    *chip.product_data.borrow_mut() = all;
    chip.collect(Generation::T6, Section::VpdData, usize::MAX)
}

#[test]
fn keywords_that_would_be_behind_all_data_are_malformed() {
    let mut data = vec![0; LEN];
    data[..3].copy_from_slice(&[IDENTIFIER, 0xfa, 3]);
    data[LEN - 3..].copy_from_slice(&[READ_ONLY, 0, 0]);
    let (bytes, result) = collect(&data);
    assert_eq!(bytes.len(), SECTION_LEN);
    let detail = result.unwrap_err().detail;
    assert_eq!(detail.cause(), Some(Cause::Malformed));
    assert_eq!((detail.at, detail.value), (LEN as u32, 0));
}

/// Resources and keywords whose lengths are likely to meet the end of something.
fn almost_sound(state: &mut u64) -> Vec<u8> {
    let mut pick = |choices: &[u64]| choices[(next(state) % choices.len() as u64) as usize];
    let mut data = Vec::new();
    while data.len() < LEN {
        let left = (LEN - data.len()) as u64;
        let len = pick(&[
            0,
            1,
            3,
            40,
            left,
            left.saturating_sub(3),
            left.saturating_sub(6),
            0xffff,
        ]);
        data.push(match data.is_empty() {
            true => IDENTIFIER,
            false => pick(&[0x82, 0x90, 0x90, 0x91, 0x78, 0xff]) as u8,
        });
        data.extend((len as u16).to_le_bytes());
        for _ in 0..pick(&[0, 1, 4]) {
            let left = (LEN as u64).saturating_sub(data.len() as u64);
            data.extend([b"SN", b"PN", b"NA", b"RV", b"XX"][pick(&[0, 1, 2, 3, 4]) as usize]);
            data.push(pick(&[0, 1, 12, left % 256, (left + 253) % 256, 255]) as u8);
            data.resize(data.len() + pick(&[0, 1, 12]) as usize, b' ');
        }
    }
    data.truncate(LEN);
    data
}

#[test]
fn whatever_the_product_data_holds_nothing_panics() {
    for seed in 0..20_000 {
        let mut state = seed;
        let data = match seed % 4 {
            0 => (0..LEN).map(|_| next(&mut state) as u8).collect(),
            _ => almost_sound(&mut state),
        };
        // The names stay empty, or are what was found.
        assert_eq!(collect(&data).0.len(), SECTION_LEN, "seed {seed}");
    }
}
