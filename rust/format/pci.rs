// SPDX-License-Identifier: GPL-2.0

//! The dump of all PCI functions, [`NAME`]: their configuration spaces, and registers of some.
//!
//! A header, then records. A [`Function`] is a record, and what is said of it are the records up to the next one: [`Resource`]s,
//! [`Table`]s and [`Range`]s, which hold what was read. A range that was not read says so, and why: it is never zeroes.
//!
//! A dump that was cut off is read as far as whole records go.

mod facts;
mod function;
mod header;
mod parts;
mod range;
mod reason;
mod record;
mod resource;
mod table;
mod writer;

pub use self::{
    facts::Facts,
    function::{
        Address,
        Function,
        FunctionHead,
        FUNCTION_LEN, //
    },
    header::{
        External,
        Header,
        HEADER_LEN, //
    },
    parts::{
        Functions,
        Part,
        Parts,
        Pci, //
    },
    range::{
        Range,
        RangeHead,
        Space,
        Status,
        MAX_VALUES,
        RANGE_LEN, //
    },
    reason::Reason,
    resource::{
        Resource,
        RESOURCE_LEN, //
    },
    table::{
        Origin,
        Table,
        TABLE_LEN, //
    },
    writer::write_range, //
};

/// Name of the dump.
pub const NAME: &[u8] = b"pci";

/// The first bytes of it.
pub const SIGNATURE: [u8; 8] = *b"pcifuncs";

/// The layout that is written, and that is understood: a larger minor version only adds kinds of records, and to the ends of the
/// header and of records.
pub const VERSION: (u16, u16) = (1, 0);
