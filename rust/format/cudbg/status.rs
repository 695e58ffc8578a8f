// SPDX-License-Identifier: GPL-2.0

//! How collecting a section went.
//!
//! C header: `drivers/net/ethernet/chelsio/cxgb4/cudbg_if.h`.

/// Status of a section, as in `hdr_flags`, `sys_err` and `sys_warn` of its header.
///
/// Zero is good. The C driver also stores plain negative errno values here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status(pub i32);

impl Status {
    /// Collected.
    pub const OK: Self = Self(0);
    /// No memory, or no room in the dump.
    pub const NO_MEM: Self = Self(-19);
    /// The chip does not have it.
    pub const NOT_FOUND: Self = Self(-24);
    /// Not collected on this chip.
    pub const NOT_IMPLEMENTED: Self = Self(-28);
    /// Reading it failed; `sys_err` tells more.
    pub const SYSTEM_ERROR: Self = Self(-29);
    /// The core clock is not known.
    pub const CCLK_NOT_DEFINED: Self = Self(-32);
    /// Nobody asked for it, or not for all of it. The C driver never says so, Chelsio's tools know the number.
    pub const NOT_REQUESTED: Self = Self(-35);
    /// Only a part was collected: said in `sys_warn` only, the status is good. Our first images said so in both.
    pub const PARTIAL: Self = Self(-41);

    /// Words for this status, `None` for values that have no meaning here (errno values).
    pub const fn words(self) -> Option<&'static str> {
        Some(match self {
            Self::OK => "ok",
            Self::NO_MEM => "no memory or no room",
            Self::NOT_FOUND => "not present",
            Self::NOT_IMPLEMENTED => "not collected on this chip",
            Self::SYSTEM_ERROR => "error",
            Self::CCLK_NOT_DEFINED => "core clock not known",
            Self::NOT_REQUESTED => "left out",
            Self::PARTIAL => "partial",
            _ => return None,
        })
    }
}
