// SPDX-License-Identifier: GPL-2.0

//! Firmware that goes on running while the host looks.
//!
//! It uses the same registers. Those of TP, an index and data: commit 5ccf9d049615 of Linux, "cxgb4: update API for TP indirect
//! register access". Contexts of SGE: `cudbg_read_sge_ctxt()` of cxgb4 says that they are "frequently accessed by firmware". The
//! flash: `SF_LOCK`, with which `t4_write_flash()` keeps the firmware out.

use crate::registers::Registers;

/// Registers that select something, and what bits of them do.
const SELECTORS: [(u32, u32); 4] = [
    (0x7e40, 0xff),        // TP_PIO_ADDR
    (0x7e18, 0x0f),        // TP_TM_PIO_ADDR
    (0x7e50, 0x7f),        // TP_MIB_INDEX
    (0x11fc, 0x0300_00ff), // SGE_CTXT_CMD
];

/// The firmware.
pub struct Firmware {
    /// Accesses of the host between two of its own; 0: it does nothing.
    every: u64,
    accesses: u64,
    turns: u32,
}

impl Firmware {
    pub fn new(every: u64) -> Self {
        Self {
            every,
            accesses: 0,
            turns: 0,
        }
    }

    /// Whether it may leave something in a register.
    pub fn uses(&self, address: u32) -> bool {
        self.every > 0 && SELECTORS.iter().any(|(selector, _)| *selector == address)
    }

    /// The host has accessed a register.
    pub fn go_on(&mut self, registers: &mut Registers) {
        self.accesses += 1;
        if self.every == 0 || self.accesses % self.every != 0 {
            return;
        }
        self.turns += 1;
        // One of each kind, and never the same place twice in a row.
        for (selector, bits) in SELECTORS {
            registers.write(selector, self.turns.wrapping_mul(0x0105_0307) & bits);
        }
        registers.firmware_turn();
    }
}

#[cfg(test)]
mod tests {
    use vmcore_format::cudbg::Chip;

    use super::*;
    use crate::{layout::Layout, Options};

    #[test]
    fn an_index_moves_after_so_many_accesses() {
        let options = Options::new(Chip::T6, 1);
        let mut registers = Registers::new(&options, &Layout::new(&options));
        let mut firmware = Firmware::new(3);
        registers.write(0x7e40, 0x230);
        let mut shown = Vec::new();
        for _ in 0..3 {
            shown.push(registers.read(0x7e40));
            firmware.go_on(&mut registers);
        }
        assert_eq!(shown, [Some(0x230); 3]);
        assert_ne!(registers.read(0x7e40), Some(0x230));
        assert!(firmware.uses(0x7e40) && !firmware.uses(0x7e44));
        assert!(!Firmware::new(0).uses(0x7e40));
    }
}
