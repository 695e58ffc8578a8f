// SPDX-License-Identifier: GPL-2.0

//! Errors that a function has recorded, in words.

use vmcore_format::pci::{Facts, Reason};

use super::{
    capabilities::{AER, DPC, PCI_EXPRESS},
    families,
    function::{requester, words, Function},
    registers, rules, tlp,
};
use crate::{
    input::printable,
    kinds::remark::{Remark, Weight},
};

/// Uncorrectable errors by their bits (PCI Express Base Specification, 7.8.4.2).
const UNCORRECTABLE: [(u32, &str); 22] = [
    (4, "data link protocol error"),
    (5, "surprise down"),
    (12, "poisoned TLP received"),
    (13, "flow control protocol error"),
    (14, "completion timeout"),
    (15, "completer abort"),
    (16, "unexpected completion"),
    (17, "receiver overflow"),
    (18, "malformed TLP"),
    (19, "ECRC error"),
    (20, "unsupported request"),
    (21, "ACS violation"),
    (22, "uncorrectable internal error"),
    (23, "multicast TLP blocked"),
    (24, "AtomicOp egress blocked"),
    (25, "TLP prefix blocked"),
    (26, "poisoned TLP egress blocked"),
    (27, "DMWr egress blocked"),
    (28, "IDE check failed"),
    (29, "misrouted IDE TLP"),
    (30, "PCRC check failed"),
    (31, "TLP translation egress blocked"),
];

/// Correctable errors (7.8.4.5).
const CORRECTABLE: [(u32, &str); 8] = [
    (0, "receiver error"),
    (6, "bad TLP"),
    (7, "bad DLLP"),
    (8, "replay number rollover"),
    (12, "replay timer timeout"),
    (13, "advisory non-fatal error"),
    (14, "corrected internal error"),
    (15, "header log overflow"),
];

/// What a root port had done itself for the CPU (7.9.14.5).
const ROOT_PORT_PIO: [(u32, &str); 9] = [
    (0, "configuration request: unsupported request"),
    (1, "configuration request: completer abort"),
    (2, "configuration request: completion timeout"),
    (8, "I/O request: unsupported request"),
    (9, "I/O request: completer abort"),
    (10, "I/O request: completion timeout"),
    (16, "memory request: unsupported request"),
    (17, "memory request: completer abort"),
    (18, "memory request: completion timeout"),
];

/// Whether this kernel had cleared them before.
pub fn is_cleared(function: &Function) -> Option<bool> {
    function
        .find(AER)
        .and_then(|_| function.head.facts.get(Facts::AER_CLEARED))
}

pub fn remarks(function: &Function) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if function.space.is_absent() || function.head.ended == Reason::GONE {
        remarks.push(function.remark(Weight::Fatal, "does not answer: all ones", &rules::GONE));
        // Whatever else it says is no answer either.
        return remarks;
    }
    remarks.extend(containment(function));
    remarks.extend(uncorrectable(function));
    remarks.extend(messages(function));
    // What follows says the same with fewer words, or that there was something and not what.
    if remarks.is_empty() {
        remarks.extend(device_status(function));
    }
    if remarks.is_empty() {
        remarks.extend(conventional(function));
    }
    remarks.extend(correctable(function));
    remarks.extend(silent(function));
    remarks.extend(families::remarks(function));
    for table in &function.tables {
        let name = printable(table.name());
        for (reason, how) in [
            (table.skipped, "were not read"),
            (table.ended, "were not read to the end"),
        ] {
            if reason != Reason::NONE {
                let text = format!("registers of {name} {how}: {}", words(reason));
                remarks.push(function.remark(Weight::Note, text, &rules::UNREAD));
            }
        }
    }
    match function.head.ended {
        Reason::NONE => {}
        reason => {
            let text = format!("reading it ended early: {}", words(reason));
            remarks.push(function.remark(Weight::Note, text, &rules::UNREAD));
        }
    }
    remarks
}

/// Nobody answers behind a BAR, though the function does.
fn silent(function: &Function) -> Option<Remark> {
    let mut bars = (0..6).filter(|bar| families::is_silent(function, *bar));
    let bar = bars.next()?;
    let text = format!("the registers behind BAR{bar} do not answer: all ones");
    Some(function.remark(Weight::Fatal, text, &rules::SILENT))
}

/// Names of the bits that are set.
fn names(value: u32, table: &[(u32, &'static str)]) -> Vec<String> {
    let bits = (0..32).filter(|bit| (value >> bit) & 1 != 0);
    bits.map(|bit| match table.iter().find(|(known, _)| *known == bit) {
        Some((_, name)) => (*name).to_owned(),
        None => format!("bit {bit}"),
    })
    .collect()
}

fn uncorrectable(function: &Function) -> Option<Remark> {
    let at = function.find(AER)?;
    let read = |offset| function.space.u32(at + offset);
    let status = read(0x04).filter(|status| !matches!(*status, 0 | u32::MAX))?;
    let (mask, severity) = (read(0x08), read(0x0c).unwrap_or(0));
    let masked = status & mask.unwrap_or(0);
    let fatal = status & severity & !masked;
    let mut parts = Vec::new();
    for (bits, how) in [
        (fatal, "fatal"),
        (status & !severity & !masked, "non-fatal"),
        (masked, "masked"),
    ] {
        parts.extend(
            names(bits, &UNCORRECTABLE)
                .iter()
                .map(|name| format!("{name} ({how})")),
        );
    }
    let mut text = parts.join(", ");
    // The first error is that of the log, if it is still among them.
    let first = read(0x18).map(|control| control & 0x1f);
    let logged = first
        .filter(|bit| (status >> bit) & 1 != 0)
        .and_then(|bit| {
            let header = [read(0x1c)?, read(0x20)?, read(0x24)?, read(0x28)?];
            let several = status & (status - 1) != 0;
            let which = match several {
                true => format!(
                    " at the first, {}",
                    names(1 << bit, &UNCORRECTABLE).join("")
                ),
                false => String::new(),
            };
            Some(format!("{which}: {}", tlp::words(header)?))
        });
    text += &logged.unwrap_or_default();
    let weight = match (fatal, status & !masked) {
        (0, 0) => Weight::Note,
        (0, _) => Weight::Error,
        _ => Weight::Fatal,
    };
    let counted = if status == masked {
        status
    } else {
        status & !masked
    };
    Some(Remark {
        detail: registers::bits("UNCOR_STATUS", counted.into()),
        ..function.remark(weight, text, &rules::UNCORRECTABLE)
    })
}

fn correctable(function: &Function) -> Option<Remark> {
    let at = function.find(AER)?;
    let status = function.space.u32(at + 0x10)?;
    let found = names(status, &CORRECTABLE);
    if found.is_empty() || status == u32::MAX {
        return None;
    }
    /// What is advised of is often no more than a request that nobody supports.
    const ADVISORY: u32 = 1 << 13;
    let weight = match status & !ADVISORY {
        0 => Weight::Note,
        _ => Weight::Warning,
    };
    let text = format!("corrected: {}", found.join(", "));
    Some(function.remark(weight, text, &rules::CORRECTABLE))
}

/// Who has sent a message, if that is known.
fn from(function: &Function, id: Option<u16>) -> String {
    id.map_or_else(String::new, |id| {
        format!(" from {}", requester(function.head.address.domain, id))
    })
}

/// Error messages that arrived at a root port.
fn messages(function: &Function) -> Option<Remark> {
    if !function.is_root() {
        return None;
    }
    let at = function.find(AER)?;
    let status = function.space.u32(at + 0x30)?;
    let sources = function.space.u32(at + 0x34);
    let from = |low: u32| from(function, sources.map(|sources| (sources >> low) as u16));
    let bit = |bit: u32| (status >> bit) & 1 != 0;
    if status == u32::MAX || status & 0x7f == 0 {
        return None;
    }
    let mut parts = Vec::new();
    if bit(2) {
        let kind = match (bit(6), bit(5)) {
            (true, false) => "fatal",
            (false, true) => "non-fatal",
            _ if bit(4) => "fatal, and others",
            _ => "non-fatal, and others",
        };
        let more = if bit(3) { ", and more after it" } else { "" };
        parts.push(format!("error message ({kind}){}{more}", from(16)));
    }
    if bit(0) {
        let more = if bit(1) { ", and more after it" } else { "" };
        parts.push(format!("message of a corrected error{}{more}", from(0)));
    }
    let weight = match (bit(6), bit(2)) {
        (true, _) => Weight::Fatal,
        (_, true) => Weight::Error,
        _ => Weight::Note,
    };
    Some(function.remark(
        weight,
        format!("received: {}", parts.join("; ")),
        &rules::MESSAGE,
    ))
}

/// Downstream Port Containment: the port has cut off what is below it.
fn containment(function: &Function) -> Option<Remark> {
    let at = function.find(DPC)?;
    let status = function.space.u16(at + 8)?;
    if status & 1 == 0 || status == u16::MAX {
        return None;
    }
    let source = || from(function, function.space.u16(at + 0x0a));
    let reason = match ((status >> 1) & 3, (status >> 5) & 3) {
        (0, _) => "an uncorrectable error of its own".to_owned(),
        (1, _) => format!("a non-fatal error message{}", source()),
        (2, _) => format!("a fatal error message{}", source()),
        (_, 0) => {
            let read = |offset| function.space.u32(at + offset);
            let failed = names(read(0x0c).unwrap_or(0), &ROOT_PORT_PIO).join(", ");
            let header = || Some([read(0x20)?, read(0x24)?, read(0x28)?, read(0x2c)?]);
            let logged = header()
                .and_then(tlp::words)
                .map(|words| format!(": {words}"));
            format!(
                "a request of the CPU that failed ({failed}){}",
                logged.unwrap_or_default()
            )
        }
        (_, 1) => "software".to_owned(),
        _ => "an unknown reason".to_owned(),
    };
    let text = format!("has cut off what is below it (DPC), because of {reason}");
    Some(function.remark(Weight::Fatal, text, &rules::CONTAINED))
}

/// What is left where the error itself is not known.
fn device_status(function: &Function) -> Option<Remark> {
    let at = function.find(PCI_EXPRESS)?;
    let status = function
        .space
        .u16(at + 0x0a)
        .filter(|status| *status != u16::MAX)?;
    const BITS: [(u32, &str); 4] = [
        (2, "fatal error"),
        (1, "non-fatal error"),
        (3, "unsupported request"),
        (0, "corrected error"),
    ];
    let found: Vec<_> = BITS
        .iter()
        .filter(|(bit, _)| (status >> bit) & 1 != 0)
        .map(|(_, name)| *name)
        .collect();
    if found.is_empty() {
        return None;
    }
    let is = |bit: u32| (status >> bit) & 1 != 0;
    // Scanning a bus leaves unsupported requests behind on machines that are well.
    let weight = match (is(2), is(1) && !is(3)) {
        (true, _) => Weight::Fatal,
        (false, true) => Weight::Error,
        (false, false) => Weight::Note,
    };
    let text = format!(
        "has detected: {}; which one it was is not known",
        found.join(", ")
    );
    Some(function.remark(weight, text, &rules::DETECTED))
}

/// Errors in the words of conventional PCI. Master aborts are not among them: each probe of a slot that is empty leaves one.
fn conventional(function: &Function) -> Option<Remark> {
    const BITS: [(u32, &str); 5] = [
        (15, "parity error or poisoned TLP"),
        (14, "system error signaled"),
        (12, "target abort received"),
        (11, "target abort signaled"),
        (8, "parity error of its own transaction"),
    ];
    let status = function.space.u16(6).filter(|status| *status != u16::MAX)?;
    let found = BITS.iter().filter(|(bit, _)| (status >> bit) & 1 != 0);
    let found: Vec<_> = found.map(|(_, name)| *name).collect();
    (!found.is_empty()).then(|| {
        let text = format!("PCI status: {}", found.join(", "));
        function.remark(Weight::Error, text, &rules::CONVENTIONAL)
    })
}
