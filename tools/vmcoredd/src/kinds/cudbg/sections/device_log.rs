// SPDX-License-Identifier: GPL-2.0

//! The firmware's log: a ring of messages with the numbers that belong into them.

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    messages::{Log, Message},
    table::{counter, number, text, Cell, Table},
};

const ENTRY_LEN: usize = 256;
const FORMAT_LEN: usize = 192;
const LEVELS: [&str; 6] = ["EMERG", "CRIT", "ERR", "NOTICE", "INFO", "DEBUG"];
/// The last level that tells of an error.
const ERROR: u8 = 2;
const FACILITIES: [(u8, &str); 26] = [
    (0x00, "CORE"),
    (0x01, "CF"),
    (0x02, "SCHED"),
    (0x04, "TIMER"),
    (0x06, "RES"),
    (0x08, "HW"),
    (0x10, "FLR"),
    (0x12, "DMAQ"),
    (0x14, "PHY"),
    (0x16, "MAC"),
    (0x18, "PORT"),
    (0x1a, "VI"),
    (0x1c, "FILTER"),
    (0x1e, "ACL"),
    (0x20, "TM"),
    (0x22, "QFC"),
    (0x24, "DCB"),
    (0x26, "ETH"),
    (0x28, "OFLD"),
    (0x2a, "RI"),
    (0x2c, "ISCSI"),
    (0x2e, "FCOE"),
    (0x30, "FOISCSI"),
    (0x32, "FOFCOE"),
    (0x34, "CHNET"),
    (0xff, "?"),
];

pub fn decode(content: &Content<'_>) -> Vec<Table> {
    let mut table = Table::new(
        "messages, the oldest first",
        [
            number("sequence"),
            counter("ticks"),
            text("level"),
            text("facility"),
            text("message"),
        ],
    );
    for entry in entries(content.data) {
        table.row([
            entry.sequence.into(),
            entry.ticks.into(),
            Cell::Text(entry.level()),
            Cell::Text(entry.facility()),
            Cell::Text(entry.text),
        ]);
    }
    vec![table]
}

/// The log, to be shown beside others.
pub fn messages(content: &[u8]) -> Log {
    let message = |entry: Entry| Message {
        time: entry.ticks,
        level: entry.level(),
        is_error: entry.level <= ERROR,
        text: format!("{}: {}", entry.facility(), entry.text),
    };
    Log {
        writer: "firmware",
        clock: "ticks of the adapter's processor",
        ticks_per_second: None,
        messages: entries(content).into_iter().map(message).collect(),
    }
}

/// What was written, the oldest first: the ring begins anywhere.
fn entries(content: &[u8]) -> Vec<Entry> {
    let entries = content.chunks_exact(ENTRY_LEN).filter_map(Entry::read);
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|entry| entry.ticks);
    entries
}

struct Entry {
    sequence: u32,
    ticks: u64,
    level: u8,
    facility: u8,
    text: String,
}

impl Entry {
    /// `None` if it was never written. Its numbers are big-endian.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let ticks = cursor.u64()?.swap_bytes();
        let sequence = cursor.u32()?.swap_bytes();
        cursor.u16()?;
        let level = cursor.u8()?;
        let facility = cursor.u8()?;
        let format = cursor.bytes(FORMAT_LEN)?;
        let parameters = cursor.u32s::<8>()?.map(u32::swap_bytes);
        (ticks != 0).then(|| Self {
            sequence,
            ticks,
            level,
            facility,
            text: message(format, &parameters),
        })
    }

    fn level(&self) -> String {
        let name = LEVELS.get(usize::from(self.level));
        name.map_or_else(|| self.level.to_string(), |&name| name.into())
    }

    fn facility(&self) -> String {
        let known = FACILITIES
            .iter()
            .find(|(number, _)| *number == self.facility);
        known.map_or_else(|| self.facility.to_string(), |(_, name)| (*name).into())
    }
}

/// Puts numbers into a message, as C's `printf` does with those conversions that take a 32-bit number.
fn message(format: &[u8], parameters: &[u32]) -> String {
    let end = format
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(format.len());
    let format = String::from_utf8_lossy(&format[..end]);
    let mut parameters = parameters.iter();
    let mut out = String::new();
    let mut rest = format.trim_end();
    while let Some(at) = rest.find('%') {
        out += &rest[..at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let spec = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_digit() || "#-+ l".contains(c))
                .len();
        let (flags, conversion) = rest.split_at(spec);
        let mut chars = conversion.chars();
        let kind = chars.next();
        match kind.and_then(|kind| convert(kind, flags, &mut parameters)) {
            Some(text) => {
                out += &text;
                rest = chars.as_str();
            }
            // Not a conversion: as it is.
            None => out.push('%'),
        }
    }
    out + rest
}

fn convert<'a>(
    kind: char,
    flags: &str,
    parameters: &mut impl Iterator<Item = &'a u32>,
) -> Option<String> {
    if !"diuxXpc".contains(kind) {
        return None;
    }
    let value = *parameters.next()?;
    let digits = flags
        .trim_start_matches(['#', '-', '+', ' '])
        .trim_end_matches('l');
    // No message is wider than its room.
    let width = digits.parse::<usize>().unwrap_or(0).min(FORMAT_LEN);
    let text = match kind {
        'd' | 'i' => (value as i32).to_string(),
        'u' => value.to_string(),
        'X' => format!("{value:X}"),
        'c' => char::from(value as u8).to_string(),
        _ => format!("{value:x}"),
    };
    let text = match flags.contains('#') || kind == 'p' {
        true => format!("0x{text}"),
        false => text,
    };
    Some(match (flags.starts_with('-'), digits.starts_with('0')) {
        (true, _) => format!("{text:<width$}"),
        (false, true) => format!("{text:0>width$}"),
        (false, false) => format!("{text:>width$}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_as_printf_makes_them() {
        for (format, parameters, expected) in [
            (
                "mbox[%d] 0x%08x%%\n",
                &[u32::MAX, 0xab][..],
                "mbox[-1] 0x000000ab%",
            ),
            ("port %u: %5u|%-5u|", &[1, 2, 3], "port 1:     2|3    |"),
            ("%s %d", &[7], "%s 7"),
            ("%d %d", &[7], "7 %d"),
            ("100%", &[7], "100%"),
            ("%99999999999d", &[7], &format!("{:>192}", 7)),
        ] {
            assert_eq!(message(format.as_bytes(), parameters), expected);
        }
    }
}
