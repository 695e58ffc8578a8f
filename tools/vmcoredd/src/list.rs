// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd list`.

use std::{io::Write, path::Path};

use anyhow::Result;
use serde::Serialize;

use crate::{
    cli::Files,
    image,
    input::{Dump, Input},
};

#[derive(Serialize)]
struct Listed<'a> {
    file: &'a Path,
    kind: &'static str,
    dumps: Vec<Entry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    damage: Option<String>,
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    format: String,
    bytes: usize,
    offset: u64,
}

impl<'a> Entry<'a> {
    fn new(dump: &'a Dump) -> Self {
        let format = match image::parse(&dump.payload) {
            Ok(image) => {
                let header = image.header();
                let chip = header.chip().map_or("unknown chip", |chip| chip.name());
                format!("cudbg {}.{}, {chip}", header.major, header.minor)
            }
            Err(_) => "unknown".into(),
        };
        Self {
            name: &dump.name,
            format,
            bytes: dump.payload.len(),
            offset: dump.offset,
        }
    }
}

pub fn run(args: &Files) -> Result<u8> {
    let (inputs, readable) = Input::open_all(&args.files);
    let mut out = std::io::stdout().lock();
    let listed: Vec<_> = inputs.iter().map(listed).collect();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &listed)?;
        writeln!(out)?;
    } else {
        for listed in &listed {
            print(&mut out, listed)?;
        }
    }
    // All of them, so that each is told.
    let damaged = inputs.iter().filter(|input| !input.report()).count();
    Ok(crate::status(readable, damaged == 0))
}

fn listed(input: &Input) -> Listed<'_> {
    Listed {
        file: &input.path,
        kind: input.kind,
        dumps: input.dumps.iter().map(Entry::new).collect(),
        damage: input.damage.map(|damage| damage.to_string()),
    }
}

fn print(out: &mut impl Write, listed: &Listed<'_>) -> Result<()> {
    let count = match listed.dumps.len() {
        0 => "no device dumps".into(),
        1 => "1 device dump".into(),
        more => format!("{more} device dumps"),
    };
    writeln!(out, "{}: {}, {count}", listed.file.display(), listed.kind)?;
    for dump in &listed.dumps {
        writeln!(
            out,
            "  {:<43} {:>10} bytes at {:#x}  {}",
            dump.name, dump.bytes, dump.offset, dump.format
        )?;
    }
    Ok(())
}
