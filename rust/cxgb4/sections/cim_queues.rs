// SPDX-License-Identifier: GPL-2.0

//! The queues between the processor and the rest of the adapter: how they are laid out, and what is in them.

use super::super::{
    super::format::cudbg::{
        cause::Cause,
        private::Private,
        section::Section, //
    },
    cim::Cim,
    device::{
        Borrowed,
        Device, //
    },
    failure::{
        Failure,
        Result, //
    },
    regs::{
        cim,
        nth, //
    },
    writer::Writer, //
};

use core::ops::Range;

/// Addresses of the processor.
const IBQ_0_RDADDR: u32 = 0x10;
const OBQ_0_REALADDR: u32 = 0x104;

const INBOUND: u32 = 6;
const MAX_OUTBOUND: usize = 8;
const MAX_QUEUES: usize = INBOUND as usize + MAX_OUTBOUND;
const INBOUND_WORDS: u32 = 512;
/// Of all outbound queues: as many as their configuration can name.
const OUTBOUND_WORDS: u32 = 64 * 256 / 4;
/// Number of the queue to and from the management controller.
const NCSI: u32 = 5;
/// Milliseconds until an inbound queue may be read: usually up to 10. The C driver waits as long.
const INBOUND_PATIENCE: u64 = 1000;
const OUTBOUND_PATIENCE: u64 = 20;

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
    /// Milliseconds.
    patience: u64,
}

impl Port {
    fn read(
        &self,
        device: &Device<'_>,
        first: u32,
        words: u32,
        private: &Range<u32>,
        writer: &mut Writer<'_, '_>,
    ) -> Result {
        let copied = (first..first + words).try_for_each(|address| {
            if private.contains(&address) {
                return writer.leave_out(Private::NCSI_QUEUES, 4);
            }
            let request = (address << cim::DBG_ADDRESS_SHIFT) | cim::DBG_ENABLE;
            device.write32(self.config, request)?;
            device.wait_for(self.patience, self.config, |config| {
                config & cim::DBG_BUSY == 0
            })?;
            writer.words(&[device.read32(self.data)?])
        });
        copied.and(device.write32(self.config, 0))
    }
}

/// Words of the memory of queues, of which there are `words`, that carry packets of the management controller; none if somebody
/// asked for them. Which queue has which words is up to registers, so no other queue is read without knowing.
fn private_words(
    select: &Borrowed<'_>,
    device: &Device<'_>,
    queue: u32,
    words: u32,
) -> Result<Range<u32>> {
    if !device.leaves_out(Private::NCSI_QUEUES) {
        return Ok(0..0);
    }
    select.write(queue)?;
    let queue = Queue::read(device)?;
    let end = queue.base.saturating_add(queue.size) / 4;
    match queue.size > 0 && end <= words {
        true => Ok(queue.base / 4..end),
        false => Err(Failure::new(
            Cause::Unlocated,
            cim::QUEUE_CONFIG_CTRL,
            end.into(),
        )),
    }
}

pub(super) fn inbound(
    device: &Device<'_>,
    section: Section,
    writer: &mut Writer<'_, '_>,
) -> Result {
    if section == Section::CimIbqNcsi && device.leaves_out(Private::NCSI_QUEUES) {
        return Err(Failure::private(Private::NCSI_QUEUES));
    }
    let private = {
        let select = device.borrow(cim::QUEUE_CONFIG_REF)?;
        let ncsi = cim::IBQ_SELECT | NCSI;
        private_words(&select, device, ncsi, INBOUND * INBOUND_WORDS)?
    };
    let port = Port {
        config: cim::IBQ_DBG_CFG,
        data: cim::IBQ_DBG_DATA,
        patience: INBOUND_PATIENCE,
    };
    let queue = u32::from(section.id().saturating_sub(Section::CimIbqTp0.id()));
    let first = queue * INBOUND_WORDS;
    port.read(device, first, INBOUND_WORDS, &private, writer)
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
    if section == Section::CimObqNcsi && device.leaves_out(Private::NCSI_QUEUES) {
        return Err(Failure::private(Private::NCSI_QUEUES));
    }
    let (queue, private) = {
        let select = device.borrow(cim::QUEUE_CONFIG_REF)?;
        let ncsi = cim::OBQ_SELECT | NCSI;
        let private = private_words(&select, device, ncsi, OUTBOUND_WORDS)?;
        select.write(cim::OBQ_SELECT | queue)?;
        (Queue::read(device)?, private)
    };
    let port = Port {
        config: cim::OBQ_DBG_CFG,
        data: cim::OBQ_DBG_DATA,
        patience: OUTBOUND_PATIENCE,
    };
    port.read(device, queue.base / 4, queue.size / 4, &private, writer)
}
