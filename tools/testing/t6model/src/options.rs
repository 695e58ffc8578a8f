// SPDX-License-Identifier: GPL-2.0

//! Which adapter.

use clap::ValueEnum;
use vmcore_format::cudbg::Chip;

use crate::{Fault, Stuck, BAR0_LEN};

/// The state of the vital product data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VpdState {
    /// As it should be.
    Good,
    /// The checksum and a length are wrong.
    Corrupt,
    /// It never answers.
    Dead,
}

/// What an adapter is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// T4, T5 or T6.
    pub chip: Chip,
    /// Source of register values and memory contents.
    pub seed: u64,
    /// Size of EDC0, and of EDC1.
    pub edc_mib: u32,
    /// Size of MC (T6) or MC0 (T5).
    pub mc_mib: u32,
    /// Size of MC1, which only T5 has.
    pub mc1_mib: u32,
    /// Size of the adapter's part of host memory, which only T6 has.
    pub hma_mib: u32,
    /// External memory is laid out as the factory does, for large ones.
    pub factory: bool,
    /// A memory, by name, of which each read takes so many microseconds.
    pub slow_memory: Option<(String, u64)>,
    /// Aperture of memory window 0: a power of two from 1 to 128.
    pub window_kib: u32,
    /// Units that never get ready.
    pub stuck: Vec<Stuck>,
    /// Nothing answers but configuration space.
    pub dead: bool,
    /// Accesses to BAR0 after which nothing answers any more.
    pub vanish_after: Option<u64>,
    /// How long after the first access to BAR0 all of it reads as 0xeeeeeeee.
    pub not_ready_ms: u64,
    /// First and last address of registers that read as 0xeeeeeeee.
    pub no_access: Vec<(u32, u32)>,
    /// Reads of BAR0, by number, that nobody answers.
    pub lost: Vec<u64>,
    /// Accesses to registers after which the firmware has its turn; 0: it does nothing.
    pub firmware_every: u64,
    /// How long the processor takes to let anybody read its inbound queues.
    pub ibq_ms: u64,
    /// Size of BAR0, in KiB: a power of two. 0: there is none.
    pub bar0_kib: u32,
    /// What is wrong with the vital product data.
    pub vpd: VpdState,
    /// What is wrong with the chip.
    pub faults: Vec<Fault>,
    /// Causes of interrupts, their switches and the firmware's log hold anything, as most registers do, instead of what a healthy
    /// chip shows: no chip is like that, but then no bit of a dump goes unseen.
    pub noise: bool,
    /// Registers that hold something else after a reset, with what they hold: a chip that is broken.
    pub broken: Vec<(u32, u32)>,
}

impl Options {
    /// The usual small adapter.
    pub fn new(chip: Chip, seed: u64) -> Self {
        Self {
            chip,
            seed,
            edc_mib: 1,
            mc_mib: 2,
            mc1_mib: if chip == Chip::T5 { 1 } else { 0 },
            hma_mib: 0,
            factory: false,
            slow_memory: None,
            window_kib: 64,
            stuck: Vec::new(),
            dead: false,
            vanish_after: None,
            not_ready_ms: 0,
            no_access: Vec::new(),
            lost: Vec::new(),
            firmware_every: 0,
            ibq_ms: 0,
            bar0_kib: BAR0_LEN / 1024,
            vpd: VpdState::Good,
            faults: Vec::new(),
            noise: false,
            broken: Vec::new(),
        }
    }

    /// Says what no such adapter has.
    pub fn check(&self) -> Result<(), String> {
        let sizes = [self.edc_mib, self.mc_mib, self.mc1_mib, self.hma_mib];
        let total = sizes.iter().map(|&mib| u64::from(mib)).sum::<u64>() + u64::from(self.edc_mib);

        if self.bar0_kib != 0
            && (!self.bar0_kib.is_power_of_two() || !(4..=512).contains(&self.bar0_kib))
        {
            return Err("BAR0 has 4, 8, 16, … or 512 KiB, or 0 if there is none".into());
        }
        if self.edc_mib == 0 {
            return Err("the EDCs hold at least 1 MiB each".into());
        }
        if total > 4095 {
            return Err(format!("{total} MiB of memory, the map has room for 4095"));
        }
        if self.chip != Chip::T6 && (self.hma_mib > 0 || self.mc_mib == 0) {
            return Err("T4 and T5 have MC0 and no HMA".into());
        }
        if self.chip != Chip::T5 && self.mc1_mib > 0 {
            return Err("only T5 has MC1".into());
        }
        if self.mc_mib == 0 && self.hma_mib == 0 {
            return Err("without MC and HMA there is no room for payload".into());
        }
        if self.factory && self.mc_mib < 64 {
            return Err("the factory's layout needs at least 64 MiB of MC0".into());
        }
        let names = ["edc0", "edc1", "mc0", "mc1", "hma"];
        if let Some((name, _)) = &self.slow_memory {
            if !names.contains(&name.as_str()) {
                return Err(format!("a memory is one of {}", names.join(", ")));
            }
        }
        if !self.window_kib.is_power_of_two() || self.window_kib > 128 {
            return Err("a memory window has 1, 2, 4, … or 128 KiB".into());
        }
        match self.faults.iter().find(|fault| !fault.is_of(self.chip)) {
            Some(fault) => Err(format!("a {} cannot have {}", self.chip.name(), fault.name)),
            None => Ok(()),
        }
    }

    /// Whether something called so is wrong with the chip.
    pub fn has(&self, fault: &str) -> bool {
        self.faults.iter().any(|known| known.name == fault)
    }

    /// PCI device id of physical function 4: T420-CR, T580-CR or T62100.
    pub fn device_id(&self) -> u16 {
        match self.chip {
            Chip::T4 => 0x4401,
            Chip::T5 => 0x540d,
            _ => 0x6408,
        }
    }

    /// Revision of the chip: T4 A2, T5 A1, T6 A0.
    pub fn revision(&self) -> u8 {
        match self.chip {
            Chip::T4 => 2,
            Chip::T5 => 1,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_adapters_are_named() {
        let t5 = || Options::new(Chip::T5, 0);
        let t6 = || Options::new(Chip::T6, 0);
        let cases: [(Options, &str); 10] = [
            (Options { edc_mib: 0, ..t6() }, "EDC"),
            (
                Options {
                    mc_mib: u32::MAX,
                    ..t6()
                },
                "4095",
            ),
            (Options { hma_mib: 1, ..t5() }, "T5"),
            (Options { mc1_mib: 1, ..t6() }, "MC1"),
            (Options { mc_mib: 0, ..t6() }, "payload"),
            (
                Options {
                    factory: true,
                    ..t6()
                },
                "factory",
            ),
            (
                Options {
                    slow_memory: Some(("edc2".into(), 1)),
                    ..t6()
                },
                "edc1",
            ),
            (
                Options {
                    bar0_kib: 24,
                    ..t6()
                },
                "BAR0",
            ),
            (
                Options {
                    window_kib: 3,
                    ..t6()
                },
                "window",
            ),
            (
                Options {
                    window_kib: 256,
                    ..t6()
                },
                "window",
            ),
        ];
        for (options, word) in cases {
            let error = options.check().expect_err(word);
            assert!(error.contains(word), "{error}");
        }
        assert_eq!(t5().check(), Ok(()));
        assert_eq!(t6().check(), Ok(()));
    }
}
