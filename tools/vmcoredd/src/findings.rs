// SPDX-License-Identifier: GPL-2.0

//! What is wrong with a device: findings, what each rests on, and the verdict that they make.
//!
//! A family of hardware has a table of [`rules`] and a file here that applies it to the content of a dump. Views print findings and
//! know no family.

mod chelsio;
mod remarks;
mod rules;
mod verdict;

pub use self::{
    rules::{Facts, Found, Rules},
    verdict::{Confidence, Verdict},
};

use serde::Serialize;

use crate::{kinds::Content, names::Names};

/// How bad it is, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Information,
    /// The device went on, and something was lost, corrected, or will run out.
    Warning,
    /// Something did not work; the device may have gone on.
    Error,
    /// The device stopped, or cannot be trusted any more.
    Fatal,
}

impl Severity {
    /// All, worst first.
    pub const ALL: [Self; 4] = [Self::Fatal, Self::Error, Self::Warning, Self::Information];

    pub fn name(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.name() == name)
    }
}

/// A register, or another number of the dump, that a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    pub name: String,
    /// Where a register is; other numbers are nowhere.
    pub address: Option<u64>,
    #[serde(serialize_with = "hex")]
    pub value: u64,
    /// What the value says: bits that are set, fields.
    pub words: String,
    /// Where in the device's memory it points, as the memory map counts.
    pub place: Option<u64>,
}

pub(crate) fn hex<S: serde::Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{value:#x}"))
}

/// Something that is worth knowing of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub severity: Severity,
    /// The part of the device.
    pub unit: String,
    /// What happened, for people.
    pub words: String,
    /// What happened, for programs: `UNIT.WHAT`, stable from release to release.
    pub sign: String,
    /// The rule that found it.
    pub rule: String,
    /// Where the rule comes from.
    pub source: String,
    pub registers: Vec<Evidence>,
}

/// A sentence on how a part of the device is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct State {
    pub of: &'static str,
    pub words: String,
}

/// All that is to be said of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    pub verdict: Verdict,
    /// Worst first.
    pub findings: Vec<Finding>,
    /// How the device is, whether that is well or not.
    pub state: Vec<State>,
    /// Bits that are set and whose interrupts are switched off: they have stopped nothing, and may be old.
    pub masked: Vec<Evidence>,
    /// Bits that are set in registers of causes and that no rule knows.
    pub unknown: Vec<Evidence>,
    /// What could not be looked at, and why.
    pub unseen: Vec<String>,
    /// What a person may do next.
    pub advice: Vec<String>,
}

/// What is to be said of the device that a dump is of; `None` if no family has rules for it. What has no name here may have one among `names`: no
/// verdict depends on that.
pub fn diagnose(content: &dyn Content, names: &Names) -> Option<Diagnosis> {
    match content.format() {
        "cudbg" => Some(chelsio::diagnose(content, names)),
        "pci" | "crash_log" => Some(remarks::diagnose(content)),
        _ => None,
    }
}

/// The version of what runs on the device, as far as a dump tells.
pub fn firmware(content: &dyn Content) -> Option<String> {
    match content.format() {
        "cudbg" => chelsio::version(content),
        _ => None,
    }
}

/// The rules that find something: name, and the chips for which each is, as tables write them.
pub fn rules() -> impl Iterator<Item = (&'static str, [&'static str; 2])> {
    let rules = chelsio::rules().all();
    rules
        .filter(|(rule, _)| rule.finds())
        .map(|(rule, chips)| (rule.id.as_str(), chips))
}
