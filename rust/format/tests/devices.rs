// SPDX-License-Identifier: GPL-2.0

//! The compiled table of devices, written and read.

use vmcore_format::{
    devices::{
        write, Condition, Description, Entry, Match, Never, Table, HEADER_LEN, MAX_LEN,
        NO_CONDITION,
    },
    Error,
};

const ENTRY: Entry = Entry {
    bar: 0,
    width: 4,
    count: 4,
    start: 0x2800,
    stride: 8,
    condition: NO_CONDITION,
};

const CONDITION: Condition = Condition {
    bar: 0,
    width: 4,
    at: 4,
    mask: 1 << 24,
    value: 1 << 24,
};

const NEVER: Never = Never {
    bar: 0,
    start: 0xc0,
    len: 4,
};

const NIC: Description<'_> = Description {
    name: b"nic",
    matches: &[Match::id(0x8086, 0x10d3), Match::id(0x8086, 0x1533)],
    conditions: &[CONDITION],
    never: &[NEVER],
    entries: &[
        ENTRY,
        Entry {
            condition: 0,
            ..ENTRY
        },
    ],
};

const DISK: Description<'_> = Description {
    name: b"disk",
    matches: &[Match::class(0x01_0802)],
    conditions: &[],
    never: &[],
    entries: &[Entry { width: 8, ..ENTRY }],
};

fn table(devices: &[Description<'_>]) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    write(devices, &mut |bytes: &[u8]| {
        out.extend_from_slice(bytes);
        Ok::<(), Error>(())
    })?;
    Ok(out)
}

fn parse(devices: &[Description<'_>]) -> Result<(), &'static str> {
    let bytes = table(devices).map_err(|error| error.expected)?;
    Table::parse(&bytes)
        .map(|_| ())
        .map_err(|error| error.expected)
}

#[test]
fn what_is_written_is_read() {
    let bytes = table(&[NIC, DISK]).unwrap();
    let table = Table::parse(&bytes).unwrap();
    let devices: Vec<_> = table.devices().collect();
    assert_eq!(devices.len(), 2);
    for (found, written) in devices.iter().zip([NIC, DISK]) {
        assert_eq!(found.name(), written.name);
        assert!(found.matches().eq(written.matches.iter().copied()));
        assert!(found.conditions().eq(written.conditions.iter().copied()));
        let numbers = 0..written.conditions.len() as u16;
        let each = numbers.filter_map(|number| found.condition(number));
        assert!(each.eq(written.conditions.iter().copied()));
        assert!(found.never().eq(written.never.iter().copied()));
        assert!(found.entries().eq(written.entries.iter().copied()));
    }
    assert!(devices[0].is_never(0, 0xc3, 1) && !devices[0].is_never(0, 0xc4, 1));
    assert!(Table::parse(&self::table(&[]).unwrap())
        .unwrap()
        .devices()
        .next()
        .is_none());
}

#[test]
fn functions_are_matched_by_what_is_said() {
    let subsystem = Match {
        subvendor: Some(1),
        subdevice: Some(2),
        ..Match::id(0x8086, 0x10d3)
    };
    let any_of_class = Match {
        class: 0x02_0000,
        class_mask: 0xff_ff00,
        ..Match::ANY
    };
    for (wanted, id, own, class, expected) in [
        (Match::id(0x8086, 0x10d3), (0x8086, 0x10d3), (9, 9), 0, true),
        (
            Match::id(0x8086, 0x10d3),
            (0x8086, 0x10d4),
            (9, 9),
            0,
            false,
        ),
        (subsystem, (0x8086, 0x10d3), (1, 2), 0, true),
        (subsystem, (0x8086, 0x10d3), (1, 3), 0, false),
        (Match::class(0x01_0802), (1, 1), (0, 0), 0x01_0802, true),
        (Match::class(0x01_0802), (1, 1), (0, 0), 0x01_0803, false),
        (any_of_class, (1, 1), (0, 0), 0x02_0055, true),
        (any_of_class, (1, 1), (0, 0), 0x02_8000, false),
    ] {
        assert_eq!(wanted.fits(id, own, class), expected, "{wanted:?}");
    }
}

#[test]
fn entries_say_where_their_registers_are() {
    assert_eq!(
        ENTRY.offsets().collect::<Vec<_>>(),
        [0x2800, 0x2808, 0x2810, 0x2818]
    );
    assert_eq!((ENTRY.end(), ENTRY.read_len()), (0x281c, 16));
}

#[test]
fn what_is_not_within_the_limits_is_refused() {
    let entry = |entry| {
        parse(&[Description {
            entries: &[entry],
            ..NIC
        }])
    };
    let condition = |condition| {
        let conditions = &[condition];
        parse(&[Description { conditions, ..NIC }])
    };
    let wanted = |wanted| {
        parse(&[Description {
            matches: &[wanted],
            ..NIC
        }])
    };
    let never = |never| {
        parse(&[Description {
            never: &[never],
            ..NIC
        }])
    };
    for (found, expected) in [
        (entry(ENTRY), None),
        (entry(Entry { bar: 6, ..ENTRY }), Some("BAR 0 to 5")),
        (
            entry(Entry { width: 3, ..ENTRY }),
            Some("a width of 1, 2, 4 or 8 bytes"),
        ),
        (
            entry(Entry { count: 0, ..ENTRY }),
            Some("at least one register"),
        ),
        (
            entry(Entry { start: 2, ..ENTRY }),
            Some("a multiple of the width"),
        ),
        (
            entry(Entry { stride: 2, ..ENTRY }),
            Some("a stride that is a multiple of the width"),
        ),
        (
            entry(Entry { stride: 6, ..ENTRY }),
            Some("a stride that is a multiple of the width"),
        ),
        (
            entry(Entry {
                start: u32::MAX - 3,
                ..ENTRY
            }),
            Some("registers below 4 GiB"),
        ),
        (
            entry(Entry {
                start: u32::MAX - 3,
                count: 1,
                ..ENTRY
            }),
            None,
        ),
        (
            entry(Entry {
                condition: 1,
                ..ENTRY
            }),
            Some("a condition of this device"),
        ),
        (
            entry(Entry {
                width: 8,
                count: u16::MAX,
                ..ENTRY
            }),
            None,
        ),
        (condition(CONDITION), None),
        (
            condition(Condition {
                bar: 6,
                ..CONDITION
            }),
            Some("BAR 0 to 5"),
        ),
        (
            condition(Condition {
                width: 8,
                ..CONDITION
            }),
            Some("a width of 1, 2 or 4 bytes"),
        ),
        (
            condition(Condition { at: 2, ..CONDITION }),
            Some("a multiple of the width below 4 GiB"),
        ),
        (
            condition(Condition {
                mask: 0,
                value: 0,
                ..CONDITION
            }),
            Some("a mask, and a value within it"),
        ),
        (
            condition(Condition {
                value: 1,
                ..CONDITION
            }),
            Some("a mask, and a value within it"),
        ),
        (
            condition(Condition {
                at: 0xc0,
                ..CONDITION
            }),
            Some("conditions outside of what is never read"),
        ),
        (
            wanted(Match::ANY),
            Some("a vendor, or a class and a subclass"),
        ),
        (
            wanted(Match {
                class_mask: 0xff_0000,
                ..Match::ANY
            }),
            Some("a vendor, or a class and a subclass"),
        ),
        (
            wanted(Match {
                class: 1 << 24,
                ..Match::id(1, 2)
            }),
            Some("a class of 24 bits"),
        ),
        (
            never(Never { bar: 6, ..NEVER }),
            Some("BAR 0 to 5, and zeroes"),
        ),
        (never(Never { len: 0, ..NEVER }), Some("at least one byte")),
        (
            parse(&[Description { name: b"", ..NIC }]),
            Some("a name of 1 to 23 bytes"),
        ),
        (
            parse(&[Description {
                name: &[b'n'; 23],
                ..NIC
            }]),
            None,
        ),
        (
            parse(&[Description {
                name: &[b'n'; 24],
                ..NIC
            }]),
            Some("a name of 1 to 23 bytes"),
        ),
    ] {
        assert_eq!(found.err(), expected);
    }
    let three = [Entry {
        width: 8,
        count: u16::MAX,
        ..ENTRY
    }; 3];
    let found = parse(&[Description {
        entries: &three,
        ..NIC
    }]);
    assert_eq!(found, Err("at most 1 MiB to be read of a device"));
    assert_eq!(parse(&[NIC; 600]), Err("a table of at most 64 KiB"));
    let many = [ENTRY; 4091];
    let found = parse(&[Description {
        entries: &many,
        ..DISK
    }]);
    assert_eq!(found, Err("a table of at most 64 KiB"));
}

#[test]
fn damage_is_told_by_its_offset() {
    let bytes = table(&[NIC]).unwrap();
    let device = HEADER_LEN as u64;
    for (at, byte, offset, expected) in [
        (0, 0, 0, "a compiled table of devices"),
        (8, 2, 8, "version 1.0 of a table of devices"),
        (10, 1, 8, "version 1.0 of a table of devices"),
        (12, 0, 12, "the length of the table"),
        (18, 200, 80, "all matches"),
        (18, 1, 160, "the end of the table"),
        (HEADER_LEN + 24, 9, device + 24, "records that are there"),
        (HEADER_LEN + 26, 9, device + 24, "records that are there"),
        (HEADER_LEN + 40, 1, device + 40, "zeroes"),
        (144 + 1, 3, 145, "a width of 1, 2, 4 or 8 bytes"),
        (144 + 12, 1, 156, "zeroes"),
    ] {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        let error = Table::parse(&bytes).unwrap_err();
        assert_eq!(error, Error { offset, expected }, "{at}");
    }
    for len in 0..bytes.len() {
        assert!(Table::parse(&bytes[..len]).is_err());
    }
    assert!(Table::parse(&vec![0; MAX_LEN + 1]).is_err());
}
