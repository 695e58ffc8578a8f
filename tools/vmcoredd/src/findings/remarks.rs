// SPDX-License-Identifier: GPL-2.0

//! PCI functions: what the kind remarks of them, with the registers that it rests on.

use std::collections::HashMap;

use super::{Confidence, Diagnosis, Evidence, Finding, Severity, State, Verdict};
use crate::kinds::{
    register::Register,
    remark::{Remark, Weight},
    Content,
};

/// What is to be said of all functions.
pub fn diagnose(content: &dyn Content) -> Diagnosis {
    let remarks = content.remarks();
    let registers = content.registers();
    let named: HashMap<(&str, &str), &Register> = registers
        .held
        .iter()
        .filter_map(|register| {
            Some((
                (register.unit.as_ref(), register.name.as_deref()?),
                register,
            ))
        })
        .collect();
    let mut findings: Vec<Finding> = remarks
        .iter()
        .filter_map(|remark| finding(remark, &named))
        .collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let unknown = remarks
        .iter()
        .filter(|remark| remark.weight == Weight::Unknown);
    let mut unseen: Vec<String> = unknown
        .map(|remark| format!("{}: {}", remark.unit, remark.text))
        .collect();
    // Errors are what such a verdict is about: without them, there is not much left.
    let confidence = match (unseen.is_empty(), findings.is_empty()) {
        (true, _) => Confidence::High,
        (false, false) => Confidence::Medium,
        (false, true) => Confidence::Low,
    };
    let doubts = unseen.clone();
    unseen.extend(content.damage());
    Diagnosis {
        verdict: Verdict::new("pci", &findings, confidence, doubts),
        findings,
        state: vec![State {
            of: "functions",
            words: content.title(),
        }],
        masked: Vec::new(),
        unknown: Vec::new(),
        unseen,
        advice: Vec::new(),
    }
}

/// `None`: it is about what nobody can know.
fn finding(remark: &Remark, named: &HashMap<(&str, &str), &Register>) -> Option<Finding> {
    let severity = match remark.weight {
        Weight::Fatal => Severity::Fatal,
        Weight::Error => Severity::Error,
        Weight::Warning => Severity::Warning,
        Weight::Note => Severity::Information,
        Weight::Unknown => return None,
    };
    let evidence = |name: &&str| {
        let register = named.get(&(remark.unit.as_str(), *name))?;
        Some(Evidence {
            name: (*name).to_owned(),
            address: Some(register.address),
            value: register.value,
            words: register.words(),
            place: None,
        })
    };
    Some(Finding {
        severity,
        unit: remark.unit.clone(),
        words: match remark.what.as_str() {
            "" => remark.text.clone(),
            what => format!("{what}: {}", remark.text),
        },
        sign: remark.rule.sign.to_owned(),
        rule: remark.rule.sign.to_owned(),
        source: remark.rule.source.to_owned(),
        registers: remark.rule.registers.iter().filter_map(evidence).collect(),
    })
}
