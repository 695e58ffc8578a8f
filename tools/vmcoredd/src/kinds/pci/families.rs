// SPDX-License-Identifier: GPL-2.0

//! What registers behind BARs say that has failed.

use std::sync::LazyLock;

use super::function::{Function, Value};
use crate::kinds::remark::{Remark, Rule, Weight};

/// A line of the table.
pub struct Sign {
    family: &'static str,
    bar: u8,
    tests: Vec<Test>,
    weight: Weight,
    pub rule: Rule,
    words: &'static str,
}

struct Test {
    at: At,
    mask: u64,
    want: Want,
}

enum At {
    /// From the start of the BAR: the first, bytes to the next, and how many there are.
    Start(u32, u32, u32),
    /// From where the first register says.
    Operational(u32),
}

enum Want {
    Set,
    Clear,
    Is(u64),
}

pub static SIGNS: LazyLock<Vec<Sign>> = LazyLock::new(|| {
    let lines = include_str!("families.txt").lines();
    let lines = lines.filter(|line| !line.starts_with('#'));
    let signs = lines.map(|line| sign(line).unwrap_or_else(|| panic!("families.txt: {line}")));
    signs.collect()
});

fn hex<T: TryFrom<u64>>(digits: &str) -> Option<T> {
    u64::from_str_radix(digits, 16).ok()?.try_into().ok()
}

fn sign(line: &'static str) -> Option<Sign> {
    let mut words = line.splitn(7, ' ');
    let mut next = || words.next();
    Some(Sign {
        family: next()?,
        bar: next()?.parse().ok()?,
        tests: next()?.split(',').map(test).collect::<Option<_>>()?,
        weight: match next()? {
            "fatal" => Weight::Fatal,
            "error" => Weight::Error,
            "warning" => Weight::Warning,
            _ => return None,
        },
        rule: Rule {
            sign: next()?,
            source: next()?,
            registers: &[],
        },
        words: next()?,
    })
}

fn test(text: &str) -> Option<Test> {
    let (at, bits) = text.split_once(':')?;
    let at = match (at.strip_prefix('+'), at.split_once('/')) {
        (Some(at), _) => At::Operational(hex(at)?),
        (None, None) => At::Start(hex(at)?, 0, 1),
        (None, Some((start, rest))) => {
            let (stride, count) = rest.split_once('*')?;
            At::Start(hex(start)?, hex(stride)?, count.parse().ok()?)
        }
    };
    let (mask, want) = match (bits.strip_prefix('!'), bits.split_once('=')) {
        (Some(mask), _) => (mask, Want::Clear),
        (None, Some((mask, value))) => (mask, Want::Is(hex(value)?)),
        (None, None) => (bits, Want::Set),
    };
    Some(Test {
        at,
        mask: hex(mask)?,
        want,
    })
}

/// What its registers say, as far as they were read.
pub fn remarks(function: &Function) -> Vec<Remark> {
    let names: Vec<_> = function.tables.iter().map(|table| table.name()).collect();
    let signs = SIGNS
        .iter()
        .filter(|sign| names.contains(&sign.family.as_bytes()));
    let remarks = signs.filter_map(|sign| {
        let found: Option<Vec<_>> = sign
            .tests
            .iter()
            .map(|test| test.find(sign, function))
            .collect();
        let found: Vec<_> = found?.into_iter().flatten().collect();
        Some(Remark {
            seen: found
                .iter()
                .map(|value| (value.bar, u64::from(value.at)))
                .collect(),
            ..function.remark(sign.weight, sign.words, &sign.rule)
        })
    });
    remarks.collect()
}

impl Test {
    /// The registers for which it holds; `None`: there is none.
    fn find<'a>(&self, sign: &Sign, function: &'a Function) -> Option<Vec<&'a Value>> {
        let read = |at: u32| {
            let mut values = function.registers.iter();
            values.find(|value| (value.bar, value.at) == (sign.bar, at))
        };
        let places: Vec<u32> = match self.at {
            At::Start(first, stride, count) => (0..count).map(|n| first + n * stride).collect(),
            At::Operational(offset) => {
                let start = read(0).map(|value| (value.value & 0xff) as u32);
                start.map(|start| start + offset).into_iter().collect()
            }
        };
        let values = places.into_iter().filter_map(read);
        let found: Vec<_> = values.filter(|value| self.holds(value)).collect();
        (!found.is_empty()).then_some(found)
    }

    fn holds(&self, value: &Value) -> bool {
        let bits = value.value & self.mask;
        !value.is_ones()
            && match self.want {
                Want::Set => bits != 0,
                Want::Clear => bits == 0,
                Want::Is(wanted) => bits == wanted,
            }
    }
}

/// Whether nobody answers behind a BAR: several registers, all of them ones.
pub fn is_silent(function: &Function, bar: u8) -> bool {
    const SEVERAL: usize = 4;
    let values = function.registers.iter().filter(|value| value.bar == bar);
    let (ones, others): (Vec<_>, Vec<_>) = values.partition(|value| value.is_ones());
    others.is_empty() && ones.len() >= SEVERAL
}
