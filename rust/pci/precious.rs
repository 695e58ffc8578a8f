// SPDX-License-Identifier: GPL-2.0

//! Registers that change something when they are read: no table of anybody overrides this.
//!
//! Offsets are those of all devices of a vendor and a class together: what is precious in one of them is not read of any.

use super::family::Precious;
use crate::format::devices::Never;

const fn at(start: u32, len: u32) -> Never {
    Never { bar: 0, start, len }
}

const NETWORK: (u32, u32) = (0x02_0000, 0xff_0000);
const STORAGE: (u32, u32) = (0x01_0000, 0xff_0000);
const DISPLAY: (u32, u32) = (0x03_0000, 0xff_0000);

#[rustfmt::skip]
pub(crate) const PRECIOUS: &[Precious] = &[
    // Intel: causes of interrupts, statistics, semaphores.
    Precious { vendor: 0x8086, class: NETWORK, never: &[
        at(0x000c0, 4),        // ICR of e1000e and igb (igb/e1000_regs.h: "R/clr")
        at(0x01500, 4),        // ICR of igc (igc/igc_regs.h: "RC/W1C")
        at(0x01580, 4),        // EICR of igb and igc (igb/e1000_regs.h: "R/clr")
        at(0x00800, 4),        // EICR of ixgbe (ixgbe/ixgbe_main.c)
        at(0x04000, 0x200),    // statistics (igb/e1000_regs.h, igc/igc_regs.h: "R/clr")
        at(0x08fe0, 8),        // statistics of the management controller (igb/igb_main.c adds them up)
        at(0x0b66c, 4),        // TSICR (igb/e1000_regs.h, igc/igc_regs.h)
        at(0x03f00, 0x100),    // statistics of ixgbe (ixgbe/ixgbe_type.h)
        at(0x08700, 0x80),
        at(0x0cf00, 0x100),
        at(0x05b50, 4),        // SWSM: reading acquires the semaphore (e1000e/mac.c, e1000e_get_hw_semaphore)
        at(0x10140, 4),        // SWSM of ixgbe (ixgbe/ixgbe_common.c)
        at(0x15f70, 4),        // SWSM of X550EM_a (ixgbe/ixgbe_type.h)
        at(0x38780, 4),        // PFINT_ICR0 of i40e (i40e/i40e_main.c, i40e_intr)
        at(0x2bc00, 0x200),    // VFINT_ICR0 of i40e's virtual functions (data sheet)
        at(0x16ca00, 4),       // PFINT_OICR of ice (ice/ice_main.c, ice_misc_intr)
    ], each: &[
        // RQDPC of igb and igc, which both drivers add up.
        (at(0x02830, 4), 4, 0x100),
        (at(0x0c030, 4), 16, 0x40),
        // QPRC and QBRC, QPTC and QBTC, QPRDC of ixgbe (ixgbe/ixgbe_common.c: "clear on read"); but for one that is EIAM of the others.
        (at(0x01030, 12), 16, 0x40),
        (at(0x06030, 8), 16, 0x40),
        (at(0x01430, 4), 4, 0x40),
        (at(0x01570, 4), 11, 0x40),
    ] },
    // Mellanox: who reads the semaphore owns it (mlx4/main.c, mlx4/reset.c).
    Precious { vendor: 0x15b3, class: NETWORK, never: &[
        at(0x00018, 8),        // command doorbell
        at(0x0200c, 4),        // clr_intx
        at(0x8069c, 4),        // device ownership of mlx4
        at(0xf03fc, 4),        // reset semaphore of mlx4
    ], each: &[] },
    // Broadcom and LSI: queues, of which reading takes an element.
    Precious { vendor: 0x1000, class: STORAGE, never: &[
        at(0x00040, 8),        // reply and request queue of MPT 1 and MegaRAID (message/fusion/mptbase.c, megaraid_sas.h)
        at(0x000c0, 12),       // request queues
        // The same behind BAR1, and DiagRW (mpt3sas/mpi/mpi2.h), which is another register in others behind BAR0.
        Never { bar: 1, start: 0x10, len: 12 },
        Never { bar: 1, start: 0x40, len: 8 },
        Never { bar: 1, start: 0xc0, len: 12 },
        Never { bar: 2, start: 0x40, len: 8 },
    ], each: &[] },
    // Broadcom: statistics of tg3 (tg3.c adds them up: TG3_STAT_ADD32).
    Precious { vendor: 0x14e4, class: NETWORK, never: &[
        at(0x00800, 0x100),    // of the MAC
        at(0x00c80, 0x60),     // of sending
        at(0x0224c, 12),       // of receiving
    ], each: &[] },
    // NVIDIA: ports to memories of falcons that count up (nova-core/regs.rs), of GSP, SEC2 and FSP.
    Precious { vendor: 0x10de, class: DISPLAY, never: &[
        at(0x110180, 0x80), at(0x110ac0, 8),
        at(0x840180, 0x80), at(0x840ac0, 8),
        at(0x8f2180, 0x80), at(0x8f2ac0, 8),
    ], each: &[] },
];

/// Whether any of the `len` bytes at `start` of a BAR is precious in such a device.
pub(crate) fn is_precious(vendor: u16, class: u32, bar: u8, start: u32, len: u32) -> bool {
    PRECIOUS
        .iter()
        .filter(|list| list.vendor == vendor && (list.class.0 ^ class) & list.class.1 == 0)
        .any(|list| {
            let mut never = list.never.iter();
            let mut each = list.each.iter();
            never.any(|never| never.touches(bar, start, len))
                || each.any(|(first, count, stride)| {
                    let at = |index: u32| first.start.saturating_add(index.saturating_mul(*stride));
                    let mut all = (0..*count).map(|index| Never {
                        start: at(index),
                        ..*first
                    });
                    all.any(|never| never.touches(bar, start, len))
                })
        })
}
