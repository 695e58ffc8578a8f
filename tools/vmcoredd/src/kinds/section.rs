// SPDX-License-Identifier: GPL-2.0

//! Parts of a dump that were collected one by one.

use std::borrow::Cow;

use serde::Serialize;

/// A section, in words.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    pub id: u32,
    pub name: String,
    pub title: Cow<'static, str>,
    /// `ok`, `partial`, `damaged`, or what the driver said of it.
    pub status: String,
    pub ok: bool,
    /// Why it is not ok, as far as the driver knew.
    pub cause: Option<String>,
    /// What is not there because it's private.
    pub left_out: Vec<&'static str>,
    /// Bytes in the dump, and decompressed.
    pub stored: u64,
    pub raw: u64,
    /// What is damaged.
    pub damage: Option<String>,
}

impl Section {
    /// The status, and what is not there because it's private.
    pub fn words(&self) -> String {
        let left_out = self.left_out.join(", ");
        match self.left_out[..] {
            [] => self.status.clone(),
            _ if self.raw == 0 => format!("{}: {left_out}", self.status),
            _ => format!("{} but for {left_out}", self.status),
        }
    }

    /// Whether anything was collected, be it that there was nothing.
    pub fn is_there(&self) -> bool {
        self.ok || self.raw > 0 || self.damage.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_named() {
        for (status, left_out, raw, words) in [
            ("ok", &[][..], 8, "ok"),
            (
                "ok",
                &["payload", "RSS key"],
                8,
                "ok but for payload, RSS key",
            ),
            ("partial", &["payload"], 8, "partial but for payload"),
            ("left out", &["NC-SI queues"], 0, "left out: NC-SI queues"),
        ] {
            let section = Section {
                id: 1,
                name: String::new(),
                title: "".into(),
                status: status.into(),
                ok: true,
                cause: None,
                left_out: left_out.to_vec(),
                stored: 0,
                raw,
                damage: None,
            };
            assert_eq!(section.words(), words);
        }
    }
}
