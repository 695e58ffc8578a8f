// SPDX-License-Identifier: GPL-2.0

//! Addresses and fields of registers that hold something meant, from `cxgb4/t4_regs.h`.

/// The physical function that drivers use.
pub const PF: u32 = 4;

// SGE
pub const SGE_EGRESS_QUEUES_PER_PAGE_PF: u32 = 0x1010;
pub const SGE_INGRESS_QUEUES_PER_PAGE_PF: u32 = 0x10f4;
pub const SGE_DBQ_CTXT_BADDR: u32 = 0x1084;
pub const SGE_IMSG_CTXT_BADDR: u32 = 0x1088;
pub const SGE_FLM_CACHE_BADDR: u32 = 0x108c;
pub const SGE_CONTROL2: u32 = 0x1124;
pub const SGE_DBVFIFO_BADDR: u32 = 0x1138;
pub const SGE_DBVFIFO_SIZE: u32 = 0x113c;
/// In `SGE_CONTROL2` of T5: there is a doorbell FIFO in memory.
pub const VFIFO_ENABLE: u32 = 1 << 10;

// PCIE
pub const PCIE_CFG_SPACE_REQ: u32 = 0x3060;
pub const PCIE_CFG_SPACE_DATA: u32 = 0x3064;
/// What the firmware says of itself.
pub const PCIE_FW: u32 = 0x30b8;
/// It has set up the adapter.
pub const PCIE_FW_INIT: u32 = 1 << 30;
/// Version of the serial configuration.
pub const PCIE_STATIC_SPARE2: u32 = 0x5bfc;
/// Where the firmware's log is: memory, start in units of 16 bytes, blocks of 128 entries less one.
pub const PCIE_FW_PF_DEVLOG: u32 = 0x30d8;
/// Of memory window 0; the next one's is [`PCIE_MEM_ACCESS_STRIDE`] further.
pub const PCIE_MEM_ACCESS_BASE: u32 = 0x3068;
pub const PCIE_MEM_ACCESS_OFFSET: u32 = 0x306c;
pub const PCIE_MEM_ACCESS_STRIDE: u32 = 8;

// MA
pub const MA_EDRAM0_BAR: u32 = 0x77c0;
pub const MA_EDRAM1_BAR: u32 = 0x77c4;
/// `MA_EXT_MEMORY0_BAR` on T5.
pub const MA_EXT_MEMORY_BAR: u32 = 0x77c8;
pub const MA_TARGET_MEM_ENABLE: u32 = 0x77d8;
/// MC1 on T5, HMA on T6.
pub const MA_EXT_MEMORY1_BAR: u32 = 0x7808;
pub const EDRAM0_ENABLE: u32 = 1 << 0;
pub const EDRAM1_ENABLE: u32 = 1 << 1;
pub const EXT_MEM_ENABLE: u32 = 1 << 2;
pub const EXT_MEM1_ENABLE: u32 = 1 << 4;
pub const HMA_MUX: u32 = 1 << 5;

// CIM
pub const CIM_SDRAM_BASE_ADDR: u32 = 0x7b14;
pub const CIM_SDRAM_ADDR_SIZE: u32 = 0x7b18;
pub const CIM_EXTMEM2_BASE_ADDR: u32 = 0x7b1c;
pub const CIM_EXTMEM2_ADDR_SIZE: u32 = 0x7b20;

// TP
pub const TP_CMM_TCB_BASE: u32 = 0x7d10;
pub const TP_CMM_MM_BASE: u32 = 0x7d14;
pub const TP_CMM_TIMER_BASE: u32 = 0x7d18;
pub const TP_PMM_TX_BASE: u32 = 0x7d20;
pub const TP_PMM_RX_BASE: u32 = 0x7d28;
pub const TP_PMM_RX_PAGE_SIZE: u32 = 0x7d2c;
pub const TP_PMM_RX_MAX_PAGE: u32 = 0x7d30;
pub const TP_PMM_TX_PAGE_SIZE: u32 = 0x7d34;
pub const TP_PMM_TX_MAX_PAGE: u32 = 0x7d38;
pub const TP_CMM_MM_RX_FLST_BASE: u32 = 0x7e60;
pub const TP_CMM_MM_TX_FLST_BASE: u32 = 0x7e64;
pub const TP_CMM_MM_PS_FLST_BASE: u32 = 0x7e68;
pub const TP_CMM_MM_MAX_PSTRUCT: u32 = 0x7e6c;
pub const TP_FLM_FREE_PS_CNT: u32 = 0x7e80;
pub const TP_FLM_FREE_RX_CNT: u32 = 0x7e84;
pub const TP_FLM_FREE_TX_CNT: u32 = 0x7e88;
/// In `TP_PMM_RX_MAX_PAGE`: two channels.
pub const PMRXNUMCHN: u32 = 1 << 31;
/// In `TP_PMM_TX_MAX_PAGE`: logarithm of the number of channels.
pub const PMTXNUMCHN_SHIFT: u32 = 30;

// ULP
pub const ULP_TX_TPT_LLIMIT: u32 = 0x8dd4;
pub const ULP_TX_PBL_LLIMIT: u32 = 0x8ddc;
pub const ULP_TX_ERR_TABLE_BASE: u32 = 0x8e04;
pub const ULP_RX_ISCSI_LLIMIT: u32 = 0x1915c;
pub const ULP_RX_TDDP_LLIMIT: u32 = 0x1916c;
pub const ULP_RX_STAG_LLIMIT: u32 = 0x1917c;
pub const ULP_RX_RQ_LLIMIT: u32 = 0x19184;
pub const ULP_RX_PBL_LLIMIT: u32 = 0x1918c;
pub const ULP_RX_CTX_BASE: u32 = 0x19194;
pub const ULP_RX_RQUDP_LLIMIT: u32 = 0x191a4;
pub const ULP_RX_TLS_KEY_LLIMIT: u32 = 0x192ac;
pub const ULP_RX_TLS_KEY_ULIMIT: u32 = 0x192b0;

// MPS: four in a row each
pub const MPS_RX_PG_RSV0: u32 = 0x11010;
pub const MPS_RX_PG_RSV4: u32 = 0x11020;
pub const MPS_RX_MAC_BG_PG_CNT0: u32 = 0x11208;
pub const MPS_RX_LPBK_BG_PG_CNT0: u32 = 0x11218;

// PL
pub const PL_WHOAMI: u32 = 0x19400;
pub const PL_REV: u32 = 0x1943c;

// LE
pub const LE_DB_CONFIG: u32 = 0x19c04;
/// `LE_DB_HASH_TBL_BASE_ADDR` on T6.
pub const LE_DB_HASH_TID_BASE: u32 = 0x19c30;
pub const HASHEN: u32 = 1 << 20;
