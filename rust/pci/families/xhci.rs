// SPDX-License-Identifier: GPL-2.0

//! USB 3: capability, operational and runtime registers, and those of the ports (xHCI 1.2, 5), none of which changes when it is read.
//! Doorbells are left alone.

use super::super::family::{
    run,
    Family,
    Field,
    Group, //
};

pub(crate) const XHCI: Family = Family {
    name: "xhci",
    ids: &[],
    classes: &[(None, 0x0c_0330, 0xff_ffff)],
    tried: true,
    conditions: &[],
    groups: &[
        // CAPLENGTH and HCIVERSION, HCSPARAMS1 to 3, HCCPARAMS1, DBOFF, RTSOFF, HCCPARAMS2.
        Group::of(&[run(0x00, 8)]),
        // USBCMD, USBSTS, PAGESIZE; DNCTRL, CRCR; DCBAAP, CONFIG.
        Group {
            base: Some(OPERATIONAL),
            repeat: None,
            entries: &[run(0x00, 3), run(0x14, 3), run(0x30, 3)],
        },
        // PORTSC, PORTPMSC, PORTLI, PORTHLPMC.
        Group {
            base: Some(OPERATIONAL),
            repeat: Some((PORTS, 0x10)),
            entries: &[run(0x400, 4)],
        },
        // MFINDEX; IMAN, IMOD, ERSTSZ, ERSTBA, ERDP of the first interrupter.
        Group {
            base: Some(RUNTIME),
            repeat: None,
            entries: &[run(0x00, 1), run(0x20, 3), run(0x30, 4)],
        },
    ],
};

/// CAPLENGTH.
const OPERATIONAL: Field = Field {
    bar: 0,
    at: 0x00,
    mask: 0xff,
    shift: 0,
};

/// MaxPorts.
const PORTS: Field = Field {
    bar: 0,
    at: 0x04,
    mask: 0xff << 24,
    shift: 24,
};

/// RTSOFF.
const RUNTIME: Field = Field {
    bar: 0,
    at: 0x18,
    mask: !0x1f,
    shift: 0,
};
