// SPDX-License-Identifier: GPL-2.0

//! What sections there are.
//!
//! C header: `drivers/net/ethernet/chelsio/cxgb4/cudbg_if.h` (`enum cudbg_dbg_entity_type`). Ids that it does not name are
//! unused or belong to other drivers.

macro_rules! sections {
    ($($id:literal $variant:ident $name:literal $title:literal;)*) => {
        /// A kind of section.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Section {
            $(#[doc = $title] $variant = $id,)*
        }

        impl Section {
            /// Every kind, by ascending id.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The kind with this id, if it is a known one.
            pub const fn from_id(id: u32) -> Option<Self> {
                match id {
                    $($id => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Short name, as files and options use it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// What the section holds, in words.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$variant => $title,)*
                }
            }
        }
    };
}

sections! {
    1 RegDump "reg_dump" "Registers";
    2 DevLog "dev_log" "Firmware log";
    3 CimLa "cim_la" "CIM logic analyzer";
    4 CimMaLa "cim_ma_la" "CIM memory interface logic analyzer";
    5 CimQcfg "cim_qcfg" "CIM queue configuration";
    6 CimIbqTp0 "cim_ibq_tp0" "CIM inbound queue TP0";
    7 CimIbqTp1 "cim_ibq_tp1" "CIM inbound queue TP1";
    8 CimIbqUlp "cim_ibq_ulp" "CIM inbound queue ULP";
    9 CimIbqSge0 "cim_ibq_sge0" "CIM inbound queue SGE0";
    10 CimIbqSge1 "cim_ibq_sge1" "CIM inbound queue SGE1";
    11 CimIbqNcsi "cim_ibq_ncsi" "CIM inbound queue NC-SI";
    12 CimObqUlp0 "cim_obq_ulp0" "CIM outbound queue ULP0";
    13 CimObqUlp1 "cim_obq_ulp1" "CIM outbound queue ULP1";
    14 CimObqUlp2 "cim_obq_ulp2" "CIM outbound queue ULP2";
    15 CimObqUlp3 "cim_obq_ulp3" "CIM outbound queue ULP3";
    16 CimObqSge "cim_obq_sge" "CIM outbound queue SGE";
    17 CimObqNcsi "cim_obq_ncsi" "CIM outbound queue NC-SI";
    18 Edc0 "edc0" "Memory EDC0";
    19 Edc1 "edc1" "Memory EDC1";
    20 Mc0 "mc0" "Memory MC0";
    21 Mc1 "mc1" "Memory MC1";
    22 Rss "rss" "RSS table";
    25 RssVfConf "rss_vf_conf" "RSS configuration of virtual functions";
    27 PathMtu "path_mtu" "Path MTU table";
    30 PmStats "pm_stats" "Payload memory statistics";
    31 HwSched "hw_sched" "Tx scheduler";
    36 TpIndirect "tp_indirect" "TP indirect registers";
    37 SgeIndirect "sge_indirect" "SGE indirect registers";
    41 UlprxLa "ulprx_la" "ULP RX logic analyzer";
    43 TpLa "tp_la" "TP logic analyzer";
    44 Meminfo "meminfo" "Memory map";
    45 CimPifLa "cim_pif_la" "CIM peripheral interface logic analyzer";
    46 Clk "clk" "Clocks and timers";
    47 CimObqRxq0 "cim_obq_rxq0" "CIM outbound queue SGE RX0";
    48 CimObqRxq1 "cim_obq_rxq1" "CIM outbound queue SGE RX1";
    50 PcieIndirect "pcie_indirect" "PCIe indirect registers";
    51 PmIndirect "pm_indirect" "Payload memory indirect registers";
    54 TidInfo "tid_info" "Connection id ranges";
    55 PcieConfig "pcie_config" "PCIe configuration space";
    56 DumpContext "dump_context" "SGE contexts";
    57 MpsTcam "mps_tcam" "MPS TCAM";
    58 VpdData "vpd_data" "Vital product data and versions";
    59 LeTcam "le_tcam" "Lookup engine TCAM";
    60 Cctrl "cctrl" "Congestion control tables";
    61 MaIndirect "ma_indirect" "Memory arbiter indirect registers";
    62 UlptxLa "ulptx_la" "ULP TX logic analyzer";
    64 UpCimIndirect "up_cim_indirect" "CIM processor indirect registers";
    65 PbtTable "pbt_table" "CIM page tables";
    66 MboxLog "mbox_log" "Mailbox log";
    67 HmaIndirect "hma_indirect" "Host memory access indirect registers";
    68 Hma "hma" "Memory HMA";
    70 Qdesc "qdesc" "Queue descriptors";
    71 Flash "flash" "Serial flash";
}

impl Section {
    /// Id on the wire, 1 to 71.
    pub const fn id(self) -> u8 {
        self as u8
    }

    /// The kind with this short name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|section| section.name() == name)
    }
}
