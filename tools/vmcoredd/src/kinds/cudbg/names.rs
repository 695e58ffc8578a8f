// SPDX-License-Identifier: GPL-2.0

//! Names of registers and of their fields: `names.txt`.

use std::{collections::BTreeMap, sync::LazyLock};

use vmcore_format::cudbg::Chip;

use crate::kinds::register;

/// What is known of a register.
struct Known {
    name: &'static str,
    is_cause: bool,
    /// It has the fields of the register there.
    like: Option<u32>,
    fields: Vec<Field>,
}

/// Bits of a register, on some chips.
struct Field {
    chips: &'static str,
    low: u32,
    bits: u32,
    name: &'static str,
}

struct Names {
    registers: BTreeMap<u32, Known>,
    /// What switches the interrupts of a register of causes on.
    enables: BTreeMap<u32, u32>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names {
        registers: BTreeMap::new(),
        enables: BTreeMap::new(),
    };
    let mut address = 0;
    let lines = include_str!("names.txt").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        names
            .line(line, &mut address)
            .unwrap_or_else(|| panic!("names.txt: {line}"));
    }
    names
});

impl Names {
    fn line(&mut self, line: &'static str, address: &mut u32) -> Option<()> {
        let mut words = line.split_whitespace();
        if line.starts_with(' ') {
            let chips = words.next()?;
            let known = self.registers.get_mut(address)?;
            while let Some(bits) = words.next() {
                let name = words.next()?;
                known.fields.push(Field::parse(chips, bits, name)?);
            }
            return Some(());
        }
        *address = hexadecimal(words.next()?)?;
        let name = words.next()?;
        let known = Known {
            name,
            is_cause: ["CAUSE", "_ERROR_STATUS", "AGENT_STATUS", "PORT_STATUS"]
                .iter()
                .any(|part| name.contains(part)),
            like: match words.next() {
                Some(word) => Some(hexadecimal(word.strip_prefix('=')?)?),
                None => None,
            },
            fields: Vec::new(),
        };
        if let Some(cause) = known.like.filter(|_| is_switch(known.name)) {
            self.enables.insert(cause, *address);
        }
        self.registers.insert(*address, known);
        Some(())
    }
}

/// Whether a register of this name switches interrupts on.
fn is_switch(name: &str) -> bool {
    name.contains("INT_ENABLE") || name.contains("INTR_ENABLE")
}

fn hexadecimal(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

impl Field {
    fn parse(chips: &'static str, bits: &str, name: &'static str) -> Option<Self> {
        let (high, low) = bits.split_once(':').unwrap_or((bits, bits));
        let (high, low): (u32, u32) = (high.parse().ok()?, low.parse().ok()?);
        let bits = high.checked_sub(low)? + 1;
        (high < 32).then_some(Self {
            chips,
            low,
            bits,
            name,
        })
    }

    fn is_of(&self, chip: Chip) -> bool {
        self.chips == "*" || self.chips.split(',').any(|name| name == chip.name())
    }

    fn value(&self, register: u32) -> u32 {
        (register >> self.low) & (u32::MAX >> (32 - self.bits))
    }
}

fn known_fields(address: u32) -> impl Iterator<Item = &'static Field> {
    let known = |address| NAMES.registers.get(&address);
    // No table is so long that a circle in it would matter.
    let chain = std::iter::successors(known(address), move |last| known(last.like?));
    chain.take(3).flat_map(|known| &known.fields)
}

/// The name of a register.
pub fn of(address: u32) -> Option<&'static str> {
    NAMES.registers.get(&address).map(|known| known.name)
}

/// Whether it has causes of interrupts, or of errors: it holds nothing if nothing happened.
pub fn is_cause(address: u32) -> bool {
    let known = NAMES.registers.get(&address);
    known.is_some_and(|known| known.is_cause)
}

/// The register that switches the interrupts of a register of causes on.
pub fn enable(cause: u32) -> Option<u32> {
    NAMES.enables.get(&cause).copied()
}

/// The fields of a register; of single bits, and of causes, those that are set.
pub fn fields(chip: Chip, address: u32, value: u32) -> Vec<register::Field> {
    let is_cause = is_cause(address);
    known_fields(address)
        .filter(|field| field.is_of(chip))
        .filter(|field| (field.bits > 1 && !is_cause) || field.value(value) != 0)
        .map(|field| register::Field {
            name: field.name.into(),
            value: field.value(value).into(),
            low: field.low,
            bits: field.bits,
            meaning: None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(chip: Chip, address: u32, value: u32) -> String {
        let held: Vec<_> = fields(chip, address, value)
            .iter()
            .map(register::Field::to_string)
            .collect();
        held.join(" ")
    }

    #[test]
    fn bits_that_are_set_are_named_and_wider_fields_have_a_value() {
        for (chip, address, value, expected) in [
            (Chip::T6, 0x1940c, (1 << 26) | 1, "SGE CIM"),
            (Chip::T6, 0x1943c, 0x61, "REV=0x1"),
            (Chip::T6, 0x1940c, 0, ""),
            (Chip::T6, 0x4, u32::MAX, ""),
            (Chip::T6, 0x5007c, 0x3_0001, "CECNT=0x3 UECNT=0x1"),
            // An enable register has the bits of its cause, and the second EDC those of the first.
            (Chip::T6, 0x50074, 4, "ECC_UE"),
            (Chip::T5, 0x50878, 4, "ECC_UE"),
            // A chip has its own fields.
            (Chip::T4, 0x3004, 1 << 29, "UNXSPLCPLERR"),
            (Chip::T5, 0x3004, 1 << 29, "READRSPERR"),
            (Chip::T5, 0x19400, 5 << 8, "SOURCEPF=0x5"),
            (Chip::T6, 0x19400, 5 << 9, "SOURCEPF=0x5"),
            // Causes that did not happen are not shown, however wide.
            (Chip::T5, 0x1024, 0, ""),
            (Chip::T5, 0x1024, 2, "PARITY=0x2"),
        ] {
            assert_eq!(words(chip, address, value), expected, "{address:#x}");
        }
    }

    #[test]
    fn fields_of_a_chip_do_not_overlap() {
        for chip in [Chip::T4, Chip::T5, Chip::T6] {
            for address in NAMES.registers.keys() {
                let mut seen = 0u32;
                for field in known_fields(*address).filter(|field| field.is_of(chip)) {
                    let mask = (u32::MAX >> (32 - field.bits)) << field.low;
                    assert_eq!(seen & mask, 0, "{chip:?} {address:#x} {}", field.name);
                    seen |= mask;
                }
            }
        }
    }

    #[test]
    fn a_register_that_is_like_another_has_its_fields() {
        for (address, known) in &NAMES.registers {
            let Some(like) = known.like else { continue };
            assert!(NAMES.registers.contains_key(&like), "{address:#x}");
            assert!(known_fields(*address).next().is_some(), "{address:#x}");
        }
        assert_eq!(enable(0x1024), Some(0x1028));
        assert_eq!(enable(0x1008), None);
    }

    /// Those that the handlers of Linux's and FreeBSD's drivers look at and that are in a dump.
    #[test]
    fn nine_of_ten_bits_of_the_causes_of_a_t6_have_a_name() {
        const CAUSES: [u32; 25] = [
            0x1024, 0x1030, 0x103c, 0x10dc, 0x110c, 0x1128, 0x3004, 0x77e0, 0x7b2c, 0x7b34, 0x7e74,
            0x8dcc, 0x8fdc, 0x8ffc, 0x9408, 0x9614, 0x9620, 0x962c, 0x985c, 0x11074, 0x19054,
            0x19158, 0x1940c, 0x41318, 0x50078,
        ];
        // What a chip has is what FreeBSD's table names; registers of causes have no others.
        let named: u32 = CAUSES
            .iter()
            .flat_map(|address| known_fields(*address))
            .filter(|field| field.is_of(Chip::T6))
            .map(|field| field.bits)
            .sum();
        assert!(named > 530, "{named}");
    }
}
