// SPDX-License-Identifier: GPL-2.0

//! The queues between the processor and the rest of the adapter: how they are laid out, and what is in them.

use super::super::{
    super::format::cudbg::section::Section,
    cim::Cim,
    device::Device,
    failure::Result,
    regs::{
        cim,
        nth, //
    },
    writer::Writer, //
};

/// Addresses of the processor.
const IBQ_0_RDADDR: u32 = 0x10;
const OBQ_0_REALADDR: u32 = 0x104;

const INBOUND: u32 = 6;
const MAX_OUTBOUND: usize = 8;
const MAX_QUEUES: usize = INBOUND as usize + MAX_OUTBOUND;
const INBOUND_WORDS: u32 = 512;

/// The configuration of a queue that was asked for in `QUEUE_CONFIG_REF`, in bytes.
#[derive(Clone, Copy, Default)]
struct Queue {
    base: u32,
    size: u32,
    threshold: u32,
}

impl Queue {
    fn read(device: &Device<'_>) -> Result<Self> {
        let value = device.read32(cim::QUEUE_CONFIG_CTRL)?;
        Ok(Self {
            base: cim::QUEUE_BASE.of(value) * 256,
            size: cim::QUEUE_SIZE.of(value) * 256,
            threshold: cim::QUEUE_FULL_THRESHOLD.of(value) * 8,
        })
    }
}

/// The configuration of all queues, as `struct cudbg_cim_qcfg`.
pub(super) fn configuration(
    device: &Device<'_>,
    _: Section,
    writer: &mut Writer<'_, '_>,
) -> Result {
    let mut queues = [Queue::default(); MAX_QUEUES];
    let select = device.borrow(cim::QUEUE_CONFIG_REF)?;
    let inbound = (0..INBOUND).map(|n| cim::IBQ_SELECT | n);
    let outbound = (0..device.hal.outbound_queues).map(|n| cim::OBQ_SELECT | n);
    for (queue, selector) in queues.iter_mut().zip(inbound.chain(outbound)) {
        select.write(selector)?;
        *queue = Queue::read(device)?;
    }
    let bases = queues.iter().map(|queue| queue.base);
    let sizes = queues.iter().map(|queue| queue.size);
    let thresholds = queues.iter().map(|queue| queue.threshold);
    writer.push(&[device.chip_code, 0])?;
    for value in bases.chain(sizes).chain(thresholds.take(INBOUND as usize)) {
        writer.push(&(value as u16).to_le_bytes())?;
    }
    // To a multiple of 4.
    writer.zeroes(2)?;

    let cim = Cim::open(device)?;
    for (first, count) in [
        (OBQ_0_REALADDR, 2 * MAX_OUTBOUND),
        (IBQ_0_RDADDR, 4 * MAX_QUEUES),
    ] {
        for n in 0..count as u32 {
            writer.words(&[cim.read(nth(first, n, 4))?])?;
        }
    }
    Ok(())
}

/// Registers to read queues with.
struct Port {
    config: u32,
    data: u32,
}

impl Port {
    fn read(
        &self,
        device: &Device<'_>,
        first: u32,
        words: u32,
        writer: &mut Writer<'_, '_>,
    ) -> Result {
        let copied = (first..first + words).try_for_each(|address| {
            let request = (address << cim::DBG_ADDRESS_SHIFT) | cim::DBG_ENABLE;
            device.write32(self.config, request)?;
            device.wait(self.config, |config| config & cim::DBG_BUSY == 0)?;
            writer.words(&[device.read32(self.data)?])
        });
        copied.and(device.write32(self.config, 0))
    }
}

pub(super) fn inbound(
    device: &Device<'_>,
    section: Section,
    writer: &mut Writer<'_, '_>,
) -> Result {
    let port = Port {
        config: cim::IBQ_DBG_CFG,
        data: cim::IBQ_DBG_DATA,
    };
    let queue = u32::from(section.id().saturating_sub(Section::CimIbqTp0.id()));
    port.read(device, queue * INBOUND_WORDS, INBOUND_WORDS, writer)
}

pub(super) fn outbound(
    device: &Device<'_>,
    section: Section,
    writer: &mut Writer<'_, '_>,
) -> Result {
    let queue = match section {
        Section::CimObqRxq0 => 6,
        Section::CimObqRxq1 => 7,
        _ => section.id().saturating_sub(Section::CimObqUlp0.id()).into(),
    };
    if queue >= device.hal.outbound_queues {
        return Err(device.lacks());
    }
    let queue = {
        let select = device.borrow(cim::QUEUE_CONFIG_REF)?;
        select.write(cim::OBQ_SELECT | queue)?;
        Queue::read(device)?
    };
    let port = Port {
        config: cim::OBQ_DBG_CFG,
        data: cim::OBQ_DBG_DATA,
    };
    port.read(device, queue.base / 4, queue.size / 4, writer)
}
