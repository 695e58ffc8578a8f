// SPDX-License-Identifier: GPL-2.0

//! Registers and what their bits mean.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use super::table::{hex, text, Table};

/// Registers of a device.
#[derive(Default)]
pub struct Registers {
    pub held: Vec<Register>,
    pub not_read: Vec<NotRead>,
    /// Addresses count from the start of the unit: those of two units may be the same.
    pub by_unit: bool,
}

/// Registers that the dump could have had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotRead {
    pub count: usize,
    /// Why not.
    pub why: String,
}

/// There was no time for them.
pub const SLOW: &str = "the device is slow";

impl NotRead {
    /// Of several, each reason once.
    pub fn sum(all: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut sums: Vec<Self> = Vec::new();
        for NotRead { count, why } in all {
            match sums.iter_mut().find(|sum| sum.why == why) {
                Some(sum) => sum.count += count,
                None if count > 0 => sums.push(Self { count, why }),
                None => {}
            }
        }
        sums
    }
}

impl fmt::Display for NotRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} were not read: {}", self.count, self.why)
    }
}

#[derive(Clone, Debug)]
pub struct Register {
    /// What it is a part of: "SGE".
    pub unit: Cow<'static, str>,
    pub name: Option<Cow<'static, str>>,
    /// Where it is, in bytes.
    pub address: u64,
    pub value: u64,
    /// Of the register: 8, 16, 32 or 64.
    pub bits: u32,
    /// Of single bits, those that are set; all wider ones.
    pub fields: Vec<Field>,
    /// One to begin with, when a device has stopped.
    pub is_telling: bool,
    pub kind: Kind,
}

/// What a register does when nothing is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It stays as it is.
    #[default]
    State,
    /// It counts events.
    Counter,
    /// It counts time.
    Clock,
    /// It follows what the device or its driver does.
    Pointer,
    /// Whoever took the dump had changed it before.
    #[serde(skip_deserializing)]
    Touched,
}

/// What a field holds.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: Cow<'static, str>,
    pub value: u64,
    /// The lowest bit, and how many there are.
    pub low: u32,
    pub bits: u32,
    /// What the value stands for.
    pub meaning: Option<Cow<'static, str>>,
}

/// What a bit stands for that is set and whose interrupt is switched off.
pub const MASKED: &str = "masked";

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.meaning, self.bits) {
            (Some(meaning), _) => write!(f, "{}={meaning}", self.name),
            (None, 1) => f.write_str(&self.name),
            (None, _) => write!(f, "{}={:#x}", self.name, self.value),
        }
    }
}

impl Register {
    /// Its name, and of what it is, unless the name says that.
    pub fn whole_name(&self) -> String {
        let unit = self.unit.as_ref();
        match &self.name {
            Some(name) if name.starts_with(unit) => name.to_string(),
            Some(name) => format!("{unit} {name}"),
            None => unit.to_owned(),
        }
    }

    /// Names of bits, names and values of wider fields.
    pub fn words(&self) -> String {
        let words: Vec<_> = self.fields.iter().map(Field::to_string).collect();
        words.join(" ")
    }
}

/// The title of a table of registers.
pub const TABLE: &str = "registers";

/// Registers as a table.
pub fn table(registers: &[Register]) -> Table {
    let mut table = Table::new(
        TABLE,
        [
            hex("address", 5),
            text("unit"),
            text("name"),
            hex("value", 8),
            text("fields"),
        ],
    );
    for register in registers {
        table.row([
            register.address.into(),
            register.unit.as_ref().into(),
            register.name.as_deref().into(),
            register.value.into(),
            register.words().into(),
        ]);
    }
    table
}
