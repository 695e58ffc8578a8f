// SPDX-License-Identifier: GPL-2.0

//! Logs: what a device or a kernel wrote down, and when.

use serde::Serialize;

/// What a kernel calls its levels, as dmesg(1) does.
pub const KERNEL_LEVELS: [&str; 8] = [
    "emerg", "alert", "crit", "err", "warn", "notice", "info", "debug",
];
/// The last of them that tells of an error.
pub const KERNEL_ERROR: u8 = 3;

/// A log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Log {
    /// Who wrote it: "firmware", "kernel".
    pub writer: &'static str,
    /// What its times are in, as [`Log::stamp`] gives them.
    pub clock: &'static str,
    /// Ticks of the clock in a second; `None` if nobody knows.
    pub ticks_per_second: Option<u64>,
    /// The oldest first.
    pub messages: Vec<Message>,
}

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// In ticks of the log's clock.
    pub time: u64,
    /// How much it matters, in the words of the log.
    pub level: String,
    /// Whether it tells of an error.
    pub is_error: bool,
    pub text: String,
}

impl Log {
    /// Why the kernel panicked, in its words.
    pub fn panic(&self) -> Option<String> {
        let mut lines = self.messages.iter().map(|message| &message.text);
        let words = lines.find_map(|line| line.split_once("Kernel panic - not syncing: "))?;
        Some(words.1.trim_end().to_owned())
    }

    /// A time, for people.
    pub fn stamp(&self, time: u64) -> String {
        match self.ticks_per_second {
            Some(rate) if rate > 0 => {
                let micros = u128::from(time) * 1_000_000 / u128::from(rate);
                format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
            }
            _ => time.to_string(),
        }
    }
}
