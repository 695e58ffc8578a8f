// SPDX-License-Identifier: GPL-2.0

//! Vital product data, sound and damaged.

use vmcore_format::vpd::{Vpd, IDENTIFIER, LEN, NAMES_LEN};

const READ_ONLY: u8 = 0x90;

fn resource(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    out.extend((body.len() as u16).to_le_bytes());
    out.extend(body);
    out
}

fn keyword(name: &[u8; 2], value: &[u8]) -> Vec<u8> {
    let mut out = name.to_vec();
    out.push(value.len() as u8);
    out.extend(value);
    out
}

/// What an adapter has.
fn sound() -> Vec<u8> {
    beginning_with(IDENTIFIER)
}

/// A name in a resource with `tag`, and keywords, of which `RV` comes last and makes the sum right.
fn beginning_with(tag: u8) -> Vec<u8> {
    let body = [
        keyword(b"SN", b"PT12345678  "),
        keyword(b"PN", b"11012040010"),
        keyword(b"NA", b"000743112233"),
        keyword(b"RV", &[0]),
    ]
    .concat();
    let mut out = [resource(tag, b"Adapter"), resource(READ_ONLY, &body)].concat();
    let sum = out.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    *out.last_mut().unwrap() = sum.wrapping_neg();
    out.resize(LEN, 0x78);
    out
}

/// As much in front of an empty read-only resource that nothing follows it.
fn ends_with_an_empty_resource() -> Vec<u8> {
    [resource(IDENTIFIER, &[0; 1018]), resource(READ_ONLY, &[])].concat()
}

#[test]
fn values_are_found_and_encoded() {
    let data = sound();
    let (vpd, error) = Vpd::parse(&data);
    assert_eq!(error, None);
    assert_eq!(vpd.serial, b"PT12345678  ");
    assert_eq!(vpd.part, b"11012040010");
    assert_eq!(vpd.address, b"000743112233");
    assert_eq!(vpd.name, b"Adapter");

    let mut names = [0; NAMES_LEN];
    vpd.encode(&mut names);
    for (room, value) in [
        (0..25, "PT12345678"),
        (25..42, "11012040010"),
        (42..55, "000743112233"),
        (55..72, "Adapter"),
    ] {
        let text = std::str::from_utf8(&names[room]).unwrap();
        assert_eq!(text.trim_end_matches('\0'), value);
    }
}

#[test]
fn values_that_are_too_long_are_cut() {
    let long = [b'x'; 255];
    let vpd = Vpd {
        serial: &long,
        part: &long,
        address: &long,
        name: &long,
    };
    let mut names = [0; NAMES_LEN];
    vpd.encode(&mut names);
    let zeroes = (0..NAMES_LEN).filter(|at| names[*at] == 0);
    assert_eq!(zeroes.collect::<Vec<_>>(), [24, 41, 54, 71]);
}

#[test]
fn damage_is_told_by_its_offset() {
    let put = |at: usize, byte: u8| {
        let mut data = sound();
        data[at] = byte;
        data
    };
    for (what, data, expected) in [
        ("nothing", Vec::new(), 0),
        ("no length", vec![IDENTIFIER, 1], 0),
        ("no resource", vec![0; LEN], 0),
        ("the end before keywords", put(10, 0x78), 10),
        ("no name", beginning_with(0x91), 10),
        ("a resource past the end", put(2, 4), 0),
        ("a keyword past its resource", put(15, 200), 13),
        ("no serial number", put(13, b'X'), 13),
        ("a wrong sum", put(16, b'Q'), 57),
        (
            "an empty resource at the end",
            ends_with_an_empty_resource(),
            LEN,
        ),
    ] {
        assert_eq!(Vpd::parse(&data).1, Some(expected), "{what}");
    }
}

#[test]
fn what_is_cut_off_is_an_error_inside_of_it_or_at_its_end() {
    for whole in [sound(), ends_with_an_empty_resource()] {
        for len in 0..whole.len() {
            let (vpd, error) = Vpd::parse(&whole[..len]);
            assert!(error.is_none_or(|offset| offset <= len), "{len}");
            vpd.encode(&mut [0; NAMES_LEN]);
        }
    }
}
