// SPDX-License-Identifier: GPL-2.0

//! Configuration spaces, good and bad.

use crate::{
    fake::{metered, now_ns, Fake, LIMITS},
    format::pci::{Function, FunctionHead, Header, Part, Pci, Reason},
    pci::{
        config::{Image, State, DWORDS},
        function::Function as _,
        meter::{Meter, Total},
    },
};

/// What became of a configuration space: each double word that was read, or why it was not.
fn read(fake: &Fake) -> (Vec<Result<u32, Reason>>, Reason) {
    let (mut values, mut states) = ([0xdead_beef; DWORDS], [State::Read; DWORDS]);
    let mut dump = Header::default().encode().to_vec();
    dump.extend(FunctionHead::default().encode());
    let ended = metered(|meter| {
        let image = Image::read(&fake, meter, &mut values, &mut states);
        let mut out = |bytes: &[u8]| {
            dump.extend_from_slice(bytes);
            Ok::<(), ()>(())
        };
        image.write(&mut out).unwrap();
        meter.ended()
    });
    let pci = Pci::parse(&dump).unwrap();
    (dwords(&pci.functions().next().unwrap().unwrap()), ended)
}

/// What ranges say, which must follow each other without a gap.
fn dwords(function: &Function<'_>) -> Vec<Result<u32, Reason>> {
    let mut found = Vec::new();
    for part in function.parts() {
        let Part::Range(range) = part.unwrap() else {
            panic!("{part:?}");
        };
        assert_eq!(range.head.start as usize, found.len() * 4);
        for (_, value) in range.values() {
            found.push(value.map(|value| value as u32).ok_or(range.head.reason));
        }
    }
    found
}

/// Places of double words that were not read for this reason.
fn unread(found: &[Result<u32, Reason>], reason: Reason) -> Vec<usize> {
    let numbers = 0..found.len();
    let unread = numbers.filter(|number| found[*number] == Err(reason));
    unread.map(|number| number * 4).collect()
}

#[test]
fn each_double_word_is_read_once() {
    for len in [256, 4096] {
        let mut fake = Fake::new(len);
        for at in 0x40..len {
            fake.config[at] = ((at * 7) >> 3) as u8;
        }
        // The first extended capability is the last.
        if len > 256 {
            fake = fake.set32(0x100, 0x0001_0001);
        }
        let (found, ended) = read(&fake);
        let expected = fake
            .config
            .chunks(4)
            .map(|word| u32::from_le_bytes(word.try_into().unwrap()));
        assert!(found.into_iter().eq(expected.map(Ok)), "{len}");
        assert_eq!(ended, Reason::NONE);
        let mut places = fake.configs.into_inner();
        places.sort_unstable();
        assert!(places.into_iter().eq((0..len as u16).step_by(4)), "{len}");
    }
}

#[test]
fn what_could_do_something_is_not_read() {
    type Set = fn(Fake) -> Fake;
    let list: Set = |fake| fake.set(0x34, &[0x40]);
    let cases: [(&str, Set, &[usize]); 12] = [
        (
            "vital product data",
            |f| f.set(0x40, &[3, 0, 0, 0]),
            &[0x44],
        ),
        (
            "of a vendor",
            |f| f.set(0x40, &[9, 0, 0x10, 0]),
            &[0x44, 0x48, 0x4c],
        ),
        ("of a vendor, empty", |f| f.set(0x40, &[9, 0, 4, 0]), &[]),
        (
            "of a vendor, whose length would hide the next",
            |f| f.set(0x40, &[9, 0x4c, 0xff, 0]).set(0x4c, &[5, 0]),
            &[0x44, 0x48],
        ),
        (
            "of a vendor, without a length",
            |f| f.set(0x40, &[9, 0x50, 0, 0]).set(0x50, &[5, 0]),
            &[0x44, 0x48, 0x4c],
        ),
        (
            "two of them",
            |f| f.set(0x40, &[3, 0x60]).set(0x60, &[3, 0]),
            &[0x44, 0x64],
        ),
        (
            "a list that is no list",
            |f| f.set(0x06, &[0]).set(0x40, &[3, 0]),
            &[],
        ),
        (
            "extended, of a vendor",
            |f| f.set32(0x100, 0x0001_000b).set32(0x104, 0x0100_0000),
            &[0x108, 0x10c],
        ),
        (
            "extended, designated",
            |f| f.set32(0x100, 0x0001_0023).set32(0x104, 0x0140_1234),
            &[0x10c, 0x110],
        ),
        (
            "extended, designated, CXL",
            |f| f.set32(0x100, 0x0001_0023).set32(0x104, 0x0140_1e98),
            &[],
        ),
        (
            "a mailbox",
            |f| f.set32(0x100, 0x0001_002e),
            &[0x10c, 0x110],
        ),
        (
            "the second extended one",
            |f| f.set32(0x100, 0x1401_0001).set32(0x140, 0x0001_002e),
            &[0x14c, 0x150],
        ),
    ];
    for (what, set, expected) in cases {
        let fake = set(list(Fake::new(4096)));
        let (found, _) = read(&fake);
        assert_eq!(unread(&found, Reason::DENIED), expected, "{what}");
        for at in expected {
            assert!(!fake.configs.borrow().contains(&(*at as u16)), "{what}");
        }
        assert_eq!(
            found.iter().filter(|word| word.is_err()).count(),
            expected.len()
        );
    }
}

#[test]
fn a_host_bridge_of_amd_has_data_registers_that_are_not_read() {
    let fake = Fake::new(256).set(0, &[0x22, 0x10]).set(8, &[0, 0, 0, 6]);
    let (found, _) = read(&fake);
    assert_eq!(unread(&found, Reason::DENIED), [0x64, 0xbc, 0xc8]);
}

#[test]
fn lists_that_go_in_circles_or_astray_end() {
    type Set = fn(Fake) -> Fake;
    let cases: [(&str, Set); 7] = [
        ("itself", |f| f.set(0x40, &[5, 0x40])),
        ("a circle", |f| {
            f.set(0x40, &[5, 0x50]).set(0x50, &[5, 0x40])
        }),
        ("the header", |f| f.set(0x40, &[5, 0x04])),
        ("ones", |f| f.set(0x40, &[0xff; 192])),
        ("extended, itself", |f| f.set32(0x100, 0x1001_0001)),
        ("extended, a circle", |f| {
            f.set32(0x100, 0x1401_0001).set32(0x140, 0x1001_0002)
        }),
        ("extended, the header", |f| f.set32(0x100, 0x0041_0001)),
    ];
    for (what, set) in cases {
        let fake = set(Fake::new(4096).set(0x34, &[0x40]));
        let (found, ended) = read(&fake);
        assert_eq!((found.len(), ended), (DWORDS, Reason::NONE), "{what}");
        assert!(found.iter().all(Result::is_ok), "{what}");
        // Ones make it ask whether the device is still there.
        let asked = fake.configs.borrow().len();
        assert!(asked <= DWORDS + 48, "{what}: {asked}");
    }
    for start in (0x40..0x100).step_by(4) {
        // Each points to the next: as many as there can be.
        let mut fake = Fake::new(4096).set(0x34, &[start as u8]);
        for at in (0x40..0xfc).step_by(4) {
            fake = fake.set(at, &[1, at as u8 + 4]);
        }
        for at in (0x100..0xffc).step_by(4) {
            fake = fake.set32(at, ((at as u32 + 4) << 20) | 0x1_0001);
        }
        assert!(read(&fake).0.iter().all(Result::is_ok));
    }
}

#[test]
fn what_quirks_forbid_is_not_read_and_not_missing() {
    for (len, whole) in [(0xa0, 256), (0x600, 4096)] {
        let mut fake = Fake::new(4096);
        fake.config_len = len;
        let (found, _) = read(&fake);
        assert_eq!(found.len() * 4, whole);
        let quirked: Vec<_> = (len..whole).step_by(4).collect();
        assert_eq!(unread(&found, Reason::QUIRK), quirked);
        assert!(fake
            .configs
            .borrow()
            .iter()
            .all(|at| usize::from(*at) < len));
    }
}

#[test]
fn a_function_that_goes_away_is_left_alone() {
    // Each time it falls silent a little later.
    for lives_for in [0, 1, 15, 20, 100, 500] {
        let fake = Fake::new(4096)
            .set(0x40, &[0x5a; 4032])
            .set32(0x100, 0x5a01_0001);
        fake.lives_for.set(lives_for);
        let (found, ended) = read(&fake);
        assert_eq!(ended, Reason::GONE, "{lives_for}");
        let read = found.iter().filter(|word| word.is_ok()).count();
        // All ones at the very first place are what it answers.
        assert_eq!(read, lives_for.max(1), "{lives_for}");
        assert_eq!(unread(&found, Reason::GONE).len(), DWORDS - read);
        assert!(fake.configs.borrow().len() <= lives_for + 2);
    }
}

#[test]
fn an_access_that_takes_too_long_is_the_last() {
    for fast in [0, 1, 17, 300] {
        let mut fake = Fake::new(4096);
        fake.slow = (fast, 50_000_000);
        let (found, ended) = read(&fake);
        assert_eq!(ended, Reason::SLOW);
        // Its value is good.
        assert_eq!(found.iter().filter(|word| word.is_ok()).count(), fast + 1);
        assert_eq!(unread(&found, Reason::SLOW).len(), DWORDS - fast - 1);
    }
}

#[test]
fn a_function_has_so_much_time() {
    let mut fake = Fake::new(4096);
    // A hundred of them are 100 ms.
    fake.slow = (0, 1_000_000);
    let (found, ended) = read(&fake);
    assert_eq!(ended, Reason::FUNCTION_TIME);
    let read = found.iter().filter(|word| word.is_ok()).count();
    assert!((99..=101).contains(&read), "{read}");
}

#[test]
fn whatever_a_space_holds_reading_it_ends() {
    let mut seed = 1u32;
    for _ in 0..300 {
        let mut fake = Fake::new(4096);
        for byte in &mut fake.config[4..] {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (seed >> 24) as u8;
        }
        fake.config[0x06] |= 0x10;
        fake.config[0x0e] &= 1;
        let (found, _) = read(&fake);
        assert_eq!(found.len(), DWORDS);
        for (number, word) in found.iter().enumerate() {
            if let Ok(word) = word {
                assert_eq!(word.to_le_bytes(), fake.config[number * 4..][..4]);
            }
        }
    }
}

#[test]
fn what_accesses_took_is_told() {
    let mut fake = Fake::new(256);
    fake.slow = (2, 4_000_000);
    let function = &fake;
    let total = Total::new(LIMITS, now_ns());
    let mut meter = Meter::new(&total, now_ns, 0);
    for _ in 0..4 {
        meter.access(|| function.config32(0)).unwrap();
    }
    assert_eq!(meter.tally(), [4, 8000, 4000]);
    assert_eq!(total.taken_ms(now_ns()), 8);
}

#[test]
fn one_slow_access_may_be_pardoned_and_the_next_is_the_last() {
    let mut fake = Fake::new(256);
    fake.slow = (2, 6_000_000);
    let function = &fake;
    let total = Total::new(LIMITS, now_ns());
    let mut meter = Meter::new(&total, now_ns, 1);
    let read: Vec<_> = (0..5)
        .map(|_| meter.access(|| function.config32(0)).err())
        .collect();
    let slow = Some(Reason::SLOW);
    // The third and the fourth are slow, and have read something all the same.
    assert_eq!(read, [None, None, None, None, slow]);
}
