// SPDX-License-Identifier: GPL-2.0

//! Names of registers.

use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

use vmcore_format::cudbg::{reg_dump, Chip};

use super::names;
use crate::kinds::register::{Field, Kind, Register, MASKED};

/// Units by the address at which they begin.
const UNITS: [(u32, &str); 33] = [
    (0x1000, "SGE"),
    (0x3000, "PCIE"),
    (0x6000, "DBG"),
    (0x6200, "MC"),
    (0x7700, "MA"),
    (0x7900, "EDC0"),
    (0x7980, "EDC1"),
    (0x7b00, "CIM"),
    (0x7d00, "TP"),
    (0x8dc0, "ULP_TX"),
    (0x8fc0, "PM_RX"),
    (0x8fe0, "PM_TX"),
    (0x9000, "MPS"),
    (0x19040, "CPL_SWITCH"),
    (0x19060, "SMB"),
    (0x190f0, "I2CM"),
    (0x19100, "MI"),
    (0x19110, "UART"),
    (0x19120, "PMU"),
    (0x19150, "ULP_RX"),
    (0x193f8, "SF"),
    (0x19400, "PL"),
    (0x19c00, "LE"),
    (0x1a000, "NCSI"),
    (0x1b000, "windows"),
    (0x1e000, "PF"),
    (0x20000, "MAC"),
    (0x30000, "MAC"),
    (0x40000, "MC"),
    (0x49000, "MC1"),
    (0x50000, "EDC0"),
    (0x50800, "EDC1"),
    (0x51000, "HMA"),
];

/// The registers in a register dump of `chip`, of which the one at `unread` was not read, and next to none behind it.
pub fn decode(chip: Chip, dump: &[u8], unread: Option<u32>) -> Vec<Register> {
    decode_values(chip, read(chip, dump, unread).collect())
}

/// Those of them that have a name: of a T6, one of thirty.
pub fn decode_named(chip: Chip, dump: &[u8], unread: Option<u32>) -> Vec<Register> {
    static NAMED: [LazyLock<Vec<u32>>; 3] = [
        LazyLock::new(|| named(Chip::T4)),
        LazyLock::new(|| named(Chip::T5)),
        LazyLock::new(|| named(Chip::T6)),
    ];
    let named = NAMED[match chip {
        Chip::T4 => 0,
        Chip::T5 => 1,
        Chip::T6 => 2,
    }]
    .iter();
    let values = named.filter_map(|&address| {
        let word = dump.get(address as usize..)?.first_chunk()?;
        Some((address, u32::from_le_bytes(*word)))
    });
    let was_read = was_read(chip, unread);
    decode_values(chip, values.filter(was_read).collect())
}

fn named(chip: Chip) -> Vec<u32> {
    let named = |address: &u32| names::of(*address).is_some();
    reg_dump::addresses(chip).filter(named).collect()
}

/// What was read, as (address, value).
pub fn read(chip: Chip, dump: &[u8], unread: Option<u32>) -> impl Iterator<Item = (u32, u32)> + '_ {
    reg_dump::values(chip, dump).filter(was_read(chip, unread))
}

fn was_read(chip: Chip, unread: Option<u32>) -> impl Fn(&(u32, u32)) -> bool {
    move |(address, _)| unread.is_none_or(|unread| reg_dump::was_read(chip, *address, unread))
}

fn decode_values(chip: Chip, values: BTreeMap<u32, u32>) -> Vec<Register> {
    let register = |(&address, &value): (&u32, &u32)| {
        let name = names::of(address);
        let enabled = names::enable(address).and_then(|enable| values.get(&enable).copied());
        let fields = fields(chip, address, value, enabled);
        Register {
            address: address.into(),
            unit: unit(address).into(),
            name: name.map(Cow::from),
            value: value.into(),
            bits: 32,
            kind: name.map_or(Kind::State, kind),
            is_telling: !fields.is_empty() || name.is_some_and(is_telling),
            fields,
        }
    };
    values.iter().map(register).collect()
}

/// The fields of a register. Of a register of causes, those whose interrupts are not `enabled` are told apart, and bits that have no
/// name are shown as they are.
fn fields(chip: Chip, address: u32, value: u32, enabled: Option<u32>) -> Vec<Field> {
    let mut fields = names::fields(chip, address, value);
    if !names::is_cause(address) {
        return fields;
    }
    let mut unknown = value;
    for field in &mut fields {
        let mask = (u32::MAX >> (32 - field.bits)) << field.low;
        unknown &= !mask;
        if enabled.is_some_and(|enabled| value & mask & enabled == 0) {
            field.meaning = Some(MASKED.into());
        }
    }
    if unknown != 0 {
        fields.push(Field {
            name: "unknown".into(),
            value: unknown.into(),
            low: 0,
            bits: 32,
            meaning: None,
        });
    }
    fields
}

/// Registers to begin with, when a card has stopped: these, and all that have fields.
fn is_telling(name: &str) -> bool {
    name.contains("INT_CAUSE")
        || name.contains("_ECC_")
        || name.ends_with("_FW")
        || ["PL_REV", "PL_WHOAMI"].contains(&name)
}

/// By its name: they follow conventions.
fn kind(name: &str) -> Kind {
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if has(&[
        "_CNT",
        "COUNT",
        "_STAT_",
        "_STATS",
        "_BYTES",
        "_FRAMES",
        "_DROP",
        "ECC_STATUS",
    ]) && !name.contains("INT_")
    {
        Kind::Counter
    } else if has(&["TIMESTAMP", "_CLOCK", "TIME_LO", "TIME_HI", "CURRENT_TIME"]) {
        Kind::Clock
    } else if has(&["PIDX", "CIDX", "_PTR", "RDADDR", "WRADDR"]) {
        Kind::Pointer
    } else {
        Kind::State
    }
}

fn unit(address: u32) -> &'static str {
    UNITS
        .iter()
        .rev()
        .find(|(start, _)| *start <= address)
        .map_or("?", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_are_named_and_have_a_unit() {
        let mut dump = vec![0; reg_dump::len(Chip::T6)];
        dump[0x1943c..0x19440].copy_from_slice(&0x61u32.to_le_bytes());
        let registers = decode(Chip::T6, &dump, None);
        let rev = registers
            .iter()
            .find(|register| register.address == 0x1943c)
            .unwrap();
        assert_eq!(
            (rev.unit.as_ref(), rev.name.as_deref(), rev.value),
            ("PL", Some("PL_REV"), 0x61)
        );
        assert!(registers.iter().all(|register| register.unit != "?"));
        assert!(
            registers
                .iter()
                .filter(|register| register.name.is_some())
                .count()
                > 200
        );
    }

    #[test]
    fn a_dump_cut_short_gives_the_registers_that_are_there() {
        assert!(decode(Chip::T6, &[0; 0x100c], None)
            .iter()
            .all(|register| register.address <= 0x1008));
        assert!(decode(Chip::T6, &[], None).is_empty());
    }

    #[test]
    fn registers_that_were_not_read_are_no_zeroes() {
        let dump = vec![0; reg_dump::len(Chip::T6)];
        let registers = decode(Chip::T6, &dump, Some(0x1010));
        let held: Vec<_> = registers.iter().map(|register| register.address).collect();
        assert_eq!(held[..4], [0x1008, 0x100c, 0x1024, 0x1028]);
        assert!(held.contains(&0x1943c));
        assert_eq!(held.len(), 1 + reg_dump::telling(Chip::T6).count());
    }

    #[test]
    fn those_with_a_name_are_the_same_among_all_and_alone() {
        let dump: Vec<_> = (0..reg_dump::len(Chip::T6)).map(|at| at as u8).collect();
        for (len, unread) in [
            (dump.len(), None),
            (0x8000, None),
            (dump.len(), Some(0x9000)),
        ] {
            let mut all = decode(Chip::T6, &dump[..len], unread);
            all.retain(|register| register.name.is_some());
            let named = decode_named(Chip::T6, &dump[..len], unread);
            assert!(named.len() > 50);
            assert_eq!(format!("{named:?}"), format!("{all:?}"));
        }
    }

    #[test]
    fn units_ascend() {
        assert!(UNITS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn no_bit_of_a_cause_vanishes_and_masked_ones_are_told_apart() {
        for (registers, expected) in [
            (&[(0x50078, 0x4), (0x50074, 0x3f)][..], "ECC_UE"),
            (&[(0x50078, 0x6), (0x50074, 0x4)], "ECC_UE ECC_CE=masked"),
            (&[(0x50078, 0x104), (0x50074, 0x3f)], "ECC_UE unknown=0x100"),
            (&[(0x1940c, 1 << 16), (0x19410, 0)], "EDC0=masked"),
        ] {
            let mut dump = vec![0; reg_dump::len(Chip::T6)];
            for (address, value) in registers {
                let value: u32 = *value;
                dump[*address..address + 4].copy_from_slice(&value.to_le_bytes());
            }
            let registers_held = decode(Chip::T6, &dump, None);
            let mut held = registers_held.iter();
            let cause = held.find(|register| register.address == registers[0].0 as u64);
            assert_eq!(cause.unwrap().words(), expected);
        }
    }
}
