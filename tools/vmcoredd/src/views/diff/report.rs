// SPDX-License-Identifier: GPL-2.0

//! What was found, as text and as JSON.

use std::io::Result;

use serde::Serialize;

use super::{registers::Register, tables::Section};
use crate::{
    kinds::{register::Kind, remark::Remark},
    views::{
        out::{Look, Out},
        remark,
    },
};

/// What is different in a dump.
#[derive(Default, Serialize)]
pub struct Report {
    pub name: String,
    /// What matters now, and did not before.
    pub remarks: Vec<Remark>,
    /// Sections that are not there any more, and those that were not there.
    pub gone: Vec<String>,
    pub come: Vec<String>,
    /// How sections went.
    pub sections: Vec<Changed>,
    pub registers: Vec<Register>,
    /// Registers that are only in one of them.
    pub registers_before_only: usize,
    pub registers_after_only: usize,
    /// Those with another value among so many.
    pub registers_compared: usize,
    pub tables: Vec<Section>,
}

/// Something in words that is different.
#[derive(Serialize)]
pub struct Changed {
    pub what: String,
    pub before: String,
    pub after: String,
}

impl Report {
    /// Whether nothing is different that should be the same.
    pub fn is_empty(&self) -> bool {
        let words = self.remarks.len() + self.gone.len() + self.come.len() + self.sections.len();
        let mut registers = self.registers.iter();
        words == 0
            && self.tables.is_empty()
            && registers.all(|register| register.kind != Kind::State)
    }

    /// What changes all the time is only counted, unless `all` is to be seen.
    pub fn print(&self, out: &mut Out, all: bool) -> Result<()> {
        out.line(4, Look::Heading.paint(&self.name))?;
        remark::print(&self.remarks, out)?;
        for (words, names) in [("gone", &self.gone), ("new", &self.come)] {
            for name in names {
                out.line(4, format!("  {words}: {name}"))?;
            }
        }
        for changed in &self.sections {
            let Changed {
                what,
                before,
                after,
            } = changed;
            out.line(4, format!("  {what}: {before} -> {after}"))?;
        }
        for (kind, words) in [
            (
                Kind::State,
                "registers that stay as they are unless something happens",
            ),
            (
                Kind::Touched,
                "registers that whoever took a dump had changed",
            ),
            (Kind::Pointer, "pointers"),
            (Kind::Counter, "counters"),
            (Kind::Clock, "clocks"),
        ] {
            let registers = self.registers.iter();
            let registers: Vec<_> = registers.filter(|register| register.kind == kind).collect();
            if registers.is_empty() {
                continue;
            }
            let shown = all || kind == Kind::State;
            let hint = if shown { "" } else { " (--all shows them)" };
            out.line(4, format!("  {words}: {} differ{hint}", registers.len()))?;
            if shown {
                print_registers(out, &registers)?;
            }
        }
        for (count, which) in [
            (self.registers_before_only, "first"),
            (self.registers_after_only, "second"),
        ] {
            if count > 0 {
                out.line(4, format!("  {count} registers are only in the {which}"))?;
            }
        }
        for section in &self.tables {
            section.print(out)?;
        }
        if self.is_empty() {
            let number = self.registers_compared;
            out.line(
                4,
                format!("  of {number} registers, none differs that should be the same"),
            )?;
        }
        Ok(())
    }
}

/// Those of a unit together.
fn print_registers(out: &mut Out, registers: &[&Register]) -> Result<()> {
    let mut unit = "";
    for register in registers {
        if register.unit != unit {
            unit = &register.unit;
            out.line(6, format!("    {unit}"))?;
        }
        out.line(8, format!("      {register}"))?;
    }
    Ok(())
}
