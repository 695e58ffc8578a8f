// SPDX-License-Identifier: GPL-2.0

//! What the tables of the module say.

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
        "tg3" | "bnxt" => (0x14e4, 0x02_0000),
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
    let expected = ["nvme", "ahci", "megaraid_sas", "e1000e", "igb", "xhci"];
    assert_eq!(tried, expected.map(|name| name.as_bytes().to_vec()));
}
