// SPDX-License-Identifier: GPL-2.0

use super::*;
use crate::kinds::table::Cell;

const CHIPS: [Chip; 3] = [Chip::T4, Chip::T5, Chip::T6];

fn decoded(section: Section, chip: Chip, data: &[u8]) -> Vec<Table> {
    let content = Content {
        section,
        chip,
        data,
    };
    decoder(section).map_or_else(Vec::new, |decode| decode(&content))
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The cell of a table's row in a column.
fn cell<'a>(table: &'a Table, row: usize, column: &str) -> &'a Cell {
    let index = table
        .columns
        .iter()
        .position(|known| known.name == column)
        .unwrap();
    &table.rows[row][index]
}

#[test]
fn whatever_a_section_holds_and_wherever_it_ends_it_is_decoded_without_a_fault() {
    let mut state = 1u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(40_000)
    .collect();
    for section in Section::ALL {
        for chip in CHIPS {
            for len in (0..100)
                .chain((100..700).step_by(13))
                .chain([4095, 4096, 16_388, 40_000])
            {
                for data in [&noise[..len], &vec![0; len], &vec![0xff; len]] {
                    let tables = decoded(*section, chip, data);
                    // A table is not larger than what it was made from, by much.
                    let cells: usize = tables
                        .iter()
                        .flat_map(|table| &table.rows)
                        .map(Vec::len)
                        .sum();
                    assert!(cells <= 2 * len + 200, "{} {len}: {cells}", section.name());
                    for table in &tables {
                        for row in &table.rows {
                            assert_eq!(row.len(), table.columns.len());
                            for (cell, column) in row.iter().zip(&table.columns) {
                                let name = section.name();
                                assert!(cell.is(column.type_), "{name}: {column:?}: {cell:?}");
                            }
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn every_section_that_is_not_plain_bytes_has_a_decoder() {
    use Section::*;
    let plain = [RegDump, Edc0, Edc1, Mc0, Mc1, Hma, MboxLog, Qdesc, Flash];
    for section in Section::ALL {
        assert_eq!(
            decoder(*section).is_none(),
            plain.contains(section),
            "{}",
            section.name()
        );
    }
}

#[test]
fn indirect_registers_have_their_index() {
    let mut data = words(&[0x7e40, 0x7e44, 0x20, 2, 7, 8]);
    data.resize(144, 0);
    data.extend(words(&[0x7b50, 0x7b54, 0x4900, 4, 1, 2, 3, 4]));
    let tables = decoded(Section::UpCimIndirect, Chip::T6, &data);
    assert_eq!(tables[0].title, "TP_PIO (0x7e40, 0x7e44)");
    assert_eq!(
        tables[1].rows[3],
        [Cell::Number(0x4900 + 3 * 0x120), Cell::Number(4)]
    );
    let tables = decoded(Section::TpIndirect, Chip::T6, &data);
    assert_eq!(tables[0].rows[1], [Cell::Number(0x21), Cell::Number(8)]);
}

#[test]
fn the_log_is_in_order_with_its_numbers() {
    let entry = |ticks: u64, text: &str, value: u32| {
        let mut entry = vec![0; 256];
        entry[..8].copy_from_slice(&ticks.to_be_bytes());
        entry[8..12].copy_from_slice(&5u32.to_be_bytes());
        entry[14..16].copy_from_slice(&[2, 0x18]);
        entry[16..16 + text.len()].copy_from_slice(text.as_bytes());
        entry[208..212].copy_from_slice(&value.to_be_bytes());
        entry
    };
    let data = [
        entry(9, "newer %u\n", 2),
        vec![0; 256],
        entry(3, "older 0x%04x\n", 0xab),
    ]
    .concat();
    let table = &decoded(Section::DevLog, Chip::T6, &data)[0];
    assert_eq!(table.rows.len(), 2);
    assert_eq!(cell(table, 0, "message"), &Cell::from("older 0x00ab"));
    assert_eq!(cell(table, 1, "message"), &Cell::from("newer 2"));
    assert_eq!(cell(table, 0, "level"), &Cell::from("ERR"));
    assert_eq!(cell(table, 0, "facility"), &Cell::from("PORT"));
}

#[test]
fn switch_entries_in_use_are_shown() {
    let mut used = 0x0000_ffff_ffff_ffffu64.to_le_bytes().to_vec();
    used.extend(words(&[0; 8]));
    used.extend(words(&[
        7,
        (4 << 9) | (1 << 8) | 3,
        0,
        256,
        0,
        0,
        0,
        0x80,
        0,
    ]));
    used.extend([0x2a, 0, 0, 7, 0x43, 1, 2, 3, 0, 1, 0, 0]);
    let data = [vec![0; 88], used].concat();
    let table = &decoded(Section::MpsTcam, Chip::T6, &data)[0];
    assert_eq!(table.rows.len(), 1);
    for (column, expected) in [
        ("index", Cell::Number(7)),
        ("address", Cell::from("00:07:43:01:02:03")),
        ("lookup", Cell::from("outer")),
        ("vlan", Cell::Number(42)),
        ("pf", Cell::Number(4)),
        ("vf", Cell::Number(3)),
    ] {
        assert_eq!(cell(table, 0, column), &expected, "{column}");
    }
}

#[test]
fn lookup_entries_know_their_region() {
    let mut data = words(&[30, 20, 40, 50, 60, 70]);
    for (id, word) in [(19, 1), (20, 0), (60, 0x8000)] {
        let mut entry = [0; 21];
        (entry[0], entry[1], entry[20]) = (id, 4 << 20, word);
        data.extend(words(&entry));
    }
    let tables = decoded(Section::LeTcam, Chip::T5, &data);
    assert_eq!(tables[1].title, "entries in use; 1 are empty");
    assert_eq!(cell(&tables[1], 0, "region"), &Cell::from("connection"));
    assert_eq!(cell(&tables[1], 1, "region"), &Cell::from("hash"));
    assert_eq!(cell(&tables[1], 1, "ipv6"), &Cell::from("yes"));
}

#[test]
fn the_product_is_named() {
    let mut data = vec![0; 72];
    data[..3].copy_from_slice(b"PT1");
    data[42..46].copy_from_slice(b"0007");
    data.extend([1, 0, 27, 0, 5, 0, 0, 0]);
    data.extend(words(&[0x10, 0x22]));
    let table = &decoded(Section::VpdData, Chip::T6, &data)[0];
    for (column, expected) in [
        ("serial", Cell::from("PT1")),
        ("mac_address", "0007".into()),
        ("firmware", "1.27.5.0".into()),
        ("vpd_version", Cell::Number(0x22)),
    ] {
        assert_eq!(cell(table, 0, column), &expected, "{column}");
    }
}
