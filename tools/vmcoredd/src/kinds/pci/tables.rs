// SPDX-License-Identifier: GPL-2.0

//! All that is known of a function, as tables.

use vmcore_format::pci::Facts;

use super::{
    capabilities::Capability,
    function::{words, Function},
};
use crate::kinds::{
    register::{self, Register},
    table::{counter, digits, hex, number, text, Cell, Table},
};

/// What a kernel may have done to it, in words.
const FACTS: [(u32, &str); 8] = [
    (
        Facts::AER_CLEARED,
        "cleared the errors it had recorded (AER)",
    ),
    (Facts::DPC_CLEARED, "cleared the interrupt status of DPC"),
    (
        Facts::DEVICE_STATUS_CLEARED,
        "cleared the errors in its device status",
    ),
    (
        Facts::SECONDARY_STATUS_CLEARED,
        "cleared its secondary status",
    ),
    (Facts::MSI_DISABLED, "disabled MSI and MSI-X"),
    (Facts::VFS_DISABLED, "disabled its virtual functions"),
    (Facts::POWERED_UP, "powered it up"),
    (Facts::BOUND, "bound a driver to it"),
];

pub fn of(function: &Function, registers: &[Register]) -> Vec<Table> {
    let tables = [
        facts(function),
        capabilities(function),
        values(registers),
        resources(function),
        unread(function),
    ];
    tables
        .into_iter()
        .filter(|table| !table.rows.is_empty())
        .collect()
}

fn facts(function: &Function) -> Table {
    let mut table = Table::new(
        "what the kernel that took this had done",
        [text("what"), text("so")],
    );
    for (fact, what) in FACTS {
        let so = match function.head.facts.get(fact) {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not known",
        };
        table.row([what, so].map(Cell::from));
    }
    table
}

fn capabilities(function: &Function) -> Table {
    let mut table = Table::new("capabilities", [hex("at", 3), text("id")]);
    for (capability, at) in &function.capabilities {
        let id = match capability {
            Capability::Standard(id) => format!("{id:02x}"),
            Capability::Extended(id) => format!("{id:04x}"),
        };
        table.row([(*at as u64).into(), id.into()]);
    }
    table
}

/// Those that have a name: the others are dwords, which lspci prints better.
fn values(registers: &[Register]) -> Table {
    let mut table = Table::new(
        register::TABLE,
        [
            text("where"),
            hex("at", 3),
            text("name"),
            digits("value"),
            text("fields"),
        ],
    );
    for register in registers.iter().filter(|register| register.name.is_some()) {
        let place = register
            .unit
            .split_once(' ')
            .map_or("configuration", |(_, bar)| bar);
        let width = (register.bits / 4) as usize;
        table.row([
            place.into(),
            register.address.into(),
            register.name.as_deref().into(),
            format!("{:0width$x}", register.value).into(),
            register.words().into(),
        ]);
    }
    table
}

fn resources(function: &Function) -> Table {
    let mut table = Table::new(
        "resources",
        [
            number("number"),
            hex("start", 16),
            counter("bytes"),
            hex("flags", 8),
        ],
    );
    for resource in &function.resources {
        table.row([
            u32::from(resource.index).into(),
            resource.start.into(),
            resource.len.into(),
            resource.flags.into(),
        ]);
    }
    table
}

fn unread(function: &Function) -> Table {
    let mut table = Table::new(
        "what was not read",
        [
            text("where"),
            hex("at", 3),
            number("count"),
            number("width"),
            text("why"),
        ],
    );
    for range in &function.unread {
        table.row([
            range.space.to_string().into(),
            range.start.into(),
            range.count.into(),
            u32::from(range.width).into(),
            words(range.reason).into(),
        ]);
    }
    table
}
