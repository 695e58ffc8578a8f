// SPDX-License-Identifier: GPL-2.0

//! What the tables of the module say.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{
    format::devices::{write, Condition, Description, Entry, Match, Table, NO_CONDITION},
    format::Error,
    pci::{families::FAMILIES, family::Rules, precious::is_precious},
};

/// Vendors and classes of a family's devices.
fn kinds(name: &str) -> (u16, u32) {
    match name {
        "nvme" => (0x144d, 0x01_0802),
        "ahci" => (0x8086, 0x01_0601),
        "xhci" => (0x8086, 0x0c_0330),
        "megaraid_sas" | "mpt3sas" | "mpi3mr" => (0x1000, 0x01_0400),
        "nvidia" => (0x10de, 0x03_0000),
        "mlx5" => (0x15b3, 0x02_0000),
        "tg3" => (0x14e4, 0x02_0000),
        _ => (0x8086, 0x02_0000),
    }
}

#[test]
fn entries_are_sound_and_none_is_precious() {
    for family in FAMILIES {
        let (vendor, class) = kinds(family.name);
        let id = family
            .ids
            .first()
            .map_or((vendor, 0), |ids| (ids.0, ids.1[0]));
        assert!(family.fits(id, class), "{}", family.name);
        let entries: Vec<Entry> = family
            .groups
            .iter()
            .flat_map(|group| group.entries)
            .copied()
            .collect();
        assert!(!entries.is_empty());
        // As strict as with anybody else's.
        let description = Description {
            name: family.name.as_bytes(),
            matches: &[Match::id(id.0, id.1)],
            conditions: family.conditions,
            never: &[],
            entries: &entries,
        };
        let mut bytes = Vec::new();
        write(&[description], &mut |part: &[u8]| {
            bytes.extend_from_slice(part);
            Ok::<(), Error>(())
        })
        .unwrap();
        Table::parse(&bytes).unwrap_or_else(|error| panic!("{}: {error}", family.name));
        for entry in &entries {
            for at in entry.offsets() {
                let precious = is_precious(vendor, class, entry.bar, at, entry.width.into());
                assert!(!precious, "{}: {at:#x}", family.name);
            }
        }
        for Condition { bar, width, at, .. } in family.conditions {
            assert!(!is_precious(vendor, class, *bar, *at, (*width).into()));
        }
    }
}

#[test]
fn no_register_is_in_a_table_twice() {
    for family in FAMILIES {
        for group in family.groups {
            let mut places: Vec<_> = group
                .entries
                .iter()
                .flat_map(|entry| entry.offsets().map(|at| (entry.bar, at)))
                .collect();
            let count = places.len();
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len(), count, "{}", family.name);
        }
    }
}

#[test]
fn a_condition_that_an_entry_says_is_there() {
    for family in FAMILIES {
        for entry in family.groups.iter().flat_map(|group| group.entries) {
            let number = usize::from(entry.condition);
            assert!(entry.condition == NO_CONDITION || number < family.conditions.len());
        }
    }
}

#[test]
fn only_what_qemu_has_is_read_without_being_asked_for() {
    let tried: Vec<_> = FAMILIES
        .iter()
        .filter(|family| family.tried)
        .map(|family| Rules::BuiltIn(family).name().to_vec())
        .collect();
    let expected = [
        "nvme",
        "ahci",
        "megaraid_sas",
        "e1000e",
        "igb",
        "igb_82576",
        "xhci",
    ];
    assert_eq!(tried, expected.map(|name| name.as_bytes().to_vec()));
}

/// BARs and offsets of the registers that have names, as the reader knows them.
fn named(family: &str) -> BTreeSet<(u8, u32)> {
    let known =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/vmcoredd/src/devices/known");
    let file = known.join(family).with_extension("toml");
    let text =
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let table: toml::Table = text.parse().unwrap();
    let number = |register: &toml::Value, key: &str| {
        let number = register.get(key).and_then(toml::Value::as_integer);
        number.map(|number| u32::try_from(number).unwrap())
    };
    let registers = table["register"].as_array().unwrap();
    let places = registers.iter().flat_map(|register| {
        let bar = number(register, "bar").unwrap() as u8;
        let (at, stride) = (number(register, "at").unwrap(), number(register, "stride"));
        let count = number(register, "count").unwrap_or(1);
        (0..count).map(move |index| (bar, at + index * stride.unwrap_or(4)))
    });
    places.collect()
}

/// What is of a family whose registers are not all at fixed places: only those that are have names.
const MOVING: &str = "xhci";
/// Read and not in the headers that names come from: reserved ones between others, and the mailboxes of a MAC.
const NAMELESS: &[(&str, usize)] = &[("ahci", 32), ("mlx5", 3), ("tg3", 187)];

#[test]
fn what_is_read_has_a_name_and_what_has_a_name_is_read() {
    for family in FAMILIES {
        let groups = family
            .groups
            .iter()
            .filter(|group| group.base.is_none() && group.repeat.is_none());
        let entries = groups.flat_map(|group| group.entries);
        let read: BTreeSet<_> = entries
            .flat_map(|entry| entry.offsets().map(|at| (entry.bar, at)))
            .collect();
        let named = named(family.name);
        let unread: Vec<_> = named.difference(&read).collect();
        assert!(
            unread.is_empty(),
            "{}: {unread:x?} are not read",
            family.name
        );
        if family.name == MOVING {
            continue;
        }
        let allowed = NAMELESS.iter().find(|(name, _)| *name == family.name);
        let nameless: Vec<_> = read.difference(&named).collect();
        assert!(
            nameless.len() <= allowed.map_or(0, |(_, count)| *count),
            "{}: {nameless:x?} have no names",
            family.name
        );
    }
}
