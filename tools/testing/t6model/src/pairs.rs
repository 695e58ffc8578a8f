// SPDX-License-Identifier: GPL-2.0

//! Registers behind registers: an index register says what the data registers show.

use vmcore_format::cudbg::Chip;

/// An index register and its data registers.
pub struct Pair {
    /// Address of the index register.
    pub index: u32,
    /// Addresses of the data registers.
    pub data: &'static [u32],
    /// The first chip that has it.
    pub since: Chip,
}

const fn pair(index: u32, data: &'static [u32]) -> Pair {
    Pair {
        index,
        data,
        since: Chip::T4,
    }
}

#[rustfmt::skip]
static PAIRS: [Pair; 11] = [
    pair(0x10cc, &[0x10d0, 0x10d4]), // SGE_DEBUG
    pair(0x5a04, &[0x5a0c]),         // PCIE_PDEBUG
    pair(0x5a10, &[0x5a14, 0x5a18]), // PCIE_CDEBUG
    pair(0x78f8, &[0x78fc]),         // MA_LOCAL_DEBUG
    pair(0x7e18, &[0x7e1c]),         // TP_TM_PIO
    pair(0x7e40, &[0x7e44]),         // TP_PIO
    pair(0x7e50, &[0x7e54]),         // TP_MIB
    Pair { since: Chip::T5, ..pair(0x8fd0, &[0x8fd4]) }, // PM_RX_DBG; on T4 a counter
    Pair { since: Chip::T5, ..pair(0x8ff0, &[0x8ff4]) }, // PM_TX_DBG
    Pair { since: Chip::T6, ..pair(0x1250, &[0x1240, 0x1244, 0x1248, 0x124c]) }, // SGE_QBASE
    Pair { since: Chip::T6, ..pair(0x51320, &[0x51324]) }, // HMA_LOCAL_DEBUG
];

/// The pairs of `chip`.
pub fn of(chip: Chip) -> impl Iterator<Item = &'static Pair> {
    PAIRS.iter().filter(move |pair| chip >= pair.since)
}
