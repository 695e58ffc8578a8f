// SPDX-License-Identifier: GPL-2.0

//! Decoders of sections. A section is a function that makes tables of its content, and a line here.
//!
//! Content may end anywhere: what is there is decoded.

use vmcore_format::cudbg::{section::Section, Chip};

use crate::kinds::table::Table;

mod analyzers;
mod contexts;
mod device_log;
mod indirect;
mod info;
mod lookup;
pub mod meminfo;
mod processor;
mod switch;
mod tables;

pub use self::{device_log::messages, processor::QUEUES};

/// What a decoder gets.
pub struct Content<'a> {
    pub section: Section,
    pub chip: Chip,
    pub data: &'a [u8],
}

/// Makes tables of a section.
pub type Decode = fn(&Content<'_>) -> Vec<Table>;

/// How to decode a section. `None`: registers, which are more than a table, and what is just bytes.
pub fn decoder(section: Section) -> Option<Decode> {
    use Section::*;
    Some(match section {
        DevLog => device_log::decode,
        CimLa => processor::la,
        CimMaLa => processor::memory_la,
        CimPifLa => processor::peripheral_la,
        CimQcfg => processor::queues,
        CimIbqTp0 | CimIbqTp1 | CimIbqUlp | CimIbqSge0 | CimIbqSge1 | CimIbqNcsi | CimObqUlp0
        | CimObqUlp1 | CimObqUlp2 | CimObqUlp3 | CimObqSge | CimObqNcsi | CimObqRxq0
        | CimObqRxq1 => processor::queue,
        PbtTable => processor::page_tables,
        TpIndirect | PcieIndirect | PmIndirect | MaIndirect | HmaIndirect | UpCimIndirect => {
            indirect::decode
        }
        SgeIndirect => indirect::sge,
        TpLa => analyzers::tcp,
        UlprxLa => analyzers::receive,
        UlptxLa => analyzers::transmit,
        Rss => tables::rss,
        RssVfConf => tables::rss_functions,
        PathMtu => tables::mtus,
        Cctrl => tables::congestion,
        HwSched => tables::scheduler,
        PmStats => tables::statistics,
        Clk => info::clocks,
        TidInfo => info::tids,
        VpdData => info::vpd,
        PcieConfig => info::configuration,
        DumpContext => contexts::decode,
        MpsTcam => switch::decode,
        LeTcam => lookup::decode,
        Meminfo => meminfo::decode,
        RegDump | Edc0 | Edc1 | Mc0 | Mc1 | Hma | MboxLog | Qdesc | Flash => return None,
    })
}

#[cfg(test)]
mod tests;
