// SPDX-License-Identifier: GPL-2.0

//! Ranges of connection ids, as far as registers tell.

use super::super::{
    super::format::cudbg::{
        section::Section,
        Chip,
        VersionHeader, //
    },
    device::Device,
    failure::Result,
    regs::le,
    writer::Writer, //
};

/// Words of `struct cudbg_tid_info_region_rev1` behind its header.
const WORDS: usize = 37;
const SERVER_START: usize = 13;
const LE_CONFIG: usize = 15;
const IPV4_USERS: usize = 16;
const IPV6_USERS: usize = 17;
const TID_START: usize = 20;

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let mut words = [0; WORDS];
    // The C driver has this only if the firmware runs.
    let server = device.read32(le::DB_SERVER_INDEX)?;
    match device.chip() {
        Chip::T4 => {}
        Chip::T5 => words[SERVER_START] = server / 4,
        Chip::T6 => {
            words[SERVER_START] = server;
            words[TID_START] = device.read32(le::DB_ACTIVE_TABLE_START_INDEX)?;
        }
    }
    words[LE_CONFIG] = device.read32(le::DB_CONFIG)?;
    words[IPV4_USERS] = device.read32(le::DB_ACT_CNT_IPV4)?;
    words[IPV6_USERS] = device.read32(le::DB_ACT_CNT_IPV6)?;
    writer.push(&VersionHeader::new(1, (WORDS * 4) as u16).encode())?;
    writer.words(&words)
}
