// SPDX-License-Identifier: GPL-2.0

//! Chelsio's cudbg images.

mod cursor;
mod gauges;
mod image;
mod names;
mod registers;
pub mod sections;

use std::io;

use vmcore_format::cudbg::{header, meminfo::Meminfo, reg_dump, section::Section, Chip, TABLE_END};

use self::image::Image;
use super::{
    gauge::Gauge,
    memory_map::MemoryMap,
    messages::Log,
    register::{self, NotRead, Register, Registers, SLOW},
    section,
    table::{number, text, Table},
    Content, Failure, Kind,
};

pub const KIND: Kind = Kind {
    bare: |start| {
        start
            .starts_with(&header::SIGNATURE.to_le_bytes())
            .then_some("cudbg")
    },
    open: |dump| match Image::open(dump) {
        Ok(image) => Ok(Some(Box::new(image))),
        // There is no more of it.
        Err(_) if dump.given_up().is_some_and(|kept| kept < TABLE_END as u64) => Ok(None),
        Err(error) if image::is_meant_as_one(dump) => Err(error),
        Err(_) => Ok(None),
    },
    sections: || Section::ALL.iter().map(|section| section.name()).collect(),
    is_section: |name| Section::from_name(name).is_some(),
};

impl Content for Image {
    fn format(&self) -> &'static str {
        "cudbg"
    }

    fn title(&self) -> String {
        let chip = self
            .header
            .chip()
            .map_or("unknown chip", |chip| chip.name());
        format!(
            "cudbg {}.{}, {chip} revision {}",
            self.header.major,
            self.header.minor,
            self.header.chip_code & 0xf
        )
    }

    fn facts(&self) -> Table {
        let header = &self.header;
        let chip = header.chip().map_or("unknown", |chip| chip.name());
        let version = format!("{}.{}", header.major, header.minor);
        Table::record(
            "adapter",
            [
                (text("version"), version.into()),
                (text("chip"), chip.into()),
                (number("revision"), u32::from(header.chip_code & 0xf).into()),
            ],
        )
    }

    fn damage(&self) -> Option<String> {
        self.cut_short()
    }

    fn sections(&self) -> Vec<section::Section> {
        self.summaries(true)
    }

    fn statuses(&self) -> Vec<section::Section> {
        self.summaries(false)
    }

    fn registers(&self) -> Registers {
        self.decode(registers::decode)
    }

    fn named_registers(&self) -> Registers {
        self.decode(registers::decode_named)
    }

    fn memory_map(&self) -> Option<MemoryMap> {
        Some(sections::meminfo::map(&self.meminfo()?))
    }

    fn gauges(&self) -> Vec<Gauge> {
        let pools = self.meminfo().map(|info| gauges::pools(&info));
        let queues = self
            .section(Section::CimQcfg)
            .and_then(|content| gauges::queues(&content.ok()?));
        pools.into_iter().chain(queues).flatten().collect()
    }

    fn log(&self) -> Option<Log> {
        Some(sections::messages(&self.section(Section::DevLog)?.ok()?))
    }

    fn tables(&self, name: &str) -> Option<Vec<Table>> {
        let section = Section::from_name(name)?;
        if section == Section::RegDump {
            return Some(vec![register::table(&self.registers().held)]);
        }
        let decode = sections::decoder(section)?;
        Some(decode(&sections::Content {
            section,
            chip: self.header.chip()?,
            data: &self.section(section)?.ok()?,
        }))
    }

    fn copy(
        &self,
        section: &str,
        to: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Option<Result<(), Failure>> {
        self.copy_section(Section::from_name(section)?, to)
    }
}

impl Image {
    fn decode(&self, decode: fn(Chip, &[u8], Option<u32>) -> Vec<Register>) -> Registers {
        let content = self
            .section(Section::RegDump)
            .and_then(|content| content.ok());
        let Some((chip, content)) = self.header.chip().zip(content) else {
            return Registers::default();
        };
        let unread = self.unread_register();
        let not_read = unread.map(|unread| {
            let held = registers::read(chip, &content, Some(unread));
            NotRead {
                count: reg_dump::addresses(chip).count() - held.count(),
                why: SLOW.to_owned(),
            }
        });
        Registers {
            held: decode(chip, &content, unread),
            not_read: NotRead::sum(not_read),
            by_unit: false,
        }
    }

    fn meminfo(&self) -> Option<Meminfo> {
        let content = self.section(Section::Meminfo)?.ok()?;
        Meminfo::decode(&content).ok()
    }
}
