// SPDX-License-Identifier: GPL-2.0

//! What matters, for people.

use std::io::Result;

use super::out::{Look, Out};
use crate::kinds::remark::{Remark, Weight};

/// What is about the same is together.
pub fn print(remarks: &[Remark], out: &mut Out) -> Result<()> {
    for (at, remark) in remarks.iter().enumerate() {
        let is_first = |of: &Remark| of.unit == remark.unit;
        if remarks.iter().position(is_first) != Some(at) {
            continue;
        }
        out.line(4, format!("  {} {}", remark.unit, remark.what))?;
        for remark in remarks.iter().filter(|other| is_first(other)) {
            let (look, weight) = match remark.weight {
                Weight::Fatal => (Look::Bad, "fatal: "),
                Weight::Error => (Look::Bad, "error: "),
                Weight::Warning => (Look::Warning, "warning: "),
                Weight::Unknown => (Look::Warning, "unknown: "),
                Weight::Note => (Look::Good, ""),
            };
            let text = remark.text.escape_debug();
            out.line(6, format!("    {}{text}", look.paint(weight)))?;
        }
    }
    Ok(())
}
