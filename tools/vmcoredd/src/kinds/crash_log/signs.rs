// SPDX-License-Identifier: GPL-2.0

//! Lines that tell of errors: most of them are of what the crash kernel wiped when it had printed them.

use super::Line;
use crate::kinds::remark::{Remark, Rule, Weight};

/// What all of them are of.
pub const UNIT: &str = "the crash kernel's log";

/// There is no room for all of it.
pub static LOST: Rule = Rule {
    sign: "LOG.LOST",
    source: "vmcore_devdump",
    registers: &[],
};

/// That nothing is told of does not mean that all was well.
pub static SILENT: Rule = Rule {
    sign: "LOG.SILENT",
    source: "vmcore_devdump",
    registers: &[],
};

/// A kind of line.
struct Sign {
    weight: Weight,
    rule: Rule,
    /// All of this is in such a line, in this order.
    parts: &'static [&'static str],
    /// What else has to be so.
    when: fn(&str) -> bool,
}

macro_rules! signs {
    ($($weight:ident $sign:literal $source:literal [$($part:literal),*] $($when:path)?;)*) => {
        &[$(Sign {
            weight: Weight::$weight,
            rule: Rule { sign: $sign, source: $source, registers: &[] },
            parts: &[$($part),*],
            when: [$($when,)? always][0],
        }),*]
    };
}

/// The first that fits counts. Sources are files of Linux 7.3.
const SIGNS: &[Sign] = signs! {
    Warning "MCE.CORRECTED" "arch/x86/kernel/cpu/mce/core.c" ["[Hardware Error]: CPU ", "Machine Check", " Bank "] is_corrected;
    Fatal "MCE.UNCORRECTED" "arch/x86/kernel/cpu/mce/core.c" ["[Hardware Error]: CPU ", "Machine Check", " Bank "];
    Fatal "GHES.FATAL" "drivers/firmware/efi/cper.c" ["}[Hardware Error]: event severity: fatal"];
    Error "GHES.RECOVERABLE" "drivers/firmware/efi/cper.c" ["}[Hardware Error]: event severity: recoverable"];
    Warning "GHES.CORRECTED" "drivers/firmware/efi/cper.c" ["}[Hardware Error]: event severity: corrected"];
    // Nothing of this panic: firmware hands them out after a reset.
    Note "BERT.PREVIOUS_BOOT" "drivers/acpi/apei/bert.c" ["BERT: Error records from previous boot"];
    Warning "IOMMU.FAULT" "drivers/iommu/intel/dmar.c" ["DMAR: [DMA ", "Request device ["];
    Warning "IOMMU.FAULT" "drivers/iommu/intel/dmar.c" ["DMAR: [INTR-REMAP] ", "Request device ["];
    Warning "IOMMU.FAULT" "drivers/iommu/amd/iommu.c" ["AMD-Vi: Event logged ["];
    Fatal "AER.FATAL" "drivers/pci/pcie/aer.c" ["AER: ", "Uncorrectable (Fatal) ", "rror message"];
    Error "AER.NONFATAL" "drivers/pci/pcie/aer.c" ["AER: ", "Uncorrectable (Non-Fatal) ", "rror message"];
    Warning "AER.CORRECTED" "drivers/pci/pcie/aer.c" ["AER: ", "Correctable ", "rror message"];
    Fatal "DPC.CONTAINED" "drivers/pci/pcie/dpc.c" ["DPC: containment event"];
    Error "PCI.INACCESSIBLE" "drivers/pci/pci.c" ["Unable to change power state from ", "device inaccessible"];
    Error "PCI.NOT_READY" "drivers/pci/pci.c" ["not ready ", "giving up"];
};

/// Of a record of the firmware, what is worth a place beside its severity.
const DETAILS: [&str; 4] = [
    "section_type: ",
    "error_type: ",
    "physical_address: ",
    "device_id: ",
];
/// Lines in which they are looked for.
const RECORD: usize = 16;

/// What is told, the weightiest first; lines of one kind once.
pub fn remarks<'a>(lines: impl Iterator<Item = Line<'a>>) -> Vec<Remark> {
    let lines: Vec<_> = lines.collect();
    // Lines of a kind: the first, and how many there are.
    let mut found: Vec<(&Sign, String, usize)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let fits = |sign: &&Sign| fits(line.text, sign.parts) && (sign.when)(line.text);
        let Some(sign) = SIGNS.iter().find(fits) else {
            continue;
        };
        let mut known = found.iter_mut();
        match known.find(|(other, ..)| other.rule.sign == sign.rule.sign) {
            Some((.., count)) => *count += 1,
            None => {
                let details = details(&lines[at..]);
                let text = format!("[{}] {}{details}", line.time, line.text);
                found.push((sign, text, 1));
            }
        }
    }
    let mut remarks: Vec<_> = found
        .into_iter()
        .map(|(sign, mut text, count)| {
            if count > 1 {
                text += &format!(" (and {} more like it)", count - 1);
            }
            Remark::new(sign.weight, UNIT, text, &sign.rule)
        })
        .collect();
    remarks.sort_by_key(|remark| remark.weight);
    remarks
}

fn fits(mut text: &str, parts: &[&str]) -> bool {
    parts.iter().all(|part| match text.split_once(part) {
        Some((_, rest)) => {
            text = rest;
            true
        }
        None => false,
    })
}

fn always(_: &str) -> bool {
    true
}

/// The status of a machine check says so (bit 61 of `MCi_STATUS`).
fn is_corrected(text: &str) -> bool {
    const UNCORRECTED: u64 = 1 << 61;
    let status = || {
        let (_, bank) = text.split_once(" Bank ")?;
        let (_, status) = bank.split_once(": ")?;
        u64::from_str_radix(status.trim(), 16).ok()
    };
    status().is_some_and(|status| status & UNCORRECTED == 0)
}

/// What the record goes on with that begins with the first of `lines`.
fn details(lines: &[Line<'_>]) -> String {
    let Some((record, _)) = lines[0].text.split_once("}[Hardware Error]: ") else {
        return String::new();
    };
    let mut details = String::new();
    for line in lines.iter().skip(1).take(RECORD) {
        let text = line.text.strip_prefix(record);
        let Some(text) = text.and_then(|text| text.strip_prefix("}[Hardware Error]:")) else {
            continue;
        };
        let text = text.trim_start();
        if DETAILS.iter().any(|detail| text.starts_with(detail)) {
            details += "; ";
            details += text;
        }
    }
    details
}
