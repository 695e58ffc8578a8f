// SPDX-License-Identifier: GPL-2.0

//! The firmware's log: a ring of messages with the numbers that belong into them.

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    table::{Cell, Table},
};

const ENTRY_LEN: usize = 256;
const FORMAT_LEN: usize = 192;
const LEVELS: [&str; 6] = ["EMERG", "CRIT", "ERR", "NOTICE", "INFO", "DEBUG"];
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
    let mut block = Table::new(
        "messages, the oldest first",
        &["sequence", "ticks", "level", "facility", "message"],
    );
    let mut entries: Vec<_> = content
        .data
        .chunks_exact(ENTRY_LEN)
        .filter_map(entry)
        .collect();
    // The ring begins anywhere.
    entries.sort_by_key(|(ticks, _)| *ticks);
    block.rows.extend(entries.into_iter().map(|(_, row)| row));
    vec![block]
}

/// The time of an entry, and the entry; none if it was never written. Its numbers are big-endian.
fn entry(bytes: &[u8]) -> Option<(u64, Vec<Cell>)> {
    let mut cursor = Cursor::new(bytes);
    let ticks = cursor.u64()?.swap_bytes();
    let sequence = cursor.u32()?.swap_bytes();
    cursor.u16()?;
    let level = cursor.u8()?;
    let facility = cursor.u8()?;
    let format = cursor.bytes(FORMAT_LEN)?;
    let parameters = cursor.u32s::<8>()?.map(u32::swap_bytes);
    if ticks == 0 {
        return None;
    }
    let level = LEVELS
        .get(usize::from(level))
        .map_or_else(|| level.to_string(), |&name| name.into());
    let known = FACILITIES.iter().find(|(number, _)| *number == facility);
    let facility = known.map_or_else(|| facility.to_string(), |(_, name)| (*name).into());
    let row = vec![
        sequence.into(),
        ticks.into(),
        Cell::Text(level),
        Cell::Text(facility),
        Cell::Text(message(format, &parameters)),
    ];
    Some((ticks, row))
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
