// SPDX-License-Identifier: GPL-2.0

//! What a file gives: a row of its own, one of each dump, of each finding, and of each register that these rest on.

use std::{
    io,
    panic::{catch_unwind, AssertUnwindSafe},
    path::Path,
    sync::Arc,
    time::SystemTime,
};

use anyhow::{anyhow, Error};

use super::entries::Entry;
use crate::{
    findings::{self, Diagnosis, Evidence, Finding, Verdict},
    input::{self, FileFacts},
    kinds::{manifest, Content, Dump},
    names::Names,
    vmcore::{Host, Vmcore},
};

/// How a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Ok,
    /// Something in it is wrong; what is there is shown.
    Damaged,
    /// It is no vmcore.
    Foreign,
    Unreadable,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Damaged => "damaged",
            Self::Foreign => "foreign",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What is the same in all rows of a file.
pub struct File {
    pub name: String,
    pub facts: FileFacts,
    pub kind: Option<String>,
    pub state: State,
    pub error: Option<String>,
    pub host: Host,
    pub panic: Option<String>,
}

/// What is the same in all rows of a dump.
#[derive(Default)]
pub struct Device {
    pub dump: String,
    pub format: &'static str,
    pub bytes: Option<u64>,
    pub entry: Option<manifest::Entry>,
    pub error: Option<String>,
    pub kind: Option<String>,
    pub firmware: Option<String>,
    pub verdict: Option<Verdict>,
}

/// What a row is of.
pub enum What {
    File,
    Dump,
    Finding(Finding),
    Register(Register),
}

/// A register, and why it is there.
pub struct Register {
    pub role: &'static str,
    /// The sign of the finding that it is evidence of.
    pub finding: Option<String>,
    pub evidence: Evidence,
}

pub struct Row {
    pub file: Arc<File>,
    pub device: Option<Arc<Device>>,
    pub what: What,
}

/// All rows of an entry, that of the file first. `registers`: also those that a person would begin with.
pub fn of(entry: Entry, registers: bool) -> Vec<Row> {
    let (path, error) = match entry {
        Ok(path) => match catch_unwind(AssertUnwindSafe(|| open(&path, registers))) {
            Ok(Ok(rows)) => return rows,
            Ok(Err(error)) => (path, error),
            Err(_) => (path, anyhow!("vmcoredd failed on it: please report that")),
        },
        Err((path, error)) => (path, error),
    };
    let metadata = std::fs::metadata(&path).ok();
    let file = File {
        name: path.display().to_string(),
        facts: FileFacts {
            bytes: metadata.as_ref().map(std::fs::Metadata::len),
            modified: metadata.and_then(|metadata| metadata.modified().ok()),
        },
        kind: None,
        state: state(&error),
        // The first words are the path.
        error: Some(words(&error, &path)),
        host: Host::default(),
        panic: None,
    };
    vec![Row {
        file: Arc::new(file),
        device: None,
        what: What::File,
    }]
}

fn state(error: &Error) -> State {
    if input::is_foreign(error) {
        State::Foreign
    } else if error.chain().any(|cause| cause.is::<io::Error>()) {
        State::Unreadable
    } else {
        State::Damaged
    }
}

/// An error without the path, which is in another column.
fn words(error: &Error, path: &Path) -> String {
    let words = format!("{error:#}");
    let path = format!("{}: ", path.display());
    words.strip_prefix(&path).unwrap_or(&words).to_owned()
}

fn open(path: &Path, registers: bool) -> Result<Vec<Row>, Error> {
    let vmcore = Vmcore::open(path)?;
    let problems = vmcore.problems();
    let is_linux = vmcore.host.kernel.is_some() || vmcore.all().next().is_some();
    let (state, error) = match (problems.is_empty(), is_linux) {
        (false, _) => (State::Damaged, Some(problems.join("; "))),
        (true, true) => (State::Ok, None),
        (true, false) => (
            State::Foreign,
            Some("neither a kernel nor a device dump is in it".into()),
        ),
    };
    let file = Arc::new(File {
        name: path.display().to_string(),
        facts: vmcore.file,
        kind: Some(vmcore.kind.clone()),
        state,
        error,
        host: vmcore.host.clone(),
        panic: vmcore.kernel_log().ok().and_then(|log| log.panic()),
    });
    let mut rows = vec![Row {
        file: file.clone(),
        device: None,
        what: What::File,
    }];
    for dump in vmcore.dumps() {
        add_dump(dump, registers, &file, &mut rows);
    }
    let absent = vmcore.manifest.iter().flat_map(|manifest| &manifest.absent);
    rows.extend(absent.map(|entry| {
        let device = Device {
            dump: entry.name.clone(),
            format: "absent",
            error: Some(entry.words()),
            entry: Some(entry.clone()),
            ..Device::default()
        };
        Row {
            file: file.clone(),
            device: Some(Arc::new(device)),
            what: What::Dump,
        }
    }));
    Ok(rows)
}

fn add_dump(dump: &Dump, registers: bool, file: &Arc<File>, rows: &mut Vec<Row>) {
    let mut device = Device {
        dump: dump.name.clone(),
        bytes: Some(dump.len),
        entry: dump.entry.clone(),
        ..Device::default()
    };
    let (mut diagnosis, mut telling) = (None, Vec::new());
    match dump.content() {
        Ok(Some(content)) => {
            let content = content.as_ref();
            device.format = content.format();
            device.error = content.damage();
            device.kind = content.facts().text("chip").map(str::to_owned);
            device.firmware = findings::firmware(content);
            diagnosis = findings::diagnose(content, &Names::default());
            if registers {
                telling = of_interest(content);
            }
        }
        Ok(None) => device.format = "unknown",
        Err(error) => {
            device.format = "damaged";
            device.error = Some(error.to_string());
        }
    }
    device.verdict = diagnosis.as_ref().map(|said| said.verdict.clone());
    let device = Arc::new(device);
    let details = diagnosis.into_iter().flat_map(details);
    rows.extend(
        [What::Dump]
            .into_iter()
            .chain(details)
            .chain(telling)
            .map(|what| Row {
                file: file.clone(),
                device: Some(device.clone()),
                what,
            }),
    );
}

/// Findings and the registers that they rest on, and bits that are no finding.
fn details(diagnosis: Diagnosis) -> impl Iterator<Item = What> {
    let Diagnosis {
        findings,
        masked,
        unknown,
        ..
    } = diagnosis;
    let of_findings = findings.into_iter().flat_map(|mut finding| {
        let evidence = std::mem::take(&mut finding.registers);
        let sign = finding.sign.clone();
        let registers = evidence
            .into_iter()
            .map(move |evidence| register("evidence", Some(sign.clone()), evidence));
        [What::Finding(finding)].into_iter().chain(registers)
    });
    let others = [("masked", masked), ("unknown", unknown)];
    let others = others.into_iter().flat_map(|(role, registers)| {
        registers
            .into_iter()
            .map(move |evidence| register(role, None, evidence))
    });
    of_findings.chain(others)
}

fn register(role: &'static str, finding: Option<String>, evidence: Evidence) -> What {
    What::Register(Register {
        role,
        finding,
        evidence,
    })
}

/// Registers that `vmcoredd show` begins with.
fn of_interest(content: &dyn Content) -> Vec<What> {
    let registers = content.registers().held.into_iter();
    let telling = registers.filter(|register| register.is_telling && register.name.is_some());
    let rows = telling.map(|held| {
        let evidence = Evidence {
            words: held.words(),
            name: held.name.unwrap_or_default().into_owned(),
            address: Some(held.address),
            value: held.value,
            place: None,
        };
        register("shown", None, evidence)
    });
    rows.collect()
}

/// Milliseconds since 1970.
pub fn millis(time: SystemTime) -> Option<i64> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}
