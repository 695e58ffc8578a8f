// SPDX-License-Identifier: GPL-2.0

//! Findings of what a kind remarks, with the registers that they rest on. The tables of rules are beside the kinds: `kinds/pci`,
//! `kinds/crash_log`.

use std::collections::HashMap;

use super::{Confidence, Diagnosis, Evidence, Finding, Severity, State, Verdict};
use crate::kinds::{
    register::Register,
    remark::{Remark, Weight},
    Content,
};

/// What is to be said of all of it.
pub fn diagnose(content: &dyn Content) -> Diagnosis {
    let remarks = content.remarks();
    let registers = content.registers().held;
    let mut units = Units::new();
    for register in &registers {
        units.entry(&register.unit).or_default().push(register);
    }
    let findings = remarks.iter().filter_map(|it| finding(it, &units));
    let mut findings: Vec<Finding> = findings.collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let unknown = remarks.iter().filter(|it| it.weight == Weight::Unknown);
    let doubts: Vec<_> = unknown
        .map(|it| format!("{}: {}", it.unit, it.text))
        .collect();
    let mut unseen = doubts.clone();
    unseen.extend(content.damage());
    let found = findings
        .iter()
        .any(|it| it.severity > Severity::Information);
    let confidence = match (doubts.is_empty(), found) {
        (true, _) => Confidence::High,
        (false, true) => Confidence::Medium,
        (false, false) => Confidence::Low,
    };
    let kind = content.format();
    let mut verdict = Verdict::new(kind, &findings, confidence, doubts);
    // Nobody can say that all is well where the evidence was wiped.
    if let (Confidence::Low, Some(why)) = (confidence, verdict.doubts.first()) {
        verdict.words = format!("unknown: no fault was found, but {why}");
        verdict.signature = format!("{kind}:unknown");
    }
    Diagnosis {
        verdict,
        findings,
        state: vec![State {
            of: "dump",
            words: content.title(),
        }],
        masked: Vec::new(),
        unknown: Vec::new(),
        unseen,
        advice: Vec::new(),
    }
}

/// Registers by the part of the device that they are of: there are many of both.
type Units<'a> = HashMap<&'a str, Vec<&'a Register>>;

/// `None`: it is about what nobody can know.
fn finding(remark: &Remark, units: &Units<'_>) -> Option<Finding> {
    let severity = match remark.weight {
        Weight::Fatal => Severity::Fatal,
        Weight::Error => Severity::Error,
        Weight::Warning => Severity::Warning,
        Weight::Note => Severity::Information,
        Weight::Unknown => return None,
    };
    let rule = remark.rule;
    let of = |unit: &str| units.get(unit).map_or(&[][..], Vec::as_slice);
    let named = rule.registers.iter().filter_map(|name| {
        let mut registers = of(&remark.unit).iter();
        registers.find(|it| it.name.as_deref() == Some(name))
    });
    let seen = remark.seen.iter().filter_map(|(bar, at)| {
        let mut registers = of(&format!("{} BAR{bar}", remark.unit)).iter();
        registers.find(|it| it.address == *at)
    });
    let sign = [&remark.device, rule.sign, &remark.detail];
    let sign: Vec<_> = sign.into_iter().filter(|part| !part.is_empty()).collect();
    Some(Finding {
        severity,
        unit: remark.unit.clone(),
        words: match remark.what.as_str() {
            "" => remark.text.clone(),
            what => format!("{what}: {}", remark.text),
        },
        sign: sign.join("."),
        rule: rule.sign.to_owned(),
        source: rule.source.to_owned(),
        registers: named
            .chain(seen)
            .map(|register| evidence(register, &remark.unit))
            .collect(),
    })
}

fn evidence(register: &Register, unit: &str) -> Evidence {
    let within = register.unit.strip_prefix(unit).unwrap_or(&register.unit);
    let name = register.name.as_deref().unwrap_or_default();
    Evidence {
        name: format!("{within} {name}").trim().to_owned(),
        address: Some(register.address),
        value: register.value,
        words: register.words(),
        place: None,
    }
}
