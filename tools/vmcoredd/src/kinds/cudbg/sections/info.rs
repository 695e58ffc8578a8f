// SPDX-License-Identifier: GPL-2.0

//! Lists of values with names.

use vmcore_format::cudbg::pcie_config;

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    table::{Cell, Table},
};

fn list(title: &str) -> Table {
    Table::new(title, &["name", "value"])
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
    let mut block = list(
        "timers in microseconds; at a core clock of 50 MHz, which only the firmware could correct",
    );
    for name in TIMERS {
        let Some(value) = cursor.u64() else { break };
        block.row([name.into(), value.into()]);
    }
    for name in REST {
        let Some(value) = cursor.u32() else { break };
        block.row([name.into(), value.into()]);
    }
    vec![block]
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
    let mut block = list("connection ids; what only firmware or a running driver knows is 0");
    for name in NAMES {
        let Some(value) = cursor.u32() else { break };
        let value = match name {
            "flags" | "le_db_config" => Cell::word(value),
            _ => value.into(),
        };
        block.row([name.into(), value]);
    }
    vec![block]
}

pub fn vpd(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut block = list("product");
    for (name, len) in [
        ("serial", 25),
        ("part", 17),
        ("mac_address", 13),
        ("product", 17),
    ] {
        let Some(bytes) = cursor.bytes(len) else {
            break;
        };
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(len);
        block.row([
            name.into(),
            Cell::Text(String::from_utf8_lossy(&bytes[..end]).into_owned()),
        ]);
    }
    let version = (0..4).map(|_| cursor.u16().map(|part| part.to_string()));
    if let Some(parts) = version.collect::<Option<Vec<_>>>() {
        block.row(["firmware".into(), Cell::Text(parts.join("."))]);
    }
    for name in ["serial_configuration", "vpd_version"] {
        let Some(value) = cursor.u32() else { break };
        block.row([name.into(), Cell::word(value)]);
    }
    vec![block]
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
    let mut block = Table::new("configuration space", &["offset", "value", "meaning"]);
    for offset in pcie_config::offsets() {
        let Some(value) = cursor.u32() else { break };
        let name = NAMES.iter().find(|(known, _)| *known == offset);
        block.row([
            Cell::Hex(offset.into(), 3),
            Cell::word(value),
            name.map_or("", |(_, name)| name).into(),
        ]);
    }
    vec![block]
}
