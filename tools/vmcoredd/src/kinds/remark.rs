// SPDX-License-Identifier: GPL-2.0

//! What matters in a dump, in words.

use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Something does not work any more.
    Fatal,
    /// Something went wrong.
    Error,
    /// The device went on, and something was corrected, or is slower than it could be.
    Warning,
    /// Nobody can know.
    Unknown,
    /// It may help to know.
    Note,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    pub weight: Weight,
    /// What it is about.
    pub unit: String,
    /// What that is, if its name does not say it.
    pub what: String,
    pub text: String,
    #[serde(flatten)]
    pub rule: &'static Rule,
    /// Which kind of device: "8086:10d3".
    #[serde(skip)]
    pub device: String,
    /// What exactly, for programs: names of bits.
    #[serde(skip)]
    pub detail: String,
    /// Registers behind BARs that say so, by BAR and offset.
    #[serde(skip)]
    pub seen: Vec<(u8, u64)>,
}

impl Remark {
    pub fn new(
        weight: Weight,
        unit: impl Into<String>,
        text: impl Into<String>,
        rule: &'static Rule,
    ) -> Self {
        Self {
            weight,
            unit: unit.into(),
            what: String::new(),
            text: text.into(),
            rule,
            device: String::new(),
            detail: String::new(),
            seen: Vec::new(),
        }
    }
}

/// What was looked for.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// `UNIT.WHAT`, stable from release to release.
    pub sign: &'static str,
    /// Who says that it means so.
    pub source: &'static str,
    /// Where it is to be seen: names of registers of the unit.
    pub registers: &'static [&'static str],
}
