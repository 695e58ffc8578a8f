// SPDX-License-Identifier: GPL-2.0

//! Chelsio's adapters: `chelsio.txt`, applied to a cudbg image.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use vmcore_format::cudbg::cause::Cause;

use super::{Confidence, Diagnosis, Evidence, Facts, Rules, State, Verdict};
use crate::{
    kinds::{
        gauge::Gauge,
        memory_map::MemoryMap,
        messages::Log,
        register::{Field, NotRead, Register},
        section::Section,
        Content,
    },
    names::Names,
};

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    Rules::parse(include_str!("chelsio.txt")).unwrap_or_else(|error| panic!("chelsio.txt: {error}"))
});

/// The table.
pub fn rules() -> &'static Rules {
    &RULES
}

/// Why firmware reports an error, by number (`t4_report_fw_error()`).
const PCIE_FW: u64 = 0x30b8;
const PCIE_FW_ERR: u64 = 1 << 31;
const REASONS: [&str; 8] = [
    "it crashed",
    "while the adapter was prepared",
    "while the adapter was configured",
    "while the adapter was initialised",
    "an unexpected event",
    "too little airflow",
    "the adapter was shut down",
    "a reason that is reserved",
];

/// Counts of ECC errors, and the memory whose they are; which memories there are differs.
const ECC_COUNTS: [(u64, &str); 7] = [
    (0x5007c, "EDC0"),
    (0x5087c, "EDC1"),
    (0x4131c, "MC0"),
    (0x4931c, "MC1"),
    (0x797c, "EDC0"),
    (0x79fc, "EDC1"),
    (0x751c, "MC0"),
];

/// Where the address of an ECC error is, and the memory that it is in.
const ECC_ADDRESSES: [(u64, &str); 2] = [(0x50084, "EDC0"), (0x50884, "EDC1")];

/// Errors of the firmware's log that are repeated.
const LAST: usize = 5;

/// What a dump tells of an adapter.
struct Adapter<'a> {
    names: &'a Names,
    chip: String,
    registers: BTreeMap<u64, Register>,
    numbers: HashMap<&'static str, u64>,
    map: Option<MemoryMap>,
}

/// What is to be said of an adapter.
pub fn diagnose(content: &dyn Content, names: &Names) -> Diagnosis {
    let sections = content.statuses();
    // Rules look at no others.
    let registers = content.named_registers();
    let (log, gauges) = (content.log(), content.gauges());
    let mut unseen: Vec<_> = sections.iter().filter_map(unseen).collect();
    unseen.extend(content.damage());
    let not_read = registers.not_read.iter();
    unseen.extend(
        not_read.map(|NotRead { count, why }| format!("{count} registers were not read: {why}")),
    );
    let adapter = Adapter {
        names,
        chip: chip(content),
        numbers: numbers(log.as_ref(), &gauges, &sections),
        map: content.memory_map(),
        registers: registers
            .held
            .into_iter()
            .map(|register| (register.address, register))
            .collect(),
    };
    let mut found = RULES.apply(&adapter);
    found
        .findings
        .sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let (confidence, doubts) = adapter.confidence(&found.unread, &found.unknown);
    let kind = format!("{}:{}", adapter.chip, firmware(content));
    Diagnosis {
        verdict: Verdict::new(&kind, &found.findings, confidence, doubts),
        advice: RULES.advice(&found.findings),
        findings: found.findings,
        state: adapter.state(log, gauges),
        masked: found.masked,
        unknown: found.unknown,
        unseen,
    }
}

/// Why a section is not there, if it should be.
fn unseen(section: &Section) -> Option<String> {
    let absent = section.cause.as_deref().is_some_and(|cause| {
        [Cause::Absent, Cause::Unsupported, Cause::NeedsFirmware]
            .iter()
            .any(|known| cause.starts_with(known.words()))
    });
    // What is private, and what no driver collects, has no cause.
    let why = section.damage.as_ref().or(section.cause.as_ref())?;
    (!section.ok && !absent).then(|| format!("{}: {why}", section.name))
}

fn chip(content: &dyn Content) -> String {
    content.facts().text("chip").unwrap_or("unknown").into()
}

/// The version of the firmware: `1.27.5.0`.
pub fn version(content: &dyn Content) -> Option<String> {
    let tables = content.tables("vpd_data")?;
    let version = tables.first()?.text("firmware")?;
    (!version.starts_with("0.0.0.")).then(|| version.to_owned())
}

/// `fw1.27.5`; without the last part, which counts builds.
fn firmware(content: &dyn Content) -> String {
    let version = version(content);
    match version
        .as_ref()
        .and_then(|version| version.rsplit_once('.'))
    {
        Some((version, _)) => format!("fw{version}"),
        None => "fw?".into(),
    }
}

fn firmware_state(pcie_fw: u64) -> String {
    let is = |bit: u32| (pcie_fw >> bit) & 1 == 1;
    let mut words = vec![match is(30) {
        true => "initialised".to_owned(),
        false => "not initialised".to_owned(),
    }];
    if is(29) {
        words.push("halted".into());
    }
    if is(31) {
        words.push(format!("error: {}", REASONS[(pcie_fw >> 24) as usize & 7]));
    }
    words.push(match is(15) {
        true => format!("function {} is its master", (pcie_fw >> 12) & 7),
        false => "no function is its master".into(),
    });
    words.join(", ")
}

/// Numbers that are no registers.
fn numbers(
    log: Option<&Log>,
    gauges: &[Gauge],
    sections: &[Section],
) -> HashMap<&'static str, u64> {
    let mut numbers = HashMap::new();
    if let Some(log) = log {
        let of = |levels: &[&str]| {
            let messages = log.messages.iter();
            messages
                .filter(|message| levels.contains(&message.level.as_str()))
                .count() as u64
        };
        numbers.insert("firmware_log_critical", of(&["EMERG", "CRIT"]));
        numbers.insert("firmware_log_errors", of(&["ERR"]));
    }
    let mut queues = gauges
        .iter()
        .filter(|gauge| gauge.name.starts_with("CIM "))
        .peekable();
    if queues.peek().is_some() {
        let full = queues.filter(|queue| queue.used >= queue.of).count();
        numbers.insert("processor_queues_full", full as u64);
    }
    let gone = sections.iter().filter(|section| {
        let cause = section.cause.as_deref();
        cause.is_some_and(|cause| cause.starts_with(Cause::DeviceGone.words()))
    });
    numbers.insert("device_gone", gone.count() as u64);
    numbers
}

impl Adapter<'_> {
    fn confidence(&self, unread: &[u64], unknown: &[Evidence]) -> (Confidence, Vec<String>) {
        if self.registers.is_empty() {
            return (
                Confidence::Low,
                vec!["there are no registers in the dump".into()],
            );
        }
        let mut doubts = Vec::new();
        if !unread.is_empty() {
            let number = unread.len();
            doubts.push(format!(
                "{number} registers that rules look at were not read"
            ));
        }
        if !unknown.is_empty() {
            let bits: u32 = unknown
                .iter()
                .map(|register| register.value.count_ones())
                .sum();
            doubts.push(format!("{bits} bits are set that no rule knows"));
        }
        match doubts.is_empty() {
            true => (Confidence::High, doubts),
            false => (Confidence::Medium, doubts),
        }
    }

    fn state(&self, log: Option<Log>, mut gauges: Vec<Gauge>) -> Vec<State> {
        let mut state = Vec::new();
        let mut say = |of, words| state.push(State { of, words });
        if let Some(value) = self.register(PCIE_FW) {
            say("firmware", firmware_state(value));
        }
        if let Some(log) = log {
            let errors: Vec<_> = log
                .messages
                .iter()
                .filter(|message| message.is_error)
                .collect();
            say(
                "firmware's log",
                format!(
                    "{} messages, {} of errors",
                    log.messages.len(),
                    errors.len()
                ),
            );
            for message in &errors[errors.len().saturating_sub(LAST)..] {
                say(
                    "",
                    format!("{} {}: {}", message.time, message.level, message.text),
                );
            }
        }
        let counts = ECC_COUNTS.iter().filter_map(|(address, memory)| {
            let register = self.registers.get(address)?;
            // A register of this name is one on this chip.
            register
                .name
                .as_ref()?
                .contains("ECC_STATUS")
                .then_some(())?;
            let [correctable, uncorrectable] = [16, 0].map(|low| (register.value >> low) & 0xffff);
            let is_there = self.map.as_ref().is_none_or(|map| {
                map.memories.iter().any(|area| {
                    area.name
                        .starts_with(memory.trim_end_matches(char::is_numeric))
                })
            });
            is_there.then(|| format!("{memory} {correctable} + {uncorrectable}"))
        });
        let counts: Vec<_> = counts.collect();
        if !counts.is_empty() {
            say(
                "ECC errors",
                format!("{} (corrected + uncorrectable)", counts.join(", ")),
            );
        }
        gauges.retain(|gauge| gauge.of > 0 && gauge.used * 10 >= gauge.of * 9);
        for gauge in gauges {
            say(
                "nearly full",
                format!(
                    "{}: {} of {} {}",
                    gauge.name, gauge.used, gauge.of, gauge.unit
                ),
            );
        }
        state
    }

    /// Where an address of a memory is in the memory map, and in which region.
    fn place(&self, memory: &str, offset: u64) -> Option<(u64, &str)> {
        let map = self.map.as_ref()?;
        let memory = map
            .memories
            .iter()
            .find(|area| area.name.starts_with(memory))?;
        let address = memory.start.checked_add(offset)?;
        let name = match map.regions.iter().find(|area| area.contains(address)) {
            Some(region) => region.name.as_ref(),
            None => "no region that is known",
        };
        memory.contains(address).then_some((address, name))
    }
}

impl Facts for Adapter<'_> {
    fn is(&self, chip: &str) -> bool {
        self.chip == chip
    }

    fn register(&self, address: u64) -> Option<u64> {
        self.registers.get(&address).map(|register| register.value)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.numbers.get(name).copied()
    }

    fn evidence(&self, address: u64, value: u64) -> Evidence {
        let mut register = self.registers.get(&address).cloned();
        if let Some(register) = &mut register {
            self.names.name(register);
        }
        let register = register.as_ref();
        let name = register.and_then(|register| register.name.as_deref());
        let fields = register.map_or(&[][..], |register| &register.fields);
        // Of a part of the bits only what is in it.
        let all = register.is_some_and(|register| register.value == value);
        let held = |field: &Field| mask(field) & value != 0 || (all && field.bits > 1);
        let mut words: Vec<_> = fields
            .iter()
            .filter(|field| field.name != "unknown" && held(field))
            .map(|field| match field.bits {
                1 => field.name.to_string(),
                _ => format!("{}={:#x}", field.name, (value & mask(field)) >> field.low),
            })
            .collect();
        if address == PCIE_FW && value & PCIE_FW_ERR != 0 {
            words.push(format!("({})", REASONS[(value >> 24) as usize & 7]));
        }
        let memory = ECC_ADDRESSES.iter().find(|(known, _)| *known == address);
        let place = memory.and_then(|(_, memory)| self.place(memory, value));
        words.extend(place.map(|(at, region)| format!("if it counts bytes: {at:#x}, in {region}")));
        Evidence {
            name: name.map_or_else(|| format!("{address:#07x}"), str::to_owned),
            address: Some(address),
            value,
            words: words.join(" "),
            place: place.map(|(at, _)| at),
        }
    }

    fn bit(&self, address: u64, bit: u32) -> Option<String> {
        let fields = &self.registers.get(&address)?.fields;
        let named = |field: &&Field| field.name != "unknown" && (mask(field) >> bit) & 1 == 1;
        fields
            .iter()
            .find(named)
            .map(|field| field.name.to_string())
    }
}

fn mask(field: &Field) -> u64 {
    (u64::MAX >> (64 - field.bits.clamp(1, 64))) << field.low
}
