// SPDX-License-Identifier: GPL-2.0

//! Whether a panic boots a crash kernel at all.

use super::{system::System, Finding, State};

const RESERVED: &str = "reserved";
const LOADED: &str = "crash kernel";

pub fn check(system: &System) -> Vec<Finding> {
    vec![reserved(system), loaded(system)]
}

/// Newer kernels have these files in a directory of their own, too.
fn number(system: &System, name: &str) -> Option<u64> {
    system
        .number(&format!("/sys/kernel/kexec/crash_{name}"))
        .or_else(|| system.number(&format!("/sys/kernel/kexec_crash_{name}")))
}

/// Bytes that are set aside for the crash kernel.
pub fn size(system: &System) -> u64 {
    number(system, "size").unwrap_or(0)
}

fn reserved(system: &System) -> Finding {
    match size(system) {
        0 => Finding::bad(
            RESERVED,
            State::Critical,
            "no memory is set aside for a crash kernel",
            "put crashkernel=256M on the kernel's command line (Debian: install kdump-tools, which does) and reboot",
        ),
        bytes => Finding::ok(RESERVED, format!("{} MiB for the crash kernel", bytes >> 20)),
    }
}

pub fn is_loaded(system: &System) -> bool {
    number(system, "loaded") == Some(1)
}

fn loaded(system: &System) -> Finding {
    match is_loaded(system) {
        true => Finding::ok(LOADED, "loaded"),
        false => Finding::bad(
            LOADED,
            State::Critical,
            "not loaded: a panic would save nothing",
            match system.has("kdump-config") {
                true => "run `kdump-config load`, then see `kdump-config status`",
                false => "start the kdump service: `systemctl start kdump`, or install kdump-tools on Debian",
            },
        ),
    }
}
