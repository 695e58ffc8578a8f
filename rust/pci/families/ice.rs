// SPDX-License-Identifier: GPL-2.0

//! Intel's E810 and E830: from the driver's list, not tried on hardware.
//!
//! What `ice_get_regs()` (`ice/ice_ethtool.c`) reads, and what the service task of `ice/ice_main.c` does. PFINT_OICR is left out.

use super::super::family::{
    run,
    Family,
    Group, //
};
use crate::format::devices::Entry;

pub(crate) const ICE: Family = Family {
    name: "ice",
    ids: &[(0x8086, IDS)],
    classes: &[],
    tried: false,
    conditions: &[],
    groups: &[Group::of(ENTRIES)],
};

#[rustfmt::skip]
const ENTRIES: &[Entry] = &[
    run(0x49760, 8),            // GLTDPU_TCB_CMD_BOB
    run(0x49ae0, 8),            // GLTDPU_TCLAN_COMP_BOB
    run(0x49b60, 8),            // GLTDPU_PSM_UPDATE_BOB
    run(0x88000, 1),            // PFGEN_STATE
    run(0x9deb0, 1),            // GLPCI_PCIERR
    run(0xa0000, 4),            // PRTDCB_TLPM_REG_DM
    run(0xa0080, 32),           // TCDCB_TLPM_WAIT_DM
    run(0xa0180, 1),            // GLDCB_TLPM_PCI_DM
    run(0xa0194, 1),            // GLDCB_TLPM_TC2PFC
    run(0xae28c, 8),            // GLTCB_CMD_IN_BOB
    run(0xb0600, 1),            // GLPSM_DEBUG_CTL_STATUS
    run(0xb0680, 3),            // GLPSM0_DEBUG_FIFO_OVERFLOW_DETECT to _DT_OUT_OF_WINDOW
    run(0xb069c, 2),            // GLPSM0_DEBUG_INTF_HW_ERROR_DETECT, _MISC_HW_ERROR_DETECT
    run(0xb0e80, 5),            // GLPSM1_DEBUG_FIFO_OVERFLOW_DETECT to _MISC_HW_ERROR_DETECT
    run(0xb1680, 3),            // GLPSM2_DEBUG_FIFO_OVERFLOW_DETECT to _MISC_HW_ERROR_DETECT
    run(0xb8100, 1),            // PRTGEN_STATUS
    run(0xbc360, 4),            // PRTDCB_TCUPM_REG_CM
    run(0xbc3a0, 4),            // PRTDCB_TCUPM_REG_DM
    run(0xbfd84, 2),            // GLPCI_CUR_CLNT_COMMON, GLPCI_CUR_CLNT_PIPEMON
    run(0xbfd90, 1),            // GLPCI_WATMK_CLNT_PIPEMON
    run(0xfc14c, 8),            // GLLAN_TCLAN_FETCH_CTL_FBK_BOB_CTL
    run(0xfc18c, 8),            // GLLAN_TCLAN_FETCH_CTL_PROC_BOB_CTL
    run(0xfc1cc, 8),            // GLLAN_TCLAN_CACHE_CTL_BOB_CTL
    run(0xfc24c, 8),            // GLLAN_TCLAN_FETCH_CTL_SCHED_BOB_CTL
    run(0xfc28c, 8),            // GLLAN_TCLAN_FETCH_CTL_PCIE_RD_BOB_CTL
    run(0x120000, 1),           // QRX_CTRL of the first queue
    run(0x140000, 1),           // QINT_TQCTL of it
    run(0x150000, 1),           // QINT_RQCTL of it
    run(0x16c900, 1),           // PFINT_OICR_ENA
    run(0x292000, 1),           // QRX_ITR of it
    run(0x80300, 1),            // PF_FW_ATQH
    run(0x80380, 1),            // PF_FW_ARQH
    run(0x80400, 1),            // PF_FW_ATQT
    run(0x80480, 1),            // PF_FW_ARQT
    run(0xb6134, 1),            // GL_MNG_FWSM
    run(0xb6008, 1),            // GLNVM_ULD
    run(0xb8188, 1),            // GLGEN_RSTAT
    run(0x294280, 1),           // PF_MDET_RX
    run(0x294c00, 1),           // GL_MDET_RX
    run(0x2d2c80, 1),           // PF_MDET_TX_PQM
    run(0x2d2e00, 1),           // GL_MDET_TX_PQM
];

/// `ice_pci_tbl`.
const IDS: &[u16] = &[
    0x1248, 0x1249, 0x124a, 0x124c, 0x124d, 0x124e, 0x124f, 0x1261, 0x1262, 0x1263, 0x1265, 0x1266,
    0x1267, 0x12d1, 0x12d2, 0x12d3, 0x12d4, 0x12d5, 0x12d8, 0x12da, 0x12dc, 0x12dd, 0x12de, 0x151d,
    0x1591, 0x1592, 0x1593, 0x1599, 0x159a, 0x159b, 0x1888, 0x188a, 0x188b, 0x188c, 0x188d, 0x188e,
    0x1890, 0x1891, 0x1892, 0x1893, 0x1894, 0x1897, 0x1898, 0x1899, 0x189a, 0x579c, 0x579d, 0x579e,
    0x579f,
];
