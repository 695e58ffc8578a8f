// SPDX-License-Identifier: GPL-2.0

//! Parts of a dump that were collected one by one.

use std::borrow::Cow;

use serde::Serialize;

/// A section, in words.
#[derive(Serialize)]
pub struct Section {
    pub id: u32,
    pub name: String,
    pub title: Cow<'static, str>,
    /// `ok`, `partial`, `damaged`, or what the driver said of it.
    pub status: String,
    pub ok: bool,
    /// Why it is not ok, as far as the driver knew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Bytes in the dump, and decompressed.
    pub stored: u64,
    pub raw: u64,
    /// What is damaged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damage: Option<String>,
}
