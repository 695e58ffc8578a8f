// SPDX-License-Identifier: GPL-2.0

//! Tables of rules, and what they find in a device.
//!
//! A table is text. `#` starts a comment; a line of another kind begins with
//!
//! `gate CAUSE ENABLE`
//!   where the chip says which units complain, and who hears it
//! `unit NAME [BIT]`
//!   whose rules follow; BIT is the unit's in the gate
//! `cause ADDRESS [by ADDRESS] [CHIPS] [see ADDRESS,…]`
//!   a register of causes; the one that switches their interrupts on; others that say more, unless they are 0
//! `at ADDRESS [CHIPS]`
//!   another register
//! `number NAME`
//!   a number that is no register
//! `next PATTERN WORDS`
//!   what to do next, of a rule whose name is like that; the first line that fits counts
//! a severity, or `normal`
//!   a rule for what is above it: `SEVERITY TEST WHAT CHIPS SOURCE WORDS`. TEST is a list of bits, one of which is set (`5`,
//!   `22,20:16`), or all of which are clear (`!30`); of a number `=N` or `>N`. `UNIT.WHAT` names the rule. CHIPS are `*` or a list.
//!   SOURCE has no spaces. `normal` means that nothing is wrong.

use super::{Evidence, Finding, Severity};

/// What a device shows, for rules to look at.
pub trait Facts {
    /// Whether the device is of a kind that a table names.
    fn is(&self, chip: &str) -> bool;
    /// A register, if it was read.
    fn register(&self, address: u64) -> Option<u64>;
    /// A number that is no register, if the dump tells.
    fn number(&self, name: &str) -> Option<u64>;
    /// A register, or some of its bits, for people.
    fn evidence(&self, address: u64, value: u64) -> Evidence;
    /// The name of a bit.
    fn bit(&self, address: u64, bit: u32) -> Option<String>;
}

#[derive(Clone, Copy)]
enum Test {
    Set(u64),
    Clear(u64),
    Is(u64),
    Above(u64),
}

impl Test {
    fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.parse().ok();
        match text.split_at_checked(1)? {
            ("!", bits) => mask(bits).map(Self::Clear),
            ("=", text) => number(text).map(Self::Is),
            (">", text) => number(text).map(Self::Above),
            _ => mask(text).map(Self::Set),
        }
    }

    /// The bits of `value` that make it true, or all of them.
    fn holds(self, value: u64) -> Option<u64> {
        match self {
            Self::Set(mask) => Some(value & mask).filter(|set| *set != 0),
            Self::Clear(mask) => (value & mask == 0).then_some(u64::MAX),
            Self::Is(number) => (value == number).then_some(u64::MAX),
            Self::Above(number) => (value > number).then_some(u64::MAX),
        }
    }
}

/// The bits that a list such as `22,20:16` names.
fn mask(list: &str) -> Option<u64> {
    list.split(',').try_fold(0, |mask, range| {
        let (high, low) = range.split_once(':').unwrap_or((range, range));
        let (high, low): (u32, u32) = (high.parse().ok()?, low.parse().ok()?);
        let bits = high.checked_sub(low)?.min(63);
        Some(mask | (u64::MAX >> (63 - bits)).checked_shl(low)?)
    })
}

/// A line of a table.
pub struct Rule {
    /// `None`: nothing is wrong.
    severity: Option<Severity>,
    test: Test,
    /// `UNIT.WHAT`.
    pub id: String,
    chips: &'static str,
    source: &'static str,
    words: &'static str,
}

fn word(line: &str) -> (&str, &str) {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    (word, rest.trim_start())
}

fn address(text: &str) -> Option<u64> {
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

/// What rules look at.
enum Subject {
    Register {
        address: u64,
        /// It is a register of causes: all of its bits should be known.
        cause: bool,
        enable: Option<u64>,
        /// Registers that say more.
        see: Vec<u64>,
    },
    Number(&'static str),
}

/// The rules of a register, or of a number.
struct Group {
    unit: &'static str,
    /// Its bit in the gate.
    bit: Option<u32>,
    subject: Subject,
    chips: &'static str,
    rules: Vec<Rule>,
}

/// A table.
#[derive(Default)]
pub struct Rules {
    /// Where units complain, and where that is switched on.
    gate: Option<(u64, u64)>,
    groups: Vec<Group>,
    advice: Vec<(&'static str, &'static str)>,
}

/// What a table says of a device.
#[derive(Default)]
pub struct Found {
    pub findings: Vec<Finding>,
    pub masked: Vec<Evidence>,
    pub unknown: Vec<Evidence>,
    /// Registers that rules ask for and that were not read.
    pub unread: Vec<u64>,
}

impl Rules {
    /// Reads a table. A line that makes no sense is a mistake of ours, and the tests see it.
    pub fn parse(table: &'static str) -> Result<Self, String> {
        let mut rules = Self::default();
        let mut unit = ("", None);
        let lines = table.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            rules
                .line(line, &mut unit)
                .ok_or_else(|| format!("not a rule: {line}"))?;
        }
        Ok(rules)
    }

    fn line(&mut self, line: &'static str, unit: &mut (&'static str, Option<u32>)) -> Option<()> {
        let (kind, rest) = word(line);
        let mut words = rest.split_whitespace().peekable();
        let mut chips = "*";
        let subject = match kind {
            "gate" => {
                self.gate = Some((address(words.next()?)?, address(words.next()?)?));
                return Some(());
            }
            "next" => {
                self.advice.push(word(rest));
                return Some(());
            }
            "unit" => {
                let name = words.next()?;
                *unit = (name, words.next().map(str::parse).transpose().ok()?);
                return Some(());
            }
            "cause" | "at" => {
                let address_of = address(words.next()?)?;
                let enable = match words.next_if_eq(&"by") {
                    Some(_) => Some(address(words.next()?)?),
                    None => None,
                };
                chips = words.next_if(|word| *word != "see").unwrap_or("*");
                let see = match words.next() {
                    Some(_) => words
                        .next()?
                        .split(',')
                        .map(address)
                        .collect::<Option<_>>()?,
                    None => Vec::new(),
                };
                Subject::Register {
                    address: address_of,
                    cause: kind == "cause",
                    enable,
                    see,
                }
            }
            "number" => Subject::Number(words.next()?),
            _ => {
                let group = self.groups.last_mut()?;
                let rule = Rule::parse(group.unit, kind, rest)?;
                group.rules.push(rule);
                return Some(());
            }
        };
        let (unit, bit) = *unit;
        self.groups.push(Group {
            unit,
            bit,
            subject,
            chips,
            rules: Vec::new(),
        });
        Some(())
    }

    /// What the table says of a device.
    pub fn apply(&self, facts: &impl Facts) -> Found {
        let mut found = Found::default();
        let gate = self
            .gate
            .map(|(cause, enable)| (cause, facts.register(enable).unwrap_or(u64::MAX)));
        let mut explained = 0;
        let groups = || {
            self.groups
                .iter()
                .filter(|group| of_chip(facts, group.chips))
        };
        for group in groups() {
            let bit = group.bit.map_or(0, |bit| 1 << bit);
            let quiet = bit != 0 && gate.is_some_and(|(_, heard)| heard & bit == 0);
            if group.registers(facts, quiet, &mut found) {
                explained |= bit;
            }
        }
        let complaints = gate.and_then(|(cause, heard)| {
            let bits = facts.register(cause)? & heard & !explained;
            Some(facts.evidence(cause, bits))
        });
        for group in groups() {
            group.numbers(facts, complaints.as_ref(), &mut found);
        }
        found
    }

    /// What to do next because of `findings`, the worst first.
    pub fn advice(&self, findings: &[Finding]) -> Vec<String> {
        let mut advice: Vec<String> = Vec::new();
        for finding in findings {
            let next = self
                .advice
                .iter()
                .find(|(pattern, _)| fits(pattern, &finding.rule));
            let words = next.map(|(_, words)| format!("{}: {words}", finding.unit));
            advice.extend(words.filter(|words| !advice.contains(words)));
        }
        advice
    }

    /// The rules, with the chips for which each of them is.
    pub fn all(&self) -> impl Iterator<Item = (&Rule, [&'static str; 2])> {
        self.groups.iter().flat_map(|group| {
            let chips = group.chips;
            group
                .rules
                .iter()
                .map(move |rule| (rule, [chips, rule.chips]))
        })
    }
}

/// Whether `UNIT.WHAT` is like a pattern: each half is the same, or begins with what is before a `*`, or ends with what is behind one.
fn fits(pattern: &str, name: &str) -> bool {
    let half = |pattern: &str, name: &str| match pattern.split_once('*') {
        Some((start, end)) => name.starts_with(start) && name.ends_with(end),
        None => pattern == name,
    };
    let halves = pattern.split_once('.').zip(name.split_once('.'));
    halves.is_some_and(|((unit, what), (of, name))| half(unit, of) && half(what, name))
}

fn of_chip(facts: &impl Facts, chips: &str) -> bool {
    chips == "*" || chips.split(',').any(|chip| facts.is(chip))
}

impl Rule {
    fn parse(unit: &str, severity: &str, rest: &'static str) -> Option<Self> {
        let (test, rest) = word(rest);
        let (what, rest) = word(rest);
        let (chips, rest) = word(rest);
        let (source, words) = word(rest);
        Some(Self {
            severity: match severity {
                "normal" => None,
                _ => Some(Severity::named(severity)?),
            },
            test: Test::parse(test)?,
            id: format!("{unit}.{what}"),
            chips,
            source: Some(source).filter(|source| !source.is_empty())?,
            words,
        })
    }

    /// Whether something is wrong when it holds.
    pub fn finds(&self) -> bool {
        self.severity.is_some()
    }

    fn finding(
        &self,
        unit: &str,
        severity: Severity,
        bit: Option<String>,
        evidence: Evidence,
    ) -> Finding {
        Finding {
            severity,
            unit: unit.into(),
            words: self.words.into(),
            sign: bit.map_or_else(
                || self.id.clone(),
                |bit| format!("{unit}.{}", bit.to_uppercase()),
            ),
            rule: self.id.clone(),
            source: self.source.into(),
            registers: vec![evidence],
        }
    }
}

impl Group {
    /// Looks at a register. Whether any bit says why the unit complains.
    fn registers(&self, facts: &impl Facts, quiet: bool, found: &mut Found) -> bool {
        let Subject::Register {
            address,
            cause,
            enable,
            see,
        } = &self.subject
        else {
            return false;
        };
        let Some(value) = facts.register(*address) else {
            found.unread.push(*address);
            return false;
        };
        let on = enable.and_then(|enable| facts.register(enable));
        let on = if quiet { 0 } else { on.unwrap_or(u64::MAX) };
        let before = found.findings.len();
        let (known, counts) = self.register(facts, *address, value, on, found);
        let more = see
            .iter()
            .filter_map(|more| Some((*more, facts.register(*more)?)));
        let more = more.filter(|(_, value)| *value != 0);
        let more: Vec<_> = more
            .map(|(more, value)| facts.evidence(more, value))
            .collect();
        for finding in &mut found.findings[before..] {
            finding.registers.extend(more.iter().cloned());
        }
        if *cause && value & !known != 0 {
            found.unknown.push(facts.evidence(*address, value & !known));
        }
        counts
    }

    /// Looks at a number. That of complaints that nothing explains is known here alone.
    fn numbers(&self, facts: &impl Facts, complaints: Option<&Evidence>, found: &mut Found) {
        let Subject::Number(name) = self.subject else {
            return;
        };
        let evidence = match name {
            "unexplained" => complaints.cloned(),
            _ => facts.number(name).map(|value| Evidence {
                name: name.into(),
                address: None,
                value,
                words: String::new(),
                place: None,
            }),
        };
        let Some(evidence) = evidence else { return };
        for rule in self.rules(facts) {
            let holds = rule.test.holds(evidence.value).is_some();
            if let Some(severity) = rule.severity.filter(|_| holds) {
                found
                    .findings
                    .push(rule.finding(self.unit, severity, None, evidence.clone()));
            }
        }
    }

    fn rules<'a>(&'a self, facts: &'a impl Facts) -> impl Iterator<Item = &'a Rule> {
        self.rules.iter().filter(|rule| of_chip(facts, rule.chips))
    }

    /// The bits that are known, and whether one of them counts.
    fn register(
        &self,
        facts: &impl Facts,
        address: u64,
        value: u64,
        on: u64,
        found: &mut Found,
    ) -> (u64, bool) {
        let (mut known, mut masked, mut counts) = (0, 0, false);
        for rule in self.rules(facts) {
            let mut of_many = false;
            let mut bits = rule.test.holds(value);
            if let Test::Set(mask) = rule.test {
                known |= mask;
                of_many = mask.count_ones() > 1;
                if rule.severity.is_some() {
                    masked |= value & mask & !on;
                }
                bits = bits.map(|bits| bits & on).filter(|bits| *bits != 0);
            }
            let Some(bits) = bits else { continue };
            counts = true;
            if let Some(severity) = rule.severity {
                let bit = of_many.then(|| facts.bit(address, bits.ilog2())).flatten();
                let evidence = facts.evidence(address, value);
                found
                    .findings
                    .push(rule.finding(self.unit, severity, bit, evidence));
            }
        }
        if masked != 0 {
            found.masked.push(facts.evidence(address, masked));
        }
        (known, counts)
    }
}
