// SPDX-License-Identifier: GPL-2.0

//! What is collected, in this order: much to learn from few bytes comes first.
//!
//! A section is a file with a function `collect` and a line here.

use super::{
    super::format::cudbg::section::Section,
    device::Device,
    failure::Result,
    writer::Writer, //
};

/// Writes the content of a section. What was written before a failure is kept.
pub(crate) type Collect = fn(&Device<'_>, Section, &mut Writer<'_, '_>) -> Result;

macro_rules! sections {
    ($($file:ident: $($section:ident)*;)*) => {
        $(mod $file;)*

        pub(crate) const SECTIONS: &[(Section, Collect)] = &[
            $($((Section::$section, $file::collect as Collect),)*)*
        ];
    };
}

sections! {
    reg_dump: RegDump;
    meminfo: Meminfo;
    memory: Edc0 Edc1 Mc0 Mc1 Hma;
}
