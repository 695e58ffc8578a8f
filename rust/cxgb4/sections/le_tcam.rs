// SPDX-License-Identifier: GPL-2.0

//! The entries of the lookup engine: connections, servers and filters.

use super::super::{
    super::format::cudbg::{
        cause::Cause,
        chunk::CHUNK_SIZE,
        section::Section,
        Chip, //
    },
    device::Device,
    failure::{
        Failure,
        Result, //
    },
    regs::{
        le,
        nth, //
    },
    writer::Writer, //
};

use core::cell::Cell;

const ENTRY_WORDS: usize = 4 + RESPONSE_WORDS;
const RESPONSE_WORDS: usize = le::DBGI_WORDS as usize;
/// A chunk of the section, all of it.
const ENTRIES_BY_CHUNK: u32 = (CHUNK_SIZE / (ENTRY_WORDS * 4)) as u32;
/// Before T6, registers count entries of the TCAM, of which an id takes so many.
const ENTRIES_BY_ID: u32 = 4;
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
    /// What the section begins with, if it has the entries of all ids below `end`.
    fn encode(&self, end: u32) -> [u8; 24] {
        let mut bytes = [0; 24];
        let words = [
            self.filter,
            self.server,
            self.clip,
            self.routing,
            self.hash,
            end,
        ];
        for (place, word) in bytes.chunks_exact_mut(4).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    fn read(device: &Device<'_>) -> Result<Self> {
        let is_t6 = device.chip() == Chip::T6;
        let first = |register: u32| {
            let index = device.read32(register)?;
            Ok(match is_t6 {
                true => index,
                false => index / ENTRIES_BY_ID,
            })
        };
        let hash = first(le::DB_TID_HASHBASE)?;
        let routing = first(le::DB_ROUTING_TABLE_INDEX)?;
        let clip = first(match is_t6 {
            true => le::DB_CLCAM_TID_BASE,
            false => le::DB_CLIP_TABLE_INDEX,
        })?;
        let filter = first(le::DB_FILTER_TABLE_INDEX)?;
        let server = first(le::DB_SERVER_INDEX)?;
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
    let port = Port::open(device)?;
    let header = writer.changeable(regions.encode(regions.end))?;
    port.copy(&regions, writer).map_err(|(failure, end)| {
        // Readers believe that there are as many ids as the header says.
        writer.change(&header, regions.encode(end));
        failure
    })
}

/// Registers to read entries with.
struct Port<'a> {
    device: &'a Device<'a>,
    /// What was asked for before.
    request: [u32; RESPONSE_WORDS],
    /// Whether two words can be read at once, once that was tried.
    pairs: Cell<Option<bool>>,
}

impl Drop for Port<'_> {
    fn drop(&mut self) {
        for (register, word) in words(le::DB_DBGI_REQ_DATA).zip(self.request) {
            // If the device is gone, there is nothing to put back.
            let _ = self.device.write32(register, word);
        }
    }
}

/// The registers of a request or a response.
fn words(first: u32) -> impl Iterator<Item = u32> {
    (0..le::DBGI_WORDS).map(move |n| nth(first, n, 4))
}

impl<'a> Port<'a> {
    /// Makes requests match everything.
    fn open(device: &'a Device<'a>) -> Result<Self> {
        let mut request = [0; RESPONSE_WORDS];
        for (register, word) in words(le::DB_DBGI_REQ_DATA).zip(&mut request) {
            *word = device.read32(register)?;
        }
        let port = Self {
            device,
            request,
            pairs: Cell::new(None),
        };
        for register in words(le::DB_DBGI_REQ_DATA) {
            device.write32(register, 0)?;
        }
        Ok(port)
    }

    /// Writes all entries, and room for as many as there are ids. If it fails, also the first id that is not in the dump.
    fn copy(
        &self,
        regions: &Regions,
        writer: &mut Writer<'_, '_>,
    ) -> core::result::Result<(), (Failure, u32)> {
        let (mut id, mut entries) = (0u32, 0u32);
        let mut stored = 0;
        while id < regions.end {
            let entry = self.read(id);
            let written = entry.and_then(|entry| writer.words(&entry).map(|()| entry));
            let entry = match written {
                Ok(entry) => entry,
                Err(failure) => {
                    let end = writer.finish().map_or(stored, |()| id);
                    return Err((failure, end));
                }
            };
            let ids = regions.ids_of(id, &entry[4..], self.device.chip());
            id = id.saturating_add(ids);
            entries = entries.saturating_add(1);
            if entries % ENTRIES_BY_CHUNK == 0 || id >= regions.end {
                writer.finish().map_err(|failure| (failure, stored))?;
                stored = id;
            }
        }
        let room = regions.end.saturating_sub(entries) as usize;
        let written = writer.zeroes(room.saturating_mul(ENTRY_WORDS * 4));
        written.map_err(|failure| (failure, regions.end))
    }

    /// Reads an entry: id, command, configuration, status of the response, and the response.
    fn read(&self, id: u32) -> Result<[u32; ENTRY_WORDS]> {
        let device = self.device;
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
        entry[4..].copy_from_slice(&self.response()?);
        Ok(entry)
    }

    fn response(&self) -> Result<[u32; RESPONSE_WORDS]> {
        if self.pairs.get() == Some(true) {
            return self.response_by_pairs();
        }
        let mut response = [0; RESPONSE_WORDS];
        for (word, register) in response.iter_mut().zip(words(le::DB_DBGI_RSP_DATA)) {
            *word = self.device.read32(register)?;
        }
        // No driver reads pairs of this unit. Whether it can be done, it says itself, as soon as a second half could not come from elsewhere.
        let telling = response.chunks_exact(2).any(|pair| match pair {
            [first, second] => ![0, u32::MAX, *first].contains(second),
            _ => false,
        });
        if self.pairs.get().is_none() && telling {
            self.pairs.set(Some(self.response_by_pairs()? == response));
        }
        Ok(response)
    }

    fn response_by_pairs(&self) -> Result<[u32; RESPONSE_WORDS]> {
        let mut response = [0; RESPONSE_WORDS];
        for (n, words) in (0..le::DBGI_WORDS).zip(response.chunks_mut(2)) {
            let register = nth(le::DB_DBGI_RSP_DATA, n, 8);
            match words {
                [first, second] => [*first, *second] = self.device.read_pair(register)?,
                // An odd number of them.
                [last] => *last = self.device.read32(register)?,
                _ => {}
            }
        }
        Ok(response)
    }
}
