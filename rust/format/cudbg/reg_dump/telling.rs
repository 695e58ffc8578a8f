// SPDX-License-Identifier: GPL-2.0

//! The registers that tell most of a chip that has stopped: of a slow one they are read first, in this order.
//!
//! C header: `drivers/net/ethernet/chelsio/cxgb4/t4_regs.h`; where an interrupt is enabled is beside its cause.

use super::super::chip::Chip;

/// Those of every chip.
#[rustfmt::skip]
static COMMON: &[u32] = &[
    // PL: who it is, which units complain, and to whom
    0x1943c, 0x19400, 0x1940c, 0x19410, 0x19414, 0x19430, 0x19434, 0x19428,
    // PCIE: what the firmware says of itself and to each function
    0x030b8, 0x030bc, 0x030c0, 0x030c4, 0x030c8, 0x030cc, 0x030d0, 0x030d4, 0x030d8,
    // PCIE: interrupts, errors that are not fatal, memory window 0
    0x03004, 0x03000, 0x03008, 0x03010, 0x03068, 0x0306c,
    // CIM: interrupts, how it booted, what the processor does
    0x07b2c, 0x07b28, 0x07b34, 0x07b30, 0x07b00, 0x07b74,
    // SGE: interrupts, parity, errors; doorbells
    0x01024, 0x01028, 0x0102c, 0x01030, 0x01034, 0x01038, 0x0103c, 0x01040, 0x01100, 0x010a4, 0x010a8, 0x01008,
    // MA: interrupts, who ran out of a memory, parity; which memories there are
    0x077e0, 0x077dc, 0x077e4, 0x077f4, 0x077f0, 0x077d8, 0x077c0, 0x077c4, 0x077c8,
    // TP, with what is free for packets
    0x07e74, 0x07e70, 0x07e80, 0x07e84, 0x07e88,
    // ULP_TX, PM_RX, PM_TX
    0x08dcc, 0x08dc8, 0x08fdc, 0x08fd8, 0x08ffc, 0x08ff8,
    // MPS: all of it, Tx, statistics, trace, classifier, Rx
    0x09008, 0x09004, 0x09408, 0x09404, 0x09614, 0x09620, 0x0962c, 0x0985c, 0x0d028, 0x11074,
    // LE
    0x19c3c, 0x19c38, 0x19c04,
    // ULP_RX, CPL_SWITCH, SMB, NCSI
    0x19158, 0x19154, 0x19054, 0x19050, 0x19090, 0x1908c, 0x1a0d8, 0x1a0d4,
    // The function that drives the adapter: PL, CIM
    0x1f3c0, 0x1f3c4, 0x1f28c, 0x1f288,
];

/// Ports, memories with their errors, and PCIE.
#[rustfmt::skip]
static T4: &[u32] = &[
    0x210dc, 0x230dc, 0x250dc, 0x270dc, 0x07518, 0x0751c, 0x07978, 0x0797c, 0x079f8, 0x079fc, 0x05908, 0x059a4,
];

/// Ports, memories with their errors, more of SGE and MA.
#[rustfmt::skip]
static T5: &[u32] = &[
    0x308dc, 0x348dc, 0x388dc, 0x3c8dc, 0x41318, 0x4131c, 0x49318, 0x4931c, 0x50078, 0x5007c, 0x50084, 0x50878, 0x5087c, 0x50884,
    0x0110c, 0x01110, 0x07804, 0x07808,
];

/// As on T5, with two ports and one external memory.
#[rustfmt::skip]
static T6: &[u32] = &[
    0x308dc, 0x348dc, 0x41318, 0x4131c, 0x50078, 0x5007c, 0x50084, 0x50878, 0x5087c, 0x50884, 0x0110c, 0x01110, 0x07804, 0x07808,
];

/// More than there are on any chip.
pub const MOST_TELLING: usize = 112;

/// The registers that tell most: which one first. All of them are among those of the dump.
pub fn telling(chip: Chip) -> impl Iterator<Item = u32> + Clone {
    let more = match chip {
        Chip::T4 => T4,
        Chip::T5 => T5,
        Chip::T6 => T6,
    };
    COMMON.iter().chain(more).copied()
}
