// SPDX-License-Identifier: GPL-2.0

//! Registers that have another value.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::report::Report;
use crate::kinds::register::{self, Field, Kind, Registers};

#[derive(Serialize)]
pub struct Register {
    pub unit: String,
    name: Option<String>,
    address: u64,
    #[serde(serialize_with = "crate::findings::hex")]
    before: u64,
    #[serde(serialize_with = "crate::findings::hex")]
    after: u64,
    bits: u32,
    pub kind: Kind,
    /// Of its fields, what became of those that are different.
    fields: Vec<String>,
}

/// Which register it is, in both.
fn key(register: &register::Register) -> (String, u64, u32) {
    (register.unit.to_string(), register.address, register.bits)
}

pub fn compare(before: Registers, after: Registers, report: &mut Report) {
    let mut old: BTreeMap<_, _> = before
        .held
        .into_iter()
        .map(|register| (key(&register), register))
        .collect();
    for new in after.held {
        let Some(old) = old.remove(&key(&new)) else {
            report.registers_after_only += 1;
            continue;
        };
        report.registers_compared += 1;
        if old.value != new.value {
            report.registers.push(Register::new(&old, new));
        }
    }
    report.registers_before_only = old.len();
}

impl Register {
    fn new(old: &register::Register, new: register::Register) -> Self {
        let kind = match (old.kind, new.kind) {
            (Kind::State, kind) => kind,
            (kind, _) => kind,
        };
        Self {
            fields: fields(&old.fields, &new.fields),
            unit: new.unit.into_owned(),
            name: new.name.map(|name| name.into_owned()),
            address: new.address,
            before: old.value,
            after: new.value,
            bits: new.bits,
            kind,
        }
    }
}

/// Single bits are there if they are set, wider fields always.
fn fields(old: &[Field], new: &[Field]) -> Vec<String> {
    let find =
        |fields: &[Field], name: &str| fields.iter().find(|field| field.name == name).cloned();
    let mut changes = Vec::new();
    for field in new {
        match find(old, &field.name) {
            None if field.bits == 1 => changes.push(format!("+{}", field.name)),
            Some(before) if before.value != field.value => {
                changes.push(format!("{before} -> {field}"))
            }
            _ => {}
        }
    }
    let cleared = old
        .iter()
        .filter(|field| field.bits == 1 && find(new, &field.name).is_none());
    changes.extend(cleared.map(|field| format!("-{}", field.name)));
    changes
}

impl fmt::Display for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = (self.bits / 4) as usize;
        let Self {
            address,
            before,
            after,
            ..
        } = self;
        let name = self.name.as_deref().unwrap_or_default();
        let line = format!(
            "{address:#07x} {name:<16} {before:#0width$x} -> {after:#0width$x}  {}",
            self.fields.join(" "),
            width = digits + 2
        );
        f.write_str(line.trim_end())
    }
}
