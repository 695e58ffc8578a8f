// SPDX-License-Identifier: GPL-2.0

//! NVM Express: the controller's registers (NVM Express Base Specification 2.0, 3.1.3), none of which changes when it is read; in words of
//! 32 bits, as `nvme show-regs` reads them. Doorbells, from 0x1000 on, are left alone.

use super::super::family::{
    run,
    Family,
    Group, //
};
use crate::format::devices::{
    Condition,
    Entry, //
};

pub(crate) const NVME: Family = Family {
    name: "nvme",
    ids: &[],
    classes: &[(None, 0x01_0802, 0xff_ffff)],
    tried: true,
    conditions: CONDITIONS,
    groups: &[Group::of(ENTRIES)],
};

/// CAP.PMRS: it has a persistent memory region.
const CONDITIONS: &[Condition] = &[Condition {
    bar: 0,
    width: 4,
    at: 4,
    mask: 1 << 24,
    value: 1 << 24,
}];

#[rustfmt::skip]
const ENTRIES: &[Entry] = &[
    run(0x00, 6),       // CAP, VS, INTMS, INTMC, CC
    // CSTS, NSSR, AQA, ASQ, ACQ, CMBLOC, CMBSZ, BPINFO, BPRSEL, BPMBL, CMBMSC, CMBSTS, CMBEBS, CMBSWTP, NSSD, CRTO
    run(0x1c, 20),
    Entry { condition: 0, ..run(0xe00, 7) },    // PMRCAP, PMRCTL, PMRSTS, PMREBS, PMRSWTP, PMRMSCL, PMRMSCU
];
