// SPDX-License-Identifier: GPL-2.0

//! Records: values with names.

use vmcore_format::cudbg::pcie_config;

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    table::{counter, hex, number, text, word, Cell, Column, Table},
};

/// What is there of a record.
fn record(
    title: &'static str,
    pairs: impl IntoIterator<Item = (Column, Option<Cell>)>,
) -> Vec<Table> {
    let there = pairs
        .into_iter()
        .map_while(|(column, cell)| Some((column, cell?)));
    let table = Table::record(title, there);
    vec![table]
}

pub fn clocks(content: &Content<'_>) -> Vec<Table> {
    const TIMERS: [&str; 8] = [
        "retransmit_min",
        "retransmit_max",
        "persist_min",
        "persist_max",
        "keepalive_idle",
        "keepalive_interval",
        "initial_srtt",
        "finwait2",
    ];
    const REST: [&str; 5] = [
        "dack_timer",
        "resolution_register",
        "core_clock_ps",
        "timer_shift",
        "dack_shift",
    ];
    let mut cursor = Cursor::new(content.data);
    let timers = TIMERS.map(|name| (counter(name), cursor.u64().map(Cell::from)));
    let rest = REST.map(|name| (number(name), cursor.u32().map(Cell::from)));
    record(
        "timers in microseconds; at a core clock of 50 MHz, which only the firmware could correct",
        timers.into_iter().chain(rest),
    )
}

pub fn tids(content: &Content<'_>) -> Vec<Table> {
    const NAMES: [&str; 21] = [
        "ntids",
        "nstids",
        "stid_base",
        "hash_base",
        "natids",
        "nftids",
        "ftid_base",
        "aftid_base",
        "aftid_end",
        "sftid_base",
        "nsftids",
        "uotid_base",
        "nuotids",
        "server_start",
        "flags",
        "le_db_config",
        "ipv4_users",
        "ipv6_users",
        "hpftid_base",
        "nhpftids",
        "tid_start",
    ];
    let mut cursor = Cursor::new(content.data);
    // Signature, revision and size.
    cursor.bytes(8);
    let column = |name| match name {
        "flags" | "le_db_config" => word(name),
        _ => number(name),
    };
    record(
        "connection ids; what only firmware or a running driver knows is 0",
        NAMES.map(|name| (column(name), cursor.u32().map(Cell::from))),
    )
}

pub fn vpd(content: &Content<'_>) -> Vec<Table> {
    const STRINGS: [(&str, usize); 4] = [
        ("serial", 25),
        ("part", 17),
        ("mac_address", 13),
        ("product", 17),
    ];
    let mut cursor = Cursor::new(content.data);
    let mut string = |len| {
        let bytes: &[u8] = cursor.bytes(len)?;
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(len);
        Some(Cell::from(
            String::from_utf8_lossy(&bytes[..end]).into_owned(),
        ))
    };
    let strings = STRINGS.map(|(name, len)| (text(name), string(len)));
    let version: Option<Vec<_>> = (0..4)
        .map(|_| cursor.u16().map(|part| part.to_string()))
        .collect();
    let firmware = version.map(|parts| parts.join(".").into());
    let words = ["serial_configuration", "vpd_version"]
        .map(|name| (word(name), cursor.u32().map(Cell::from)));
    let rest = [(text("firmware"), firmware)].into_iter().chain(words);
    record("product", strings.into_iter().chain(rest))
}

pub fn configuration(content: &Content<'_>) -> Vec<Table> {
    const NAMES: [(u32, &str); 9] = [
        (0x0, "vendor and device"),
        (0x4, "command and status"),
        (0x8, "class"),
        (0x10, "BAR0"),
        (0x18, "BAR2"),
        (0x20, "BAR4"),
        (0x78, "device control and status"),
        (0x80, "link control and status"),
        (0x98, "device control 2"),
    ];
    let mut cursor = Cursor::new(content.data);
    let mut table = Table::new(
        "configuration space",
        [hex("offset", 3), word("value"), text("meaning")],
    );
    for offset in pcie_config::offsets() {
        let Some(value) = cursor.u32() else { break };
        let name = NAMES.iter().find(|(known, _)| *known == offset);
        table.row([
            offset.into(),
            value.into(),
            name.map(|(_, name)| *name).into(),
        ]);
    }
    vec![table]
}
