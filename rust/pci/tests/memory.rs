// SPDX-License-Identifier: GPL-2.0

//! Registers behind BARs, by tables that may say anything.

use crate::{
    fake::{metered, Fake},
    format::{
        devices::{
            write, Condition, Description, Entry, Match, Never, Table, MAX_READ, NO_CONDITION,
        },
        pci::{FunctionHead, Header, Part, Pci, Reason},
        Error,
    },
    pci::{
        families::FAMILIES,
        family::Rules,
        gate::may_read_memory,
        registers::{Identity, ReadSoFar, Reader, BUFFER},
    },
};

const BAR_LEN: u64 = 0x2_0000;
const ENTRY: Entry = Entry {
    bar: 0,
    width: 4,
    count: 4,
    start: 0x2800,
    stride: 0x100,
    condition: NO_CONDITION,
};

/// A value, or why there is none, by place.
type Found = Vec<((u8, u32), Result<u64, Reason>)>;

fn read(fake: &Fake, rules: &Rules<'_>, identity: Identity) -> Found {
    let mut dump = Header::default().encode().to_vec();
    dump.extend(FunctionHead::default().encode());
    metered(|meter| {
        let mut reader = Reader {
            function: &fake,
            identity,
            meter,
            buffer: &mut [0xaa; BUFFER],
            state: &mut ReadSoFar::default(),
            out: |bytes: &[u8]| {
                dump.extend_from_slice(bytes);
                Ok::<(), ()>(())
            },
        };
        reader.table(rules).unwrap();
    });
    let pci = Pci::parse(&dump).unwrap();
    let function = pci.functions().next().unwrap().unwrap();
    let ranges = function.parts().flat_map(|part| match part.unwrap() {
        Part::Range(range) => {
            let bar = range.head.space.bar_index().unwrap();
            let values = range.values();
            let values = values.map(|(at, value)| ((bar, at), value.ok_or(range.head.reason)));
            values.collect::<Vec<_>>()
        }
        part => panic!("{part:?}"),
    });
    ranges.collect()
}

/// What is read by a compiled table of one device.
fn by_table(fake: &Fake, identity: Identity, description: Description<'_>) -> Found {
    let description = Description {
        name: b"mine",
        matches: &[Match::id(1, 2)],
        ..description
    };
    let mut bytes = Vec::new();
    write(&[description], &mut |part: &[u8]| {
        bytes.extend_from_slice(part);
        Ok::<(), Error>(())
    })
    .unwrap();
    let table = Table::parse(&bytes).unwrap();
    let device = table.devices().next().unwrap();
    read(fake, &Rules::External(device), identity)
}

const OTHER: Identity = Identity {
    vendor: 0x1234,
    class: 0xff_0000,
};

fn fake() -> Fake {
    Fake::new(256).bar(
        0,
        BAR_LEN,
        &[(0x2800, 1), (0x2900, 2), (0x2a00, 3), (4, 0xf0)],
    )
}

#[test]
fn what_a_table_says_is_read_once_at_its_width() {
    for width in [1, 2, 4, 8] {
        let fake = fake();
        let found = by_table(
            &fake,
            OTHER,
            Description {
                entries: &[Entry { width, ..ENTRY }],
                ..Description::default()
            },
        );
        let expected = [(0x2800, 1), (0x2900, 2), (0x2a00, 3), (0x2b00, 0)];
        assert_eq!(found, expected.map(|(at, value)| ((0, at), Ok(value))));
        assert_eq!(*fake.reads.borrow(), expected.map(|(at, _)| (0, at, width)));
    }
}

#[test]
fn what_may_not_be_read_is_marked_and_not_touched() {
    let condition = |mask, value| Condition {
        bar: 0,
        width: 4,
        at: 4,
        mask,
        value,
    };
    const NEVER: Never = Never {
        bar: 0,
        start: 0x2901,
        len: 2,
    };
    type Case = (
        &'static str,
        Entry,
        Condition,
        &'static [Never],
        [Option<Reason>; 4],
    );
    let all = |reason| [Some(reason); 4];
    let cases: [Case; 6] = [
        (
            "met",
            Entry {
                condition: 0,
                ..ENTRY
            },
            condition(0xf0, 0xf0),
            &[],
            [None; 4],
        ),
        (
            "not met",
            Entry {
                condition: 0,
                ..ENTRY
            },
            condition(0xf0, 0x10),
            &[],
            all(Reason::CONDITION),
        ),
        (
            "past the end",
            Entry {
                start: 0x1_fd00,
                ..ENTRY
            },
            condition(1, 1),
            &[],
            all(Reason::OUTSIDE),
        ),
        (
            "up to the end",
            Entry {
                start: 0x1_fcfc,
                ..ENTRY
            },
            condition(1, 1),
            &[],
            [None; 4],
        ),
        (
            "no BAR",
            Entry { bar: 1, ..ENTRY },
            condition(1, 1),
            &[],
            all(Reason::NO_BAR),
        ),
        (
            "never",
            ENTRY,
            condition(1, 1),
            &[NEVER],
            [None, Some(Reason::DENIED), None, None],
        ),
    ];
    for (what, entry, condition, never, expected) in cases {
        let fake = fake();
        let found = by_table(
            &fake,
            OTHER,
            Description {
                conditions: &[condition],
                never,
                entries: &[entry],
                ..Description::default()
            },
        );
        let reasons: Vec<_> = found.iter().map(|(_, value)| value.err()).collect();
        assert_eq!(reasons, expected, "{what}");
        let reads = fake.reads.borrow();
        let unread = found.iter().filter(|(_, value)| value.is_err());
        for ((bar, at), _) in unread {
            assert!(!reads.contains(&(*bar, *at, entry.width)), "{what}");
        }
    }
}

#[test]
fn no_table_overrides_what_is_precious() {
    // All of the first 64 KiB, byte by byte, of an Intel network controller.
    let nic = Identity {
        vendor: 0x8086,
        class: 0x02_0000,
    };
    let fake = fake();
    let entry = Entry {
        width: 4,
        count: 0x4000,
        start: 0,
        stride: 4,
        ..ENTRY
    };
    let found = by_table(
        &fake,
        nic,
        Description {
            entries: &[entry],
            ..Description::default()
        },
    );
    let denied: Vec<_> = found
        .iter()
        .filter(|(_, value)| *value == Err(Reason::DENIED))
        .map(|((_, at), _)| *at)
        .collect();
    for at in [
        0xc0, 0x800, 0x1030, 0x1038, 0x13f0, 0x1500, 0x1580, 0x2830, 0x2b30, 0x4000, 0x41fc,
        0x5b50, 0x6034, 0xb66c, 0xc030, 0xc3f0,
    ] {
        assert!(denied.contains(&at), "{at:#x}");
        assert!(!fake.reads.borrow().contains(&(0, at, 4)), "{at:#x}");
    }
    assert_eq!(found.len(), 0x4000);
    assert_eq!(fake.reads.borrow().len() + denied.len(), 0x4000);
}

#[test]
fn no_more_than_1_mib_is_read_of_a_device_however_it_is_put() {
    let fake = Fake::new(256).bar(0, 1 << 32, &[]);
    let entry = Entry {
        width: 8,
        count: 0x8000,
        start: 0,
        stride: 0x8000,
        ..ENTRY
    };
    // Two by one table, and a third by the next: as the module does it.
    let rules = Description {
        entries: &[entry; 4],
        ..Description::default()
    };
    let found = by_table(&fake, OTHER, rules);
    let read = found.iter().filter(|(_, value)| value.is_ok()).count() as u64 * 8;
    assert!(read <= MAX_READ);
}

#[test]
fn a_device_that_goes_away_or_is_slow_is_left_alone() {
    let entries = [
        ENTRY,
        Entry {
            start: 0x100,
            stride: 4,
            ..ENTRY
        },
    ];
    let description = Description {
        entries: &entries,
        ..Description::default()
    };
    // It is asked for its id after each piece: what was read since the last time is not believed.
    let gone = fake();
    gone.lives_for.set(3);
    let found = by_table(&gone, OTHER, description);
    assert!(
        found.iter().all(|(_, value)| *value == Err(Reason::GONE)),
        "{found:?}"
    );
    assert_eq!((gone.reads.borrow().len(), found.len()), (4, 8));

    let mut slow = fake();
    slow.slow = (2, 6_000_000);
    let found = by_table(&slow, OTHER, description);
    let read: Vec<_> = found.iter().map(|(_, value)| value.ok()).collect();
    assert_eq!(read, [Some(1), Some(2), None, None, None, None, None, None]);
    assert_eq!(found[7].1, Err(Reason::SLOW));
    assert_eq!(slow.reads.borrow().len(), 2);
}

#[test]
fn memory_is_not_read_of_what_sleeps_or_is_below_a_link_that_is_down() {
    type Set = fn(&mut Fake);
    let port = |link: u32, dpc: u32| {
        let mut port = Fake::new(4096)
            .set32(0x4c, 1 << 20)
            .set32(0x50, link)
            .set32(0x108, dpc);
        (port.express, port.containment) = (Some(0x40), Some(0x100));
        port
    };
    let up = 0x2000 << 16;
    let cases: [(&str, Fake, Set, Result<(), Reason>); 8] = [
        ("all is well", port(up, 0), |_| {}, Ok(())),
        (
            "asleep",
            port(up, 0),
            |f| f.config[0x84] = 3,
            Err(Reason::ASLEEP),
        ),
        (
            "not decoding",
            port(up, 0),
            |f| f.config[4] = 4,
            Err(Reason::NOT_DECODING),
        ),
        (
            "gone",
            port(up, 0),
            |f| f.lives_for.set(0),
            Err(Reason::GONE),
        ),
        (
            "link down",
            port(0, 0),
            |f| f.lives_for.set(0),
            Err(Reason::LINK_DOWN),
        ),
        ("the port is wrong", port(0, 0), |_| {}, Ok(())),
        ("contained", port(up, 1), |_| {}, Err(Reason::CONTAINED)),
        (
            "far above",
            port(up, 0),
            |f| {
                let mut above = f.parent.as_deref().unwrap().clone();
                above.config[0x53] = 0;
                f.parent.as_mut().unwrap().parent = Some(Box::new(above));
                f.lives_for.set(0);
            },
            Err(Reason::LINK_DOWN),
        ),
    ];
    for (what, parent, set, expected) in cases {
        let mut fake = fake();
        fake.power = Some(0x80);
        fake.parent = Some(Box::new(parent));
        set(&mut fake);
        let may = metered(|meter| may_read_memory(&&fake, meter));
        assert_eq!(may, expected, "{what}");
        assert!(fake.reads.borrow().is_empty());
    }
}

#[test]
fn registers_that_say_where_others_are_may_say_anything() {
    let xhci = FAMILIES
        .iter()
        .find(|family| family.name == "xhci")
        .unwrap();
    let identity = Identity {
        vendor: 0x1033,
        class: 0x0c_0330,
    };
    for (what, cap, params, runtime, ports) in [
        ("as usual", 0x0100_0040, 0x0800_0140, 0x1000, 8),
        ("no ports", 0x0100_0040, 0x0000_0140, 0x1000, 0),
        (
            "a base that is not aligned",
            0x0100_0041,
            0x0800_0140,
            0x1000,
            0,
        ),
        ("ones", 0xffff_ffff, 0xffff_fffe, 0xffff_ffff, 0),
        ("runtime outside", 0x0100_0040, 0x0800_0140, 0xffff_ffe0, 8),
        (
            "as many ports as can be",
            0x0100_0040,
            0xff00_0140,
            0x1000,
            255,
        ),
    ] {
        let fake = Fake::new(256).bar(0, 0x2000, &[(0, cap), (4, params), (0x18, runtime)]);
        let found = read(&fake, &Rules::BuiltIn(xhci), identity);
        let is_port = |at: u32| (0x440..0x1000 + 0x440).contains(&at) && at < 0x1430;
        let read = found.iter().filter(|((_, at), value)| {
            is_port(*at) && value.is_ok() && !(0x1000..0x1040).contains(at)
        });
        assert!(read.count() >= ports.min(180) * 4, "{what}");
        for (bar, at, width) in fake.reads.borrow().iter() {
            assert!(
                *bar == 0 && at + u32::from(*width) <= 0x2000,
                "{what}: {at:#x}"
            );
        }
    }
}
