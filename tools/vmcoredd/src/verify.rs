// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd verify`.

use std::io::Write;

use anyhow::Result;
use serde::Serialize;

use crate::{
    cli::Files,
    image::{self, Image},
    input::{Dump, Input},
    progress,
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
    /// Whether the manifest, if there is one, has an entry of it. It has none of the kernel's own dumps.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_manifest: Option<bool>,
    damage: Vec<String>,
}

pub fn run(args: &Files) -> Result<u8> {
    let (inputs, readable) = Input::open_all(&args.files);
    let mut verdicts = Vec::new();
    for input in &inputs {
        let name = input.path.display().to_string();
        let manifest = input.manifest.iter();
        let has_entries = manifest.clone().any(|manifest| manifest.is_readable);
        verdicts.extend(input.dumps.iter().map(|dump| Verdict {
            in_manifest: has_entries.then_some(dump.entry.is_some()),
            ..judge(dump, &name)
        }));
        let problems = manifest.flat_map(|manifest| &manifest.problems).cloned();
        let damage: Vec<_> = problems.chain(input.damage.iter().cloned()).collect();
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
        crate::print_json(&mut out, &verdicts)?;
    } else {
        for verdict in &verdicts {
            print(&mut out, verdict)?;
        }
    }
    for input in &inputs {
        input.remark();
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
            in_manifest: None,
            damage: Vec::new(),
        }
    }
}

/// Offsets of damage in a dump count from the start of the dump.
fn judge(dump: &Dump, file: &str) -> Verdict {
    let mut verdict = Verdict::new(file, Some(dump.name.clone()));
    if let Some(entry) = &dump.entry {
        match dump.copy(|_| Ok(())) {
            Ok(crc32) if crc32 == entry.crc32 => verdict.crc32 = Some(true),
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
    match Image::open(dump) {
        Ok(image) => {
            if !image.is_complete() {
                let len = image.header.data_len;
                verdict
                    .damage
                    .push(format!("at offset {:#x}: expected {len} bytes", dump.len));
            }
            for section in image.summaries() {
                verdict.complete += usize::from(section.ok);
                verdict.incomplete += usize::from(!section.ok && section.damage.is_none());
                let damage = section
                    .damage
                    .map(|damage| format!("{}: {damage}", section.name));
                verdict.damage.extend(damage);
            }
        }
        // Of somebody else's dump, that its note is whole is all that can be said.
        Err(error) if image::is_meant_as_one(dump) => verdict.damage.push(error.to_string()),
        Err(_) => {}
    }
    verdict
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
        let crc32 = match verdict.crc32 {
            Some(true) => "CRC-32 as in the manifest, ",
            None if verdict.in_manifest == Some(false) => "not in the manifest, ",
            _ => "",
        };
        writeln!(
            out,
            "{name}: ok ({crc32}{complete} sections complete, {incomplete} not collected or partial)"
        )?;
    }
    for damage in &verdict.damage {
        writeln!(out, "{name}: DAMAGED {damage}")?;
    }
    Ok(())
}
