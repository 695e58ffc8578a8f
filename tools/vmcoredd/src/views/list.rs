// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd list`.

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
    kinds::{manifest::Entry, Dump},
    views,
    vmcore::Vmcore,
};

#[derive(Serialize)]
struct Listed {
    name: String,
    /// What is in it, in some words.
    title: Option<String>,
    bytes: u64,
    offset: u64,
    manifest: Option<Entry>,
}

impl Listed {
    fn new(dump: &Dump) -> Self {
        let content = dump.content().ok().flatten();
        Self {
            name: dump.name.clone(),
            title: content.map(|content| content.title()),
            bytes: dump.len,
            offset: dump.offset,
            manifest: dump.entry.clone(),
        }
    }
}

pub fn run(args: &Files) -> Result<u8> {
    let files = RefCell::new(Vec::new());
    let view = |vmcore: &Vmcore| {
        let dumps = vmcore.dumps().iter().map(Listed::new).collect();
        clear();
        match args.json {
            true => files.borrow_mut().push(json::File::new(vmcore, dumps)),
            false => print(vmcore, &dumps)?,
        }
        Ok(views::report(vmcore))
    };
    let lost = |path: &Path, error: &Error| {
        let file = json::File::unreadable(path, error);
        files.borrow_mut().push(file);
    };
    let status = views::each(&args.files, view, lost)?;
    if args.json {
        let files = files.into_inner();
        json::print("list", &json::Files { files })?;
    }
    Ok(status)
}

fn print(vmcore: &Vmcore, dumps: &Vec<Listed>) -> Result<()> {
    let mut out = Out::stdout();
    let count = match dumps.len() {
        0 => "no device dumps".into(),
        1 => "1 device dump".into(),
        more => format!("{more} device dumps"),
    };
    let manifest = vmcore.manifest.as_ref();
    let absent = manifest.map_or(&[][..], |manifest| &manifest.absent);
    let missing = match absent.len() {
        0 => String::new(),
        more => format!(", {more} missing"),
    };
    let file = Look::Heading.paint(vmcore.path.display());
    out.line(4, format!("{file}: {}, {count}{missing}", vmcore.kind))?;
    let manifest = manifest.filter(|manifest| manifest.is_readable);
    for dump in dumps {
        let became = match (&dump.manifest, manifest) {
            (Some(entry), _) => format!("; {}", entry.words()),
            (None, Some(_)) => "; not in the manifest".into(),
            (None, None) => String::new(),
        };
        out.line(
            6,
            format!(
                "  {}  {} bytes at {:#x}, {}{became}",
                dump.name,
                dump.bytes,
                dump.offset,
                dump.title.as_deref().unwrap_or("unknown")
            ),
        )?;
    }
    for entry in absent {
        let line = format!("  {}  none, {}", entry.name, entry.words());
        out.line(6, line)?;
    }
    if let Some(manifest) = manifest {
        out.line(6, format!("  {}", manifest.words()))?;
    }
    Ok(out.flush()?)
}
