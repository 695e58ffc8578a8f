// SPDX-License-Identifier: GPL-2.0

//! What hangs on what: ports, and the functions behind them.

use serde::Serialize;

/// A function, and what is behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Its address: "0000:00:05.0".
    pub name: String,
    /// What it is, and how its link is: "Root Port, 8 GT/s x4".
    pub words: String,
    /// What is wrong with it; nothing, as far as is known, if empty.
    pub trouble: String,
    pub behind: Vec<Node>,
}
