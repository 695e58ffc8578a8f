// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd verify`.

use std::{cell::RefCell, path::Path};

use anyhow::{Error, Result};
use serde::Serialize;

use super::{
    json,
    messages::clear,
    out::{Look, Out},
};
use crate::{
    cli::Files,
    kinds::{manifest, Dump},
    views,
    vmcore::Vmcore,
};

#[derive(Default, Serialize)]
struct Verdict {
    name: String,
    /// Sections that are complete, and those that the driver could not collect.
    complete: usize,
    incomplete: usize,
    /// The payload has the CRC-32 that the manifest says it has; nothing if it says none.
    crc32: Option<bool>,
    /// The offset in the payload that it is zeroes from, since memory ran out.
    given_up: Option<u64>,
    /// Whether the manifest, if there is one, has an entry of it. It has none of the kernel's own dumps.
    in_manifest: Option<bool>,
    damage: Vec<String>,
}

pub fn run(args: &Files) -> Result<u8> {
    let files = RefCell::new(Vec::new());
    let view = |vmcore: &Vmcore| {
        let mut manifest = vmcore.manifest.iter();
        let has_entries = manifest.any(|manifest| manifest.is_readable);
        let dumps = vmcore.dumps().iter();
        let verdicts: Vec<_> = dumps
            .map(|dump| Verdict {
                in_manifest: has_entries.then_some(dump.entry.is_some()),
                ..judge(dump)
            })
            .collect();
        let damaged = verdicts.iter().any(|verdict| !verdict.damage.is_empty());
        let sound = !verdicts.is_empty() && !damaged && vmcore.problems().is_empty();
        clear();
        match args.json {
            true => files.borrow_mut().push(json::File::new(vmcore, verdicts)),
            false => print(vmcore, &verdicts)?,
        }
        views::remark(vmcore);
        Ok(sound)
    };
    let lost = |path: &Path, error: &Error| {
        let file = json::File::unreadable(path, error);
        files.borrow_mut().push(file);
    };
    let status = views::each(&args.files, view, lost)?;
    if args.json {
        let files = files.into_inner();
        json::print("verify", &json::Files { files })?;
    }
    Ok(status)
}

/// Offsets of damage in a dump count from the start of the dump.
fn judge(dump: &Dump) -> Verdict {
    let mut verdict = Verdict {
        name: dump.name.clone(),
        ..Verdict::default()
    };
    if let Some(entry) = &dump.entry {
        let mut tail = Tail::behind(entry.kept);
        match dump.copy(|piece| tail.add(piece)) {
            // What was given up later than it was copied is all there.
            Ok(_) if entry.crc32.is_none() => {}
            Ok(crc32) if Some(crc32) == entry.crc32 => verdict.crc32 = Some(true),
            Ok(_) if tail.is_zeroes() => verdict.given_up = entry.kept,
            Ok(crc32) => {
                verdict.crc32 = Some(false);
                verdict.damage.push(format!(
                    "expected a payload of CRC-32 {:#010x}, as the manifest says, not {crc32:#010x}",
                    entry.crc32.unwrap_or_default()
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

fn print(vmcore: &Vmcore, verdicts: &[Verdict]) -> Result<()> {
    let mut out = Out::stdout();
    let file = vmcore.path.display();
    for verdict in verdicts {
        let name = format!("{file}: {}", verdict.name);
        if verdict.damage.is_empty() {
            out.line(4, format!("{name}: {}", verdict.words()))?;
        }
        for damage in &verdict.damage {
            out.line(
                4,
                format!("{name}: {} {damage}", Look::Bad.paint("DAMAGED")),
            )?;
        }
    }
    let damaged = Look::Bad.paint("DAMAGED");
    for problem in vmcore.problems() {
        out.line(4, format!("{file}: {damaged} {problem}"))?;
    }
    if verdicts.is_empty() {
        out.line(
            4,
            format!("{file}: {}", Look::Warning.paint("no device dumps")),
        )?;
    }
    Ok(out.flush()?)
}

impl Verdict {
    /// Of one without damage.
    fn words(&self) -> String {
        let ok = Look::Good.paint("ok").to_string();
        let (ok, crc32) = match (self.given_up, self.crc32) {
            (Some(kept), _) => (
                Look::Warning.paint("partial").to_string(),
                format!("{}, ", manifest::given_up(kept)),
            ),
            (None, Some(true)) => (ok, "CRC-32 as in the manifest, ".into()),
            (None, None) if self.in_manifest == Some(false) => (ok, "not in the manifest, ".into()),
            _ => (ok, String::new()),
        };
        let Self {
            complete,
            incomplete,
            ..
        } = self;
        format!("{ok} ({crc32}{complete} sections complete, {incomplete} not collected or partial)")
    }
}
