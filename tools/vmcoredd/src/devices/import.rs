// SPDX-License-Identifier: GPL-2.0

//! Names and fields of registers from descriptions that exist. What is read, they cannot say: no description of those says for all registers
//! that reading changes nothing. Registers of which it says that something changes are left out.

mod chipsec;
mod svd;
mod write;

use std::collections::BTreeMap;

use anyhow::{bail, Context, Result};
use roxmltree::{Document, Node};

use crate::devices::{
    description::{Field, Register},
    text::number, //
};

pub use write::write;

/// The most registers that come from a file: an array may say that it has any number of them.
const MOST: usize = 65536;

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
    let document = Document::parse(text)?;
    let root = document.root_element();
    let mut imported = match root.tag_name().name() {
        "device" => svd::import(root, place)?,
        "configuration" => chipsec::import(root, place)?,
        other => bail!("<{other}> is neither <device> (CMSIS-SVD) nor <configuration> (chipsec)"),
    };
    if imported.registers.is_empty() && imported.dropped.is_empty() {
        bail!("{} has no registers", imported.from);
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

/// A number that must be there, with its place in the file.
fn required<T: TryFrom<u64>>(node: Node, what: &str, text: Option<&str>) -> Result<T> {
    let parsed = text
        .and_then(number)
        .and_then(|value| T::try_from(value).ok());
    parsed.with_context(|| {
        let place = node.document().text_pos_at(node.range().start);
        format!(
            "line {}: <{}> has no usable {what}",
            place.row,
            node.tag_name().name()
        )
    })
}
