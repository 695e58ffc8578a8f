// SPDX-License-Identifier: GPL-2.0

//! The memory map: what memories there are, and what the adapter uses them for.

use std::ops::Range;

use vmcore_format::cudbg::Chip;

use crate::Options;

mod factory;

const MIB: u32 = 1 << 20;
const KIB: u32 = 1 << 10;

/// Regions of the upper layer protocols, each of which says where it ends.
const ULP_REGIONS: [&str; 8] = [
    "iSCSI region",
    "TDDP region",
    "TPT region",
    "STAG region",
    "RQ region",
    "RQUDP region",
    "PBL region",
    "TXPBL region",
];

/// A memory of the adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Name of its cudbg section.
    pub name: &'static str,
    /// Index into the names of memories that cudbg knows.
    pub kind: u32,
    /// First address.
    pub base: u32,
    /// Bytes.
    pub size: u32,
}

/// A use of memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// What cudbg calls it.
    pub name: &'static str,
    /// First address.
    pub base: u32,
    /// Last address, or 0 if nothing says where it ends but the next region.
    pub limit: u32,
}

/// A region of packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payload {
    /// First address.
    pub base: u32,
    /// Bytes of a page.
    pub page_size: u32,
    /// Number of pages.
    pub pages: u32,
}

impl Payload {
    /// Addresses of the region.
    pub fn range(&self) -> Range<u64> {
        let base = u64::from(self.base);
        base..base + u64::from(self.page_size) * u64::from(self.pages)
    }
}

/// Something private, as `vmcore_format::cudbg::private` sorts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Packets.
    Payload,
    /// Keys of TLS connections.
    TlsKeys,
    /// Regions of iSCSI and RDMA.
    UpperLayers,
    /// The adapter's part of the host's memory.
    HostMemory,
}

impl Kind {
    /// What statistics and the truth call it; eight letters, which memory of this kind is full of.
    pub fn name(self) -> &'static str {
        match self {
            Self::Payload => "payload ",
            Self::TlsKeys => "tls-keys",
            Self::UpperLayers => "up-layer",
            Self::HostMemory => "host-mem",
        }
    }
}

/// The memory map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Memories, ascending and without holes.
    pub memories: Vec<Memory>,
    /// Regions, in no order. The doorbell FIFO is not among them: cudbg hides it. Nor are the keys of TLS: it does not know them.
    pub regions: Vec<Region>,
    /// Packets to be sent.
    pub tx: Payload,
    /// Packets received.
    pub rx: Payload,
    /// T6: keys of TLS connections, which a region of `ULP_RX` holds (Chelsio's Unified Wire lists it in its memory map as `TLSKey
    /// region`, from T6 on; Linux's driver has the registers, and does not use them).
    pub tls_keys: Option<Range<u32>>,
    /// The doorbell FIFO: first address and bytes.
    pub doorbell_fifo: (u32, u32),
    /// The firmware's log: first address and bytes.
    pub device_log: (u32, u32),
    /// The processor's memory: first address and bytes.
    pub up_ram: (u32, u32),
    /// The processor's second external memory: first address and bytes.
    pub up_extmem2: (u32, u32),
}

impl Layout {
    /// The memory map of an adapter; `options` are checked.
    pub fn new(options: &Options) -> Self {
        let memories = memories(options);
        match options.factory {
            true => factory::layout(options.chip, memories),
            false => Self::small(options.chip, memories),
        }
    }

    /// Regions that a test can read in no time, at odd places.
    fn small(chip: Chip, memories: Vec<Memory>) -> Self {
        let edc1 = memories[1].base;
        let (external, size) = (memories[2].base, memories[2].size);
        let tx = Payload {
            base: external + size / 4 + 0x1240,
            page_size: 16 * KIB,
            pages: size / 4 / (16 * KIB) - 1,
        };
        let rx = Payload {
            base: external + size / 2 + 0x2c80,
            page_size: 64 * KIB,
            pages: size / 4 / (64 * KIB),
        };

        let mut regions = on_chip(edc1);
        regions.extend([
            open("Pstructs", external + size / 4 - size / 32),
            closed("Tx payload", tx.range()),
            closed("Rx payload", rx.range()),
        ]);
        let place = |nth: u32| {
            let base = u64::from(external + 0x1000 + size / 64 * nth);
            base..base + u64::from(size / 64) - 0x400
        };
        let ulp = ULP_REGIONS.into_iter().zip(0..);
        regions.extend(ulp.map(|(name, nth)| closed(name, place(nth))));
        let keys = place(ULP_REGIONS.len() as u32);

        Self {
            memories,
            regions,
            tx,
            rx,
            tls_keys: (chip == Chip::T6).then_some(keys.start as u32..keys.end as u32),
            doorbell_fifo: (0x5_4000, 0x2000),
            device_log: (edc1 + 0xe_1230, 2 * 128 * 256),
            up_ram: (external + size / 8 * 7, size / 8),
            up_extmem2: (external + size / 16 * 13, size / 16),
        }
    }

    /// Everything private, and where it is. Of what overlaps, the first counts.
    pub fn private(&self) -> impl Iterator<Item = (Kind, Range<u64>)> + '_ {
        let payload = [self.tx, self.rx].map(|payload| (Kind::Payload, payload.range()));
        let keys = self.tls_keys.iter();
        let keys = keys.map(|keys| (Kind::TlsKeys, keys.start.into()..keys.end.into()));
        let regions = self.regions.iter();
        let upper = regions.filter(|region| ULP_REGIONS.contains(&region.name));
        let upper = upper.map(|region| {
            let range = region.base.into()..u64::from(region.limit) + 1;
            (Kind::UpperLayers, range)
        });
        let host = self.memories.iter().filter(|memory| memory.name == "hma");
        let host = host.map(|memory| {
            let base = u64::from(memory.base);
            (Kind::HostMemory, base..base + u64::from(memory.size))
        });
        payload.into_iter().chain(keys).chain(upper).chain(host)
    }

    /// What is private and touched by an access of `len` bytes at `address`.
    pub fn touched(&self, address: u64, len: u64) -> impl Iterator<Item = Kind> + '_ {
        let end = address.saturating_add(len);
        let touched = self
            .private()
            .filter(move |(_, range)| address < range.end && end > range.start);
        touched.map(|(kind, _)| kind)
    }
}

/// Regions that are in the EDCs.
fn on_chip(edc1: u32) -> Vec<Region> {
    vec![
        // 682 contexts of 24 bytes, and 512: more than the 256 that are looked at where nobody knows.
        open("DBQ contexts", 0x4000),
        open("IMSG contexts", 0x8000),
        open("FLM cache", 0xb000),
        open("ULPRX state", 0x6_0000),
        open("ULPTX state", 0x6_4000),
        open("TCBs", edc1 + 0x1000),
        open("LE hash", edc1 + 0x4_0000),
        open("Timers", edc1 + 0x8_0000),
        open("Rx FL", edc1 + 0xa_0000),
        open("Tx FL", edc1 + 0xb_0000),
        open("Pstruct FL", edc1 + 0xc_0000),
    ]
}

fn open(name: &'static str, base: u32) -> Region {
    Region {
        name,
        base,
        limit: 0,
    }
}

fn closed(name: &'static str, range: Range<u64>) -> Region {
    Region {
        name,
        base: range.start as u32,
        limit: (range.end - 1) as u32,
    }
}

fn memories(options: &Options) -> Vec<Memory> {
    let external = if options.chip == Chip::T5 { 3 } else { 2 };
    let mut base = 0;

    [
        ("edc0", 0, options.edc_mib),
        ("edc1", 1, options.edc_mib),
        ("mc0", external, options.mc_mib),
        ("mc1", 4, options.mc1_mib),
        ("hma", 5, options.hma_mib),
    ]
    .into_iter()
    .filter(|&(_, _, mib)| mib > 0)
    .map(|(name, kind, mib)| {
        let memory = Memory {
            name,
            kind,
            base,
            size: mib * MIB,
        };
        base += memory.size;
        memory
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use vmcore_format::cudbg::chunk::CHUNK_SIZE;

    use super::*;

    fn layouts() -> impl Iterator<Item = Layout> {
        [Chip::T5, Chip::T6].into_iter().flat_map(|chip| {
            (1..40).map(move |mc_mib| {
                let options = Options {
                    mc_mib,
                    edc_mib: 1 + mc_mib % 3,
                    ..Options::new(chip, 1)
                };
                assert_eq!(options.check(), Ok(()));
                Layout::new(&options)
            })
        })
    }

    #[test]
    fn payload_lies_in_external_memory_and_off_every_chunk_boundary() {
        for layout in layouts() {
            let mc0 = &layout.memories[2];
            let memory = u64::from(mc0.base)..u64::from(mc0.base) + u64::from(mc0.size);
            for range in [layout.tx.range(), layout.rx.range()] {
                assert!(range.end - range.start >= 0x3_0000);
                for edge in [range.start, range.end] {
                    assert!(memory.contains(&edge));
                    assert_ne!((edge - memory.start) % CHUNK_SIZE as u64, 0);
                }
            }
            assert!(layout.tx.range().end <= layout.rx.range().start);
        }
    }

    #[test]
    fn regions_do_not_overlap_and_lie_in_memory() {
        for layout in layouts() {
            let mut regions = layout.regions.clone();
            regions.sort_by_key(|region| region.base);
            for pair in regions.windows(2) {
                assert!(pair[0].limit.max(pair[0].base) < pair[1].base, "{pair:?}");
            }
            let end = layout.memories.last().map(|last| last.base + last.size);
            assert!(regions
                .iter()
                .all(|region| Some(region.limit.max(region.base)) < end));
        }
    }

    #[test]
    fn an_access_is_private_from_its_first_to_its_last_byte() {
        let layout = Layout::new(&Options::new(Chip::T6, 1));
        let keys = layout.tls_keys.clone().unwrap();
        for (kind, range) in [
            (Kind::Payload, layout.tx.range()),
            (Kind::TlsKeys, keys.start.into()..keys.end.into()),
        ] {
            for (address, len, expected) in [
                (range.start - 8, 8, false),
                (range.start - 8, 9, true),
                (range.start, 1, true),
                (range.end - 1, 1, true),
                (range.end, 8, false),
                (u64::MAX, 8, false),
            ] {
                let touched: Vec<_> = layout.touched(address, len).collect();
                assert_eq!(touched == [kind], expected, "{len} at {address:#x}");
            }
        }
    }

    #[test]
    fn the_factory_gives_most_of_a_large_memory_to_packets() {
        let options = Options {
            edc_mib: 5,
            mc_mib: 1024,
            factory: true,
            ..Options::new(Chip::T6, 1)
        };
        let layout = Layout::new(&options);
        let memory =
            u64::from(layout.memories[2].base)..u64::from(layout.memories[2].base) + (1 << 30);
        let mut of = [0; 3];
        for (kind, range) in layout.private() {
            assert!(
                memory.start <= range.start && range.end <= memory.end,
                "{range:x?}"
            );
            let nth = [Kind::Payload, Kind::TlsKeys, Kind::UpperLayers]
                .iter()
                .position(|it| *it == kind);
            of[nth.unwrap()] += range.end - range.start;
        }
        // TPT and STAG are one region, and so are the two of PBL; they were counted twice.
        let percent = of.map(|bytes| (bytes * 100) >> 30);
        assert_eq!(percent, [77, 2, 24]);
    }
}
