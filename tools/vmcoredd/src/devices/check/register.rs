// SPDX-License-Identifier: GPL-2.0

//! Names of registers and their fields.

use std::collections::HashMap;

use toml::Spanned;

use super::Check;
use crate::devices::{
    description::{Field, Range, Register},
    text,
};

/// Characters in a name, which stays outside of the module.
const LONGEST: usize = 64;

impl Check<'_> {
    pub(super) fn registers(
        &mut self,
        registers: &[Spanned<text::Register>],
        ranges: &[Range],
    ) -> Vec<Register> {
        let mut names = HashMap::new();
        let mut places = HashMap::new();
        let mut checked = Vec::new();
        for register in registers.iter().map(Spanned::get_ref) {
            self.name(&register.name, "a register", LONGEST);
            let (bar, width) = (self.bar(&register.bar), self.width(&register.width));
            self.aligned(&register.at, width);
            let (name, at) = (register.name.get_ref(), *register.at.get_ref());
            if names.insert(name, at).is_some() {
                self.error(
                    register.name.span(),
                    format!("{name} is the name of two registers: rename one"),
                );
            }
            if let Some(other) = places.insert((bar, at), name) {
                let what = format!("{other} is at {at:#x}, too: two names for one register");
                self.error(register.at.span(), what);
            }
            let is_read = |range: &Range| range.reads(bar, at);
            if !ranges.is_empty() && !ranges.iter().any(is_read) {
                let what = format!("{name} is not read: put {at:#x} into a [[range]], if reading it changes nothing");
                self.warn(register.at.span(), what);
            }
            checked.push(Register {
                bar,
                at,
                width,
                name: name.clone(),
                kind: register.kind,
                fields: self.fields(register, width),
            });
        }
        checked
    }

    fn fields(&mut self, register: &text::Register, width: u8) -> Vec<Field> {
        let mut taken: u64 = 0;
        let mut fields = Vec::new();
        for (name, field) in &register.fields {
            self.name(name, "a field", LONGEST);
            let bits = field.get_ref().bits.clone();
            if *bits.end() >= 8 * width {
                let what = format!(
                    "{} has bits 0 to {}",
                    register.name.get_ref(),
                    8 * u32::from(width) - 1
                );
                self.error(field.span(), what);
                continue;
            }
            let mask = bits.clone().fold(0, |mask, bit| mask | (1_u64 << bit));
            if taken & mask != 0 {
                let what = format!(
                    "bit {} is in another field, too",
                    (taken & mask).trailing_zeros()
                );
                self.error(field.span(), what);
            }
            taken |= mask;
            let field = Field {
                name: name.get_ref().clone(),
                bits,
                values: field.get_ref().values.clone(),
            };
            fields.push(field);
        }
        fields.sort_by_key(|field| *field.bits.start());
        fields
    }
}
