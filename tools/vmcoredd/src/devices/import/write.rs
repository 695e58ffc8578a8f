// SPDX-License-Identifier: GPL-2.0

//! Writes what was taken as a file of `devices.d`.

use std::fmt::{self, Write};

use super::Imported;
use crate::devices::description::{Field, Register};

/// `ids` is what stands behind `match =` or `class =`, with that.
pub fn write(imported: &Imported, name: &str, ids: &str) -> String {
    let mut text = String::new();
    // Nothing that is written to a string fails.
    let _ = file(&mut text, imported, name, ids);
    text
}

fn file(out: &mut String, imported: &Imported, name: &str, ids: &str) -> fmt::Result {
    writeln!(
        out,
        "# Names from {}. What is read, a [[range]] says: there is none here.",
        imported.from
    )?;
    if !imported.dropped.is_empty() {
        writeln!(
            out,
            "# Reading these changes something: {}.",
            imported.dropped.join(", ")
        )?;
    }
    writeln!(out, "[device]\nname = {}\n{ids}", quoted(name))?;
    imported
        .registers
        .iter()
        .try_for_each(|register| one(out, register))
}

fn one(out: &mut String, register: &Register) -> fmt::Result {
    let Register {
        bar,
        at,
        width,
        name,
        ..
    } = register;
    writeln!(
        out,
        "\n[[register]]\nbar = {bar}\nat = {at:#x}\nname = {}",
        quoted(name)
    )?;
    if *width != 4 {
        writeln!(out, "width = {width}")?;
    }
    if !register.fields.is_empty() {
        writeln!(out, "[register.fields]")?;
    }
    for Field { name, bits, values } in &register.fields {
        let bits = match bits.start() == bits.end() {
            true => bits.start().to_string(),
            false => format!("\"{}:{}\"", bits.end(), bits.start()),
        };
        write!(out, "{} = ", quoted(name))?;
        if values.is_empty() {
            writeln!(out, "{bits}")?;
            continue;
        }
        let values = values
            .iter()
            .map(|(value, name)| format!("{value} = {}", quoted(name)));
        let values: Vec<_> = values.collect();
        writeln!(
            out,
            "{{ bits = {bits}, values = {{ {} }} }}",
            values.join(", ")
        )?;
    }
    Ok(())
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted += &format!("\\u{:04x}", c as u32),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
