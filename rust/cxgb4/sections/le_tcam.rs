// SPDX-License-Identifier: GPL-2.0

//! The entries of the lookup engine: connections, servers and filters.

use super::super::{
    super::format::cudbg::{
        cause::Cause,
        section::Section,
        Chip, //
    },
    device::Device,
    failure::{
        Failure,
        Result, //
    },
    regs::le,
    writer::Writer, //
};

const ENTRY_WORDS: usize = 4 + le::DBGI_WORDS as usize;
/// Ids of the TCAM of chips before T6; of T6 with and without compression.
const IDS: u32 = 2048;
const IDS_COMPRESSED: u32 = 6144;
const IDS_UNCOMPRESSED: u32 = 3072;
/// T6: ids of the separate TCAM for compressed IPv6 addresses.
const CLIP_IDS: u32 = 1536;
/// More ids than any chip has.
const TOO_MANY: u32 = 1 << 21;

/// First ids of the regions, in the order of `struct cudbg_tcam`.
struct Regions {
    filter: u32,
    server: u32,
    clip: u32,
    routing: u32,
    hash: u32,
    end: u32,
}

impl Regions {
    fn read(device: &Device<'_>) -> Result<Self> {
        let is_t6 = device.chip() == Chip::T6;
        let hash = device.read32(le::DB_TID_HASHBASE)?;
        let routing = device.read32(le::DB_ROUTING_TABLE_INDEX)?;
        let clip = device.read32(match is_t6 {
            true => le::DB_CLCAM_TID_BASE,
            false => le::DB_CLIP_TABLE_INDEX,
        })?;
        let filter = device.read32(le::DB_FILTER_TABLE_INDEX)?;
        let server = device.read32(le::DB_SERVER_INDEX)?;
        let config = device.read32(le::DB_CONFIG)?;
        let (register, ids) = if le::HASH_ENABLE.of(config) != 0 {
            let sizes = device.read32(le::DB_HASH_CONFIG)?;
            let ids = match is_t6 {
                true => le::HASH_TIDS.of(sizes),
                false => 1u32
                    .checked_shl(le::HASH_TID_SIZE.of(sizes))
                    .unwrap_or(u32::MAX),
            };
            match (sizes, hash < TOO_MANY) {
                // No chip has all of the reserved bits.
                (u32::MAX, _) => (le::DB_HASH_CONFIG, u32::MAX),
                (_, true) => (le::DB_HASH_CONFIG, ids.saturating_add(hash)),
                (_, false) => (le::DB_TID_HASHBASE, hash),
            }
        } else {
            let ids = match (is_t6, le::COMPRESSION_ENABLE.of(config)) {
                (false, _) => IDS,
                (true, 0) => IDS_UNCOMPRESSED,
                (true, _) => IDS_COMPRESSED,
            };
            (le::DB_CONFIG, ids)
        };
        if ids > TOO_MANY {
            return Err(Failure::new(Cause::BadRegister, register, ids.into()));
        }
        Ok(Self {
            filter,
            server,
            clip,
            routing,
            hash,
            end: ids + if is_t6 { CLIP_IDS } else { 0 },
        })
    }

    /// How many ids the entry at `id` takes.
    fn ids_of(&self, id: u32, data: &[u32], chip: Chip) -> u32 {
        let connection = id < self.server;
        // Behind all regions; in the order in which the C driver looks.
        let hashed = ![self.server, self.filter, self.clip, self.routing, self.hash]
            .iter()
            .any(|start| id < *start)
            && id < self.end;
        let ipv6 = id % 2 == 0
            && data[16] & 0x8000 != 0
            && (hashed || (connection && data[9] == 0x00c0_0000));
        let in_clip = chip == Chip::T6 && id.wrapping_sub(self.clip) < CLIP_IDS && id >= self.clip;
        match (ipv6, in_clip) {
            (false, _) => 1,
            (true, false) => 2,
            (true, true) => 4,
        }
    }
}

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let regions = Regions::read(device)?;
    writer.words(&[
        regions.filter,
        regions.server,
        regions.clip,
        regions.routing,
        regions.hash,
        regions.end,
    ])?;
    // Requests match everything.
    for word in 0..le::DBGI_WORDS {
        device.write32(le::DB_DBGI_REQ_DATA + 4 * word, 0)?;
    }
    let mut id = 0u32;
    // By id there is room for an entry.
    let mut room = regions.end;
    while id < regions.end {
        let entry = read(device, id)?;
        writer.words(&entry)?;
        room = room.saturating_sub(1);
        id = id.saturating_add(regions.ids_of(id, &entry[4..], device.chip()));
    }
    writer.zeroes(room as usize * ENTRY_WORDS * 4)
}

/// Reads an entry: id, command, configuration, status of the response, and the response.
fn read(device: &Device<'_>, id: u32) -> Result<[u32; ENTRY_WORDS]> {
    let command = le::DBGI_READ | id;
    let config = le::DBGI_START | le::DBGI_LE_MODE;
    device.write32(le::DB_DBGI_REQ_TCAM_CMD, command)?;
    device.write32(le::DB_DBGI_CONFIG, config)?;
    device.wait(le::DB_DBGI_CONFIG, |config| config & le::DBGI_BUSY == 0)?;
    let status = device.read32(le::DB_DBGI_RSP_STATUS)?;
    if status & le::DBGI_VALID == 0 {
        let (at, value) = (le::DB_DBGI_RSP_STATUS, status.into());
        return Err(Failure::new(Cause::BadRegister, at, value));
    }
    let mut entry = [0; ENTRY_WORDS];
    entry[..4].copy_from_slice(&[id, command, config, status]);
    for (word, register) in entry[4..]
        .iter_mut()
        .zip((le::DB_DBGI_RSP_DATA..).step_by(4))
    {
        *word = device.read32(register)?;
    }
    Ok(entry)
}
