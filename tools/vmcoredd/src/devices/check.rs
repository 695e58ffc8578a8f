// SPDX-License-Identifier: GPL-2.0

//! Whether a file of `devices.d` makes sense.

mod range;
mod register;

use std::ops;

use toml::Spanned;
use vmcore_format::devices::{Match, DEVICE_NAME_LEN, MAX_READ};

use self::range::meet;
use crate::devices::{
    complaint::{Complaint, Severity, Source},
    description::{Device, Range},
    text,
};

/// What the file says, unless there is an error; and all that is wrong with it.
pub fn check(source: &Source) -> (Option<Device>, Vec<Complaint>) {
    let file: text::File = match toml::from_str(&source.text) {
        Ok(file) => file,
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            // The parser's words may have several lines.
            let what = error.message().trim().replace('\n', ": ");
            return (None, vec![source.complaint(span, Severity::Error, what)]);
        }
    };
    let mut check = Check {
        source,
        complaints: Vec::new(),
    };
    let device = check.device(&file);
    check
        .complaints
        .sort_by_key(|complaint| (complaint.line, complaint.column));
    let failed = |complaint: &Complaint| complaint.severity == Severity::Error;
    match check.complaints.iter().any(failed) {
        true => (None, check.complaints),
        false => (Some(device), check.complaints),
    }
}

struct Check<'a> {
    source: &'a Source,
    complaints: Vec<Complaint>,
}

impl Check<'_> {
    fn error(&mut self, span: ops::Range<usize>, what: impl Into<String>) {
        let complaint = self.source.complaint(span, Severity::Error, what);
        self.complaints.push(complaint);
    }

    fn warn(&mut self, span: ops::Range<usize>, what: impl Into<String>) {
        let complaint = self.source.complaint(span, Severity::Warning, what);
        self.complaints.push(complaint);
    }

    fn device(&mut self, file: &text::File) -> Device {
        let device = file.device.get_ref();
        self.name(&device.name, "a device", DEVICE_NAME_LEN - 1);
        let matches = self.matches(&file.device);
        let never: Vec<_> = device
            .never
            .iter()
            .map(|never| never.get_ref().0.clone())
            .collect();
        let mut ranges: Vec<Range> = Vec::new();
        for range in &file.range {
            let Some(checked) = self.range(range.get_ref(), &never) else {
                continue;
            };
            if let Some(twice) = ranges.iter().find(|other| meet(other, &checked)) {
                let what = format!(
                    "what begins at {:#x} is read twice: the range that begins at {:#x} has it, too; read each register once",
                    checked.start, twice.start
                );
                self.error(range.get_ref().start.span(), what);
            }
            ranges.push(checked);
        }
        let bytes: u64 = ranges.iter().map(Range::bytes).sum();
        if bytes > MAX_READ {
            let what = format!("{bytes} bytes are read, and at most {MAX_READ} are allowed: leave out what tells least");
            self.error(device.name.span(), what);
        }
        let registers = self.registers(&file.register, &ranges);
        if ranges.is_empty() && registers.is_empty() {
            let what = "neither [[range]], which says what is read, nor [[register]], which names it: write one";
            self.error(device.name.span(), what);
        }
        Device {
            name: device.name.get_ref().clone(),
            matches,
            ranges,
            registers,
            never,
        }
    }

    /// Complains unless it is one word.
    fn name(&mut self, name: &Spanned<String>, whose: &str, most: usize) {
        let part = |c: char| c.is_ascii_alphanumeric() || "_-.[]".contains(c);
        let text = name.get_ref();
        if text.is_empty() || text.len() > most || !text.chars().all(part) {
            let what = format!(
                "{text:?} cannot name {whose}: use 1 to {most} letters, digits and _ - . [ ]"
            );
            self.error(name.span(), what);
        }
    }

    fn matches(&mut self, device: &Spanned<text::Device>) -> Vec<Match> {
        let text::Device {
            name, ids, class, ..
        } = device.get_ref();
        let mut matches = Vec::new();
        for id in ids {
            match ids_of(id.get_ref()) {
                Some(ids) => matches.push(ids),
                None => self.error(
                    id.span(),
                    format!(
                        "{:?} is no id: write VENDOR:DEVICE as `lspci -n` prints it, such as \"8086:10d3\"",
                        id.get_ref()
                    ),
                ),
            }
        }
        if let Some(class) = class {
            match class_of(class.get_ref()) {
                Some(found) => matches.push(found),
                None => self.error(
                    class.span(),
                    format!(
                        "{:?} is no class: write the 4 or 6 hexadecimal digits of /sys/bus/pci/devices/*/class, such as \"010802\"",
                        class.get_ref()
                    ),
                ),
            }
        }
        if ids.is_empty() && class.is_none() {
            self.error(
                name.span(),
                "which devices is this about? Write match = [\"VENDOR:DEVICE\"], as `lspci -n` prints it, or class = \"010802\"",
            );
        }
        matches
    }

    fn bar(&mut self, bar: &Spanned<u8>) -> u8 {
        if *bar.get_ref() > 5 {
            self.error(
                bar.span(),
                "a device has BARs 0 to 5; see `lspci -v`, Region",
            );
        }
        *bar.get_ref()
    }

    /// A width in bytes; 4 if nothing else is said.
    fn width(&mut self, width: &Option<Spanned<u8>>) -> u8 {
        let Some(width) = width else { return 4 };
        match *width.get_ref() {
            bytes @ (1 | 2 | 4 | 8) => bytes,
            other => {
                let what = format!("registers are 1, 2, 4 or 8 bytes wide, not {other}");
                self.error(width.span(), what);
                4
            }
        }
    }

    fn aligned(&mut self, at: &Spanned<u32>, width: u8) -> bool {
        let aligned = at.get_ref() % u32::from(width) == 0;
        if !aligned {
            let what = format!(
                "{:#x} is no multiple of {width}: registers are read at multiples of their width; say `width` if it is another",
                at.get_ref()
            );
            self.error(at.span(), what);
        }
        aligned
    }
}

/// `VENDOR:DEVICE`, or that and the subsystem's.
fn ids_of(text: &str) -> Option<Match> {
    let id = |text: &str| match text.len() {
        4 => u16::from_str_radix(text, 16)
            .ok()
            .filter(|id| *id != u16::MAX),
        _ => None,
    };
    let ids: Option<Vec<u16>> = text.split(':').map(id).collect();
    match *ids? {
        [vendor, device] => Some(Match::id(vendor, device)),
        [vendor, device, subvendor, subdevice] => Some(Match {
            subvendor: Some(subvendor),
            subdevice: Some(subdevice),
            ..Match::id(vendor, device)
        }),
        _ => None,
    }
}

fn class_of(text: &str) -> Option<Match> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let class = u32::from_str_radix(digits, 16).ok()?;
    match digits.len() {
        4 => Some(Match {
            class_mask: 0xff_ff00,
            ..Match::class(class << 8)
        }),
        6 => Some(Match::class(class)),
        _ => None,
    }
}
