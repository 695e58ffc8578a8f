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
    #[serde(skip_serializing_if = "String::is_empty")]
    pub what: String,
    pub text: String,
    #[serde(flatten)]
    pub rule: &'static Rule,
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
