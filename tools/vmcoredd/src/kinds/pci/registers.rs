// SPDX-License-Identifier: GPL-2.0

//! Registers in configuration space, with names.

use std::{collections::BTreeSet, sync::LazyLock};

use vmcore_format::pci::Facts;

use super::{
    capabilities::{Capability, PCI_EXPRESS},
    function::Function,
};
use crate::kinds::{
    config_space::CONVENTIONAL,
    register::{Field, Kind, Register},
};

/// Where a register is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Header,
    /// In the header of a bridge, or of what is none.
    Bridge,
    Endpoint,
    In(Capability),
    /// In one that only root ports and event collectors have all of.
    Root(Capability),
}

/// A line of the table.
struct Entry {
    place: Place,
    offset: usize,
    bits: u32,
    name: &'static str,
    is_telling: bool,
    /// Name, lowest bit and number of bits.
    fields: Vec<(&'static str, u32, u32)>,
}

static TABLE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let lines = include_str!("registers.txt").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(entry)
        .collect()
});

fn entry(line: &'static str) -> Option<Entry> {
    let mut words = line.split(' ');
    let mut next = || words.next();
    let place = place(next()?)?;
    let offset = usize::from_str_radix(next()?, 16).ok()?;
    let bits = next()?.parse().ok()?;
    let name = next()?;
    Some(Entry {
        place,
        offset,
        bits,
        name: name.trim_start_matches('!'),
        is_telling: name.starts_with('!'),
        fields: words.map(field).collect::<Option<_>>()?,
    })
}

fn place(text: &str) -> Option<Place> {
    Some(match text {
        "header" => Place::Header,
        "bridge" => Place::Bridge,
        "endpoint" => Place::Endpoint,
        text => match text.strip_prefix("root-") {
            Some(rest) => Place::Root(capability(rest)?),
            None => Place::In(capability(text)?),
        },
    })
}

fn capability(digits: &str) -> Option<Capability> {
    match digits.len() {
        2 => u8::from_str_radix(digits, 16)
            .ok()
            .map(Capability::Standard),
        4 => u16::from_str_radix(digits, 16)
            .ok()
            .map(Capability::Extended),
        _ => None,
    }
}

fn field(text: &'static str) -> Option<(&'static str, u32, u32)> {
    let (name, bits) = text.split_once('=')?;
    let (high, low) = bits.split_once(':').unwrap_or((bits, bits));
    let (high, low) = (high.parse::<u32>().ok()?, low.parse::<u32>().ok()?);
    Some((name, low, high.checked_sub(low)? + 1))
}

/// Names of the bits that are set in a value of a register, with commas.
pub fn bits(register: &str, value: u64) -> String {
    let mut entries = TABLE.iter();
    let entry = entries.find(|entry| entry.name == register);
    let fields = entry.into_iter().flat_map(|entry| &entry.fields);
    let set = fields.filter(|(_, low, bits)| *bits == 1 && (value >> low) & 1 != 0);
    set.map(|(name, ..)| *name).collect::<Vec<_>>().join(",")
}

/// What was read: those of the table with their names, and the rest without.
pub fn all(function: &Function) -> Vec<Register> {
    let unit = function.name();
    let mut registers: Vec<Register> = TABLE
        .iter()
        .filter_map(|entry| {
            let at = start(entry.place, function)? + entry.offset;
            if !is_there(entry, at, function) {
                return None;
            }
            let value = function.space.value(at, entry.bits)?;
            Some(Register {
                unit: unit.clone().into(),
                name: Some(entry.name.into()),
                address: at as u64,
                value,
                bits: entry.bits,
                fields: entry
                    .fields
                    .iter()
                    .filter_map(|field| decode(*field, value))
                    .collect(),
                is_telling: entry.is_telling && is_error(entry.name, value),
                kind: kind(entry.name, function.head.facts),
            })
        })
        .collect();
    registers.extend(unnamed(function, &registers));
    registers.sort_by_key(|register| register.address);
    registers
}

/// The double words in which none of `named` is.
fn unnamed(function: &Function, named: &[Register]) -> Vec<Register> {
    let taken: BTreeSet<u64> = named.iter().map(|register| register.address & !3).collect();
    let free = (0..function.space.end())
        .step_by(4)
        .filter(|at| !taken.contains(&(*at as u64)));
    free.filter_map(|at| {
        Some(Register {
            unit: function.name().into(),
            name: None,
            address: at as u64,
            value: function.space.u32(at)?.into(),
            bits: 32,
            fields: Vec::new(),
            is_telling: false,
            kind: Kind::State,
        })
    })
    .collect()
}

/// Whether the kernel that took the dump had changed it.
fn kind(name: &str, facts: Facts) -> Kind {
    let fact = match name {
        "UNCOR_STATUS" | "COR_STATUS" | "ROOT_STATUS" => Facts::AER_CLEARED,
        "DPC_STATUS" => Facts::DPC_CLEARED,
        "DEVSTA" => Facts::DEVICE_STATUS_CLEARED,
        "SEC_STATUS" => Facts::SECONDARY_STATUS_CLEARED,
        "MSI_FLAGS" | "MSIX_FLAGS" => Facts::MSI_DISABLED,
        "SRIOV_CTRL" => Facts::VFS_DISABLED,
        "PM_CTRL" => Facts::POWERED_UP,
        _ => return Kind::State,
    };
    match facts.get(fact) {
        Some(true) => Kind::Touched,
        _ => Kind::State,
    }
}

/// Which registers the PCI Express capability has depends on its version and on what kind of port it is. And none of conventional PCI is
/// beyond the first 256 bytes.
fn is_there(entry: &Entry, at: usize, function: &Function) -> bool {
    match (entry.place, entry.offset) {
        // Slots.
        (Place::In(PCI_EXPRESS), 0x14..0x1c) => function.is_port(),
        (Place::In(PCI_EXPRESS), 0x1c..0x24) => function.is_root(),
        (Place::In(PCI_EXPRESS), 0x24..) => {
            let flags = function.space.u16(at - entry.offset + 2);
            flags.is_some_and(|flags| flags & 0xf >= 2)
        }
        (Place::In(Capability::Standard(_)), _) => at + (entry.bits / 8) as usize <= CONVENTIONAL,
        _ => true,
    }
}

fn start(place: Place, function: &Function) -> Option<usize> {
    let when = |is_so: bool| is_so.then_some(0);
    match place {
        Place::Header => Some(0),
        Place::Bridge => when(function.space.is_bridge()),
        Place::Endpoint => when(!function.space.is_bridge()),
        Place::In(capability) => function.find(capability),
        Place::Root(capability) if function.is_root() => function.find(capability),
        Place::Root(_) => None,
    }
}

/// Single bits if they are set, wider fields always.
fn decode((name, low, bits): (&'static str, u32, u32), value: u64) -> Option<Field> {
    let value = (value >> low) & ((1 << bits) - 1);
    (bits > 1 || value != 0).then(|| Field {
        name: name.into(),
        value,
        low,
        bits,
        meaning: None,
    })
}

/// Whether a status has more in it than what is so without any error.
fn is_error(name: &str, value: u64) -> bool {
    let harmless = match name {
        // Immediate readiness, interrupt, capabilities, 66 MHz, back to back, timing; parity, if somebody else had it.
        "STATUS" => 0x06ff,
        "SEC_STATUS" => 0x06ff,
        // Auxiliary power, transactions pending.
        "DEVSTA" => 0x30,
        "DPC_STATUS" => 0x1ff6,
        _ => 0,
    };
    value & !harmless != 0
}

#[cfg(test)]
mod tests {
    use super::{entry, TABLE};

    #[test]
    fn every_line_of_the_table_is_understood() {
        let lines = include_str!("registers.txt").lines();
        let lines: Vec<_> = lines.filter(|line| !line.starts_with('#')).collect();
        for line in &lines {
            assert!(entry(line).is_some(), "{line}");
        }
        assert_eq!(TABLE.len(), lines.len());
        for register in TABLE.iter() {
            let mut taken = 0_u64;
            for (name, low, bits) in &register.fields {
                let mask = ((1 << bits) - 1) << low;
                assert!(
                    low + bits <= register.bits && taken & mask == 0,
                    "{} {name}",
                    register.name
                );
                taken |= mask;
            }
        }
    }
}
