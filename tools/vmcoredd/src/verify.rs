// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd verify`.

use std::io::Write;

use anyhow::Result;
use serde::Serialize;

use crate::{
    cli::Files,
    image,
    input::{Dump, Input},
};

#[derive(Serialize)]
struct Verdict {
    file: String,
    dump: Option<String>,
    /// Sections that are complete, and those that the driver could not collect.
    complete: usize,
    incomplete: usize,
    damage: Vec<String>,
}

pub fn run(args: &Files) -> Result<u8> {
    let (inputs, readable) = Input::open_all(&args.files);
    let mut verdicts = Vec::new();
    for input in &inputs {
        let name = input.path.display().to_string();
        verdicts.extend(input.dumps.iter().map(|dump| judge(dump, &name)));
        verdicts.extend(input.damage.map(|damage| Verdict {
            file: name,
            dump: None,
            complete: 0,
            incomplete: 0,
            damage: vec![damage.to_string()],
        }));
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &verdicts)?;
        writeln!(out)?;
    } else {
        for verdict in &verdicts {
            print(&mut out, verdict)?;
        }
    }
    let sound = verdicts.iter().all(|verdict| verdict.damage.is_empty());
    Ok(crate::status(readable, sound))
}

/// Offsets of damage in a dump count from the start of the dump.
fn judge(dump: &Dump, file: &str) -> Verdict {
    let mut verdict = Verdict {
        file: file.to_owned(),
        dump: Some(dump.name.clone()),
        complete: 0,
        incomplete: 0,
        damage: Vec::new(),
    };
    match image::parse(&dump.payload) {
        Ok(image) => {
            if !image.is_complete() {
                let len = image.header().data_len;
                verdict.damage.push(format!(
                    "at offset {:#x}: expected {len} bytes",
                    dump.payload.len()
                ));
            }
            for section in image::summaries(&image, dump.payload.len()) {
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
        writeln!(
            out,
            "{name}: ok ({complete} sections complete, {incomplete} not collected or partial)"
        )?;
    }
    for damage in &verdict.damage {
        writeln!(out, "{name}: DAMAGED {damage}")?;
    }
    Ok(())
}
