// SPDX-License-Identifier: GPL-2.0

//! What of an adapter is private: it's left out of a dump, or only there if somebody asked for it.
//!
//! The last of the five words that the C driver leaves unused in a section header says what was left out of the section.

/// A set of such things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Private(pub u32);

macro_rules! private {
    ($($(#[$doc:meta])* $bit:literal $name:ident $words:literal;)*) => {
        impl Private {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)*

            /// Each of them, with its words.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self::$name, $words),)*];
        }
    };
}

private! {
    /// Packets that were sent or received. Never in a dump.
    0 PAYLOAD "payload";
    /// Keys of TLS connections. Never in a dump.
    1 TLS_KEYS "TLS keys";
    /// Regions of iSCSI and RDMA, which describe memory of the host and of its peers.
    2 UPPER_LAYERS "upper layers";
    /// Queues of the sideband to the management controller, which carry its packets.
    3 NCSI_QUEUES "NC-SI queues";
    /// The secret key of the hash that spreads packets over queues.
    4 RSS_KEY "RSS key";
    /// Memory of the host that the adapter uses as if it were its own (HMA).
    5 HOST_MEMORY "host memory";
}

impl Private {
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// What is in this set, or in `other`.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is in this set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Words for what is in this set, as far as there are some.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        let all = Self::ALL.iter();
        all.filter(move |(one, _)| self.has(*one))
            .map(|(_, words)| *words)
    }
}
