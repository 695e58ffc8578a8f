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
            let fields = self.fields(register, width);
            for (name, at) in self.each(register, width) {
                if names.insert(name.clone(), at).is_some() {
                    self.error(
                        register.name.span(),
                        format!("{name} is the name of two registers: rename one"),
                    );
                }
                if let Some(other) = places.insert((bar, at), name.clone()) {
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
                    name,
                    kind: register.kind,
                    fields: fields.clone(),
                });
            }
        }
        checked
    }

    /// The registers that an entry is about: name and offset of each.
    fn each(&mut self, register: &text::Register, width: u8) -> Vec<(String, u32)> {
        let (name, at) = (register.name.get_ref(), *register.at.get_ref());
        let Some(count) = &register.count else {
            if let Some(stride) = &register.stride {
                self.error(
                    stride.span(),
                    "a stride of one register: say how many with `count`",
                );
            }
            return vec![(name.clone(), at)];
        };
        let width = u32::from(width);
        let stride = register
            .stride
            .as_ref()
            .map_or(width, |stride| *stride.get_ref());
        if *count.get_ref() == 0 {
            self.error(count.span(), "no register: expected at least 1");
        }
        if stride == 0 || stride % width != 0 {
            let span = register.stride.as_ref().map_or(0..0, Spanned::span);
            self.error(
                span,
                format!("{stride} is not a multiple of the width, {width}"),
            );
            return Vec::new();
        }
        let end = u64::from(at) + u64::from(stride) * u64::from(*count.get_ref());
        if end > 1 << 32 {
            self.error(count.span(), "the last one is not within 4 GiB");
            return Vec::new();
        }
        let numbers = 0..u32::from(*count.get_ref());
        let each = numbers.map(|number| {
            let index = (u32::from(register.first) + number).to_string();
            let name = match name.contains("[]") {
                true => name.replace("[]", &index),
                false => format!("{name}{index}"),
            };
            (name, at + number * stride)
        });
        each.collect()
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
