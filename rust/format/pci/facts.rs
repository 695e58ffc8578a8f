// SPDX-License-Identifier: GPL-2.0

//! What the kernel that took the dump had done to a function before.

/// Facts that are known to be so, known not to be so, or not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Those that are known.
    pub known: u32,
    /// Of these, those that are so.
    pub set: u32,
}

impl Facts {
    /// The status registers of Advanced Error Reporting were cleared while the bus was scanned: what they show is from after that,
    /// and nothing is known of before.
    pub const AER_CLEARED: u32 = 1 << 0;
    /// The interrupt status of Downstream Port Containment was cleared; trigger, source and RP PIO log were not.
    pub const DPC_CLEARED: u32 = 1 << 1;
    /// The error bits of the Device Status register were cleared.
    pub const DEVICE_STATUS_CLEARED: u32 = 1 << 2;
    /// The Secondary Status register of a bridge was cleared.
    pub const SECONDARY_STATUS_CLEARED: u32 = 1 << 3;
    /// The enable bits of MSI and MSI-X were cleared.
    pub const MSI_DISABLED: u32 = 1 << 4;
    /// Virtual functions were disabled.
    pub const VFS_DISABLED: u32 = 1 << 5;
    /// It was told to be in power state D0, whatever it was in.
    pub const POWERED_UP: u32 = 1 << 6;
    /// A driver of this kernel had it, see [`FunctionHead::driver`](super::FunctionHead::driver).
    pub const BOUND: u32 = 1 << 7;

    /// Notes that `fact` is so, or is not.
    #[must_use]
    pub const fn with(self, fact: u32, is_so: bool) -> Self {
        Self {
            known: self.known | fact,
            set: if is_so {
                self.set | fact
            } else {
                self.set & !fact
            },
        }
    }

    /// Whether `fact` is so; `None`: not known.
    pub const fn get(self, fact: u32) -> Option<bool> {
        if self.known & fact == 0 {
            return None;
        }
        Some(self.set & fact != 0)
    }
}
