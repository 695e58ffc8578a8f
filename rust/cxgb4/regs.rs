// SPDX-License-Identifier: GPL-2.0

//! Addresses in BAR0 and fields of registers, by unit.
//!
//! C headers: `drivers/net/ethernet/chelsio/cxgb4/t4_{regs,values}.h`.

/// Bits of a register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    shift: u32,
    bits: u32,
}

impl Field {
    pub(crate) const fn new(shift: u32, bits: u32) -> Self {
        Self { shift, bits }
    }

    /// This field of a register that holds `value`.
    pub(crate) const fn of(self, value: u32) -> u32 {
        (value >> self.shift) & ((1 << self.bits) - 1)
    }
}

/// The processor (CIM).
pub(crate) mod cim {
    pub(crate) const SDRAM_BASE_ADDR: u32 = 0x7b14;
    pub(crate) const SDRAM_ADDR_SIZE: u32 = 0x7b18;
    pub(crate) const EXTMEM2_BASE_ADDR: u32 = 0x7b1c;
    pub(crate) const EXTMEM2_ADDR_SIZE: u32 = 0x7b20;
}

/// The lookup engine.
pub(crate) mod le {
    pub(crate) const DB_CONFIG: u32 = 0x19c04;
    pub(crate) const HASH_ENABLE: super::Field = super::Field::new(20, 1);
    /// T5: `LE_DB_HASH_TID_BASE`. T6: `LE_DB_HASH_TBL_BASE_ADDR`.
    pub(crate) const DB_HASH_BASE: u32 = 0x19c30;
}

/// The memory arbiter.
pub(crate) mod ma {
    use super::Field;

    pub(crate) const EDRAM0_BAR: u32 = 0x77c0;
    pub(crate) const EDRAM1_BAR: u32 = 0x77c4;
    pub(crate) const EXT_MEMORY0_BAR: u32 = 0x77c8;
    pub(crate) const EXT_MEMORY1_BAR: u32 = 0x7808;
    /// In all of the above: where the memory begins, in MiB.
    pub(crate) const BASE: Field = Field::new(16, 12);
    /// In all of the above: how large it is, in MiB.
    pub(crate) const SIZE: Field = Field::new(0, 12);
    pub(crate) const TARGET_MEM_ENABLE: u32 = 0x77d8;
}

/// The port switch; counters of T5 and before, then those of T6.
pub(crate) mod mps {
    pub(crate) const RX_PG_RSV0: u32 = 0x11010;
    pub(crate) const RX_PG_RSV4: u32 = 0x11020;
    pub(crate) const RX_MAC_BG_PG_CNT0: u32 = 0x11208;
    pub(crate) const RX_LPBK_BG_PG_CNT0: u32 = 0x11218;
}

/// The PCIe interface.
pub(crate) mod pcie {
    use super::Field;

    /// Where memory window `n` is in BAR0.
    pub(crate) const fn mem_access_base_win(n: u32) -> u32 {
        0x3068 + 8 * n
    }

    /// What memory window `n` shows.
    pub(crate) const fn mem_access_offset(n: u32) -> u32 {
        0x306c + 8 * n
    }

    /// In the base register: address in BAR0, in KiB.
    pub(crate) const OFFSET_KIB: Field = Field::new(10, 22);
    /// In the base register: logarithm of the size in KiB.
    pub(crate) const APERTURE: Field = Field::new(0, 8);
}

/// The interconnect.
pub(crate) mod pl {
    use super::Field;

    pub(crate) const WHOAMI: u32 = 0x19400;
    pub(crate) const REV: u32 = 0x1943c;
    pub(crate) const CHIP_REVISION: Field = Field::new(0, 4);
}

/// The scatter-gather engine.
pub(crate) mod sge {
    use super::Field;

    pub(crate) const DBQ_CTXT_BADDR: u32 = 0x1084;
    pub(crate) const IMSG_CTXT_BADDR: u32 = 0x1088;
    pub(crate) const FLM_CACHE_BADDR: u32 = 0x108c;
    pub(crate) const CONTROL2: u32 = 0x1124;
    pub(crate) const VFIFO_ENABLE: Field = Field::new(10, 1);
    pub(crate) const DBVFIFO_BADDR: u32 = 0x1138;
    pub(crate) const DBVFIFO_BASE: Field = Field::new(3, 29);
    pub(crate) const DBVFIFO_SIZE: u32 = 0x113c;
}

/// The TCP processor.
pub(crate) mod tp {
    use super::Field;

    pub(crate) const CMM_TCB_BASE: u32 = 0x7d10;
    pub(crate) const CMM_MM_BASE: u32 = 0x7d14;
    pub(crate) const CMM_TIMER_BASE: u32 = 0x7d18;
    pub(crate) const PMM_TX_BASE: u32 = 0x7d20;
    pub(crate) const PMM_RX_BASE: u32 = 0x7d28;
    pub(crate) const PMM_RX_PAGE_SIZE: u32 = 0x7d2c;
    pub(crate) const PMM_RX_MAX_PAGE: u32 = 0x7d30;
    pub(crate) const PMM_TX_PAGE_SIZE: u32 = 0x7d34;
    pub(crate) const PMM_TX_MAX_PAGE: u32 = 0x7d38;
    /// In both `PMM_*_MAX_PAGE`: number of pages.
    pub(crate) const PAGES: Field = Field::new(0, 21);
    pub(crate) const RX_TWO_CHANNELS: Field = Field::new(31, 1);
    /// Logarithm.
    pub(crate) const TX_CHANNELS: Field = Field::new(30, 2);
    pub(crate) const CMM_MM_RX_FLST_BASE: u32 = 0x7e60;
    pub(crate) const CMM_MM_TX_FLST_BASE: u32 = 0x7e64;
    pub(crate) const CMM_MM_PS_FLST_BASE: u32 = 0x7e68;
    pub(crate) const CMM_MM_MAX_PSTRUCT: u32 = 0x7e6c;
    pub(crate) const FLM_FREE_PS_CNT: u32 = 0x7e80;
    pub(crate) const FLM_FREE_RX_CNT: u32 = 0x7e84;
    pub(crate) const FLM_FREE_TX_CNT: u32 = 0x7e88;
    /// In all `FLM_FREE_*_CNT`.
    pub(crate) const FREE: Field = Field::new(0, 21);
}

/// Upper layer protocols.
pub(crate) mod ulp {
    pub(crate) const TX_TPT_LLIMIT: u32 = 0x8dd4;
    pub(crate) const TX_TPT_ULIMIT: u32 = 0x8dd8;
    pub(crate) const TX_PBL_LLIMIT: u32 = 0x8ddc;
    pub(crate) const TX_PBL_ULIMIT: u32 = 0x8de0;
    pub(crate) const TX_ERR_TABLE_BASE: u32 = 0x8e04;
    pub(crate) const RX_ISCSI_LLIMIT: u32 = 0x1915c;
    pub(crate) const RX_ISCSI_ULIMIT: u32 = 0x19160;
    pub(crate) const RX_TDDP_LLIMIT: u32 = 0x1916c;
    pub(crate) const RX_TDDP_ULIMIT: u32 = 0x19170;
    pub(crate) const RX_STAG_LLIMIT: u32 = 0x1917c;
    pub(crate) const RX_STAG_ULIMIT: u32 = 0x19180;
    pub(crate) const RX_RQ_LLIMIT: u32 = 0x19184;
    pub(crate) const RX_RQ_ULIMIT: u32 = 0x19188;
    pub(crate) const RX_PBL_LLIMIT: u32 = 0x1918c;
    pub(crate) const RX_PBL_ULIMIT: u32 = 0x19190;
    pub(crate) const RX_CTX_BASE: u32 = 0x19194;
    pub(crate) const RX_RQUDP_LLIMIT: u32 = 0x191a4;
    pub(crate) const RX_RQUDP_ULIMIT: u32 = 0x191a8;
}
