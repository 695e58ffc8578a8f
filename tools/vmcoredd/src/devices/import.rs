// SPDX-License-Identifier: GPL-2.0

//! Names and fields of registers from descriptions that exist. What is read, they cannot say: no description of those says for all registers
//! that reading changes nothing. Registers of which it says that something changes are left out.

mod write;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{bail, Result};

use crate::{
    devices::description::{Field, Register},
    kinds::register,
    names::{self, Access, Database, Kind},
};

pub use write::write;

/// What is taken from a file.
#[derive(Debug, Default, PartialEq)]
pub struct Imported {
    /// What kind of file it is, and which part of it was taken.
    pub from: String,
    pub registers: Vec<Register>,
    /// Names of those that were left out because of what reading them does.
    pub dropped: Vec<String>,
}

/// Where registers are on the device, and which are meant.
pub struct Place<'a> {
    pub bar: u8,
    /// Added to offsets.
    pub offset: u32,
    /// A peripheral of an SVD file, or a BAR in the words of chipsec.
    pub part: Option<&'a str>,
}

/// Takes the registers from CMSIS-SVD or from chipsec's XML.
pub fn import(text: &str, place: &Place) -> Result<Imported> {
    let database = names::database(text)?;
    let part = part(&database, place.part)?;
    let mut imported = Imported {
        from: match database.kind {
            Kind::Svd => format!("CMSIS-SVD, {part}"),
            _ if part.is_empty() => "chipsec, its registers".to_owned(),
            _ => format!("chipsec, {part}"),
        },
        ..Imported::default()
    };
    for register in database.registers.iter().filter(|it| it.unit == part) {
        match register.access {
            Access::Plain => imported.registers.extend(taken(register, place)),
            Access::Acts => imported.dropped.push(name(&register.name)),
            Access::WriteOnly | Access::Elsewhere => {}
        }
    }
    if imported.registers.is_empty() {
        let from = &imported.from;
        match imported.dropped.as_slice() {
            [] => bail!("{from} has no registers"),
            dropped => bail!(
                "{from} has no register that can be read without changing something, only {}",
                dropped.join(", ")
            ),
        }
    }
    let registers = &mut imported.registers;
    registers.sort_by_key(|register| register.at);
    unique(registers.iter_mut().map(|register| &mut register.name));
    for register in registers {
        unique(register.fields.iter_mut().map(|field| &mut field.name));
        register.fields.sort_by_key(|field| *field.bits.start());
    }
    Ok(imported)
}

/// The part that is wanted: the only one, unless somebody says which.
fn part(database: &Database, wanted: Option<&str>) -> Result<String> {
    let registers = database.registers.iter();
    let behind = registers.filter(|it| it.access != Access::Elsewhere);
    let parts: BTreeSet<&str> = behind.map(|it| it.unit.as_str()).collect();
    let parts: Vec<&str> = parts.into_iter().collect();
    let all = parts.join(", ");
    let what = match database.kind {
        Kind::Svd => "peripherals",
        Kind::Chipsec => "BARs",
        Kind::FreeBsd => bail!("expected XML: CMSIS-SVD, or what chipsec has"),
    };
    match (wanted, parts.as_slice()) {
        (Some(part), parts) if parts.contains(&part) => Ok(part.to_owned()),
        (Some(part), _) => bail!("no registers of {part}; of these there are: {all}"),
        (None, []) => Ok(String::new()),
        (None, [only]) => Ok((*only).to_owned()),
        (None, _) => bail!("registers of several {what}: say which with --part: {all}"),
    }
}

/// `None`: it is not one that can be read at once.
fn taken(register: &names::Register, place: &Place) -> Option<Register> {
    let at = u32::try_from(register.offset)
        .ok()?
        .checked_add(place.offset)?;
    let (8 | 16 | 32 | 64) = register.bits else {
        return None;
    };
    let width = (register.bits / 8) as u8;
    let field = |field: &names::Field| {
        let low = u8::try_from(field.low).ok()?;
        let more = u8::try_from(field.bits.max(1) - 1).ok()?;
        Some(Field {
            name: name(&field.name),
            bits: low..=low.checked_add(more)?,
            values: field.values.clone(),
        })
    };
    (at % u32::from(width) == 0).then(|| Register {
        bar: place.bar,
        at,
        width,
        name: name(&register.name),
        kind: register::Kind::State,
        fields: sound(register.fields.iter().filter_map(field).collect(), width),
    })
}

/// Takes fields that are within their register, the first of those that overlap.
fn sound(fields: Vec<Field>, width: u8) -> Vec<Field> {
    let mut taken = 0_u64;
    let mut sound = fields;
    sound.retain(|field| {
        if *field.bits.end() >= 8 * width {
            return false;
        }
        let mask = field.bits.clone().fold(0, |mask, bit| mask | (1 << bit));
        let free = taken & mask == 0;
        taken |= mask;
        free
    });
    sound
}

/// Numbers those names that others have already.
fn unique<'a>(names: impl Iterator<Item = &'a mut String>) {
    let mut seen = BTreeMap::new();
    for name in names {
        let count = seen.entry(name.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            *name = format!("{name}.{count}");
        }
    }
}

/// As names in `devices.d` are written.
fn name(text: &str) -> String {
    const MOST: usize = 60;
    let part = |c: char| match c {
        c if c.is_ascii_alphanumeric() || "_-.[]".contains(c) => c,
        _ => '_',
    };
    match text.trim() {
        "" => "unnamed".to_owned(),
        text => text.chars().take(MOST).map(part).collect(),
    }
}
