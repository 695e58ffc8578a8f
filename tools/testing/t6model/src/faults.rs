// SPDX-License-Identifier: GPL-2.0

//! What can be wrong with a chip: `faults.txt`.

use vmcore_format::cudbg::Chip;

const TABLE: &str = include_str!("faults.txt");
/// Where units complain.
const PL_INT_CAUSE: u32 = 0x1940c;

/// Something that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its name.
    pub name: &'static str,
    unit: Option<u32>,
    effects: &'static str,
}

impl Fault {
    /// All that there are.
    pub fn all() -> impl Iterator<Item = Self> {
        let lines = TABLE
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        lines.map(|line| {
            let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
            let (unit, effects) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
            Self {
                name,
                unit: unit.parse().ok(),
                effects: effects.trim(),
            }
        })
    }

    /// The fault called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|fault| fault.name == name)
    }

    /// Whether a chip can have it.
    pub fn is_of(&self, chip: Chip) -> bool {
        self.effects.is_empty() || self.effects(chip).next().is_some()
    }

    fn effects(&self, chip: Chip) -> impl Iterator<Item = &'static str> {
        let effects = self.effects.split_whitespace();
        effects.filter_map(move |effect| match effect.split_once('@') {
            Some((chips, effect)) => chips
                .split(',')
                .any(|name| name == chip.name())
                .then_some(effect),
            None => Some(effect),
        })
    }

    /// Registers that it changes: address, and the new value made from the old one.
    pub fn registers(self, chip: Chip, value: impl Fn(u32) -> Option<u32>) -> Vec<(u32, u32)> {
        let effects = self.effects(chip).filter_map(|effect| {
            let at = effect.find(['+', '-', '='])?;
            let (address, rest) = effect.split_at(at);
            let address = hexadecimal(address)?;
            let was = value(address)?;
            let is = match rest.split_at(1) {
                ("+", bit) => was | (1 << bit.parse::<u32>().ok()?),
                ("-", bit) => was & !(1 << bit.parse::<u32>().ok()?),
                (_, value) => hexadecimal(value)?,
            };
            Some((address, is))
        });
        let complaint = self
            .unit
            .filter(|_| self.is_of(chip))
            .and_then(|bit| Some((PL_INT_CAUSE, value(PL_INT_CAUSE)? | (1 << bit))));
        effects.chain(complaint).collect()
    }
}

fn hexadecimal(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_understood_and_has_a_chip() {
        let mut names = std::collections::BTreeSet::new();
        for fault in Fault::all() {
            assert!(names.insert(fault.name), "{} twice", fault.name);
            let chips = [Chip::T4, Chip::T5, Chip::T6];
            assert!(
                chips.iter().any(|chip| fault.is_of(*chip)),
                "{}",
                fault.name
            );
            for chip in chips {
                let expected = fault.effects(chip).count();
                let complains = usize::from(fault.unit.is_some() && fault.is_of(chip));
                let registers = fault.registers(chip, |_| Some(0));
                assert_eq!(registers.len(), expected + complains, "{}", fault.name);
            }
        }
        assert!(names.len() > 80);
        assert_eq!(Fault::named("nothing"), None);
    }
}
