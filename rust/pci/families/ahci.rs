// SPDX-License-Identifier: GPL-2.0

//! Serial ATA: the registers of the host bus adapter and of its ports (AHCI 1.3.1, 3), none of which changes when it is read.

use super::super::family::{
    run,
    Family,
    Group, //
};
use crate::format::devices::{
    Condition,
    Entry, //
};

pub(crate) const AHCI: Family = Family {
    name: "ahci",
    ids: &[],
    classes: &[(None, 0x01_0601, 0xff_ffff)],
    tried: true,
    conditions: &PORTS,
    groups: &[Group::of(&[ENTRY]), Group::of(&PORT_ENTRIES)],
};

const BAR: u8 = 5;
/// CAP, GHC, IS, PI, VS, CCC_CTL, CCC_PORTS, EM_LOC, EM_CTL, CAP2, BOHC.
const ENTRY: Entry = Entry {
    bar: BAR,
    ..run(0x00, 11)
};

/// By number: a port that is implemented has its bit in PI.
const PORTS: [Condition; 32] = {
    let mut ports = [Condition {
        bar: BAR,
        width: 4,
        at: 0x0c,
        mask: 1,
        value: 1,
    }; 32];
    let mut number = 0;
    while number < ports.len() {
        ports[number].mask = 1 << number;
        ports[number].value = 1 << number;
        number += 1;
    }
    ports
};

/// CLB, FB, IS, IE, CMD, a reserved one, TFD, SIG, SSTS, SCTL, SERR, SACT, CI, SNTF, FBS, DEVSLP.
const PORT_ENTRIES: [Entry; 32] = {
    let mut entries = [Entry {
        bar: BAR,
        ..run(0x100, 18)
    }; 32];
    let mut number = 0;
    while number < entries.len() {
        entries[number].start += 0x80 * number as u32;
        entries[number].condition = number as u16;
        number += 1;
    }
    entries
};
