// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd verify`.

use std::io::Write;

use anyhow::Result;
use serde::Serialize;

use crate::{
    cli::Files,
    input::Warning,
    kinds::{manifest, Dump},
    progress, views,
};

#[derive(Serialize)]
struct Verdict {
    file: String,
    dump: Option<String>,
    /// Sections that are complete, and those that the driver could not collect.
    complete: usize,
    incomplete: usize,
    /// The payload has the CRC-32 that the manifest says it has, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    crc32: Option<bool>,
    /// The offset in the payload that it is zeroes from, since memory ran out.
    #[serde(skip_serializing_if = "Option::is_none")]
    given_up: Option<u64>,
    /// Whether the manifest, if there is one, has an entry of it. It has none of the kernel's own dumps.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_manifest: Option<bool>,
    damage: Vec<String>,
}

pub fn run(args: &Files) -> Result<u8> {
    let (inputs, readable) = views::open_all(&args.files);
    let mut verdicts = Vec::new();
    for input in &inputs {
        let name = input.path.display().to_string();
        let manifest = input.manifest.iter();
        let has_entries = manifest.clone().any(|manifest| manifest.is_readable);
        verdicts.extend(input.dumps().iter().map(|dump| Verdict {
            in_manifest: has_entries.then_some(dump.entry.is_some()),
            ..judge(dump, &name)
        }));
        let problems = manifest.flat_map(|manifest| &manifest.problems).cloned();
        let damage: Vec<_> = problems
            .chain(input.warnings.iter().map(Warning::to_string))
            .collect();
        if !damage.is_empty() {
            verdicts.push(Verdict {
                damage,
                ..Verdict::new(&name, None)
            });
        }
    }
    progress::clear();
    let mut out = std::io::stdout().lock();
    if args.json {
        views::print_json(&mut out, &verdicts)?;
    } else {
        for verdict in &verdicts {
            print(&mut out, verdict)?;
        }
    }
    for input in &inputs {
        views::remark(input);
    }
    let sound = verdicts.iter().all(|verdict| verdict.damage.is_empty());
    Ok(crate::status(readable, sound))
}

impl Verdict {
    fn new(file: &str, dump: Option<String>) -> Self {
        Self {
            file: file.to_owned(),
            dump,
            complete: 0,
            incomplete: 0,
            crc32: None,
            given_up: None,
            in_manifest: None,
            damage: Vec::new(),
        }
    }
}

/// Offsets of damage in a dump count from the start of the dump.
fn judge(dump: &Dump, file: &str) -> Verdict {
    let mut verdict = Verdict::new(file, Some(dump.name.clone()));
    if let Some(entry) = &dump.entry {
        let mut tail = Tail::behind(entry.kept);
        match dump.copy(|piece| tail.add(piece)) {
            // What was given up later than it was copied is all there.
            Ok(crc32) if crc32 == entry.crc32 => verdict.crc32 = Some(true),
            Ok(_) if tail.is_zeroes() => verdict.given_up = entry.kept,
            Ok(crc32) => {
                verdict.crc32 = Some(false);
                verdict.damage.push(format!(
                    "expected a payload of CRC-32 {:#010x}, as the manifest says, not {crc32:#010x}",
                    entry.crc32
                ));
            }
            Err(error) => verdict.damage.push(format!("{error:#}")),
        }
    }
    match dump.content() {
        Ok(Some(content)) => {
            verdict.damage.extend(content.damage());
            for section in content.sections() {
                verdict.complete += usize::from(section.ok);
                verdict.incomplete += usize::from(!section.ok && section.damage.is_none());
                let damage = section
                    .damage
                    .map(|damage| format!("{}: {damage}", section.name));
                verdict.damage.extend(damage);
            }
        }
        // Of somebody else's dump, that its note is whole is all that can be said.
        Ok(None) => {}
        Err(error) => verdict.damage.push(error.to_string()),
    }
    verdict
}

/// What is in a payload behind the bytes that were kept.
struct Tail {
    /// Bytes before it that were not seen yet; `None`: there is no tail.
    before: Option<u64>,
    is_zeroes: bool,
}

impl Tail {
    fn behind(kept: Option<u64>) -> Self {
        Self {
            before: kept,
            is_zeroes: true,
        }
    }

    fn add(&mut self, piece: &[u8]) -> Result<()> {
        if let Some(before) = &mut self.before {
            let passed = piece.len().min(usize::try_from(*before)?);
            *before -= passed as u64;
            self.is_zeroes &= piece[passed..].iter().all(|byte| *byte == 0);
        }
        Ok(())
    }

    fn is_zeroes(&self) -> bool {
        self.before.is_some() && self.is_zeroes
    }
}

fn print(out: &mut impl Write, verdict: &Verdict) -> Result<()> {
    let name = match &verdict.dump {
        Some(dump) => format!("{}: {dump}", verdict.file),
        None => verdict.file.clone(),
    };
    if verdict.damage.is_empty() {
        let Verdict {
            complete,
            incomplete,
            ..
        } = verdict;
        let (ok, crc32) = match (verdict.given_up, verdict.crc32) {
            (Some(kept), _) => ("partial", format!("{}, ", manifest::given_up(kept))),
            (None, Some(true)) => ("ok", "CRC-32 as in the manifest, ".into()),
            (None, None) if verdict.in_manifest == Some(false) => {
                ("ok", "not in the manifest, ".into())
            }
            _ => ("ok", String::new()),
        };
        writeln!(
            out,
            "{name}: {ok} ({crc32}{complete} sections complete, {incomplete} not collected or partial)"
        )?;
    }
    for damage in &verdict.damage {
        writeln!(out, "{name}: DAMAGED {damage}")?;
    }
    Ok(())
}
