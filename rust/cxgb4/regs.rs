// SPDX-License-Identifier: GPL-2.0

//! Addresses in BAR0 and fields of registers, by unit.
//!
//! C headers: `drivers/net/ethernet/chelsio/cxgb4/t4_{regs,values}.h`.

/// Bits of a register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    shift: u32,
    mask: u32,
}

impl Field {
    pub(crate) const fn new(shift: u32, bits: u32) -> Self {
        Self {
            shift,
            mask: (1 << bits) - 1,
        }
    }

    /// This field of a register that holds `value`.
    pub(crate) const fn of(self, value: u32) -> u32 {
        value.wrapping_shr(self.shift) & self.mask
    }
}

/// The `n`th of registers, or of indexes, that are `stride` apart. Wraps: what no register has is found out when it is read.
pub(crate) const fn nth(first: u32, n: u32, stride: u32) -> u32 {
    first.wrapping_add(n.wrapping_mul(stride))
}

/// The processor (CIM).
pub(crate) mod cim {
    use super::Field;

    pub(crate) const QUEUE_CONFIG_REF: u32 = 0x7b48;
    pub(crate) const IBQ_SELECT: u32 = 1 << 3;
    pub(crate) const OBQ_SELECT: u32 = 1 << 4;
    pub(crate) const QUEUE_CONFIG_CTRL: u32 = 0x7b4c;
    /// In units of 256 bytes.
    pub(crate) const QUEUE_SIZE: Field = Field::new(24, 6);
    /// In units of 256 bytes.
    pub(crate) const QUEUE_BASE: Field = Field::new(16, 6);
    /// In units of 8 bytes.
    pub(crate) const QUEUE_FULL_THRESHOLD: Field = Field::new(0, 9);
    pub(crate) const HOST_ACC_CTRL: u32 = 0x7b50;
    pub(crate) const HOST_BUSY: u32 = 1 << 17;
    pub(crate) const HOST_WRITE: u32 = 1 << 16;
    pub(crate) const HOST_ACC_DATA: u32 = 0x7b54;
    pub(crate) const IBQ_DBG_CFG: u32 = 0x7b60;
    pub(crate) const OBQ_DBG_CFG: u32 = 0x7b64;
    pub(crate) const IBQ_DBG_DATA: u32 = 0x7b68;
    pub(crate) const OBQ_DBG_DATA: u32 = 0x7b6c;
    /// In both `*_DBG_CFG`.
    pub(crate) const DBG_BUSY: u32 = 1 << 1;
    pub(crate) const DBG_ENABLE: u32 = 1 << 0;
    pub(crate) const DBG_ADDRESS_SHIFT: u32 = 16;
    pub(crate) const DEBUG_CFG: u32 = 0x7b70;
    pub(crate) const LA_ENABLE: u32 = 1 << 12;
    pub(crate) const LA_REQUEST_SHIFT: u32 = 23;
    pub(crate) const LA_RESPONSE_SHIFT: u32 = 14;
    pub(crate) const DEBUG_STS: u32 = 0x7b74;
    pub(crate) const LA_REQUEST_WRITE: Field = Field::new(16, 9);
    pub(crate) const LA_RESPONSE_WRITE: Field = Field::new(0, 9);
    /// `PO`, then `PI`.
    pub(crate) const LA_DEBUG_DATA: u32 = 0x7b78;
    /// `PO`, then `PI`.
    pub(crate) const LA_MA_DEBUG_DATA: u32 = 0x7b80;
    pub(crate) const SDRAM_BASE_ADDR: u32 = 0x7b14;
    pub(crate) const SDRAM_ADDR_SIZE: u32 = 0x7b18;
    pub(crate) const EXTMEM2_BASE_ADDR: u32 = 0x7b1c;
    pub(crate) const EXTMEM2_ADDR_SIZE: u32 = 0x7b20;
}

/// The host's own memory, as the adapter uses it.
pub(crate) mod hma {
    pub(crate) const LOCAL_DEBUG: (u32, u32) = (0x51320, 0x51324);
}

/// The lookup engine.
pub(crate) mod le {
    use super::Field;

    /// T6: the first connection id.
    pub(crate) const DB_ACTIVE_TABLE_START_INDEX: u32 = 0x19c10;
    pub(crate) const DB_ROUTING_TABLE_INDEX: u32 = 0x19c10;
    pub(crate) const DB_FILTER_TABLE_INDEX: u32 = 0x19c14;
    pub(crate) const DB_SERVER_INDEX: u32 = 0x19c18;
    pub(crate) const DB_CLIP_TABLE_INDEX: u32 = 0x19c1c;
    pub(crate) const DB_ACT_CNT_IPV4: u32 = 0x19c20;
    pub(crate) const DB_ACT_CNT_IPV6: u32 = 0x19c24;
    pub(crate) const DB_HASH_CONFIG: u32 = 0x19c28;
    /// Before T6: logarithm of the number of ids.
    pub(crate) const HASH_TID_SIZE: Field = Field::new(16, 6);
    /// T6: number of ids.
    pub(crate) const HASH_TIDS: Field = Field::new(0, 20);
    pub(crate) const DB_DBGI_CONFIG: u32 = 0x19cf0;
    pub(crate) const DBGI_BUSY: u32 = 1 << 3;
    pub(crate) const DBGI_START: u32 = 1 << 2;
    /// Addressed by connection id.
    pub(crate) const DBGI_LE_MODE: u32 = 1 << 0;
    pub(crate) const DB_DBGI_REQ_TCAM_CMD: u32 = 0x19cf4;
    pub(crate) const DBGI_READ: u32 = 4 << 20;
    pub(crate) const DB_DBGI_REQ_DATA: u32 = 0x19d00;
    pub(crate) const DB_DBGI_RSP_STATUS: u32 = 0x19d94;
    pub(crate) const DBGI_VALID: u32 = 1 << 0;
    pub(crate) const DB_DBGI_RSP_DATA: u32 = 0x19da0;
    /// Words of a request and of a response.
    pub(crate) const DBGI_WORDS: u32 = 17;
    pub(crate) const DB_CLCAM_TID_BASE: u32 = 0x19df4;
    pub(crate) const DB_TID_HASHBASE: u32 = 0x19df8;
    /// T6: entries are stored compressed.
    pub(crate) const COMPRESSION_ENABLE: Field = Field::new(17, 1);
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
    pub(crate) const LOCAL_DEBUG: (u32, u32) = (0x78f8, 0x78fc);
}

/// The port switch; counters of T5 and before, then those of T6.
pub(crate) mod mps {
    use super::{
        nth,
        Field, //
    };

    /// Class of TCAM entry `n`, low word; the high one follows.
    pub(crate) const fn cls_sram(n: u32) -> u32 {
        nth(0xe000, n, 8)
    }

    /// Before T6: both halves of TCAM entry `n`, 64 bits each.
    pub(crate) const fn cls_tcam(n: u32) -> (u32, u32) {
        (nth(0xf000, n, 16), nth(0xf008, n, 16))
    }

    /// T6: asks for half an entry.
    pub(crate) const CLS_TCAM_DATA2_CTL: u32 = 0xf008;
    /// Which half.
    pub(crate) const CTL_X: u32 = 1 << 16;
    pub(crate) const CTL_INDEX_SHIFT: u32 = 17;
    /// Entries by TCAM.
    pub(crate) const CTL_ENTRIES: u32 = 256;
    pub(crate) const CTL_SECOND_TCAM: u32 = 1 << 25;
    /// The answer is for the host.
    pub(crate) const CTL_HOST: u32 = 1 << 30;
    /// The first of three words of the answer for the host.
    pub(crate) const CLS_TCAM_RDATA0_REQ_ID1: u32 = 0xf020;
    /// In the second word.
    pub(crate) const MAC_HIGH: Field = Field::new(0, 16);
    pub(crate) const VLAN: Field = Field::new(16, 16);
    /// In the third word.
    pub(crate) const PORT: Field = Field::new(12, 4);
    pub(crate) const LOOKUP_TYPE: Field = Field::new(10, 2);
    pub(crate) const DIP_HIT: u32 = 1 << 8;
    pub(crate) const VLAN_VALID: u32 = 1 << 7;
    pub(crate) const VNI_HIGH: u32 = 0xff;
    /// Functions that get a copy, 32 by register.
    pub(crate) const VF_RPLCT_MAP: [u32; 8] = [
        0x1111c, 0x11120, 0x11124, 0x11128, 0x11300, 0x11304, 0x11308, 0x1130c,
    ];
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

    /// Reads and writes configuration space.
    pub(crate) const CFG_SPACE_REQ: u32 = 0x3060;
    pub(crate) const CFG_SPACE_DATA: u32 = 0x3064;
    pub(crate) const CFG_FUNCTION_SHIFT: u32 = 12;
    pub(crate) const PDEBUG: (u32, u32) = (0x5a04, 0x5a0c);
    pub(crate) const CDEBUG: (u32, u32) = (0x5a10, 0x5a18);
    /// Version of the serial configuration.
    pub(crate) const STATIC_SPARE2: u32 = 0x5bfc;
    /// Where the firmware says that its log is.
    pub(crate) const FW_PF_DEVLOG: u32 = 0x30bc + 4 * 7;
    /// Which memory, as the firmware numbers them.
    pub(crate) const DEVLOG_MEMORY: Field = Field::new(0, 4);
    /// In units of 16 bytes, from the start of the memory.
    pub(crate) const DEVLOG_START: Field = Field::new(4, 24);
    /// In units of 128 entries, less one.
    pub(crate) const DEVLOG_ENTRIES: Field = Field::new(28, 4);

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

/// Payload memory.
pub(crate) mod pm {
    pub(crate) const RX_BASE_ADDR: u32 = 0x8fc0;
    pub(crate) const RX_STAT_CONFIG: u32 = 0x8fc8;
    pub(crate) const RX_STAT_COUNT: u32 = 0x8fcc;
    pub(crate) const RX_DEBUG: (u32, u32) = (0x8fd0, 0x8fd4);
    /// Index of the high half of the cycles.
    pub(crate) const RX_STAT_MSB: u32 = 0x10013;
    /// T4: the cycles, 64 bits.
    pub(crate) const RX_STAT_LSB: u32 = 0x8fd0;
    pub(crate) const TX_STAT_CONFIG: u32 = 0x8fe8;
    pub(crate) const TX_STAT_COUNT: u32 = 0x8fec;
    pub(crate) const TX_DEBUG: (u32, u32) = (0x8ff0, 0x8ff4);
    /// Index of the high half of the cycles.
    pub(crate) const TX_STAT_MSB: u32 = 0x1001a;
    /// T4: the cycles, 64 bits.
    pub(crate) const TX_STAT_LSB: u32 = 0x8ff0;
}

/// The serial flash.
pub(crate) mod sf {
    pub(crate) const DATA: u32 = 0x193f8;
    pub(crate) const OP: u32 = 0x193fc;
    pub(crate) const BUSY: u32 = 1 << 31;
    /// Keeps others out, until an operation without it.
    pub(crate) const LOCK: u32 = 1 << 4;
    /// The command goes on after this operation.
    pub(crate) const CONTINUE: u32 = 1 << 3;
    /// Bytes of the operation, less one.
    pub(crate) const BYTES_SHIFT: u32 = 1;
    pub(crate) const WRITE: u32 = 1 << 0;
}

/// The scatter-gather engine.
pub(crate) mod sge {
    use super::Field;

    pub(crate) const DEBUG_INDEX: u32 = 0x10cc;
    pub(crate) const DEBUG_DATA_HIGH: u32 = 0x10d0;
    pub(crate) const DEBUG_DATA_LOW: u32 = 0x10d4;
    pub(crate) const FLM_CFG: u32 = 0x1090;
    /// Logarithm of 1024 by the number of free lists.
    pub(crate) const HEADER_START_FLQ: Field = Field::new(11, 3);
    pub(crate) const CTXT_CMD: u32 = 0x11fc;
    pub(crate) const CTXT_BUSY: u32 = 1 << 31;
    pub(crate) const CTXT_TYPE_SHIFT: u32 = 24;
    /// Type and queue.
    pub(crate) const CTXT_NAMES: u32 = 0x0301_ffff;
    /// The first of six words.
    pub(crate) const CTXT_DATA0: u32 = 0x1200;
    /// T6: the queues of a function.
    pub(crate) const QBASE_MAP0: u32 = 0x1240;
    pub(crate) const QBASE_INDEX: u32 = 0x1250;

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

    pub(crate) const TIMER_RESOLUTION: u32 = 0x7d90;
    /// Logarithms of ticks of the core clock.
    pub(crate) const TIMER_TICK: Field = Field::new(16, 8);
    pub(crate) const DACK_TICK: Field = Field::new(0, 8);
    pub(crate) const RXT_MIN: u32 = 0x7d98;
    pub(crate) const RXT_MAX: u32 = 0x7d9c;
    pub(crate) const PERS_MIN: u32 = 0x7da0;
    pub(crate) const PERS_MAX: u32 = 0x7da4;
    pub(crate) const KEEP_IDLE: u32 = 0x7da8;
    pub(crate) const KEEP_INTVL: u32 = 0x7dac;
    pub(crate) const INIT_SRTT: u32 = 0x7db0;
    pub(crate) const INITIAL: Field = Field::new(0, 16);
    pub(crate) const DACK_TIMER: u32 = 0x7db4;
    pub(crate) const FINWAIT2_TIMER: u32 = 0x7db8;
    /// Tables: writing all-ones and a row asks for it, reading gives it.
    pub(crate) const PACE_TABLE: u32 = 0x7dd8;
    pub(crate) const PACE_READ: u32 = 0xffff_0000;
    pub(crate) const CCTRL_TABLE: u32 = 0x7ddc;
    pub(crate) const CCTRL_READ: u32 = 0xffff_0000;
    pub(crate) const CCTRL_INCREMENT: Field = Field::new(0, 13);
    pub(crate) const MTU_TABLE: u32 = 0x7de4;
    pub(crate) const MTU_READ: u32 = 0xff << 24;
    pub(crate) const MTU: Field = Field::new(0, 14);
    pub(crate) const RSS_LKP_TABLE: u32 = 0x7dec;
    pub(crate) const RSS_READ: u32 = 0xfff0_0000;
    pub(crate) const RSS_VALID: u32 = 1 << 31;
    pub(crate) const RSS_QUEUE0: Field = Field::new(0, 10);
    pub(crate) const RSS_QUEUE1: Field = Field::new(10, 10);
    pub(crate) const RSS_CONFIG_VRT: u32 = 0x7e00;
    pub(crate) const VRT_ADDRESS_SHIFT: u32 = 8;
    pub(crate) const VRT_READ: u32 = 1 << 24;
    /// Reading of the group.
    pub(crate) const VRT_READ_GROUP: u32 = 1 << 25;
    /// Writing of the function, and of the key.
    pub(crate) const VRT_WRITES: u32 = (1 << 5) | (1 << 4);
    /// Indexes in `PIO`.
    pub(crate) const RSS_VFL_CONFIG: u32 = 0x3a;
    pub(crate) const RSS_VFH_CONFIG: u32 = 0x3b;
    /// Indexes in `PIO` of the secret key.
    pub(crate) const RSS_SECRET_KEY: core::ops::RangeInclusive<u32> = 0x40..=0x49;
    pub(crate) const TM_PIO: (u32, u32) = (0x7e18, 0x7e1c);
    /// Indexes in `TM_PIO`, of queues 0 and 1; those of other queues count down.
    pub(crate) const TX_MOD_Q1_Q0_TIMER_SEPARATOR: u32 = 3;
    pub(crate) const TX_MOD_Q1_Q0_RATE_LIMIT: u32 = 8;
    pub(crate) const MOD_CONFIG: u32 = 0x7e24;
    pub(crate) const TIMER_MODE: Field = Field::new(8, 8);
    pub(crate) const TX_MOD_QUEUE_REQ_MAP: u32 = 0x7e28;
    pub(crate) const PIO: (u32, u32) = (0x7e40, 0x7e44);
    pub(crate) const MIB: (u32, u32) = (0x7e50, 0x7e54);
    pub(crate) const DBG_LA_CONFIG: u32 = 0x7ed4;
    pub(crate) const LA_ENABLE: u32 = 1 << 12;
    pub(crate) const LA_MODE: Field = Field::new(14, 2);
    pub(crate) const LA_WRITE: Field = Field::new(16, 7);
    /// Of an entry of two halves, both are there.
    pub(crate) const LA_SECOND_HALF: u32 = 1 << 23;
    /// Where it is: cannot be written.
    pub(crate) const LA_STATE: u32 = 0xff << 16;
    pub(crate) const LA_READ: Field = Field::new(0, 7);
    pub(crate) const DBG_LA_DATAL: u32 = 0x7ed8;

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
    /// Logic analyzers of Tx, 16 bytes of registers each.
    pub(crate) const TX_LA_RDPTR_0: u32 = 0x8ec0;
    pub(crate) const TX_LA_RDDATA_0: u32 = 0x8ec4;
    pub(crate) const TX_LA_WRPTR_0: u32 = 0x8ec8;
    pub(crate) const TX_ASIC_DEBUG_CTRL: u32 = 0x8f70;
    /// The first of five.
    pub(crate) const TX_ASIC_DEBUG_0: u32 = 0x8f74;
    pub(crate) const RX_LA_CTL: u32 = 0x1923c;
    pub(crate) const RX_LA_RDPTR: u32 = 0x19240;
    pub(crate) const RX_LA_RDDATA: u32 = 0x19244;
    pub(crate) const RX_LA_WRPTR: u32 = 0x19248;
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
    /// T6: first and last address of keys of TLS connections, in units of 256 bytes.
    pub(crate) const RX_TLS_KEY_LLIMIT: u32 = 0x192ac;
    pub(crate) const RX_TLS_KEY_ULIMIT: u32 = 0x192b0;
}
