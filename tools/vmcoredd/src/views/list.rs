// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd list`.

use std::{io::Write, path::Path};

use anyhow::Result;
use serde::Serialize;

use crate::{
    cli::Files,
    input::Warning,
    kinds::{
        manifest::{Entry, Manifest},
        Dump,
    },
    progress, views,
    vmcore::Vmcore,
};

#[derive(Serialize)]
struct Listed<'a> {
    file: &'a Path,
    kind: &'a str,
    dumps: Vec<Line<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<&'a Manifest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    damage: Option<String>,
}

#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    format: String,
    bytes: u64,
    offset: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<&'a Entry>,
}

impl<'a> Line<'a> {
    fn new(dump: &'a Dump) -> Self {
        let format = match dump.content() {
            Ok(Some(content)) => content.title(),
            _ => "unknown".into(),
        };
        Self {
            name: &dump.name,
            format,
            bytes: dump.len,
            offset: dump.offset,
            manifest: dump.entry.as_ref(),
        }
    }
}

pub fn run(args: &Files) -> Result<u8> {
    let (inputs, readable) = views::open_all(&args.files);
    let listed: Vec<_> = inputs.iter().map(listed).collect();
    progress::clear();
    let mut out = std::io::stdout().lock();
    if args.json {
        views::print_json(&mut out, &listed)?;
    } else {
        for listed in &listed {
            print(&mut out, listed)?;
        }
    }
    // All of them, so that each is told.
    let damaged = inputs.iter().filter(|input| !views::report(input)).count();
    Ok(crate::status(readable, damaged == 0))
}

fn listed(input: &Vmcore) -> Listed<'_> {
    Listed {
        file: &input.path,
        kind: &input.kind,
        dumps: input.dumps().iter().map(Line::new).collect(),
        manifest: input.manifest.as_ref(),
        damage: (!input.warnings.is_empty()).then(|| {
            let damage: Vec<_> = input.warnings.iter().map(Warning::to_string).collect();
            damage.join("; ")
        }),
    }
}

fn print(out: &mut impl Write, listed: &Listed<'_>) -> Result<()> {
    let count = match listed.dumps.len() {
        0 => "no device dumps".into(),
        1 => "1 device dump".into(),
        more => format!("{more} device dumps"),
    };
    let absent = listed.manifest.map_or(&[][..], |manifest| &manifest.absent);
    let missing = match absent.len() {
        0 => String::new(),
        more => format!(", {more} missing"),
    };
    let Listed { file, kind, .. } = listed;
    writeln!(out, "{}: {kind}, {count}{missing}", file.display())?;
    for dump in &listed.dumps {
        write!(
            out,
            "  {:<43} {:>10} bytes at {:#x}  {}",
            dump.name, dump.bytes, dump.offset, dump.format
        )?;
        match (dump.manifest, listed.manifest) {
            (Some(entry), _) => writeln!(out, "; {}", entry.words())?,
            (None, Some(manifest)) if manifest.is_readable => {
                writeln!(out, "; not in the manifest")?;
            }
            _ => writeln!(out)?,
        }
    }
    for entry in absent {
        writeln!(
            out,
            "  {:<43} {:>10}        {}",
            entry.name,
            "none",
            entry.words()
        )?;
    }
    if let Some(manifest) = listed.manifest.filter(|manifest| manifest.is_readable) {
        writeln!(out, "  {}", manifest.words())?;
    }
    Ok(())
}
