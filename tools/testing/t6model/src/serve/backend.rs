// SPDX-License-Identifier: GPL-2.0

//! Devices as vfio-user wants them.

use std::fs::File;
use std::io::{BufWriter, Error, Result, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use t6model::{Adapter, Space};
use vfio_bindings::bindings::vfio::{
    VFIO_PCI_BAR0_REGION_INDEX, VFIO_PCI_BAR2_REGION_INDEX, VFIO_PCI_BAR4_REGION_INDEX,
    VFIO_PCI_CONFIG_REGION_INDEX,
};
use vfio_user::{DmaMapFlags, DmaUnmapFlags, ServerBackend};

use super::mapped::Mapped;
use super::{lock, write_stats};

/// What is served. It reads no memory of the guest and raises no interrupt.
pub trait Device: Send + 'static {
    /// Reads; returns how long that takes, besides its way.
    fn read(&mut self, region: u32, offset: u64, data: &mut [u8]) -> Result<Duration>;
    fn write(&mut self, region: u32, offset: u64, data: &[u8]) -> Result<()>;
    fn reset(&mut self) -> Result<()>;
    /// Writes down what there is to tell.
    fn finish(&mut self) -> anyhow::Result<()>;
}

/// The adapter and its shared window.
pub struct State {
    pub adapter: Adapter,
    pub mapped: Option<Mapped>,
    /// Where accesses are written down.
    pub log: Option<BufWriter<File>>,
    /// What a read of BAR0 takes, besides its way.
    pub delay: Duration,
    /// File for the statistics.
    pub stats: PathBuf,
}

impl State {
    /// Takes over what the guest wrote into the shared window.
    fn settle(&mut self) -> Result<()> {
        match &mut self.mapped {
            Some(mapped) => mapped.settle(&mut self.adapter),
            None => Ok(()),
        }
    }

    fn note(&mut self, op: char, space: Space, offset: u64, data: &[u8]) -> Result<()> {
        let Some(log) = &mut self.log else {
            return Ok(());
        };
        let value = data
            .iter()
            .rev()
            .fold(0u64, |value, byte| (value << 8) | u64::from(*byte));
        writeln!(log, "{op}{} {space:?} {offset:#x} {value:#x}", data.len())
    }
}

impl Device for State {
    fn read(&mut self, region: u32, offset: u64, data: &mut [u8]) -> Result<Duration> {
        let space = space(region)?;
        self.adapter.read(space, offset, data);
        self.note('r', space, offset, data)?;
        let delay = match space {
            Space::Bar0 => self.delay,
            _ => Duration::ZERO,
        };
        Ok(self.adapter.took() + delay)
    }

    fn write(&mut self, region: u32, offset: u64, data: &[u8]) -> Result<()> {
        let space = space(region)?;
        self.note('w', space, offset, data)?;
        self.adapter.write(space, offset, data);
        match &mut self.mapped {
            Some(mapped) if space == Space::Bar0 => mapped.follow(&mut self.adapter),
            // It may have become bus master, or have stopped to be.
            Some(mapped) if space == Space::Config => {
                mapped.settle(&mut self.adapter)?;
                mapped.show(&self.adapter)
            }
            _ => Ok(()),
        }
    }

    fn reset(&mut self) -> Result<()> {
        self.settle()?;
        self.adapter.reset();
        match &mut self.mapped {
            Some(mapped) => {
                mapped.follow(&mut self.adapter)?;
                mapped.show(&self.adapter)
            }
            None => Ok(()),
        }
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        self.settle()
            .context("cannot read the shared memory window")?;
        if let Some(log) = &mut self.log {
            log.flush().context("cannot write the log of accesses")?;
        }
        write_stats(&self.adapter.stats(), &self.stats)
    }
}

/// Hands requests to the device.
pub struct Backend<D> {
    pub device: Arc<Mutex<D>>,
}

impl<D: Device> ServerBackend for Backend<D> {
    fn region_read(&mut self, region: u32, offset: u64, data: &mut [u8]) -> Result<()> {
        let took = lock(&self.device).read(region, offset, data)?;
        if !took.is_zero() {
            thread::sleep(took);
        }
        Ok(())
    }

    fn region_write(&mut self, region: u32, offset: u64, data: &[u8]) -> Result<()> {
        lock(&self.device).write(region, offset, data)
    }

    fn dma_map(&mut self, _: DmaMapFlags, _: u64, _: u64, _: u64, _: Option<File>) -> Result<()> {
        Ok(())
    }

    fn dma_unmap(&mut self, _: DmaUnmapFlags, _: u64, _: u64) -> Result<()> {
        Ok(())
    }

    fn reset(&mut self) -> Result<()> {
        lock(&self.device).reset()
    }

    fn set_irqs(&mut self, _: u32, _: u32, _: u32, _: u32, _: Vec<File>) -> Result<()> {
        Ok(())
    }
}

fn space(region: u32) -> Result<Space> {
    match region {
        VFIO_PCI_CONFIG_REGION_INDEX => Ok(Space::Config),
        VFIO_PCI_BAR0_REGION_INDEX => Ok(Space::Bar0),
        VFIO_PCI_BAR2_REGION_INDEX => Ok(Space::Bar2),
        VFIO_PCI_BAR4_REGION_INDEX => Ok(Space::Bar4),
        _ => Err(Error::other(format!("the adapter has no region {region}"))),
    }
}
