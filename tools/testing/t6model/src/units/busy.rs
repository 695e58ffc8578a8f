// SPDX-License-Identifier: GPL-2.0

//! Units that need a moment.

use clap::ValueEnum;

use crate::Options;

/// A unit that never gets ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Stuck {
    /// Access of the host to the processor's address space.
    Cim,
    /// The processor's logic analyzer.
    CimLa,
    /// Inbound queues of the processor.
    Ibq,
    /// Outbound queues of the processor.
    Obq,
    /// The RSS table.
    Rss,
    /// Contexts of the scatter-gather engine.
    Context,
    /// Entries of the lookup engine.
    Le,
    /// Entries of the lookup engine, from id 100 on.
    LeTail,
    /// The serial flash.
    Flash,
}

/// A busy bit: every eighth operation is seen at work once.
pub struct Busy {
    stuck: bool,
    operations: u32,
    left: u32,
}

impl Busy {
    pub fn new(options: &Options, unit: Stuck) -> Self {
        Self {
            stuck: options.stuck.contains(&unit),
            operations: 0,
            left: 0,
        }
    }

    /// Starts an operation.
    pub fn start(&mut self) {
        self.operations += 1;
        self.left = match self.stuck {
            true => u32::MAX,
            false => (self.operations % 8 == 0).into(),
        };
    }

    /// Whether it's at work.
    pub fn is_busy(&self) -> bool {
        self.left > 0
    }

    /// Somebody has looked.
    pub fn was_seen(&mut self) {
        if !self.stuck {
            self.left = self.left.saturating_sub(1);
        }
    }

    pub fn reset(&mut self) {
        self.operations = 0;
        self.left = 0;
    }
}
