// SPDX-License-Identifier: GPL-2.0

//! How full something is.

use serde::Serialize;

/// Room that is used up, and how much there is of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gauge {
    pub name: String,
    pub used: u64,
    pub of: u64,
    /// What is counted: "bytes", "pages".
    pub unit: &'static str,
}
