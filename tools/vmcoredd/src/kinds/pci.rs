// SPDX-License-Identifier: GPL-2.0

//! All PCI functions: their configuration spaces, and registers of some.

pub mod capabilities;
mod errors;
mod families;
mod function;
mod link;
mod registers;
mod rules;
mod tables;
#[cfg(test)]
mod tests;
mod tlp;
mod tree;

use std::{borrow::Cow, io};

use vmcore_format::pci::{self as format, Header, Reason};

pub use self::function::address;
use self::function::{words, Function};
use super::{
    config_space::Configuration,
    register::{Field, Kind as RegisterKind, NotRead, Register, Registers},
    remark::{Remark, Weight},
    section::Section,
    table::{number, text, Table},
    topology::Node,
    Content, Dump, Failure, Kind,
};
use crate::devices::{description, names};

/// 65,536 functions of 4 KiB are more than any machine has.
const MAX_LEN: usize = 512 << 20;

pub const KIND: Kind = Kind {
    bare: |start| start.starts_with(&format::SIGNATURE).then_some("pci"),
    open: |dump| {
        if !dump
            .up_to(0, format::SIGNATURE.len())
            .map_err(Failure::Output)?
            .starts_with(&format::SIGNATURE)
        {
            return Ok(None);
        }
        Ok(Some(Box::new(Pci::open(dump)?)))
    },
    sections: Vec::new,
    is_section: |name| function::address(name).is_some(),
};

struct Pci {
    header: Header,
    functions: Vec<Function>,
    /// Where it is cut off.
    damage: Option<String>,
}

impl Pci {
    fn open(dump: &Dump) -> Result<Self, Failure> {
        let payload = dump.up_to(0, MAX_LEN).map_err(Failure::Output)?;
        let whole = format::Pci::parse(&payload)?;
        let mut functions = Vec::new();
        let mut damage = None;
        for function in whole.functions() {
            match function {
                Ok(function) => functions.push(Function::new(&function)),
                Err(error) => damage = Some(error.to_string()),
            }
        }
        if damage.is_none() && !whole.header.finished {
            damage = Some("it was not brought to its end".to_owned());
        }
        Ok(Self {
            header: whole.header,
            functions,
            damage,
        })
    }

    fn function(&self, name: &str) -> Option<&Function> {
        let mut functions = self.functions.iter();
        functions.find(|function| function.name() == name)
    }

    fn registers_of(&self, function: &Function) -> Vec<Register> {
        let mut registers = registers::all(function);
        registers.extend(values(function));
        registers
    }

    fn remarks_by_weight(&self) -> Vec<Remark> {
        let mut remarks: Vec<Remark> = self.functions.iter().flat_map(errors::remarks).collect();
        remarks.extend(link::remarks(&self.functions));
        let with_errors = |so: Option<bool>| {
            self.functions
                .iter()
                .filter(move |function| {
                    function.find(capabilities::AER).is_some() && errors::is_cleared(function) == so
                })
                .count()
        };
        let unknown = |count: usize, text: String| {
            let unit = format!("{count} functions");
            (count > 0).then(|| Remark::new(Weight::Unknown, unit, text, &rules::CLEARED))
        };
        remarks.extend(unknown(
            with_errors(Some(true)),
            "errors from before the crash kernel started are unknown: it had cleared them when it found the functions (`vmcoredd doctor` says what keeps them)".to_owned(),
        ));
        remarks.extend(unknown(
            with_errors(None),
            "whether errors had been cleared before is not known".to_owned(),
        ));
        remarks.sort_by(|one, other| (one.weight, &one.unit).cmp(&(other.weight, &other.unit)));
        remarks
    }
}

impl Content for Pci {
    fn format(&self) -> &'static str {
        "pci"
    }

    fn title(&self) -> String {
        let Header {
            found, taken_ms, ..
        } = self.header;
        let count = self.functions.len();
        let of = match found as usize > count {
            true => format!(" of {found}"),
            false => String::new(),
        };
        format!("{count}{of} PCI functions, read in {taken_ms} ms")
    }

    fn facts(&self) -> Table {
        let header = &self.header;
        let external = header.external.words().unwrap_or("unknown");
        let yes = |is_so: bool| if is_so { "yes" } else { "no" }.into();
        Table::record(
            "PCI",
            [
                (number("found"), header.found.into()),
                (number("written"), header.written.into()),
                (text("finished"), yes(header.finished)),
                (text("mmio"), yes(header.mmio)),
                (text("external_table"), external.into()),
                (number("started_ms"), header.started_ms.into()),
                (number("taken_ms"), header.taken_ms.into()),
            ],
        )
    }

    fn damage(&self) -> Option<String> {
        self.damage.clone()
    }

    fn remarks(&self) -> Vec<Remark> {
        self.remarks_by_weight()
    }

    fn sections(&self) -> Vec<Section> {
        let sections = self.functions.iter().enumerate();
        sections
            .map(|(id, function)| section(id, function))
            .collect()
    }

    fn registers(&self) -> Registers {
        let held = self
            .functions
            .iter()
            .flat_map(|function| self.registers_of(function));
        let unread = self.functions.iter().flat_map(|function| &function.unread);
        let unread = unread.filter(|range| range.reason != Reason::DENIED);
        let unread = unread.map(|range| NotRead {
            count: range.count as usize,
            why: words(range.reason),
        });
        Registers {
            held: held.collect(),
            by_unit: true,
            not_read: NotRead::sum(unread),
        }
    }

    fn topology(&self) -> Vec<Node> {
        tree::tree(&self.functions, &self.remarks())
    }

    fn config_spaces(&self) -> Vec<Configuration> {
        let spaces = self.functions.iter();
        spaces
            .filter(|function| function.space.end() > 0)
            .map(|function| Configuration {
                address: function.name(),
                title: function.title(),
                space: function.space.clone(),
            })
            .collect()
    }

    fn tables(&self, section: &str) -> Option<Vec<Table>> {
        let function = self.function(section)?;
        Some(tables::of(function, &self.registers_of(function)))
    }

    fn copy(
        &self,
        section: &str,
        to: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Option<Result<(), Failure>> {
        let function = self.function(section)?;
        let bytes: Option<Vec<u8>> = (0..function.space.end())
            .map(|at| function.space.u8(at))
            .collect();
        Some(match bytes {
            Some(bytes) => to(&bytes).map_err(Failure::Output),
            None => Err(Failure::Damage(
                "not all of it was read: `show --lspci` has what was".to_owned(),
            )),
        })
    }
}

fn section(id: usize, function: &Function) -> Section {
    let widths = function.registers.iter().map(|it| u64::from(it.width));
    let stored = function.space.end() as u64 + widths.sum::<u64>();
    let is_whole = function.head.ended == Reason::NONE;
    Section {
        id: id as u32,
        name: function.name(),
        title: function.title().into(),
        status: match (&function.damage, is_whole) {
            (Some(_), _) => "damaged",
            (None, true) => "ok",
            (None, false) => "partial",
        }
        .to_owned(),
        ok: is_whole && function.damage.is_none(),
        cause: function.cause(),
        stored,
        // Registers may be in a dump of their own.
        raw: match function.space.end() {
            0 => stored,
            _ => function.head.config_len.into(),
        },
        damage: function.damage.clone(),
        left_out: Vec::new(),
    }
}

/// What was read behind BARs.
fn values(function: &Function) -> Vec<Register> {
    let unit = function.name();
    let head = &function.head;
    let tables: Vec<_> = function.tables.iter().map(|table| table.name()).collect();
    let names = names::of(&tables, head.id, head.subsystem, head.class >> 8);
    let registers = function.registers.iter();
    registers
        .map(|value| {
            let known = names
                .get(&(value.bar, value.at))
                .filter(|known| known.width == value.width);
            let fields = known.iter().flat_map(|known| &known.fields);
            let fields: Vec<_> = fields
                .filter_map(|field| field_of(field, value.value))
                .collect();
            Register {
                unit: format!("{unit} BAR{}", value.bar).into(),
                name: known.map(|known| known.name.as_str().into()),
                address: value.at.into(),
                value: value.value,
                bits: 8 * u32::from(value.width),
                is_telling: !fields.is_empty(),
                fields,
                kind: known.map_or_else(RegisterKind::default, |known| known.kind),
            }
        })
        .collect()
}

/// Single bits if they are set, wider fields always.
fn field_of(field: &'static description::Field, value: u64) -> Option<Field> {
    let bits = u32::from(field.bits.end() - field.bits.start()) + 1;
    let own = field.of(value);
    (bits > 1 || own != 0).then(|| Field {
        name: field.name.as_str().into(),
        value: own,
        low: u32::from(*field.bits.start()),
        bits,
        meaning: field.meaning(value).map(Cow::from),
    })
}
