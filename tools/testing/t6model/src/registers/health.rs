// SPDX-License-Identifier: GPL-2.0

//! A chip that nothing is wrong with: no cause of an interrupt is set, interrupts are on, no error was counted.
//!
//! Which bits there are: FreeBSD's `usr.sbin/cxgbetool/reg_defs_t6.c` (T6), `cxgb4/t4_regs.h` for what only T4 and T5 have. Which of
//! them firmware switches on is documented nowhere: all are.

use vmcore_format::cudbg::Chip;

use crate::regs::PCIE_FW_INIT;

/// A register of causes, the one that switches its interrupts on, and the bits that both have.
const CAUSES: [(u32, u32, u32); 29] = [
    (0x01024, 0x01028, 0x60ff_ffff),
    (0x01030, 0x01034, 0x01fc_5fff),
    (0x0103c, 0x01040, 0x7fff_ffff),
    (0x010dc, 0x010e0, 0x7fff_ffff),
    (0x0110c, 0x01110, 0x7fff_ffff),
    (0x01128, 0x0112c, 0x003f_ffff),
    (0x03004, 0x03000, 0x3fff_ffff),
    (0x0601c, 0x06018, 0x3e7f_ffff),
    (0x07518, 0x07514, 0x0000_0007),
    (0x077e0, 0x077dc, 0x0000_0007),
    (0x07978, 0x07974, 0x0000_003f),
    (0x079f8, 0x079f4, 0x0000_003f),
    (0x07b2c, 0x07b28, 0x3fff_ffef),
    (0x07b34, 0x07b30, 0x7fff_ffff),
    (0x07e74, 0x07e70, 0x7fff_ffff),
    (0x08dcc, 0x08dc8, 0xffff_fff0),
    (0x08fdc, 0x08fd8, 0x1fff_ffff),
    (0x08ffc, 0x08ff8, 0x7fff_ffff),
    (0x09008, 0x09004, 0x0000_003f),
    (0x09408, 0x09404, 0x0001_ffff),
    (0x11084, 0x11088, 0x000f_ffff),
    (0x19054, 0x19050, 0x0000_003f),
    (0x19090, 0x1908c, 0x0038_0000),
    (0x19158, 0x19154, 0x01ff_ffff),
    (0x19430, 0x19434, 0x0000_001f),
    (0x19c3c, 0x19c38, 0x0841_a47f),
    (0x1a0d8, 0x1a0d4, 0x0000_0183),
    (0x41318, 0x41314, 0x0000_0007),
    (0x49318, 0x49314, 0x0000_0007),
];

/// As [`CAUSES`], from T5 on.
const EDC: [(u32, u32, u32); 2] = [(0x50078, 0x50074, 0x3f), (0x50878, 0x50874, 0x3f)];

/// Causes whose interrupts are switched on elsewhere or nowhere; ECC counts and what goes with them; who ran out of a memory.
const QUIET: [u32; 32] = [
    0x01100, 0x05908, 0x059a4, 0x0751c, 0x077e4, 0x077f4, 0x07804, 0x078d8, 0x078e0, 0x078f4,
    0x0797c, 0x079fc, 0x09614, 0x09620, 0x0962c, 0x0985c, 0x0d028, 0x11074, 0x210dc, 0x230dc,
    0x250dc, 0x270dc, 0x308dc, 0x348dc, 0x388dc, 0x3c8dc, 0x4131c, 0x4931c, 0x5007c, 0x50084,
    0x5087c, 0x50884,
];

/// Units that complain, and who is heard: all that there are.
const PL_INT_CAUSE: u32 = 0x1940c;
const PL_INT_ENABLE: u32 = 0x19410;
const UNITS: u32 = 0x0dff_dff1;
const MC1: u32 = 1 << 31;

/// What the firmware says of itself: it runs, function 4 is its master (`t4fw_api.h`).
const PCIE_FW: u32 = 0x30b8;
const MASTER_VALID: u32 = 1 << 15;
const MASTER: u32 = 4 << 12;

/// The processor is in reset: bit 0.
const CIM_BOOT_CFG: u32 = 0x7b00;

/// Address and value of each register; not all chips have all of them.
pub fn values(chip: Chip) -> impl Iterator<Item = (u32, u32)> {
    let edc = EDC.iter().filter(move |_| chip != Chip::T4);
    let causes = CAUSES.iter().chain(edc);
    let causes = causes.flat_map(|&(cause, enable, bits)| [(cause, 0), (enable, bits)]);
    let units = UNITS | if chip == Chip::T5 { MC1 } else { 0 };
    causes
        .chain(QUIET.into_iter().map(|address| (address, 0)))
        .chain([
            (PL_INT_CAUSE, 0),
            (PL_INT_ENABLE, units),
            (PCIE_FW, PCIE_FW_INIT | MASTER_VALID | MASTER),
            (CIM_BOOT_CFG, 0),
        ])
}
