// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd show`.

use std::io::Write;

use anyhow::Result;
use serde::Serialize;
use vmcore_format::cudbg::{meminfo::Meminfo, reg_dump, section::Section};

use crate::{
    block::Block,
    cli::Show,
    image::{self, Image, Summary},
    input::{Dump, Input},
    manifest::Entry,
    memory_map::MemoryMap,
    progress,
    registers::{self, Register},
    sections,
};

#[derive(Serialize)]
struct Shown {
    name: String,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<Entry>,
    #[serde(flatten)]
    content: Content,
}

#[derive(Serialize)]
#[serde(tag = "format", rename_all = "lowercase")]
enum Content {
    Cudbg(Box<Cudbg>),
    Unknown,
    /// It was asked for, and is not there.
    Absent,
}

#[derive(Serialize)]
struct Cudbg {
    version: String,
    chip: &'static str,
    revision: u8,
    /// The image ends before it should.
    cut_short: bool,
    sections: Vec<Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meminfo: Option<MemoryMap>,
    registers: Vec<Register>,
    /// Registers that there was no time to read.
    #[serde(skip_serializing_if = "is_zero")]
    registers_not_read: usize,
    /// Sections that were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    decoded: Vec<Decoded>,
}

/// A section as tables.
#[derive(Serialize)]
struct Decoded {
    section: &'static str,
    title: &'static str,
    #[serde(serialize_with = "as_json")]
    tables: Vec<Block>,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

fn as_json<S: serde::Serializer>(tables: &[Block], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(tables.iter().map(Block::json))
}

/// Decodes the `wanted` sections, as far as they are there.
fn decode(image: &Image<'_>, wanted: &[Section]) -> Vec<Decoded> {
    let Some(chip) = image.header.chip() else {
        return Vec::new();
    };
    let decode = |&section: &Section| {
        let decode = sections::decoder(section)?;
        let data = image.section(section)?.ok()?;
        let data = data.as_slice();
        let content = sections::Content {
            section,
            chip,
            data,
        };
        Some(Decoded {
            section: section.name(),
            title: section.title(),
            tables: decode(&content),
        })
    };
    wanted.iter().filter_map(decode).collect()
}

impl Decoded {
    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(out, "  {}: {}", self.section, self.title)?;
        self.tables.iter().try_for_each(|table| table.print(out))
    }
}

impl Shown {
    fn new(dump: &Dump, all_registers: bool, wanted: &[Section]) -> Self {
        let content = match Image::open(dump) {
            Ok(image) => Content::Cudbg(Box::new(Cudbg::new(&image, all_registers, wanted))),
            Err(_) => Content::Unknown,
        };
        Self {
            name: dump.name.clone(),
            bytes: dump.len,
            manifest: dump.entry.clone(),
            content,
        }
    }

    fn absent(entry: &Entry) -> Self {
        Self {
            name: entry.name.clone(),
            bytes: 0,
            manifest: Some(entry.clone()),
            content: Content::Absent,
        }
    }
}

impl Cudbg {
    fn new(image: &Image<'_>, all_registers: bool, wanted: &[Section]) -> Self {
        let header = &image.header;
        let bytes = |section| image.section(section)?.ok();
        let unread = image.unread_register();
        let registers = header.chip().zip(bytes(Section::RegDump));
        let (mut registers, registers_not_read) =
            registers.map_or_else(Default::default, |(chip, dump)| {
                let held = registers::decode(chip, &dump, unread);
                let not_read = unread.map_or(0, |_| reg_dump::addresses(chip).count() - held.len());
                (held, not_read)
            });
        registers.retain(|register| all_registers || register.name.is_some());
        let meminfo = bytes(Section::Meminfo).and_then(|section| Meminfo::decode(&section).ok());
        Self {
            version: format!("{}.{}", header.major, header.minor),
            chip: header.chip().map_or("unknown", |chip| chip.name()),
            revision: header.chip_code & 0xf,
            cut_short: !image.is_complete(),
            sections: image.summaries(),
            meminfo: meminfo.map(|info| MemoryMap::new(&info)),
            registers,
            registers_not_read,
            decoded: decode(image, wanted),
        }
    }

    fn print(&self, out: &mut impl Write, all_registers: bool) -> Result<()> {
        writeln!(
            out,
            "  cudbg {}, {} revision {}",
            self.version, self.chip, self.revision
        )?;
        if self.cut_short {
            writeln!(out, "  CUT SHORT: what follows is what is there")?;
        }
        writeln!(
            out,
            "  {:<16} {:>10} {:>10}  status",
            "section", "stored", "raw"
        )?;
        for section in &self.sections {
            let Summary {
                name,
                stored,
                raw,
                status,
                ..
            } = section;
            write!(out, "  {name:<16} {stored:>10} {raw:>10}  {status}")?;
            for why in section.cause.iter().chain(&section.damage) {
                write!(out, ": {why}")?;
            }
            writeln!(out)?;
        }
        if let Some(meminfo) = &self.meminfo {
            meminfo.print(out)?;
        }
        writeln!(
            out,
            "  registers{}",
            if all_registers {
                ""
            } else {
                " (some; --registers gives all)"
            }
        )?;
        if self.registers_not_read > 0 {
            let number = self.registers_not_read;
            writeln!(out, "    {number} were not read: the device is slow")?;
        }
        for register in self
            .registers
            .iter()
            .filter(|register| all_registers || is_telling(register))
        {
            let name = register.name.unwrap_or(register.unit);
            let line = format!(
                "    {:#07x}  {name:<32} {:#010x}  {}",
                register.address,
                register.value,
                register.words()
            );
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Registers to begin with, when a card has stopped.
fn is_telling(register: &Register) -> bool {
    let name = register.name.unwrap_or_default();
    !register.fields.is_empty()
        || name.contains("INT_CAUSE")
        || name.ends_with("_FW")
        || ["PL_REV", "PL_WHOAMI"].contains(&name)
}

pub fn run(args: &Show) -> Result<u8> {
    let input = Input::open(&args.file)?;
    let (dumps, mut good) = input.select(&args.names);
    let wanted = match args.section.iter().any(|name| name == "all") {
        true => Section::ALL.to_vec(),
        false => args
            .section
            .iter()
            .map(|name| image::named(name))
            .collect::<Result<_>>()?,
    };
    let shown = dumps
        .iter()
        .map(|dump| Shown::new(dump, args.registers, &wanted));
    let absent = input.manifest.iter().flat_map(|manifest| &manifest.absent);
    let absent = absent.filter(|_| args.names.is_empty()).map(Shown::absent);
    let shown: Vec<_> = shown.chain(absent).collect();
    progress::clear();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if args.json {
        crate::print_json(&mut out, &shown)?;
    } else {
        for Shown {
            name,
            bytes,
            manifest,
            content,
        } in &shown
        {
            let what = manifest.as_ref().map_or_else(String::new, Entry::words);
            match content {
                Content::Absent => writeln!(out, "{name}: {what}")?,
                _ if what.is_empty() => writeln!(out, "{name}: {bytes} bytes")?,
                _ => writeln!(out, "{name}: {bytes} bytes, {what}")?,
            }
            match content {
                // Who asks for sections wants to see these.
                Content::Cudbg(cudbg) if !wanted.is_empty() => {
                    for decoded in &cudbg.decoded {
                        decoded.print(&mut out)?;
                    }
                }
                Content::Cudbg(cudbg) => cudbg.print(&mut out, args.registers)?,
                Content::Absent => {}
                Content::Unknown => writeln!(
                    out,
                    "  not a cudbg image; `vmcoredd extract` writes it as it is"
                )?,
            }
        }
        if shown.is_empty() && args.names.is_empty() {
            writeln!(out, "{}: no device dumps", args.file.display())?;
        }
    }
    out.flush()?;
    for Shown { content, .. } in &shown {
        if let Content::Cudbg(cudbg) = content {
            good &= cudbg
                .sections
                .iter()
                .all(|section| section.damage.is_none());
        }
    }
    Ok(crate::status(true, input.report() && good))
}
