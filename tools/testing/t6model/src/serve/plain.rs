// SPDX-License-Identifier: GPL-2.0

//! A function of any kind, as it is served.

use std::io::Result;
use std::path::PathBuf;
use std::time::Duration;

use t6model::Plain;
use vfio_bindings::bindings::vfio::VFIO_PCI_CONFIG_REGION_INDEX;

use super::backend::Device;
use super::write_stats;

pub struct State {
    pub plain: Plain,
    /// File for the statistics.
    pub stats: PathBuf,
}

impl Device for State {
    fn read(&mut self, region: u32, offset: u64, data: &mut [u8]) -> Result<Duration> {
        Ok(match region {
            VFIO_PCI_CONFIG_REGION_INDEX => self.plain.read_config(offset, data),
            _ => self.plain.read_bar(offset, data),
        })
    }

    fn write(&mut self, region: u32, offset: u64, data: &[u8]) -> Result<()> {
        self.plain
            .write(region == VFIO_PCI_CONFIG_REGION_INDEX, offset, data);
        Ok(())
    }

    fn reset(&mut self) -> Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        write_stats(&self.plain.counts(), &self.stats)
    }
}
