// SPDX-License-Identifier: GPL-2.0

//! What is in device dumps, typed. A kind is a file here, which makes [`Content`] of a [`Dump`] that is its own, and a line in
//! [`KINDS`].

pub mod config_space;
pub mod crash_log;
pub mod cudbg;
pub mod gauge;
pub mod manifest;
pub mod memory_map;
pub mod messages;
pub mod pci;
pub mod register;
pub mod remark;
pub mod section;
pub mod table;
pub mod topology;

use std::{fmt, io, ops::Deref};

use self::{
    config_space::Configuration, gauge::Gauge, manifest::Entry, memory_map::MemoryMap,
    messages::Log, register::Registers, remark::Remark, section::Section, table::Table,
    topology::Node,
};
use crate::input::Note;

/// A device dump: a note, and what the manifest says of it.
#[derive(Clone)]
pub struct Dump {
    note: Note,
    pub entry: Option<Entry>,
}

impl Dump {
    pub fn new(note: Note) -> Self {
        Self { note, entry: None }
    }

    /// What is in it; `None` if no kind knows. Fails if it is damaged.
    pub fn content(&self) -> Opened {
        for kind in &KINDS {
            if let Some(content) = (kind.open)(self)? {
                return Ok(Some(content));
            }
        }
        Ok(None)
    }

    /// Where the payload was given up when memory ran out: from there on it is zeroes.
    pub fn given_up(&self) -> Option<u64> {
        self.entry.as_ref()?.kept
    }
}

impl Deref for Dump {
    type Target = Note;

    fn deref(&self) -> &Note {
        &self.note
    }
}

/// What is in a dump.
///
/// All of it is there at once, or is read from the file when it is asked for; nothing of it knows how it will be shown.
pub trait Content: Send {
    /// What JSON calls it.
    fn format(&self) -> &'static str;

    /// What it is, in some words: "cudbg 1.14, T6".
    fn title(&self) -> String;

    /// What else is known of all of it: a record.
    fn facts(&self) -> Table {
        Table::default()
    }

    /// Where it is damaged as a whole.
    fn damage(&self) -> Option<String> {
        None
    }

    /// What matters in it, the weightiest first.
    fn remarks(&self) -> Vec<Remark> {
        Vec::new()
    }

    /// The parts of it, with their status. Reads all of them.
    fn sections(&self) -> Vec<Section> {
        Vec::new()
    }

    /// As [`Content::sections`], but what is in them need not be read: bytes and damage may be missing.
    fn statuses(&self) -> Vec<Section> {
        self.sections()
    }

    fn registers(&self) -> Registers {
        Registers::default()
    }

    /// As [`Content::registers`], but those without a name may be missing.
    fn named_registers(&self) -> Registers {
        self.registers()
    }

    fn memory_map(&self) -> Option<MemoryMap> {
        None
    }

    /// Configuration spaces of PCI functions.
    fn config_spaces(&self) -> Vec<Configuration> {
        Vec::new()
    }

    /// What may be full.
    fn gauges(&self) -> Vec<Gauge> {
        Vec::new()
    }

    /// What hangs on what: everything that hangs on nothing.
    fn topology(&self) -> Vec<Node> {
        Vec::new()
    }

    /// What was written down, in order.
    fn log(&self) -> Option<Log> {
        None
    }

    /// A section as tables; `None` if it is not there, damaged, or just bytes.
    fn tables(&self, section: &str) -> Option<Vec<Table>> {
        let _ = section;
        None
    }

    /// Hands on the bytes of a section, piece by piece; `None` if nobody tried to collect it.
    fn copy(
        &self,
        section: &str,
        to: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Option<Result<(), Failure>> {
        let _ = (section, to);
        None
    }
}

/// Why there is no content.
#[derive(Debug)]
pub enum Failure {
    /// Where it is damaged.
    Damage(String),
    /// Where it was to be written to.
    Output(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damage(damage) => damage.fmt(f),
            Self::Output(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

impl From<vmcore_format::Error> for Failure {
    fn from(error: vmcore_format::Error) -> Self {
        Self::Damage(error.to_string())
    }
}

/// What came of looking at a dump.
pub type Opened = Result<Option<Box<dyn Content>>, Failure>;

/// A kind of content.
pub struct Kind {
    /// What a payload of this kind that is a file of its own is called; `None` if its first bytes are not those of one.
    pub bare: fn(&[u8]) -> Option<&'static str>,
    /// What is in a dump; `None` if it is of another kind. Fails if it should be of this one, and is damaged.
    pub open: fn(&Dump) -> Opened,
    /// Sections that it may have, if those are always the same.
    pub sections: fn() -> Vec<&'static str>,
    /// Whether a section may be called so.
    pub is_section: fn(&str) -> bool,
}

/// All kinds. The first that a dump is of is the one.
pub const KINDS: [Kind; 3] = [cudbg::KIND, pci::KIND, crash_log::KIND];

/// What a payload that begins with these bytes is called.
pub fn bare(start: &[u8]) -> Option<&'static str> {
    KINDS.iter().find_map(|kind| (kind.bare)(start))
}

/// Whether a dump may have a section that is called so.
pub fn is_section(name: &str) -> bool {
    KINDS.iter().any(|kind| (kind.is_section)(name))
}

/// All sections that a dump may have, but for those that are called as what is in it.
pub fn section_names() -> Vec<&'static str> {
    let names = KINDS.iter().flat_map(|kind| (kind.sections)());
    names.collect()
}
