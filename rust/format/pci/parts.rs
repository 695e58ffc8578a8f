// SPDX-License-Identifier: GPL-2.0

//! Reading a dump.

use super::{
    super::{
        Error,
        Result, //
    },
    function::{
        Function,
        FunctionHead, //
    },
    header::Header,
    range::Range,
    record::{
        Record,
        Records,
        FUNCTION,
        RANGE,
        RESOURCE,
        TABLE, //
    },
    resource::Resource,
    table::Table,
    SIGNATURE,
};

/// A dump with a sound header.
#[derive(Clone, Copy, Debug)]
pub struct Pci<'a> {
    /// What is the same for all functions.
    pub header: Header,
    records: Records<'a>,
}

impl<'a> Pci<'a> {
    /// Whether `payload` is such a dump, of whatever version.
    pub fn is(payload: &[u8]) -> bool {
        payload.starts_with(&SIGNATURE)
    }

    /// Parses the header of the dump in `payload`. Fails if it is of another major version, or damaged.
    pub fn parse(payload: &'a [u8]) -> Result<Self> {
        let (header, start) = Header::parse(payload)?;
        let records = payload
            .get(start..)
            .ok_or(Error::new(12, "a header inside of the dump"))?;
        Ok(Self {
            header,
            records: Records::new(records, start as u64),
        })
    }

    /// The functions, ports before what is below them. What is damaged is an error; where the dump is cut off, that is the last.
    pub fn functions(&self) -> Functions<'a> {
        Functions(self.records)
    }
}

/// Walks the functions.
#[derive(Clone, Debug)]
pub struct Functions<'a>(Records<'a>);

impl<'a> Iterator for Functions<'a> {
    type Item = Result<Function<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let record = match self.0.next()? {
                Ok(record) if record.kind == FUNCTION => record,
                // Of the function before, or of a kind that is not known.
                Ok(_) => continue,
                Err(error) => return Some(Err(error)),
            };
            let head =
                FunctionHead::parse(record.bytes).map_err(|error| error.based_at(record.offset));
            return Some(head.map(|head| Function {
                head,
                parts: Parts(self.0),
            }));
        }
    }
}

/// Something that is said of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part<'a> {
    /// An address range.
    Resource(Resource),
    /// A table that matches: ranges behind BARs that follow are by it.
    Table(Table),
    /// Values.
    Range(Range<'a>),
}

/// Walks what is said of a function.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a>(Records<'a>);

impl<'a> Parts<'a> {
    fn part(record: Record<'a>) -> Option<Result<Part<'a>>> {
        let part = match record.kind {
            RESOURCE => Resource::parse(record.bytes).map(Part::Resource),
            TABLE => Table::parse(record.bytes).map(Part::Table),
            RANGE => Range::parse(record.bytes).map(Part::Range),
            _ => return None,
        };
        Some(part.map_err(|error| error.based_at(record.offset)))
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Result<Part<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let record = match self.0.next()? {
                Ok(record) => record,
                Err(error) => return Some(Err(error)),
            };
            if record.kind == FUNCTION {
                self.0 = Records::new(&[], 0);
                return None;
            }
            if let Some(part) = Self::part(record) {
                return Some(part);
            }
        }
    }
}
