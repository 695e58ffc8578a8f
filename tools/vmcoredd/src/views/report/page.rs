// SPDX-License-Identifier: GPL-2.0

//! The page: the verdict first, then what it rests on, then everything else.

use std::io::Read;

use base64::{engine::general_purpose::STANDARD, Engine};
use maud::{html, Markup, PreEscaped, DOCTYPE};

use super::{pictures, redact::Redaction};
use crate::{
    findings::{Diagnosis, Evidence, Finding},
    kinds::{
        messages::{Log, Message},
        register::Register,
        Content, Dump,
    },
    names::Names,
    views::timeline::Together,
    vmcore::Vmcore,
};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Nothing is fetched, whatever a dump holds.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";
/// A larger dump is not put into the page.
const MOST_RAW: u64 = 64 << 20;

/// A dump, and what is to be said of it.
pub struct Device<'a> {
    dump: &'a Dump,
    content: Result<Option<Box<dyn Content>>, String>,
    diagnosis: Option<Diagnosis>,
}

impl<'a> Device<'a> {
    pub fn new(dump: &'a Dump) -> Self {
        let content = dump.content().map_err(|failure| failure.to_string());
        let known = content.as_ref().ok().and_then(Option::as_deref);
        Self {
            dump,
            diagnosis: known.and_then(|it| crate::findings::diagnose(it, &Names::default())),
            content,
        }
    }
}

/// All of it.
pub fn page(vmcore: &Vmcore, devices: &[Device<'_>], redaction: &Redaction) -> Markup {
    let name = vmcore.path.file_name().map(|name| name.to_string_lossy());
    let name = name.as_deref().unwrap_or("standard input");
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { "Devices at the panic: " (name) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "What the hardware looked like at the panic" }
                p class="faint" {
                    code { (redaction.words(name)) } ", " (vmcore.kind)
                    @if let Some(manifest) = &vmcore.manifest { ", captured by " (manifest.kernel) }
                    "; made by vmcoredd " (env!("CARGO_PKG_VERSION"))
                    @if redaction.is_on() { "; addresses and serial numbers are hidden" }
                }
                @for device in devices { (verdict(device, redaction)) }
                @if devices.is_empty() { p { "This vmcore holds no device dumps." } }
                (absent(vmcore, redaction))
                @for (index, device) in devices.iter().enumerate() { (section(index, device, redaction)) }
                (timeline(vmcore, devices, redaction))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn verdict(device: &Device<'_>, redaction: &Redaction) -> Markup {
    let Some(Diagnosis {
        verdict, advice, ..
    }) = &device.diagnosis
    else {
        return html! {};
    };
    let class = verdict
        .severity
        .map_or("healthy", |severity| severity.name());
    html! {
        div class={ "verdict " (class) } {
            strong { (device.dump.name) ": " (redaction.words(&verdict.words)) }
            p { "Confidence: " (verdict.confidence.name())
                @for doubt in &verdict.doubts { "; " (redaction.words(doubt)) } }
            p class="faint" { "Signature " code class="long" { (verdict.signature) } }
            @for step in advice { p { (redaction.words(step)) } }
        }
    }
}

/// What was to be dumped and is not there; where the file is damaged.
fn absent(vmcore: &Vmcore, redaction: &Redaction) -> Markup {
    let manifest = vmcore.manifest.as_ref();
    let absent = manifest.map_or(&[][..], |manifest| &manifest.absent);
    let problems = manifest.map_or(&[][..], |manifest| &manifest.problems);
    html! {
        @for entry in absent { p class="error" { (entry.name) ": " (entry.words()) } }
        @for problem in problems { p class="error" { (redaction.words(problem)) } }
        @for warning in &vmcore.warnings { p class="error" { (redaction.words(&warning.to_string())) } }
    }
}

/// The log of the kernel that panicked, and beside it those of devices.
fn timeline(vmcore: &Vmcore, devices: &[Device<'_>], redaction: &Redaction) -> Markup {
    let kernel = vmcore.kernel_log();
    let logs = devices.iter().filter_map(|device| {
        let log = device.content.as_ref().ok()?.as_ref()?.log()?;
        let together = Together::new(kernel.as_ref().ok(), &log, &[]);
        Some((&device.dump.name, together, log))
    });
    let logs: Vec<_> = logs.collect();
    html! {
        h2 { "Timeline" }
        @if let Err(why) = &kernel {
            p class="faint" { "Without the kernel's log: " (redaction.words(&format!("{why:#}"))) }
        }
        @for (name, together, _) in &logs { p class="faint" { (name) ": " (together.words) } }
        div class="logs" {
            @if let Ok(log) = &kernel { (messages("The kernel", log, redaction)) }
            @for (name, _, log) in &logs { (messages(name, log, redaction)) }
        }
    }
}

fn section(index: usize, device: &Device<'_>, redaction: &Redaction) -> Markup {
    let dump = device.dump;
    html! {
        h2 { (dump.name) }
        @match &device.content {
            Ok(Some(content)) => { (known(index, device, content.as_ref(), redaction)) }
            Ok(None) => { p { (dump.len) " bytes of a kind that this program does not know." } }
            Err(damage) => { p class="error" { "Damaged: " (redaction.words(damage)) } }
        }
        (raw(dump, redaction))
    }
}

fn known(
    index: usize,
    device: &Device<'_>,
    content: &dyn Content,
    redaction: &Redaction,
) -> Markup {
    let entry = device.dump.entry.as_ref();
    let gauges = content.gauges();
    let topology = content.topology();
    html! {
        p { (content.title()) ", " (device.dump.len) " bytes"
            @if let Some(entry) = entry { ", " (entry.words()) }
            @if let Some(damage) = content.damage() { ". " span class="error" { (redaction.words(&damage)) } }
        }
        @if let Some(diagnosis) = &device.diagnosis { (findings(diagnosis, redaction)) }
        @if !topology.is_empty() {
            h3 { "Ports and functions" }
            (pictures::topology(&topology, &|words| redaction.words(words).into_owned()))
        }
        @if let Some(map) = content.memory_map() {
            h3 { "Memory" }
            (pictures::memory_map(&map, &places(device)))
        }
        @if !gauges.is_empty() {
            h3 { "How full" }
            (pictures::gauges(&gauges))
        }
        (registers(index, content, redaction))
        (sections(content, redaction))
    }
}

/// Addresses in the device's memory that findings are about.
fn places(device: &Device<'_>) -> Vec<u64> {
    let findings = device
        .diagnosis
        .iter()
        .flat_map(|diagnosis| &diagnosis.findings);
    let evidence = findings.flat_map(|finding| &finding.registers);
    evidence.filter_map(|line| line.place).collect()
}

fn findings(diagnosis: &Diagnosis, redaction: &Redaction) -> Markup {
    let Diagnosis {
        findings,
        masked,
        unknown,
        unseen,
        ..
    } = diagnosis;
    html! {
        h3 { "Findings" }
        @if findings.is_empty() { p { "None." } }
        @for finding in findings { (one(finding, redaction)) }
        @for (title, list) in [
            ("Set, but their interrupts are switched off: they have stopped nothing, and may be old", masked),
            ("Set, and nobody here knows what they mean", unknown),
        ] {
            @if !list.is_empty() {
                h3 { (title) }
                table { tbody { @for line in list { (evidence(line, redaction)) } } }
            }
        }
        @if !unseen.is_empty() {
            h3 { "Not seen" }
            ul { @for what in unseen { li { (redaction.words(what)) } } }
        }
    }
}

fn one(finding: &Finding, redaction: &Redaction) -> Markup {
    html! {
        div class="finding" {
            strong class=(finding.severity.name()) { (finding.severity.name()) } " "
            strong { (finding.unit) ": " (redaction.words(&finding.words)) }
            table { tbody { @for line in &finding.registers { (evidence(line, redaction)) } } }
            p class="faint" { "Rule " code { (finding.rule) } ", from " (finding.source) }
        }
    }
}

fn evidence(line: &Evidence, redaction: &Redaction) -> Markup {
    html! {
        tr {
            td class="mono" { @if let Some(address) = line.address { (format!("{address:#07x}")) } }
            td class="mono" { (line.name) }
            td class="mono" { (format!("{:#010x}", line.value)) }
            td { (redaction.words(&line.words)) }
        }
    }
}

fn messages(title: &str, log: &Log, redaction: &Redaction) -> Markup {
    let line = |message: &Message| {
        html! {
            tr class=[message.is_error.then_some("error")] {
                td class="mono number" { (log.stamp(message.time)) }
                td { (message.level) }
                td { (redaction.words(&message.text)) }
            }
        }
    };
    html! {
        div {
            h3 { (title) }
            p class="faint" { "Log of the " (log.writer) "; times in " (log.clock) }
            div class="log" { table { tbody { @for message in &log.messages { (line(message)) } } } }
        }
    }
}

/// Those that tell most, and a search through all.
fn registers(index: usize, content: &dyn Content, redaction: &Redaction) -> Markup {
    let mut registers = content.registers();
    // Most of a configuration space is nothing.
    let says_something = |it: &Register| it.name.is_some() || it.value != 0;
    let all = registers.held.len();
    registers.held.retain(says_something);
    let left_out = all - registers.held.len();
    if registers.held.is_empty() {
        return html! {};
    }
    let cells = |register: &Register| {
        let value = redaction.value(register);
        let words = match value == super::redact::HIDDEN {
            true => String::new(),
            false => register.words(),
        };
        [
            format!("{:#07x}", register.address),
            register.whole_name(),
            value,
            words,
        ]
    };
    let telling = registers.held.iter().filter(|register| register.is_telling);
    let all: Vec<_> = registers.held.iter().map(cells).collect();
    let (table, data, count) = (
        format!("table-{index}"),
        format!("registers-{index}"),
        format!("count-{index}"),
    );
    html! {
        h3 { "Registers" }
        @for not_read in &registers.not_read { p { (not_read) "." } }
        @if left_out > 0 { p { (left_out) " without a name are 0, and left out here." } }
        div class="interactive" {
            input type="search" placeholder={ "search " (all.len()) " registers: name, address, value, field" }
                aria-label="search registers"
                data-table=(table) data-registers=(data) data-count=(count);
            p class="faint" id=(count) {}
            noscript { "Without scripts, only some registers are shown." }
        }
        table id=(table) {
            thead { tr { th { "address" } th { "name" } th { "value" } th { "fields" } } }
            tbody { @for register in telling { tr { @for cell in cells(register) { td class="mono" { (cell) } } } } }
        }
        script type="application/json" id=(data) { (json(&all)) }
    }
}

/// Data that no browser takes for markup.
fn json(what: &impl serde::Serialize) -> PreEscaped<String> {
    let text = serde_json::to_string(what).unwrap_or_default();
    PreEscaped(text.replace('<', "\\u003c"))
}

fn sections(content: &dyn Content, redaction: &Redaction) -> Markup {
    let sections = content.sections();
    if sections.is_empty() {
        return html! {};
    }
    html! {
        h3 { "Sections" }
        table {
            thead { tr {
                th { "section" } th { "content" } th class="number" { "stored" } th class="number" { "bytes" } th { "status" }
            } }
            tbody {
                @for section in &sections {
                    tr {
                        td class="mono" { (section.name) }
                        td { (section.title) }
                        td class="number" { (section.stored) }
                        td class="number" { (section.raw) }
                        td class=[(!section.ok).then_some("warning")] {
                            (section.status)
                            @for why in section.cause.iter().chain(&section.damage) { ": " (redaction.words(why)) }
                        }
                    }
                }
            }
        }
    }
}

/// The dump itself, for those who have programs of their own for it.
fn raw(dump: &Dump, redaction: &Redaction) -> Markup {
    if redaction.is_on() {
        return html! { p class="faint" { "The dump itself is not in this page: it holds what is hidden here." } };
    }
    let mut bytes = Vec::new();
    if dump.len > MOST_RAW || dump.reader().read_to_end(&mut bytes).is_err() {
        return html! { p class="faint" { "The dump itself is not in this page: vmcoredd extract writes it." } };
    }
    let name = dump.name.replace([':', '/'], "-");
    html! {
        p class="interactive" {
            a download={ (name) ".bin" } href={ "data:application/octet-stream;base64," (STANDARD.encode(&bytes)) } {
                "The dump itself, for the vendor (" (bytes.len()) " bytes)"
            }
        }
    }
}
