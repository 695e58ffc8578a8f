// SPDX-License-Identifier: GPL-2.0

//! The TCAM of the port switch.

use vmcore_format::cudbg::Chip;

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    table::{digits, hex, number, text, Cell, Table},
};

pub fn decode(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut table = Table::new(
        "entries in use",
        [
            number("index"),
            text("address"),
            hex("mask", 12),
            text("lookup"),
            number("port"),
            number("vlan"),
            hex("vni", 6),
            hex("vni_mask", 6),
            number("pf"),
            number("vf"),
            digits("replicated"),
        ],
    );
    while let Some(row) = entry(&mut cursor, content.chip) {
        table.rows.extend(row);
    }
    vec![table]
}

/// An entry; `Some(None)` if it's not in use.
fn entry(cursor: &mut Cursor<'_>, chip: Chip) -> Option<Option<Vec<Cell>>> {
    let mask = cursor.u64()?;
    let replication = cursor.u32s::<8>()?;
    let [index, low, _high, size, vni, vni_mask, _dip_hit, vlan_valid, replicated] =
        cursor.u32s()?;
    let vlan = cursor.u16()?;
    let address = cursor.bytes(6)?;
    let [lookup, port] = [cursor.u8()?, cursor.u8()?];
    cursor.bytes(2)?;
    // Entries in use say for how many functions they can be.
    if size == 0 {
        return Some(None);
    }
    let address: Vec<_> = address.iter().map(|byte| format!("{byte:02x}")).collect();
    let (pf, vf, vf_valid) = match chip {
        Chip::T6 => ((low >> 9) & 7, low & 0xff, low & (1 << 8)),
        _ => ((low >> 8) & 7, low & 0x7f, low & (1 << 7)),
    };
    let inner = matches!(lookup, 1 | 2);
    Some(Some(vec![
        index.into(),
        Cell::Text(address.join(":")),
        mask.into(),
        if inner { "inner" } else { "outer" }.into(),
        u32::from(port).into(),
        (vlan_valid != 0).then_some(vlan).into(),
        inner.then_some(vni).into(),
        inner.then_some(vni_mask).into(),
        pf.into(),
        (vf_valid != 0).then_some(vf).into(),
        (replicated != 0)
            .then(|| Cell::words(replication.iter().rev()))
            .unwrap_or(Cell::Empty),
    ]))
}
