// SPDX-License-Identifier: GPL-2.0

//! Why a section is missing or partial.
//!
//! The C driver leaves five words of a section header unused. Ours keeps the cause in the first four, and in the last what is
//! [private](super::private).

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $words:literal;)*) => {
        /// Why a section is missing or partial.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Cause {
            $($(#[$doc])* $name = $code,)*
        }

        impl Cause {
            /// Every cause.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The cause with this code, if it is a known one.
            pub const fn from_code(code: u32) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// Words for this cause.
            pub const fn words(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)*
                }
            }
        }
    };
}

causes! {
    /// A register holds what it cannot hold on a sane chip: `at` is the register, `value` its value.
    BadRegister = 1, "register holds an impossible value";
    /// All-ones where that is impossible: the device does not answer any more. `at` is the register.
    DeviceGone = 2, "device does not answer";
    /// The hardware did not finish in time: `at` is the register polled, `value` its last value.
    Timeout = 3, "hardware did not finish in time";
    /// The time for the dump was over, or that for a section of a slow device: `value` is the number of bytes collected before,
    /// or 0; in a register dump, `at` is the first register that was not read, 0 if it ends there.
    Deadline = 4, "time for the dump was over";
    /// The dump's memory budget was used up: `value` is the number of bytes collected before.
    Budget = 5, "memory budget of the dump was used up";
    /// No memory: `value` is the number of bytes asked for.
    NoMemory = 6, "no memory";
    /// Not fitted or not enabled: `at` is the register that says so, `value` its value.
    Absent = 7, "not fitted or not enabled";
    /// Needs the firmware or a running driver, of which there is none in a crash kernel.
    NeedsFirmware = 8, "needs running firmware";
    /// Not collected by this driver on this chip.
    Unsupported = 9, "not collected on this chip";
    /// A register lies outside of the mapped area: `at` is the register, `value` the bytes mapped.
    OutsideBar = 10, "register lies outside of the mapped area";
    /// Compression failed: `at` is zlib's return value.
    Compress = 11, "compression failed";
    /// A data structure of the chip is malformed: `at` is the offset in it, `value` what was there.
    Malformed = 12, "malformed data in the device";
    /// Reading PCI configuration space failed: `at` is the offset.
    ConfigSpace = 13, "configuration space cannot be read";
    /// An interface was in use: `at` is the register that says so, `value` its value.
    Busy = 14, "interface is in use";
    /// State of the driver of the crashed kernel; it's in the vmcore itself.
    HostState = 15, "state of the crashed kernel's driver, see the vmcore";
    /// Private, and nobody asked for it: `at` is what, as a set ([`Private`](super::private::Private)).
    Private = 16, "private, and not asked for";
    /// Where private things are in the adapter's memory cannot be told, so nothing of it was read: `at` is the register that does
    /// not tell, `value` its value.
    Unlocated = 17, "register does not tell where private data is, so no memory was read";
    /// The adapter is not bus master, and its part of the host's memory cannot be read without: `at` is the offset of the command
    /// register.
    NotBusMaster = 18, "bus mastering is off, so host memory cannot be reached";
    /// A memory took longer than a millisecond for each of several reads: `at` is the address in it, `value` the microseconds of
    /// the last one.
    SlowMemory = 19, "memory answers too slowly";
    /// The adapter says that it is not ready, after half a second, too: `at` is the register, `value` its value.
    NotReady = 20, "the adapter is not ready";
    /// Registers gave 0xeeeeeeee, which means that nothing of their block can be accessed: `at` is the first, `value` what it gave.
    NoAccess = 21, "registers cannot be accessed";
    /// The firmware selected something else each time: `at` is the register that selects, `value` what was found there.
    Moving = 22, "the firmware uses these registers, too";
    /// The dump was handed out while it was collected, and ended there: `value` is the number of bytes that it had.
    Unfinished = 23, "the dump ends while it was collected";
}

/// A [`Cause`] with its arguments, as four words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// Code of the cause; 0 is none.
    pub code: u32,
    /// Address of a register, or what the cause says.
    pub at: u32,
    /// Value of that register, or what the cause says.
    pub value: u64,
}

impl Detail {
    /// No cause.
    pub const NONE: Self = Self {
        code: 0,
        at: 0,
        value: 0,
    };

    /// `cause` with its arguments.
    pub const fn new(cause: Cause, at: u32, value: u64) -> Self {
        Self {
            code: cause as u32,
            at,
            value,
        }
    }

    /// The cause, if there is a known one.
    pub const fn cause(&self) -> Option<Cause> {
        Cause::from_code(self.code)
    }
}
