// SPDX-License-Identifier: GPL-2.0

//! Registers behind registers: an index register says what the data registers show.

use vmcore_format::cudbg::Chip;

/// An index register and its data registers.
pub struct Pair {
    /// Address of the index register.
    pub index: u32,
    /// Addresses of the data registers.
    pub data: &'static [u32],
    /// Bits of the index that select.
    pub select: u32,
    /// Bits of the index register that read as zero: nothing is ever busy.
    pub idle: u32,
    /// Whether T5 has it.
    pub on_t5: bool,
}

const fn pair(index: u32, data: &'static [u32]) -> Pair {
    Pair {
        index,
        data,
        select: u32::MAX,
        idle: 0,
        on_t5: true,
    }
}

#[rustfmt::skip]
static PAIRS: [Pair; 11] = [
    pair(0x10cc, &[0x10d0, 0x10d4]), // SGE_DEBUG
    pair(0x5a04, &[0x5a0c]),         // PCIE_PDEBUG
    pair(0x5a10, &[0x5a14, 0x5a18]), // PCIE_CDEBUG
    pair(0x78f8, &[0x78fc]),         // MA_LOCAL_DEBUG
    // CIM_HOST_ACC: HOSTBUSY, bit 17
    Pair { select: 0xffff, idle: 1 << 17, ..pair(0x7b50, &[0x7b54]) },
    pair(0x7e18, &[0x7e1c]),         // TP_TM_PIO
    pair(0x7e40, &[0x7e44]),         // TP_PIO
    pair(0x7e50, &[0x7e54]),         // TP_MIB
    pair(0x8fd0, &[0x8fd4]),         // PM_RX_DBG
    pair(0x8ff0, &[0x8ff4]),         // PM_TX_DBG
    Pair { on_t5: false, ..pair(0x51320, &[0x51324]) }, // HMA_LOCAL_DEBUG
];

/// The pairs of `chip`.
pub fn of(chip: Chip) -> impl Iterator<Item = &'static Pair> {
    PAIRS
        .iter()
        .filter(move |pair| pair.on_t5 || chip != Chip::T5)
}
