// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd show`.

use std::io::Write;

use anyhow::Result;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{memory_map, register, table};
use crate::{
    cli::Show,
    kinds::{
        self,
        manifest::Entry,
        memory_map::MemoryMap,
        register::{Register, Registers},
        section::Section,
        table::Table,
        Content, Dump, Tables,
    },
    names::Names,
    progress, views,
    vmcore::Vmcore,
};

#[derive(Serialize)]
struct Shown {
    name: String,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<Entry>,
    /// `absent`: it was asked for, and is not there.
    format: &'static str,
    #[serde(flatten)]
    decoded: Option<Decoded>,
}

#[derive(Serialize)]
struct Decoded {
    #[serde(skip)]
    title: String,
    #[serde(flatten)]
    facts: Map<String, Value>,
    /// It ends before it should.
    cut_short: bool,
    sections: Vec<Section>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meminfo: Option<MemoryMap>,
    #[serde(serialize_with = "registers_as_json")]
    registers: Vec<Register>,
    /// Registers that there was no time to read.
    #[serde(skip_serializing_if = "is_zero")]
    registers_not_read: usize,
    /// Sections that were asked for.
    #[serde(rename = "decoded", skip_serializing_if = "Vec::is_empty")]
    wanted: Vec<DecodedSection>,
}

/// A section as tables.
#[derive(Serialize)]
struct DecodedSection {
    section: &'static str,
    title: &'static str,
    #[serde(serialize_with = "as_json")]
    tables: Vec<Table>,
}

fn registers_as_json<S: serde::Serializer>(
    registers: &[Register],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(registers.iter().map(register::json))
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

fn as_json<S: serde::Serializer>(tables: &[Table], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(tables.iter().map(table::json))
}

impl Shown {
    fn new(dump: &Dump, all_registers: bool, wanted: &[&str], names: &Names) -> Self {
        let content = dump.content().ok().flatten();
        Self {
            name: dump.name.clone(),
            bytes: dump.len,
            manifest: dump.entry.clone(),
            format: content
                .as_ref()
                .map_or("unknown", |content| content.format()),
            decoded: content
                .map(|content| Decoded::new(content.as_ref(), all_registers, wanted, names)),
        }
    }

    fn absent(entry: &Entry) -> Self {
        Self {
            name: entry.name.clone(),
            bytes: 0,
            manifest: Some(entry.clone()),
            format: "absent",
            decoded: None,
        }
    }
}

impl Decoded {
    fn new(content: &dyn Content, all_registers: bool, wanted: &[&str], names: &Names) -> Self {
        let mut registers = content.registers();
        names.apply(&mut registers);
        let Registers { mut held, not_read } = registers;
        held.retain(|register| all_registers || register.name.is_some());
        let wanted = wanted.iter().filter_map(|section| content.tables(section));
        let facts = content.facts();
        Self {
            title: content.title(),
            facts: facts
                .iter()
                .map(|fact| (fact.name.into(), table::value(&fact.value)))
                .collect(),
            cut_short: content.damage().is_some(),
            sections: content.sections(),
            meminfo: content.memory_map(),
            registers: held,
            registers_not_read: not_read,
            wanted: wanted.map(DecodedSection::from).collect(),
        }
    }

    fn print(&self, out: &mut impl Write, all_registers: bool) -> Result<()> {
        writeln!(out, "  {}", self.title)?;
        if self.cut_short {
            writeln!(out, "  CUT SHORT: what follows is what is there")?;
        }
        writeln!(
            out,
            "  {:<16} {:>10} {:>10}  status",
            "section", "stored", "raw"
        )?;
        for section in &self.sections {
            let Section {
                name, stored, raw, ..
            } = section;
            let status = section.words();
            write!(out, "  {name:<16} {stored:>10} {raw:>10}  {status}")?;
            for why in section.cause.iter().chain(&section.damage) {
                write!(out, ": {why}")?;
            }
            writeln!(out)?;
        }
        if let Some(map) = &self.meminfo {
            memory_map::print(map, out)?;
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
            .filter(|register| all_registers || register.is_telling)
        {
            let name = register.name.as_ref().unwrap_or(&register.unit);
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

impl From<Tables> for DecodedSection {
    fn from(tables: Tables) -> Self {
        let Tables {
            section,
            title,
            tables,
        } = tables;
        Self {
            section,
            title,
            tables,
        }
    }
}

impl DecodedSection {
    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(out, "  {}: {}", self.section, self.title)?;
        self.tables
            .iter()
            .try_for_each(|block| table::print(block, out))
    }
}

pub fn run(args: &Show) -> Result<u8> {
    let names = Names::read(&args.databases)?;
    let vmcore = Vmcore::open(&args.file)?;
    let (dumps, mut good) = views::select(&vmcore, &args.names);
    let wanted: Vec<&str> = match args.section.iter().any(|name| name == "all") {
        true => kinds::section_names(),
        false => {
            views::check_sections(&args.section)?;
            args.section.iter().map(String::as_str).collect()
        }
    };
    let shown = dumps
        .iter()
        .map(|dump| Shown::new(dump, args.registers, &wanted, &names));
    let absent = vmcore.manifest.iter().flat_map(|manifest| &manifest.absent);
    let absent = absent.filter(|_| args.names.is_empty()).map(Shown::absent);
    let shown: Vec<_> = shown.chain(absent).collect();
    progress::clear();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if args.json {
        views::print_json(&mut out, &shown)?;
    } else {
        for shown in &shown {
            print(&mut out, shown, args.registers, !wanted.is_empty())?;
        }
        if shown.is_empty() && args.names.is_empty() {
            writeln!(out, "{}: no device dumps", args.file.display())?;
        }
    }
    out.flush()?;
    for decoded in shown.iter().filter_map(|shown| shown.decoded.as_ref()) {
        good &= decoded
            .sections
            .iter()
            .all(|section| section.damage.is_none());
    }
    Ok(crate::status(true, views::report(&vmcore) && good))
}

fn print(
    out: &mut impl Write,
    shown: &Shown,
    all_registers: bool,
    only_sections: bool,
) -> Result<()> {
    let Shown {
        name,
        bytes,
        manifest,
        format,
        decoded,
    } = shown;
    let what = manifest.as_ref().map_or_else(String::new, Entry::words);
    match *format {
        "absent" => return Ok(writeln!(out, "{name}: {what}")?),
        _ if what.is_empty() => writeln!(out, "{name}: {bytes} bytes")?,
        _ => writeln!(out, "{name}: {bytes} bytes, {what}")?,
    }
    match decoded {
        // Who asks for sections wants to see these.
        Some(decoded) if only_sections => {
            for section in &decoded.wanted {
                section.print(out)?;
            }
        }
        Some(decoded) => decoded.print(out, all_registers)?,
        None => writeln!(
            out,
            "  no known kind of dump; `vmcoredd extract` writes it as it is"
        )?,
    }
    Ok(())
}
