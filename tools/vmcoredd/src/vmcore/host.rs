// SPDX-License-Identifier: GPL-2.0

//! Which machine panicked, and when.

use serde::Serialize;

/// As far as the file knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Host {
    /// makedumpfile puts it into kdump-compressed files.
    pub name: Option<String>,
    /// Of the kernel that panicked.
    pub kernel: Option<String>,
    /// When it did, in seconds since 1970.
    pub crash_time: Option<u64>,
}

impl Host {
    /// `info`: lines of `KEY=value`, as the kernel writes them (`kernel/vmcore_info.c`).
    pub fn new(name: Option<String>, info: &str) -> Self {
        let value = |key: &str| {
            let mut lines = info.lines();
            lines.find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
        };
        Self {
            name,
            kernel: value("OSRELEASE").map(|release| release.replace(char::is_control, "\u{fffd}")),
            crash_time: value("CRASHTIME")
                .and_then(|seconds| seconds.parse::<u32>().ok().map(u64::from)),
        }
    }
}
