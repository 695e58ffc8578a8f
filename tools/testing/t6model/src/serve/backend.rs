// SPDX-License-Identifier: GPL-2.0

//! The adapter as vfio-user wants it.

use std::fs::File;
use std::io::{BufWriter, Error, Result, Write};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use t6model::{Adapter, Space};
use vfio_bindings::bindings::vfio::{
    VFIO_PCI_BAR0_REGION_INDEX, VFIO_PCI_BAR2_REGION_INDEX, VFIO_PCI_BAR4_REGION_INDEX,
    VFIO_PCI_CONFIG_REGION_INDEX,
};
use vfio_user::{DmaMapFlags, DmaUnmapFlags, ServerBackend};

use super::lock;
use super::mapped::Mapped;

/// The adapter and its shared window.
pub struct State {
    pub adapter: Adapter,
    pub mapped: Option<Mapped>,
    /// Where accesses are written down.
    pub log: Option<BufWriter<File>>,
}

impl State {
    /// Takes over what the guest wrote into the shared window.
    pub fn settle(&mut self) -> Result<()> {
        match &mut self.mapped {
            Some(mapped) => mapped.settle(&mut self.adapter),
            None => Ok(()),
        }
    }

    fn read(&mut self, space: Space, offset: u64, data: &mut [u8]) -> Result<()> {
        self.adapter.read(space, offset, data);
        self.note('r', space, offset, data)
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

    fn write(&mut self, space: Space, offset: u64, data: &[u8]) -> Result<()> {
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
}

/// Hands requests to the adapter. It reads no memory of the guest and raises no interrupt.
pub struct Backend {
    pub state: Arc<Mutex<State>>,
    /// What a read of BAR0 takes, besides its way.
    pub delay: Duration,
}

impl ServerBackend for Backend {
    fn region_read(&mut self, region: u32, offset: u64, data: &mut [u8]) -> Result<()> {
        let space = space(region)?;
        if space == Space::Bar0 && !self.delay.is_zero() {
            thread::sleep(self.delay);
        }
        let mut state = lock(&self.state);
        state.read(space, offset, data)?;
        let took = state.adapter.took();
        drop(state);
        if !took.is_zero() {
            thread::sleep(took);
        }
        Ok(())
    }

    fn region_write(&mut self, region: u32, offset: u64, data: &[u8]) -> Result<()> {
        lock(&self.state).write(space(region)?, offset, data)
    }

    fn dma_map(&mut self, _: DmaMapFlags, _: u64, _: u64, _: u64, _: Option<File>) -> Result<()> {
        Ok(())
    }

    fn dma_unmap(&mut self, _: DmaUnmapFlags, _: u64, _: u64) -> Result<()> {
        Ok(())
    }

    fn reset(&mut self) -> Result<()> {
        lock(&self.state).reset()
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
