// SPDX-License-Identifier: GPL-2.0

//! Fields of the registers that an engineer looks at first.

use std::{collections::BTreeMap, sync::LazyLock};

use vmcore_format::cudbg::Chip;

use crate::kinds::register;

/// Bits of a register, on some chips.
struct Field {
    low: u32,
    bits: u32,
    name: &'static str,
    /// Empty: all.
    chips: Vec<&'static str>,
}

/// A line is an address, `high:low` or a single bit, a name, and the chips that have it if not all do.
static FIELDS: LazyLock<BTreeMap<u32, Vec<Field>>> = LazyLock::new(|| {
    let mut fields = BTreeMap::<_, Vec<_>>::new();
    for line in include_str!("fields.txt").lines() {
        let (address, field) = parse(line).unwrap_or_else(|| panic!("fields.txt: {line}"));
        fields.entry(address).or_default().push(field);
    }
    fields
});

fn parse(line: &'static str) -> Option<(u32, Field)> {
    let mut words = line.split(' ');
    let address = words.next()?.strip_prefix("0x")?;
    let bits = words.next()?;
    let (high, low) = bits.split_once(':').unwrap_or((bits, bits));
    let (high, low): (u32, u32) = (high.parse().ok()?, low.parse().ok()?);
    let field = Field {
        low,
        bits: high.checked_sub(low)? + 1,
        name: words.next()?,
        chips: words
            .next()
            .map_or_else(Vec::new, |chips| chips.split(',').collect()),
    };
    Some((u32::from_str_radix(address, 16).ok()?, field))
}

/// The fields of a register; of single bits, those that are set.
pub fn of(chip: Chip, address: u32, value: u32) -> Vec<register::Field> {
    let fields = FIELDS.get(&address).into_iter().flatten();
    fields
        .filter(|field| field.chips.is_empty() || field.chips.contains(&chip.name()))
        .map(|field| register::Field {
            name: field.name.into(),
            value: u64::from((value >> field.low) & (u32::MAX >> (32 - field.bits))),
            low: field.low,
            bits: field.bits,
            meaning: None,
        })
        .filter(|held| held.bits > 1 || held.value != 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(chip: Chip, address: u32, value: u32) -> String {
        let held: Vec<_> = of(chip, address, value)
            .iter()
            .map(register::Field::to_string)
            .collect();
        held.join(" ")
    }

    #[test]
    fn bits_that_are_set_are_named_and_wider_fields_have_a_value() {
        assert_eq!(words(Chip::T6, 0x1940c, (1 << 26) | 1), "SGE CIM");
        assert_eq!(words(Chip::T6, 0x1943c, 0x61), "REV=0x1");
        assert_eq!(words(Chip::T6, 0x1940c, 0), "");
        assert_eq!(words(Chip::T6, 0x4, u32::MAX), "");
    }

    #[test]
    fn a_chip_has_its_own_fields() {
        assert_eq!(words(Chip::T4, 0x3004, 1 << 29), "UNXSPLCPLERR");
        assert_eq!(words(Chip::T5, 0x3004, 1 << 29), "READRSPERR");
        assert_eq!(words(Chip::T5, 0x19400, 5 << 8), "SOURCEPF=0x5");
        assert_eq!(words(Chip::T6, 0x19400, 5 << 9), "SOURCEPF=0x5");
    }

    #[test]
    fn fields_of_a_chip_do_not_overlap() {
        for chip in [Chip::T4, Chip::T5, Chip::T6] {
            for (address, fields) in &*FIELDS {
                let mut seen = 0u32;
                for field in fields
                    .iter()
                    .filter(|field| field.chips.is_empty() || field.chips.contains(&chip.name()))
                {
                    let mask = (u32::MAX >> (32 - field.bits)) << field.low;
                    assert_eq!(seen & mask, 0, "{chip:?} {address:#x} {}", field.name);
                    seen |= mask;
                }
            }
        }
    }
}
