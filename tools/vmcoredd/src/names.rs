// SPDX-License-Identifier: GPL-2.0

//! Databases of registers that others keep: names and fields for what a dump holds.

mod chipsec;
mod freebsd;
mod svd;

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{bail, Context, Result};
use roxmltree::{Document, Node, ParsingOptions};

use crate::kinds::register::{self, Registers};

/// A register of a database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    /// What it is a part of: a peripheral, a BAR, a unit. May be empty.
    pub unit: String,
    pub name: String,
    /// Where it is: in the device's memory, or from the start of the unit if that has no address.
    pub address: u64,
    /// From the start of the unit.
    pub offset: u64,
    /// Of the register: 8, 16, 32 or 64.
    pub bits: u32,
    pub fields: Vec<Field>,
    pub access: Access,
}

/// What reading a register does, as far as the database says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    #[default]
    Plain,
    /// It changes something.
    Acts,
    /// It can only be written.
    WriteOnly,
    /// It is not behind a BAR.
    Elsewhere,
}

/// Bits of a register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub low: u32,
    pub bits: u32,
    /// What its values stand for.
    pub values: BTreeMap<u64, String>,
}

/// What is in a file.
pub struct Database {
    pub kind: Kind,
    pub registers: Vec<Register>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Svd,
    Chipsec,
    FreeBsd,
}

/// The registers in a file: CMSIS-SVD, chipsec's XML, `t4_regs.h` or the tables of FreeBSD's `cxgbetool`.
pub fn read(path: &Path) -> Result<Vec<Register>> {
    fs::read(path)
        .map_err(anyhow::Error::new)
        .and_then(|bytes| parse(&String::from_utf8_lossy(&bytes)))
        .with_context(|| path.display().to_string())
}

/// As [`read`], of what is in a file.
pub fn parse(text: &str) -> Result<Vec<Register>> {
    let registers = database(text)?.registers;
    if registers.is_empty() {
        bail!(
            "no registers: expected CMSIS-SVD, chipsec's XML, #defines as in t4_regs.h or a table as in FreeBSD's reg_defs_t6.c"
        );
    }
    Ok(registers)
}

/// The same, be it nothing.
pub fn database(text: &str) -> Result<Database> {
    let xml = text.trim_start_matches('\u{feff}').trim_start();
    if !xml.starts_with('<') {
        return Ok(Database {
            kind: Kind::FreeBsd,
            registers: freebsd::registers(text),
        });
    }
    // Files of vendors begin with a document type, now and then.
    let options = ParsingOptions {
        allow_dtd: true,
        ..Default::default()
    };
    let document = Document::parse_with_options(xml, options)?;
    let root = document.root_element();
    let (kind, registers) = match root.tag_name().name() {
        "device" => (Kind::Svd, svd::registers(root)?),
        "configuration" => (Kind::Chipsec, chipsec::registers(root)?),
        other => {
            bail!("expected a <device> (CMSIS-SVD) or a <configuration> (chipsec), not <{other}>")
        }
    };
    Ok(Database { kind, registers })
}

/// A number that must be there, with its place in the file.
fn required<T: TryFrom<u64>>(node: Node<'_, '_>, what: &str, text: Option<&str>) -> Result<T> {
    let value = text
        .and_then(number)
        .and_then(|value| T::try_from(value).ok());
    value.with_context(|| {
        let place = node.document().text_pos_at(node.range().start);
        let tag = node.tag_name().name();
        format!("line {}: <{tag}> has no usable {what}", place.row)
    })
}

/// A number as these files write it.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    let (digits, base) = match text.get(..2) {
        Some("0x" | "0X") => (&text[2..], 16),
        Some("0b" | "0B") => (&text[2..], 2),
        _ => match text.strip_prefix('#') {
            Some(binary) => (binary, 2),
            None => (text, 10),
        },
    };
    u64::from_str_radix(digits, base).ok()
}

/// Names by address.
#[derive(Default)]
pub struct Names(BTreeMap<u64, Register>);

impl Names {
    /// Of those at the same address, the first in the first file counts.
    pub fn read(paths: &[impl AsRef<Path>]) -> Result<Self> {
        let mut names = BTreeMap::new();
        for path in paths {
            for register in read(path.as_ref())? {
                names.entry(register.address).or_insert(register);
            }
        }
        Ok(Self(names))
    }

    /// Names registers that have no name, and bits that have none. Where each unit counts from its own start, an address says nothing.
    pub fn apply(&self, registers: &mut Registers) {
        if !registers.by_unit {
            registers.held.iter_mut().for_each(|it| self.name(it));
        }
    }

    /// The same, for one.
    pub fn name(&self, register: &mut register::Register) {
        let Some(known) = self.0.get(&register.address) else {
            return;
        };
        if register.name.is_none() {
            register.name = Some(known.name.clone().into());
        }
        let named = |fields: &[register::Field]| {
            let fields = fields.iter().filter(|field| field.name != "unknown");
            fields.fold(0, |mask, field| mask | mask_of(field.low, field.bits))
        };
        let mut seen = named(&register.fields);
        for field in &known.fields {
            let mask = mask_of(field.low, field.bits);
            let value = (register.value & mask) >> field.low.min(63);
            if seen & mask == 0 && (value != 0 || field.bits > 1) {
                seen |= mask;
                register.fields.push(register::Field {
                    name: field.name.clone().into(),
                    value,
                    low: field.low,
                    bits: field.bits,
                    meaning: None,
                });
            }
        }
        for field in &mut register.fields {
            if field.name == "unknown" {
                field.value &= !seen;
            }
        }
        register
            .fields
            .retain(|field| field.name != "unknown" || field.value != 0);
    }
}

fn mask_of(low: u32, bits: u32) -> u64 {
    (u64::MAX >> (64 - bits.clamp(1, 64)))
        .checked_shl(low)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests;
