// SPDX-License-Identifier: GPL-2.0

//! What is read.

use std::ops::RangeInclusive;

use toml::Spanned;
use vmcore_format::devices::Condition;

use super::Check;
use crate::devices::{description::Range, text};

/// Offsets in any BAR.
pub type Never = [RangeInclusive<u32>];

impl Check<'_> {
    /// `None`: it makes no sense, and that was said.
    pub(super) fn range(&mut self, range: &text::Range, never: &Never) -> Option<Range> {
        let bar = self.bar(&range.bar);
        let width = self.width(&range.width);
        let mut sound = self.aligned(&range.start, width);
        let mut count = 1;
        if let Some(said) = &range.count {
            count = u16::try_from(*said.get_ref()).unwrap_or(0);
            if count == 0 {
                let what = format!(
                    "1 to 65535 registers can be read in a range, not {}",
                    said.get_ref()
                );
                self.error(said.span(), what);
                sound = false;
            }
        }
        let mut stride = u16::from(width);
        if let Some(said) = &range.stride {
            stride = u16::try_from(*said.get_ref()).unwrap_or(0);
            if stride < width.into() || stride % u16::from(width) != 0 {
                let what = format!(
                    "a stride is a multiple of the width, {width} to 65535 bytes, not {}",
                    said.get_ref()
                );
                self.error(said.span(), what);
                sound = false;
            }
        }
        let condition = match &range.condition {
            Some(condition) => Some(self.condition(condition, never)?),
            None => None,
        };
        let start = *range.start.get_ref();
        if u64::from(start) + u64::from(count) * u64::from(stride) > 1 << 32 {
            let what = "the range ends beyond 4 GiB: no BAR is that large";
            self.error(range.start.span(), what);
            sound = false;
        }
        if !sound {
            return None;
        }
        let checked = Range {
            bar,
            start,
            count,
            stride,
            width,
            condition,
        };
        if let Some(at) = checked.offsets().find(|at| touches(never, *at, width)) {
            let what = format!(
                "{at:#x} is read, and `never` has it: split the range in two, before and behind it"
            );
            self.error(range.start.span(), what);
        }
        Some(checked)
    }

    fn condition(
        &mut self,
        condition: &Spanned<text::Condition>,
        never: &Never,
    ) -> Option<Condition> {
        let span = condition.span();
        let condition = condition.get_ref();
        let bar = self.bar(&condition.bar);
        let width = self.width(&condition.width);
        let at = *condition.at.get_ref();
        let before = self.complaints.len();
        self.aligned(&condition.at, width);
        if width == 8 {
            self.error(span.clone(), "a condition is a register of 1, 2 or 4 bytes");
        }
        if touches(never, at, width) {
            let what = "a condition is read, and `never` has it: use another register";
            self.error(condition.at.span(), what);
        }
        let bits = (8 * u32::from(width)).min(32);
        let (mask, value) = match (&condition.bit, &condition.mask, &condition.value) {
            (Some(bit), None, None) => {
                if u32::from(*bit.get_ref()) >= bits {
                    self.error(
                        bit.span(),
                        format!("the register has bits 0 to {}", bits - 1),
                    );
                    return None;
                }
                let mask = 1 << bit.get_ref();
                (mask, mask)
            }
            (None, Some(mask), Some(value)) => (*mask.get_ref(), *value.get_ref()),
            _ => {
                self.error(
                    span,
                    "what has to be so? Write bit = …, or mask = … and value = …",
                );
                return None;
            }
        };
        if mask == 0 || value & !mask != 0 || u64::from(mask) >> bits != 0 {
            let what = "this is never so: mask has bits of the register, and value some of those";
            self.error(span, what);
        }
        (self.complaints.len() == before).then_some(Condition {
            bar,
            width,
            at,
            mask,
            value,
        })
    }
}

fn touches(never: &Never, at: u32, width: u8) -> bool {
    let last = at.saturating_add(u32::from(width) - 1);
    never
        .iter()
        .any(|never| at <= *never.end() && last >= *never.start())
}

/// Whether some byte is read in both. Ranges of different strides may interleave.
pub fn meet(one: &Range, other: &Range) -> bool {
    one.offsets().any(|at| other.reads(one.bar, at))
        || other.offsets().any(|at| one.reads(other.bar, at))
}
