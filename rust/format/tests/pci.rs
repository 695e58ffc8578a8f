// SPDX-License-Identifier: GPL-2.0

//! The dump of PCI functions, written and read.

use vmcore_format::{
    manifest::padded,
    pci::{
        write_range, Address, External, Facts, Function, FunctionHead, Header, Origin, Part, Pci,
        RangeHead, Reason, Resource, Space, Status, Table, FUNCTION_LEN, HEADER_LEN, MAX_VALUES,
        RANGE_LEN,
    },
    Error,
};

fn header() -> Header {
    Header {
        found: 2,
        written: 2,
        finished: true,
        mmio: true,
        external: External::DAMAGED,
        external_offset: 7,
        started_ms: 1234,
        taken_ms: 5,
        total_ms: 10_000,
        function_ms: 100,
        access_us: 5000,
    }
}

fn head(devfn: u8) -> FunctionHead {
    FunctionHead {
        address: Address {
            domain: 0x10000,
            bus: 0x3b,
            devfn,
        },
        parent: Some(Address {
            domain: 0x10000,
            bus: 0,
            devfn: 8,
        }),
        id: (0x8086, 0x10d3),
        subsystem: (0x8086, 0xa01f),
        class: 0x0200_0001,
        header_type: 0x80,
        port_type: Some(0),
        config_len: 4096,
        facts: Facts::default()
            .with(Facts::AER_CLEARED, true)
            .with(Facts::BOUND, false),
        ended: Reason::SLOW,
        accesses: 1024,
        taken_us: 777,
        slowest_us: 5001,
        driver: padded(b"e1000e"),
    }
}

const RESOURCE: Resource = Resource {
    index: 2,
    flags: Resource::MEM,
    start: 0xfe00_0000_0000,
    len: 0x2_0000,
};

fn table() -> Table {
    Table {
        origin: Origin::EXTERNAL,
        skipped: Reason::NONE,
        ended: Reason::GONE,
        name: padded(b"mine"),
    }
}

fn range(start: u32, width: u8, stride: u32) -> RangeHead {
    RangeHead {
        width,
        start,
        stride,
        ..RangeHead::default()
    }
}

/// As `write_range` stores `values`.
fn written(head: RangeHead, values: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut push = |bytes: &[u8]| {
        out.extend_from_slice(bytes);
        Ok::<(), ()>(())
    };
    write_range(head, values, &mut push).unwrap();
    out
}

/// A function with 16 bytes of configuration space and 8 that were not read, then one of which nothing is said.
fn dump() -> Vec<u8> {
    let unread = RangeHead {
        status: Status::UNREAD,
        reason: Reason::DENIED,
        count: 2,
        ..range(16, 4, 4)
    };
    let mut out = header().encode().to_vec();
    out.extend(head(1).encode());
    out.extend(RESOURCE.encode());
    out.extend(written(
        range(0, 4, 4),
        &core::array::from_fn::<u8, 16, _>(|at| at as u8 + 1),
    ));
    out.extend(unread.encode());
    out.extend(table().encode());
    out.extend(head(2).encode());
    out
}

fn functions(dump: &[u8]) -> Vec<Function<'_>> {
    Pci::parse(dump)
        .unwrap()
        .functions()
        .map(Result::unwrap)
        .collect()
}

/// All values of all ranges of the first function, by place.
fn values(records: &[u8]) -> Vec<(u32, Option<u64>)> {
    let dump = [&header().encode()[..], &head(0).encode(), records].concat();
    let found = functions(&dump)[0];
    found
        .parts()
        .flat_map(|part| match part.unwrap() {
            Part::Range(range) => range.values().collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn what_is_written_is_read() {
    let dump = dump();
    assert!(Pci::is(&dump));
    assert_eq!(Pci::parse(&dump).unwrap().header, header());
    let found = functions(&dump);
    assert_eq!(
        found.iter().map(|it| it.head).collect::<Vec<_>>(),
        [head(1), head(2)]
    );
    assert_eq!(found[0].head.driver(), b"e1000e");
    assert_eq!(found[0].head.address.to_string(), "10000:3b:00.1");
    let parts: Vec<_> = found[0].parts().map(Result::unwrap).collect();
    assert_eq!(
        (parts[0], parts[3]),
        (Part::Resource(RESOURCE), Part::Table(table()))
    );
    assert_eq!((parts.len(), found[1].parts().count()), (4, 0));
}

#[test]
fn what_was_not_read_is_no_zero() {
    let dump = dump();
    let function = functions(&dump)[0];
    for (at, expected) in [
        (0, Some(0x0403_0201)),
        (12, Some(0x100f_0e0d)),
        (16, None),
        (20, None),
        (24, None),
        (u32::MAX - 3, None),
    ] {
        assert_eq!(function.config32(at), expected, "{at:#x}");
    }
    assert_eq!(
        (function.config16(2), function.config8(3)),
        (Some(0x0403), Some(4))
    );
    assert_eq!(function.config32(u32::MAX), None);
    assert_eq!(function.head.facts.get(Facts::AER_CLEARED), Some(true));
    assert_eq!(function.head.facts.get(Facts::BOUND), Some(false));
    assert_eq!(function.head.facts.get(Facts::DPC_CLEARED), None);
}

#[test]
fn runs_are_stored_without_their_values_and_read_all_the_same() {
    let long = 2 * RANGE_LEN + 4;
    // Bytes in, bytes of records out.
    let cases: [(&str, Vec<u8>, usize); 7] = [
        ("nothing", vec![], 0),
        ("zeroes, however few", vec![0; 4], RANGE_LEN),
        ("ones, however few", vec![0xff; 4], RANGE_LEN),
        (
            "a few zeroes among others",
            [vec![1; 4], vec![0; 8], vec![2; 4]].concat(),
            RANGE_LEN + 16,
        ),
        (
            "many at the start",
            [vec![0; long], vec![1; 4]].concat(),
            2 * RANGE_LEN + 4,
        ),
        (
            "many at the end",
            [vec![1; 4], vec![0xff; long]].concat(),
            2 * RANGE_LEN + 4,
        ),
        (
            "many of both side by side",
            [vec![1; 4], vec![0; long], vec![0xff; long], vec![0; 4]].concat(),
            4 * RANGE_LEN + 8,
        ),
    ];
    for (what, bytes, len) in cases {
        for (width, stride) in [(1, 1), (2, 8), (4, 4), (4, 16)] {
            let records = written(range(0x40, width, stride), &bytes);
            assert_eq!(records.len(), len, "{what}");
            let expected = bytes
                .chunks(width.into())
                .enumerate()
                .map(|(index, chunk)| {
                    let value = chunk
                        .iter()
                        .rev()
                        .fold(0, |value, byte| (value << 8) | u64::from(*byte));
                    (0x40 + index as u32 * stride, Some(value))
                });
            assert!(values(&records).into_iter().eq(expected), "{what}");
        }
    }
}

#[test]
fn more_values_than_a_range_holds_become_several() {
    let bytes: Vec<u8> = (0..MAX_VALUES as usize + 1)
        .map(|at| at as u8 | 1)
        .collect();
    let records = written(range(0, 1, 1), &bytes);
    assert_eq!(records.len(), 2 * RANGE_LEN + bytes.len());
    let read = values(&records);
    let expected = bytes
        .iter()
        .enumerate()
        .map(|(at, byte)| (at as u32, Some((*byte).into())));
    assert!(read.into_iter().eq(expected));
}

#[test]
fn what_a_sink_returns_ends_the_writing() {
    let mut calls = 0;
    let refuse = &mut |_: &[u8]| {
        calls += 1;
        Err("full")
    };
    assert_eq!(write_range(range(0, 4, 4), &[1; 64], refuse), Err("full"));
    assert_eq!(calls, 1);
}

#[test]
fn what_is_cut_off_is_read_up_to_there() {
    let whole = dump();
    for len in HEADER_LEN..whole.len() {
        let pci = Pci::parse(&whole[..len]).unwrap();
        let mut parts = 0;
        let mut errors = 0;
        for function in pci.functions() {
            match function {
                Ok(function) => function.parts().for_each(|part| match part {
                    Ok(_) => parts += 1,
                    Err(error) => assert!(error.offset < len as u64),
                }),
                Err(_) => errors += 1,
            }
        }
        assert!(errors <= 1 && parts <= 4, "{len}");
    }
    for len in 0..HEADER_LEN {
        assert!(Pci::parse(&whole[..len]).is_err());
    }
}

#[test]
fn a_later_minor_version_is_read_as_far_as_it_is_known() {
    let old = dump();
    let longer = |record: &[u8]| {
        let mut record = [record, &[0xee; 8]].concat();
        let len = record.len() as u32;
        record[4..8].copy_from_slice(&len.to_le_bytes());
        record
    };
    let mut new = [&old[..HEADER_LEN], &[0xee; 16]].concat();
    new[10] = 9;
    new[12] = HEADER_LEN as u8 + 16;
    new.extend(longer(&head(1).encode()));
    // A kind that is not known.
    new.extend([0x77, 0, 0, 0, 12, 0, 0, 0, 1, 2, 3, 4]);
    new.extend(longer(&RESOURCE.encode()));
    new.extend(longer(&table().encode()));
    let function = functions(&new)[0];
    assert_eq!(function.head, head(1));
    let parts: Vec<_> = function.parts().map(Result::unwrap).collect();
    assert_eq!(parts, [Part::Resource(RESOURCE), Part::Table(table())]);
}

#[test]
fn damage_is_told_by_its_offset() {
    let start = HEADER_LEN + FUNCTION_LEN;
    let cases: [(&str, usize, u8, u64, &str); 6] = [
        ("no record", 4, 7, 4, "a record of at least 8 bytes"),
        ("a record past the end", 6, 1, 4, "a whole record"),
        (
            "a width that is none",
            3,
            3,
            3,
            "a width of 1, 2, 4 or 8 bytes",
        ),
        (
            "values on top of each other",
            20,
            3,
            20,
            "a stride of at least the width",
        ),
        (
            "values that are not there",
            16,
            9,
            24,
            "all values of a range",
        ),
        (
            "values past 4 GiB",
            15,
            0xff,
            16,
            "a range that ends within 4 GiB",
        ),
    ];
    for (what, at, byte, offset, expected) in cases {
        let records = written(range(0, 4, 4), &[1; 16]);
        let mut dump = [&header().encode()[..], &head(0).encode(), &records].concat();
        dump[start + at] = byte;
        if what == "values past 4 GiB" {
            dump[start + 12..start + 15].fill(0xff);
        }
        let pci = Pci::parse(&dump).unwrap();
        let part = pci
            .functions()
            .next()
            .unwrap()
            .unwrap()
            .parts()
            .next()
            .unwrap();
        let offset = start as u64 + offset;
        assert_eq!(part.unwrap_err(), Error { offset, expected }, "{what}");
    }
    let mut dump = dump();
    dump[8] = 2;
    assert_eq!(Pci::parse(&dump).unwrap_err().offset, 8);
}

#[test]
fn a_range_cannot_say_more_values_than_a_reader_can_stand() {
    let all = RangeHead {
        status: Status::ZEROES,
        count: MAX_VALUES,
        ..range(0, 1, 1)
    };
    assert_eq!(values(&all.encode()).len(), MAX_VALUES as usize);
    let more = RangeHead {
        count: MAX_VALUES + 1,
        ..all
    };
    let dump = [&header().encode()[..], &head(0).encode(), &more.encode()].concat();
    assert!(functions(&dump)[0].parts().next().unwrap().is_err());
}

#[test]
fn each_number_has_its_words() {
    for number in 0..=19 {
        assert!(Reason(number).words().is_some(), "{number}");
    }
    for number in 0..=4 {
        assert!(External(number).words().is_some(), "{number}");
    }
    assert_eq!((Reason(99).words(), External(99).words()), (None, None));
    for (space, text) in [
        (Space::CONFIG, "configuration"),
        (Space::bar(5), "BAR5"),
        (Space(9), "space 9"),
    ] {
        assert_eq!(space.to_string(), text);
    }
}
