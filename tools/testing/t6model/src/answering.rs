// SPDX-License-Identifier: GPL-2.0

//! What an adapter answers that is not ready, not whole, or not there.

use std::time::{Duration, Instant};

use crate::Options;

/// Bytes of what nobody answers: the bus makes up ones.
const NOBODY: u8 = 0xff;
/// Bytes of registers that cannot be accessed: each reads as 0xeeeeeeee (`CIM_PF_NOACCESS` of cxgb4's t4_hw.c, which waits for
/// `PL_WHOAMI` to be something else).
const NO_ACCESS: u8 = 0xee;

/// Who answers for registers and windows.
pub struct Answering {
    /// Accesses that will still be answered.
    lives_for: u64,
    dead: bool,
    /// How long after the first access nothing can be accessed.
    not_ready: Duration,
    first: Option<Instant>,
    /// First and last address of what cannot be accessed.
    no_access: Vec<(u32, u32)>,
    /// Reads, by number, that nobody answers.
    lost: Vec<u64>,
    reads: u64,
}

impl Answering {
    pub fn new(options: &Options) -> Self {
        // One that goes while it is dumped does so after some registers.
        let gone = options.has("DEVICE.GONE").then_some(5000);
        Self {
            lives_for: options.vanish_after.or(gone).unwrap_or(u64::MAX),
            dead: options.dead,
            not_ready: Duration::from_millis(options.not_ready_ms),
            first: None,
            no_access: options.no_access.clone(),
            lost: options.lost.clone(),
            reads: 0,
        }
    }

    /// Whether nothing answers any more, configuration space neither.
    pub fn is_gone(&self) -> bool {
        self.lives_for == 0
    }

    /// Counts a read of BAR0: what all its bytes are, if it's not what the register holds.
    pub fn read(&mut self, offset: u64) -> Option<u8> {
        self.reads += 1;
        let lost = self.lost.contains(&self.reads);
        self.access(offset).or(lost.then_some(NOBODY))
    }

    /// Counts a write to BAR0; whether it arrives.
    pub fn write(&mut self, offset: u64) -> bool {
        self.access(offset).is_none()
    }

    fn access(&mut self, offset: u64) -> Option<u8> {
        let first = *self.first.get_or_insert_with(Instant::now);
        self.lives_for = self.lives_for.saturating_sub(1);
        let blocked = |&(first, last): &(u32, u32)| (first.into()..=last.into()).contains(&offset);
        if self.dead || self.is_gone() {
            Some(NOBODY)
        } else if first.elapsed() < self.not_ready || self.no_access.iter().any(blocked) {
            Some(NO_ACCESS)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use vmcore_format::cudbg::Chip;

    use super::*;

    fn answering(change: impl FnOnce(&mut Options)) -> Answering {
        let mut options = Options::new(Chip::T6, 1);
        change(&mut options);
        Answering::new(&options)
    }

    #[test]
    fn a_read_that_is_lost_is_the_only_one() {
        let mut answering = answering(|options| options.lost = vec![2]);
        let read: Vec<_> = (0..4).map(|_| answering.read(0)).collect();
        assert_eq!(read, [None, Some(0xff), None, None]);
    }

    #[test]
    fn a_block_without_access_takes_no_writes() {
        let mut answering = answering(|options| options.no_access = vec![(0x7d00, 0x7efc)]);
        for (offset, expected) in [(0x7cfc, None), (0x7d00, Some(0xee)), (0x7f00, None)] {
            assert_eq!(answering.read(offset), expected);
            assert_eq!(answering.write(offset), expected.is_none());
        }
    }

    #[test]
    fn an_adapter_that_is_not_ready_gets_ready() {
        let mut answering = answering(|options| options.not_ready_ms = 30);
        assert_eq!(answering.read(0), Some(0xee));
        std::thread::sleep(Duration::from_millis(40));
        assert_eq!(answering.read(0), None);
    }

    #[test]
    fn what_is_gone_does_not_come_back() {
        let mut answering = answering(|options| options.vanish_after = Some(2));
        assert_eq!(answering.read(0), None);
        assert!(!answering.write(0));
        assert_eq!(answering.read(0), Some(0xff));
        assert!(answering.is_gone());
    }
}
