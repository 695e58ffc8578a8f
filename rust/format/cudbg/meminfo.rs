// SPDX-License-Identifier: GPL-2.0

//! The meminfo section: how the adapter's memory is used.
//!
//! C header: `drivers/net/ethernet/chelsio/cxgb4/cudbg_entity.h` (`struct cudbg_meminfo` behind a `struct cudbg_ver_hdr`).

use super::{
    super::{
        bytes::{
            Reader,
            Writer, //
        },
        Error,
        Result, //
    },
    version_header::{
        VersionHeader,
        VERSION_HEADER_LEN, //
    },
};

/// Bytes of the section.
pub const MEMINFO_LEN: usize = VERSION_HEADER_LEN + BODY_LEN;
/// Most memories that can be listed.
pub const MAX_AVAILABLE: usize = 4;
/// Most regions that can be listed: the named ones and up to 3 holes.
pub const MAX_REGIONS: usize = REGION_NAMES.len() + 3;
/// `kind` of regions that are not in use; this and what is above has no name.
pub const HIDDEN: u32 = REGION_NAMES.len() as u32;
/// `kind` of the region that holds the contexts of egress queues.
pub const DBQ_CONTEXTS: u32 = 0;
/// `kind` of the region that holds the contexts of ingress queues.
pub const IMSG_CONTEXTS: u32 = 1;
/// `kind` of the region that holds packets to be sent.
pub const TX_PAYLOAD: u32 = 9;
/// `kind` of the region that holds packets received.
pub const RX_PAYLOAD: u32 = 10;

const BODY_LEN: usize = 138 * 4;
const RESERVED_LEN: usize = 48;
const REVISION: u16 = 1;

/// Names of regions by `kind`.
pub const REGION_NAMES: [&str; 24] = [
    "DBQ contexts",
    "IMSG contexts",
    "FLM cache",
    "TCBs",
    "Pstructs",
    "Timers",
    "Rx FL",
    "Tx FL",
    "Pstruct FL",
    "Tx payload",
    "Rx payload",
    "LE hash",
    "iSCSI region",
    "TDDP region",
    "TPT region",
    "STAG region",
    "RQ region",
    "RQUDP region",
    "PBL region",
    "TXPBL region",
    "DBVFIFO region",
    "ULPRX state",
    "ULPTX state",
    "On-chip queues",
];

/// `kind` of the memory that is a part of the host's.
pub const HMA: u32 = 5;

/// Names of memories by `kind`.
pub const MEMORY_NAMES: [&str; 6] = ["EDC0", "EDC1", "MC", "MC0", "MC1", "HMA"];

/// A range of the adapter's memory, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// First address.
    pub base: u32,
    /// Of a memory, the first address behind it. Of a region, its last address, or 0 if it ends where the next one begins.
    pub limit: u32,
    /// Index into [`MEMORY_NAMES`] or [`REGION_NAMES`].
    pub kind: u32,
}

/// The content of the section.
///
/// Unused entries of `available` and `regions` are kept, since C writes them too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meminfo {
    /// Memories, ascending; see [`Meminfo::memories`].
    pub available: [Range; MAX_AVAILABLE],
    /// Regions, ascending; see [`Meminfo::in_use`].
    pub regions: [Range; MAX_REGIONS],
    /// Number of memories.
    pub available_count: u32,
    /// Number of regions.
    pub region_count: u32,
    /// First and last address of the processor's memory.
    pub up_ram: [u32; 2],
    /// First and last address of the processor's second external memory.
    pub up_extmem2: [u32; 2],
    /// Rx pages: number, KiB of each, channels.
    pub rx_pages: [u32; 3],
    /// Tx pages: number, size of each, unit of that size (`K` or `M` in ASCII), channels.
    pub tx_pages: [u32; 4],
    /// Number of Pstructs.
    pub pstructs: u32,
    /// Pages in use by port.
    pub port_used: [u32; 4],
    /// Pages set aside by port.
    pub port_allocated: [u32; 4],
    /// Pages in use by loopback channel.
    pub loopback_used: [u32; 4],
    /// Pages set aside by loopback channel.
    pub loopback_allocated: [u32; 4],
    /// Free Pstructs.
    pub free_pstructs: u32,
    /// Free Rx pages.
    pub free_rx: u32,
    /// Free Tx pages.
    pub free_tx: u32,
}

impl Meminfo {
    /// The memories that are there.
    pub fn memories(&self) -> &[Range] {
        first(&self.available, self.available_count)
    }

    /// The regions that are listed, holes and hidden ones included.
    pub fn in_use(&self) -> &[Range] {
        first(&self.regions, self.region_count)
    }

    /// Bytes of the region of `kind`: up to its end, the next region, or the end of the memory that it begins in, whichever comes
    /// first. `None`: it's not listed, or begins in no memory.
    pub fn room(&self, kind: u32) -> Option<u32> {
        let region = self.in_use().iter().find(|region| region.kind == kind)?;
        let mut memories = self.memories().iter();
        let memory = memories.find(|memory| (memory.base..memory.limit).contains(&region.base))?;
        let limit = Some(region.limit).filter(|limit| *limit > region.base);
        let others = self.in_use().iter().map(|other| other.base);
        let ends = others.chain(limit.and_then(|limit| limit.checked_add(1)));
        let end = ends
            .chain([memory.limit])
            .filter(|end| *end > region.base)
            .min()?;
        end.checked_sub(region.base)
    }

    /// The bytes of the section.
    pub fn encode(&self) -> [u8; MEMINFO_LEN] {
        let mut out = [0; MEMINFO_LEN];
        let mut fields = Writer::new(&mut out);

        fields.bytes(&VersionHeader::new(REVISION, BODY_LEN as u16).encode());
        for range in self.available.iter().chain(&self.regions) {
            fields.u32s(&[range.base, range.limit, range.kind]);
        }
        fields
            .u32s(&[self.available_count, self.region_count])
            .u32s(&self.up_ram)
            .u32s(&self.up_extmem2)
            .u32s(&self.rx_pages)
            .u32s(&self.tx_pages)
            .u32(self.pstructs)
            .skip(RESERVED_LEN)
            .u32s(&self.port_used)
            .u32s(&self.port_allocated)
            .u32s(&self.loopback_used)
            .u32s(&self.loopback_allocated)
            .u32s(&[self.free_pstructs, self.free_rx, self.free_tx]);
        out
    }

    /// Reads the section.
    ///
    /// Fails if it is too short, of another kind, or lists more than there is room for. Later revisions only append.
    pub fn decode(section: &[u8]) -> Result<Self> {
        let mut fields = Reader::new(section, MEMINFO_LEN, "a memory map of 560 bytes")?;

        let header = VersionHeader::decode(section)?;
        if header.revision < REVISION {
            return Err(Error::new(4, "a memory map of revision 1"));
        }
        if usize::from(header.size) < BODY_LEN {
            return Err(Error::new(6, "a memory map of at least 552 bytes"));
        }
        let _header: [u32; VERSION_HEADER_LEN / 4] = fields.u32s();

        let mut info = Self {
            available: ranges(&mut fields),
            regions: ranges(&mut fields),
            available_count: fields.u32(),
            region_count: fields.u32(),
            up_ram: fields.u32s(),
            up_extmem2: fields.u32s(),
            rx_pages: fields.u32s(),
            tx_pages: fields.u32s(),
            pstructs: fields.u32(),
            ..Self::default()
        };
        let _reserved: [u32; RESERVED_LEN / 4] = fields.u32s();
        info.port_used = fields.u32s();
        info.port_allocated = fields.u32s();
        info.loopback_used = fields.u32s();
        info.loopback_allocated = fields.u32s();
        [info.free_pstructs, info.free_rx, info.free_tx] = fields.u32s();

        if info.available_count as usize > MAX_AVAILABLE {
            return Err(Error::new(0x17c, "at most 4 memories"));
        }
        if info.region_count as usize > MAX_REGIONS {
            return Err(Error::new(0x180, "at most 27 memory regions"));
        }
        Ok(info)
    }
}

fn first(ranges: &[Range], count: u32) -> &[Range] {
    ranges.get(..count as usize).unwrap_or(ranges)
}

fn ranges<const N: usize>(fields: &mut Reader<'_>) -> [Range; N] {
    core::array::from_fn(|_| {
        let [base, limit, kind] = fields.u32s();
        Range { base, limit, kind }
    })
}
