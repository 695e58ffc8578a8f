// SPDX-License-Identifier: GPL-2.0

/// Why something was not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reason(pub u8);

impl Reason {
    /// It was read.
    pub const NONE: Self = Self(0);
    /// Reading it could change something, or hang: it is on a list.
    pub const DENIED: Self = Self(1);
    /// The kernel knows that this function must not be asked for it.
    pub const QUIRK: Self = Self(2);
    /// An access before had taken too long.
    pub const SLOW: Self = Self(3);
    /// The time for this function was over.
    pub const FUNCTION_TIME: Self = Self(4);
    /// The time for all functions was over.
    pub const TIME: Self = Self(5);
    /// The function did not answer any more, or never did.
    pub const GONE: Self = Self(6);
    /// The kernel could not make the access.
    pub const FAILED: Self = Self(7);
    /// A driver was being bound to it.
    pub const BUSY: Self = Self(8);
    /// It was in a power state other than D0, or said that it is no longer.
    pub const ASLEEP: Self = Self(9);
    /// It did not decode memory accesses.
    pub const NOT_DECODING: Self = Self(10);
    /// The BAR had no address, or is no memory.
    pub const NO_BAR: Self = Self(11);
    /// The link above it was down.
    pub const LINK_DOWN: Self = Self(12);
    /// The port above it was contained by DPC.
    pub const CONTAINED: Self = Self(13);
    /// The table's condition was not met.
    pub const CONDITION: Self = Self(14);
    /// It is not all inside of the BAR.
    pub const OUTSIDE: Self = Self(15);
    /// Reading registers was switched off.
    pub const SWITCHED_OFF: Self = Self(16);
    /// No memory for the mapping.
    pub const NO_MEMORY: Self = Self(17);
    /// The bytes that may be read of a device were used up.
    pub const LIMIT: Self = Self(18);
    /// A register that says where it is made no sense.
    pub const NONSENSE: Self = Self(19);
    /// Only root may read it.
    pub const NOT_ALLOWED: Self = Self(20);

    /// Words for this reason; `None`: unknown.
    pub const fn words(self) -> Option<&'static str> {
        Some(match self {
            Self::NONE => "",
            Self::DENIED => "reading it could change something",
            Self::QUIRK => "this device must not be asked for it",
            Self::SLOW => "an access took too long",
            Self::FUNCTION_TIME => "the time for this function was over",
            Self::TIME => "the time for all functions was over",
            Self::GONE => "it does not answer",
            Self::FAILED => "the kernel could not access it",
            Self::BUSY => "a driver was being bound to it",
            Self::ASLEEP => "it is powered down",
            Self::NOT_DECODING => "it does not decode memory accesses",
            Self::NO_BAR => "the BAR has no address",
            Self::LINK_DOWN => "the link above it is down",
            Self::CONTAINED => "the port above it is contained by DPC",
            Self::CONDITION => "the condition for it is not met",
            Self::OUTSIDE => "it is outside of the BAR",
            Self::SWITCHED_OFF => "reading registers was switched off",
            Self::NO_MEMORY => "there was no memory",
            Self::LIMIT => "so much is not read of one device",
            Self::NONSENSE => "the register that says where it is makes no sense",
            Self::NOT_ALLOWED => "only root may read it",
            _ => return None,
        })
    }
}
