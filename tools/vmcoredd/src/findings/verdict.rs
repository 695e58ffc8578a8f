// SPDX-License-Identifier: GPL-2.0

//! What all findings together say.

use serde::Serialize;

use super::{Finding, Severity};

/// How sure a verdict is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Much could not be seen: it says what is there, no more.
    Low,
    /// Something could not be seen, or a bit is set that nobody knows.
    Medium,
    /// All that the rules ask for was there.
    High,
}

impl Confidence {
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// The sentence that comes first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Of the worst finding; nothing at all: the device looks healthy.
    pub severity: Option<Severity>,
    pub words: String,
    pub confidence: Confidence,
    /// Why it is no surer than that.
    pub doubts: Vec<String>,
    /// The same for the same trouble on the same kind of device, so that cases can be counted: see [`signature`].
    pub signature: String,
}

impl Verdict {
    /// Judges `findings`, worst first, of a device of a `kind` such as `T6:fw1.27.5`.
    pub fn new(
        kind: &str,
        findings: &[Finding],
        confidence: Confidence,
        doubts: Vec<String>,
    ) -> Self {
        let severity = findings.first().map(|finding| finding.severity);
        let severity = severity.filter(|severity| *severity > Severity::Information);
        let words = match (severity, findings) {
            (Some(severity), [worst, rest @ ..]) => {
                let more = rest
                    .iter()
                    .filter(|finding| finding.severity > Severity::Information);
                let more = match more.count() {
                    0 => String::new(),
                    number => format!(" (and {number} more)"),
                };
                format!("{}: {}: {}{more}", severity.name(), worst.unit, worst.words)
            }
            _ => "no fault was found".into(),
        };
        Self {
            severity,
            words,
            confidence,
            doubts,
            signature: signature(kind, findings),
        }
    }
}

/// The kind of device, and the signs of all findings that are as bad as the worst, each once, in alphabetical order with `+` in
/// between: `T6:fw1.27.5:EDC0.ECC_UE`. Information makes no signature; without any other finding the last part is `healthy`.
fn signature(kind: &str, findings: &[Finding]) -> String {
    let worst = findings.iter().map(|finding| finding.severity).max();
    let worst = worst.filter(|worst| *worst > Severity::Information);
    let mut signs: Vec<_> = findings
        .iter()
        .filter(|finding| Some(finding.severity) == worst)
        .map(|finding| finding.sign.as_str())
        .collect();
    signs.sort_unstable();
    signs.dedup();
    match signs.is_empty() {
        true => format!("{kind}:healthy"),
        false => format!("{kind}:{}", signs.join("+")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(severity: Severity, sign: &str) -> Finding {
        Finding {
            severity,
            unit: "EDC0".into(),
            words: "uncorrectable ECC error".into(),
            sign: sign.into(),
            rule: sign.into(),
            source: String::new(),
            registers: Vec::new(),
        }
    }

    #[test]
    fn a_signature_names_what_is_worst_and_nothing_else() {
        use Severity::*;
        for (findings, expected) in [
            (vec![], "T6:healthy"),
            (vec![(Information, "A.B")], "T6:healthy"),
            (vec![(Warning, "A.B"), (Information, "C.D")], "T6:A.B"),
            (
                vec![(Fatal, "Z.A"), (Fatal, "A.B"), (Error, "C.D")],
                "T6:A.B+Z.A",
            ),
            (vec![(Fatal, "A.B"), (Fatal, "A.B")], "T6:A.B"),
        ] {
            let findings: Vec<_> = findings
                .into_iter()
                .map(|(severity, sign)| finding(severity, sign))
                .collect();
            let verdict = Verdict::new("T6", &findings, Confidence::High, Vec::new());
            assert_eq!(verdict.signature, expected);
        }
    }

    #[test]
    fn the_worst_finding_is_the_verdict() {
        let findings = [
            finding(Severity::Fatal, "A.B"),
            finding(Severity::Error, "C.D"),
        ];
        let verdict = Verdict::new("T6", &findings, Confidence::High, Vec::new());
        assert_eq!(verdict.severity, Some(Severity::Fatal));
        assert_eq!(
            verdict.words,
            "fatal: EDC0: uncorrectable ECC error (and 1 more)"
        );
        let healthy = Verdict::new("T6", &[], Confidence::High, Vec::new());
        assert_eq!(
            (healthy.severity, healthy.words.as_str()),
            (None, "no fault was found")
        );
    }
}
