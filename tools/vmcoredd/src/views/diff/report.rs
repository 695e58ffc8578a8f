// SPDX-License-Identifier: GPL-2.0

//! What was found, as text and as JSON.

use std::io::{Result, Write};

use serde::Serialize;

use super::{registers::Register, tables::Section};
use crate::{
    kinds::{register::Kind, remark::Remark},
    views::remark,
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
    pub fn print(&self, out: &mut impl Write, all: bool) -> Result<()> {
        writeln!(out, "{}", self.name)?;
        remark::print(out, &self.remarks)?;
        for (words, names) in [("gone", &self.gone), ("new", &self.come)] {
            names
                .iter()
                .try_for_each(|name| writeln!(out, "  {words}: {name}"))?;
        }
        for Changed {
            what,
            before,
            after,
        } in &self.sections
        {
            writeln!(out, "  {what}: {before} -> {after}")?;
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
            let registers: Vec<_> = self
                .registers
                .iter()
                .filter(|register| register.kind == kind)
                .collect();
            if registers.is_empty() {
                continue;
            }
            let shown = all || kind == Kind::State;
            let hint = if shown { "" } else { " (--all shows them)" };
            writeln!(out, "  {words}: {} differ{hint}", registers.len())?;
            if shown {
                print_registers(out, &registers)?;
            }
        }
        for (count, which) in [
            (self.registers_before_only, "first"),
            (self.registers_after_only, "second"),
        ] {
            if count > 0 {
                writeln!(out, "  {count} registers are only in the {which}")?;
            }
        }
        self.tables
            .iter()
            .try_for_each(|section| section.print(out))?;
        if self.is_empty() {
            writeln!(
                out,
                "  of {} registers, none differs that should be the same",
                self.registers_compared
            )?;
        }
        Ok(())
    }
}

/// Those of a unit together.
fn print_registers(out: &mut impl Write, registers: &[&Register]) -> Result<()> {
    let mut unit = "";
    for register in registers {
        if register.unit != unit {
            unit = &register.unit;
            writeln!(out, "    {unit}")?;
        }
        writeln!(out, "      {register}")?;
    }
    Ok(())
}
