// SPDX-License-Identifier: GPL-2.0

//! How the adapter's memory is used, as its registers tell.

use super::{
    super::format::cudbg::{
        cause::Cause,
        meminfo::{
            Meminfo,
            Range,
            HIDDEN,
            MAX_AVAILABLE,
            MAX_REGIONS, //
        },
    },
    device::Device,
    failure::{
        Failure,
        Result, //
    },
    regs::{
        cim,
        le,
        ma,
        nth,
        sge,
        tp,
        ulp, //
    },
    sort::sort_by_base,
};

/// Registers with the start of a region that ends where the next one begins, in the order of the list.
const OPEN_REGIONS: [u32; 9] = [
    sge::DBQ_CTXT_BADDR,
    sge::IMSG_CTXT_BADDR,
    sge::FLM_CACHE_BADDR,
    tp::CMM_TCB_BASE,
    tp::CMM_MM_BASE,
    tp::CMM_TIMER_BASE,
    tp::CMM_MM_RX_FLST_BASE,
    tp::CMM_MM_TX_FLST_BASE,
    tp::CMM_MM_PS_FLST_BASE,
];

/// Registers with start and end of a region, in the order of the list.
pub(crate) const ULP_REGIONS: [(u32, u32); 8] = [
    (ulp::RX_ISCSI_LLIMIT, ulp::RX_ISCSI_ULIMIT),
    (ulp::RX_TDDP_LLIMIT, ulp::RX_TDDP_ULIMIT),
    (ulp::TX_TPT_LLIMIT, ulp::TX_TPT_ULIMIT),
    (ulp::RX_STAG_LLIMIT, ulp::RX_STAG_ULIMIT),
    (ulp::RX_RQ_LLIMIT, ulp::RX_RQ_ULIMIT),
    (ulp::RX_RQUDP_LLIMIT, ulp::RX_RQUDP_ULIMIT),
    (ulp::RX_PBL_LLIMIT, ulp::RX_PBL_ULIMIT),
    (ulp::TX_PBL_LLIMIT, ulp::TX_PBL_ULIMIT),
];

/// The memories that are fitted and enabled, ascending.
pub(crate) struct Memories {
    ranges: [Range; MAX_AVAILABLE],
    count: usize,
    enabled: u32,
}

impl Memories {
    pub(crate) fn find(device: &Device<'_>) -> Result<Self> {
        let enabled = device.read32(ma::TARGET_MEM_ENABLE)?;
        let mut ranges: [Range; MAX_AVAILABLE] = Default::default();
        let mut count = 0;
        for memory in device.hal.memories {
            if memory.enabled.of(enabled) == 0 {
                continue;
            }
            let bar = device.read32(memory.bar)?;
            let base = ma::BASE.of(bar) << 20;
            if let Some(range) = ranges.get_mut(count) {
                *range = Range {
                    base,
                    limit: base.wrapping_add(ma::SIZE.of(bar) << 20),
                    kind: memory.kind,
                };
                count += 1;
            }
        }
        if let Some(found) = ranges.get_mut(..count) {
            sort_by_base(found);
        }
        Ok(Self {
            ranges,
            count,
            enabled,
        })
    }

    fn list(&self) -> &[Range] {
        self.ranges.get(..self.count).unwrap_or(&self.ranges)
    }

    /// The first of `kinds` that is there: its kind and addresses.
    pub(crate) fn of_kind(&self, kinds: &[u32]) -> Result<(u32, core::ops::Range<u32>)> {
        let absent = Failure::new(Cause::Absent, ma::TARGET_MEM_ENABLE, self.enabled.into());
        let range = self.list().iter().find(|range| kinds.contains(&range.kind));
        let range = range.ok_or(absent)?;
        if !self.is_sound(range) {
            let (at, value) = (ma::TARGET_MEM_ENABLE, range.base.into());
            return Err(Failure::new(Cause::BadRegister, at, value));
        }
        Ok((range.kind, range.base..range.limit))
    }

    /// Whether all of `addresses` is in one memory.
    pub(crate) fn hold(&self, addresses: &core::ops::Range<u64>) -> bool {
        let mut sound = self.list().iter().filter(|range| self.is_sound(range));
        sound.any(|range| {
            addresses.start >= range.base.into() && addresses.end <= range.limit.into()
        })
    }

    /// Whether a memory is one, and the only one at its addresses.
    fn is_sound(&self, range: &Range) -> bool {
        let list = self.list().iter();
        let mut here = list.filter(|other| other.base < range.limit && range.base < other.limit);
        range.base < range.limit && here.next().is_some() && here.next().is_none()
    }
}

/// The whole of it. Arithmetic wraps, as it does in the C driver: this is a record of registers, not a promise.
pub(crate) fn read(device: &Device<'_>) -> Result<Meminfo> {
    let memories = Memories::find(device)?;
    if memories.count == 0 {
        let (at, value) = (ma::TARGET_MEM_ENABLE, memories.enabled.into());
        return Err(Failure::new(Cause::Absent, at, value));
    }
    let mut info = Meminfo {
        available: memories.ranges,
        available_count: memories.count as u32,
        ..Meminfo::default()
    };
    regions(device, &memories, &mut info)?;

    info.up_ram = window(device, cim::SDRAM_BASE_ADDR, cim::SDRAM_ADDR_SIZE)?;
    info.up_extmem2 = window(device, cim::EXTMEM2_BASE_ADDR, cim::EXTMEM2_ADDR_SIZE)?;
    pages(device, &mut info)?;
    counters(device, &mut info)?;
    Ok(info)
}

fn regions(device: &Device<'_>, memories: &Memories, info: &mut Meminfo) -> Result {
    // Entries that are not used keep their number, as in the C driver.
    for (number, region) in (0..MAX_REGIONS as u32).zip(&mut info.regions) {
        region.kind = number;
    }
    let mut list = List {
        regions: &mut info.regions,
        count: 0,
    };
    for register in OPEN_REGIONS {
        list.push(device.read32(register)?, 0);
    }
    list.payload(
        device,
        tp::PMM_TX_BASE,
        tp::PMM_TX_PAGE_SIZE,
        tp::PMM_TX_MAX_PAGE,
    )?;
    list.payload(
        device,
        tp::PMM_RX_BASE,
        tp::PMM_RX_PAGE_SIZE,
        tp::PMM_RX_MAX_PAGE,
    )?;
    match device.read_field(le::DB_CONFIG, le::HASH_ENABLE)? {
        0 => list.hide(0),
        _ => list.push(device.read32(le::DB_HASH_BASE)?, 0),
    }
    for (start, end) in ULP_REGIONS {
        list.push(device.read32(start)?, device.read32(end)?);
    }
    list.doorbell_fifo(device)?;
    list.push(device.read32(ulp::RX_CTX_BASE)?, 0);
    list.push(device.read32(ulp::TX_ERR_TABLE_BASE)?, 0);
    // Only the firmware knows where the on-chip queues are.
    list.hide(0);

    // Holes begin where a memory ends and the next does not begin.
    let ends = memories.list();
    for (index, memory) in ends.iter().enumerate() {
        let hole = match ends.get(index + 1) {
            Some(next) => memory.limit < next.base,
            None => memory.limit != 0,
        };
        if hole {
            list.hole(memory.limit);
        }
    }
    let count = list.count;
    if let Some(used) = info.regions.get_mut(..count) {
        sort_by_base(used);
    }
    info.region_count = count as u32;
    Ok(())
}

/// The list of regions: the kind of an entry is its place, unless it's hidden.
struct List<'a> {
    regions: &'a mut [Range],
    count: usize,
}

impl List<'_> {
    fn add(&mut self, base: u32, limit: u32, kind: u32) {
        if let Some(region) = self.regions.get_mut(self.count) {
            *region = Range { base, limit, kind };
            self.count += 1;
        }
    }

    fn push(&mut self, base: u32, limit: u32) {
        self.add(base, limit, self.count as u32);
    }

    fn hide(&mut self, base: u32) {
        self.add(base, 0, HIDDEN);
    }

    fn hole(&mut self, base: u32) {
        self.push(base, 0);
    }

    fn payload(&mut self, device: &Device<'_>, base: u32, page_size: u32, max_page: u32) -> Result {
        let base = device.read32(base)?;
        let page_size = device.read32(page_size)?;
        let len = page_size.wrapping_mul(device.read_field(max_page, tp::PAGES)?);
        self.push(base, base.wrapping_sub(1).wrapping_add(len));
        Ok(())
    }

    fn doorbell_fifo(&mut self, device: &Device<'_>) -> Result {
        if !device.hal.has_doorbell_fifo {
            self.hide(0);
            return Ok(());
        }
        let size = device.read_field(sge::DBVFIFO_SIZE, device.hal.dbvfifo_size)?;
        let control = device.read_field(sge::CONTROL2, sge::VFIFO_ENABLE)?;
        if size == 0 || (device.hal.dbvfifo_has_switch && control == 0) {
            self.hide(0);
            return Ok(());
        }
        let base = device.read_field(sge::DBVFIFO_BADDR, sge::DBVFIFO_BASE)?;
        // Hidden in the list of the C driver, in use or not.
        self.add(base, base.wrapping_add(size << 2).wrapping_sub(1), HIDDEN);
        Ok(())
    }
}

/// First and last address of a window of the processor.
fn window(device: &Device<'_>, base: u32, size: u32) -> Result<[u32; 2]> {
    let base = device.read32(base)?;
    let size = device.read32(size)?;
    Ok([base, size.wrapping_add(base).wrapping_sub(1)])
}

fn pages(device: &Device<'_>, info: &mut Meminfo) -> Result {
    /// Each read of these counters gives the next channel's.
    fn free(device: &Device<'_>, register: u32, channels: u32) -> Result<u32> {
        (0..channels).try_fold(0, |sum: u32, _| {
            Ok(sum.wrapping_add(device.read_field(register, tp::FREE)?))
        })
    }

    let rx = device.read32(tp::PMM_RX_MAX_PAGE)?;
    info.free_rx = free(device, tp::FLM_FREE_RX_CNT, 2)?;
    info.rx_pages = [
        tp::PAGES.of(rx),
        device.read32(tp::PMM_RX_PAGE_SIZE)? >> 10,
        1 + tp::RX_TWO_CHANNELS.of(rx),
    ];

    let tx = device.read32(tp::PMM_TX_MAX_PAGE)?;
    let size = device.read32(tp::PMM_TX_PAGE_SIZE)?;
    info.free_tx = free(device, tp::FLM_FREE_TX_CNT, 4)?;
    let (size, unit) = match size >> 20 {
        0 => (size >> 10, b'K'),
        mib => (mib, b'M'),
    };
    info.tx_pages = [
        tp::PAGES.of(tx),
        size,
        unit.into(),
        1 << tp::TX_CHANNELS.of(tx),
    ];

    info.pstructs = device.read32(tp::CMM_MM_MAX_PSTRUCT)?;
    info.free_pstructs = device.read_field(tp::FLM_FREE_PS_CNT, tp::FREE)?;
    Ok(())
}

fn counters(device: &Device<'_>, info: &mut Meminfo) -> Result {
    let hal = device.hal;
    let read = |first: u32, index: u32| {
        let value = device.read32(nth(first, index, 4))?;
        Ok((hal.pages_used.of(value), hal.pages_allocated.of(value)))
    };
    for (index, (used, allocated)) in
        (0..).zip(info.port_used.iter_mut().zip(&mut info.port_allocated))
    {
        (*used, *allocated) = read(hal.port_pages, index)?;
    }
    for (index, (used, allocated)) in (0..hal.channels).zip(
        info.loopback_used
            .iter_mut()
            .zip(&mut info.loopback_allocated),
    ) {
        (*used, *allocated) = read(hal.loopback_pages, index)?;
    }
    Ok(())
}
