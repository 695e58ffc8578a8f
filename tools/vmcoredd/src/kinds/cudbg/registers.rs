// SPDX-License-Identifier: GPL-2.0

//! Names of registers.

use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

use vmcore_format::cudbg::{reg_dump, Chip};

use super::fields;
use crate::kinds::register::Register;

/// Addresses and names, of all chips that have them.
static NAMES: LazyLock<BTreeMap<u32, &str>> = LazyLock::new(|| {
    let lines = include_str!("registers.txt").lines();
    let entry = |line: &'static str| {
        let (address, name) = line.split_once(' ')?;
        Some((
            u32::from_str_radix(address.strip_prefix("0x")?, 16).ok()?,
            name,
        ))
    };
    lines.filter_map(entry).collect()
});

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
    let was_read = |(address, _): &(u32, u32)| {
        unread.is_none_or(|unread| reg_dump::was_read(chip, *address, unread))
    };
    let register = |(address, value)| {
        let name = NAMES.get(&address).copied();
        let fields = fields::of(chip, address, value);
        Register {
            address: address.into(),
            unit: unit(address).into(),
            name: name.map(Cow::from),
            value: value.into(),
            bits: 32,
            is_telling: !fields.is_empty() || name.is_some_and(is_telling),
            fields,
        }
    };
    let values = reg_dump::values(chip, dump).filter(was_read);
    values.map(register).collect()
}

/// Registers to begin with, when a card has stopped: these, and all that have fields.
fn is_telling(name: &str) -> bool {
    name.contains("INT_CAUSE") || name.ends_with("_FW") || ["PL_REV", "PL_WHOAMI"].contains(&name)
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
    fn every_line_of_the_table_is_understood() {
        assert_eq!(NAMES.len(), include_str!("registers.txt").lines().count());
        assert!(UNITS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
