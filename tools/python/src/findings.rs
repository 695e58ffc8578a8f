// SPDX-License-Identifier: GPL-2.0

//! What is wrong with a device.

use pyo3::prelude::*;
use vmcoredd::findings;

#[pyclass(frozen, get_all, module = "vmcoredd")]
#[derive(Clone)]
pub struct Evidence {
    name: String,
    address: Option<u64>,
    value: u64,
    words: String,
}

impl From<findings::Evidence> for Evidence {
    fn from(evidence: findings::Evidence) -> Self {
        Self {
            name: evidence.name,
            address: evidence.address,
            value: evidence.value,
            words: evidence.words,
        }
    }
}

#[pyclass(frozen, get_all, module = "vmcoredd")]
#[derive(Clone)]
pub struct Finding {
    severity: &'static str,
    unit: String,
    words: String,
    sign: String,
    rule: String,
    source: String,
    registers: Vec<Evidence>,
}

impl From<findings::Finding> for Finding {
    fn from(finding: findings::Finding) -> Self {
        Self {
            severity: finding.severity.name(),
            unit: finding.unit,
            words: finding.words,
            sign: finding.sign,
            rule: finding.rule,
            source: finding.source,
            registers: finding.registers.into_iter().map(Evidence::from).collect(),
        }
    }
}

#[pymethods]
impl Finding {
    fn __repr__(&self) -> String {
        format!("<vmcoredd.Finding {}: {}>", self.severity, self.sign)
    }
}

#[pyclass(frozen, get_all, module = "vmcoredd")]
pub struct Diagnosis {
    verdict: String,
    severity: Option<&'static str>,
    confidence: &'static str,
    signature: String,
    doubts: Vec<String>,
    findings: Vec<Finding>,
    masked: Vec<Evidence>,
    unknown: Vec<Evidence>,
    unseen: Vec<String>,
    advice: Vec<String>,
}

impl From<findings::Diagnosis> for Diagnosis {
    fn from(said: findings::Diagnosis) -> Self {
        let verdict = said.verdict;
        let evidence = |all: Vec<findings::Evidence>| all.into_iter().map(Evidence::from).collect();
        Self {
            verdict: verdict.words,
            severity: verdict.severity.map(findings::Severity::name),
            confidence: verdict.confidence.name(),
            signature: verdict.signature,
            doubts: verdict.doubts,
            findings: said.findings.into_iter().map(Finding::from).collect(),
            masked: evidence(said.masked),
            unknown: evidence(said.unknown),
            unseen: said.unseen,
            advice: said.advice,
        }
    }
}

#[pymethods]
impl Diagnosis {
    fn __repr__(&self) -> String {
        format!("<vmcoredd.Diagnosis {}>", self.signature)
    }
}
