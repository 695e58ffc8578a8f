// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd show`.

use anyhow::Result;
use serde::Serialize;

use super::{
    json, lspci, memory_map,
    messages::{clear, complain},
    out::{Look, Out},
    remark, table,
};
use crate::{
    cli::Show,
    kinds::{
        manifest::Entry,
        memory_map::MemoryMap,
        register::{NotRead, Register, Registers},
        remark::Remark,
        section::Section,
        table::Table,
        Content, Dump,
    },
    names::Names,
    views,
    vmcore::Vmcore,
};

#[derive(Serialize)]
struct Shown {
    name: String,
    bytes: u64,
    /// `unknown` if no kind knows it, `damaged` if it cannot be read, `absent` if it is not there.
    format: &'static str,
    manifest: Option<Entry>,
    /// Why it cannot be read, or where it ends before it should.
    damage: Option<String>,
    #[serde(flatten)]
    decoded: Decoded,
}

#[derive(Default, Serialize)]
struct Decoded {
    title: Option<String>,
    facts: json::Facts,
    remarks: Vec<Remark>,
    sections: Vec<Wanted>,
    memory_map: Option<MemoryMap>,
    registers: Vec<Register>,
    /// Registers that the dump could have had.
    registers_not_read: usize,
    /// The same, by the reason.
    #[serde(rename = "registers_not_read_why")]
    not_read: Vec<NotRead>,
}

/// A section, and what is in it if somebody asked for it.
#[derive(Serialize)]
struct Wanted {
    #[serde(flatten)]
    section: Section,
    tables: Option<Vec<Table>>,
    #[serde(skip)]
    is_wanted: bool,
}

/// What to show.
struct Request<'a> {
    /// Empty: everything that is short enough.
    sections: Vec<&'a str>,
    all_sections: bool,
    all_registers: bool,
    names: &'a Names,
}

impl Shown {
    fn new(dump: &Dump, request: &Request<'_>) -> Self {
        let content = dump.content();
        let (format, damage) = match &content {
            Ok(Some(content)) => (content.format(), content.damage()),
            Ok(None) => ("unknown", None),
            Err(error) => ("damaged", Some(error.to_string())),
        };
        let content = content.ok().flatten();
        Self {
            name: dump.name.clone(),
            bytes: dump.len,
            format,
            manifest: dump.entry.clone(),
            damage,
            decoded: content.map_or_else(Decoded::default, |content| {
                Decoded::new(content.as_ref(), request)
            }),
        }
    }

    fn absent(entry: &Entry) -> Self {
        Self {
            name: entry.name.clone(),
            bytes: 0,
            format: "absent",
            manifest: Some(entry.clone()),
            damage: None,
            decoded: Decoded::default(),
        }
    }

    fn is_damaged(&self) -> bool {
        let mut sections = self.decoded.sections.iter();
        self.format == "damaged" || sections.any(|it| it.section.damage.is_some())
    }

    fn print(&self, out: &mut Out, request: &Request<'_>) -> Result<()> {
        let name = Look::Heading.paint(&self.name);
        let what = self
            .manifest
            .as_ref()
            .map_or_else(String::new, Entry::words);
        let line = match self.format {
            "absent" => format!("{name}: {what}"),
            _ if what.is_empty() => format!("{name}: {} bytes", self.bytes),
            _ => format!("{name}: {} bytes, {what}", self.bytes),
        };
        out.line(4, line)?;
        let extract = "`vmcoredd extract` writes it as it is";
        match (self.format, &self.damage) {
            ("absent", _) => return Ok(()),
            ("unknown", _) => {
                return Ok(out.line(4, format!("  no known kind of dump; {extract}"))?)
            }
            ("damaged", damage) => {
                let damage = damage.as_deref().unwrap_or_default();
                let damaged = Look::Bad.paint("DAMAGED");
                return Ok(out.line(4, format!("  {damaged} {damage}; {extract}"))?);
            }
            _ => {}
        }
        // Who asks for sections wants to see these.
        match request.sections.is_empty() {
            true => self.print_all(out, request),
            false => self.print_sections(out),
        }
    }

    fn print_sections(&self, out: &mut Out) -> Result<()> {
        for wanted in self.decoded.sections.iter().filter(|it| it.is_wanted) {
            let Section {
                name, title, raw, ..
            } = &wanted.section;
            let heading = Look::Heading.paint(name);
            let line = format!("  {heading}: {title}, {}", status(&wanted.section));
            match &wanted.tables {
                Some(tables) => {
                    out.line(4, line)?;
                    for table in tables {
                        table::print(table, out)?;
                    }
                }
                None if *raw > 0 => out.line(
                    4,
                    format!("{line}: {raw} bytes; `vmcoredd extract --section {name}` writes them"),
                )?,
                None => out.line(4, line)?,
            }
        }
        Ok(())
    }

    fn print_all(&self, out: &mut Out, request: &Request<'_>) -> Result<()> {
        let Decoded {
            title,
            sections,
            remarks,
            memory_map: map,
            registers,
            not_read,
            ..
        } = &self.decoded;
        out.line(4, format!("  {}", title.as_deref().unwrap_or_default()))?;
        if let Some(damage) = &self.damage {
            let short = Look::Bad.paint("CUT SHORT");
            out.line(
                4,
                format!("  {short}, {damage}: what follows is what is there"),
            )?;
        }
        remark::print(remarks, out)?;
        if !sections.is_empty() {
            let heading = format!("  {:<16} {:>10} {:>10}  status", "section", "stored", "raw");
            out.line(4, Look::Heading.paint(heading))?;
        }
        for Wanted { section, .. } in sections {
            let Section {
                name, stored, raw, ..
            } = section;
            let line = format!("  {name:<16} {stored:>10} {raw:>10}  {}", status(section));
            out.line(42, line)?;
        }
        if let Some(map) = map {
            memory_map::print(map, out)?;
        }
        if registers.is_empty() && not_read.is_empty() {
            return Ok(());
        }
        let is_shown = |register: &&Register| request.all_registers || register.is_telling;
        let some = match (
            request.all_registers,
            registers.iter().any(|it| is_shown(&it)),
        ) {
            (true, _) => "",
            (false, true) => " (some; --registers gives all)",
            (false, false) => " (--registers gives all)",
        };
        out.line(4, format!("  {}{some}", Look::Heading.paint("registers")))?;
        for not_read in not_read {
            out.line(6, format!("    {not_read}"))?;
        }
        for register in registers.iter().filter(is_shown) {
            let name = register.whole_name();
            let digits = register.bits as usize / 4;
            let line = format!(
                "    {:#07x}  {name:<32} 0x{:0digits$x}  {}",
                register.address,
                register.value,
                register.words()
            );
            out.line(6, line)?;
        }
        Ok(())
    }
}

/// What became of a section, and why.
fn status(section: &Section) -> String {
    let look = match section {
        Section {
            damage: Some(_), ..
        } => Look::Bad,
        Section { ok: true, .. } => Look::Good,
        _ => Look::Warning,
    };
    let why = section.cause.iter().chain(&section.damage);
    let words = look.paint(section.words()).to_string();
    why.fold(words, |words, why| format!("{words}: {why}"))
}

impl Decoded {
    fn new(content: &dyn Content, request: &Request<'_>) -> Self {
        let mut registers = content.registers();
        request.names.apply(&mut registers);
        let Registers {
            mut held, not_read, ..
        } = registers;
        held.retain(|register| request.all_registers || register.name.is_some());
        let sections = content.sections().into_iter().map(|section| {
            let is_wanted =
                request.all_sections || request.sections.contains(&section.name.as_str());
            Wanted {
                tables: is_wanted.then(|| content.tables(&section.name)).flatten(),
                is_wanted,
                section,
            }
        });
        Self {
            title: Some(content.title()),
            facts: json::Facts(content.facts()),
            remarks: content.remarks(),
            sections: sections.collect(),
            memory_map: content.memory_map(),
            registers: held,
            registers_not_read: not_read.iter().map(|one| one.count).sum(),
            not_read,
        }
    }
}

pub fn run(args: &Show) -> Result<u8> {
    let names = Names::read(&args.databases)?;
    let all = args.section.iter().any(|name| name == "all");
    let request = Request {
        names: &names,
        sections: args.section.iter().map(String::as_str).collect(),
        all_sections: all,
        all_registers: args.registers,
    };
    let vmcore = match Vmcore::open(&args.file) {
        Ok(vmcore) => vmcore,
        Err(error) => {
            if args.json {
                let file = json::File::<Shown>::unreadable(&args.file, &error);
                json::print("show", &json::Files { files: vec![file] })?;
            }
            return Err(error);
        }
    };
    let (dumps, mut good) = views::select(&vmcore, &args.names);
    if args.lspci {
        return configuration(&vmcore, &dumps, good);
    }
    let shown = dumps.iter().map(|dump| Shown::new(dump, &request));
    let absent = vmcore.manifest.iter().flat_map(|manifest| &manifest.absent);
    let absent = absent.filter(|_| args.names.is_empty()).map(Shown::absent);
    let shown: Vec<_> = shown.chain(absent).collect();
    let has = |section: &str| {
        let mut sections = shown.iter().flat_map(|shown| &shown.decoded.sections);
        sections.any(|it| it.section.name == section && it.section.is_there())
    };
    let missing = request.sections.iter().filter(|_| !all);
    let missing: Vec<_> = missing.filter(|section| !has(section)).copied().collect();
    good &= missing.is_empty() && !shown.iter().any(Shown::is_damaged);
    clear();
    if args.json {
        let file = json::File::new(&vmcore, shown);
        json::print("show", &json::Files { files: vec![file] })?;
    } else {
        let mut out = Out::stdout();
        for shown in &shown {
            shown.print(&mut out, &request)?;
        }
        out.flush()?;
    }
    if !missing.is_empty() {
        let missing = missing.join(" and ");
        complain!(
            "{}: none of these dumps holds {missing}",
            args.file.display()
        );
    }
    Ok(crate::status(true, views::report(&vmcore) && good))
}

/// What `lspci -F -` reads.
fn configuration(vmcore: &Vmcore, dumps: &[&Dump], mut good: bool) -> Result<u8> {
    let path = vmcore.path.display();
    let mut spaces = Vec::new();
    for dump in dumps {
        match dump.content() {
            Ok(content) => spaces.extend(content.iter().flat_map(|it| it.config_spaces())),
            Err(error) => {
                complain!("{path}: {}: {error}", dump.name);
                good = false;
            }
        }
    }
    if spaces.is_empty() {
        complain!("{path}: no configuration space of PCI functions; see `vmcoredd list`");
        good = false;
    }
    clear();
    let mut out = Out::stdout();
    let told = lspci::print(&spaces, |line| out.line(0, line))?;
    out.flush()?;
    for what in told {
        complain!("{path}: {what}");
    }
    Ok(crate::status(true, views::report(vmcore) && good))
}
