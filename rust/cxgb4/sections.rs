// SPDX-License-Identifier: GPL-2.0

//! What is collected, in this order: much to learn from few bytes comes first.
//!
//! A section is a file with a function `collect`, a `mod` and a line here.

use super::{
    super::format::cudbg::section::Section,
    device::Device,
    failure::Result,
    writer::Writer, //
};

mod cim_bus_la;
mod cim_la;
mod cim_queues;
mod cim_registers;
mod clocks;
mod contexts;
mod dev_log;
mod flash;
mod host_state;
mod indirect;
mod le_tcam;
mod meminfo;
mod memory;
mod mps_tcam;
mod pcie_config;
mod pm_stats;
mod reg_dump;
mod rss;
mod sge_indirect;
mod tid_info;
mod tp_la;
mod tp_tables;
mod ulprx_la;
mod ulptx_la;
mod vpd;

/// Writes the content of a section. What was written before a failure is kept.
pub(crate) type Collect = fn(&Device<'_>, Section, &mut Writer<'_, '_>) -> Result;

macro_rules! sections {
    ($($collect:path: $($section:ident)*;)*) => {
        pub(crate) const SECTIONS: &[(Section, Collect)] = &[
            $($((Section::$section, $collect as Collect),)*)*
        ];
    };
}

sections! {
    reg_dump::collect: RegDump;
    pcie_config::collect: PcieConfig;
    vpd::collect: VpdData;
    dev_log::collect: DevLog;
    meminfo::collect: Meminfo;
    cim_la::collect: CimLa;
    cim_bus_la::collect: CimMaLa CimPifLa;
    cim_queues::configuration: CimQcfg;
    cim_queues::inbound: CimIbqTp0 CimIbqTp1 CimIbqUlp CimIbqSge0 CimIbqSge1 CimIbqNcsi;
    cim_queues::outbound: CimObqUlp0 CimObqUlp1 CimObqUlp2 CimObqUlp3 CimObqSge CimObqNcsi CimObqRxq0 CimObqRxq1;
    cim_registers::registers: UpCimIndirect;
    cim_registers::page_tables: PbtTable;
    tp_la::collect: TpLa;
    ulprx_la::collect: UlprxLa;
    ulptx_la::collect: UlptxLa;
    indirect::collect: TpIndirect PcieIndirect PmIndirect MaIndirect HmaIndirect;
    sge_indirect::collect: SgeIndirect;
    contexts::collect: DumpContext;
    pm_stats::collect: PmStats;
    clocks::timers: Clk;
    clocks::scheduler: HwSched;
    tp_tables::mtus: PathMtu;
    tp_tables::congestion: Cctrl;
    rss::table: Rss;
    rss::virtual_functions: RssVfConf;
    tid_info::collect: TidInfo;
    mps_tcam::collect: MpsTcam;
    memory::collect: Edc0 Edc1;
    le_tcam::collect: LeTcam;
    memory::collect: Mc0 Mc1 Hma;
    host_state::collect: MboxLog Qdesc;
}

/// Sections that Chelsio's viewer takes for granted, on chips that have them, and what they are if nothing of them was read.
pub(crate) const GRANTED: [(Section, Nothing); 2] = [
    (Section::TpIndirect, indirect::nothing),
    (Section::SgeIndirect, |_, writer| {
        sge_indirect::nothing(writer)
    }),
];

pub(crate) type Nothing = fn(&Device<'_>, &mut Writer<'_, '_>) -> Result;

/// Takes long and seldom tells much: only if somebody asks.
pub(crate) const FLASH: (Section, Collect) = (Section::Flash, flash::collect);
