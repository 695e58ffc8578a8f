// SPDX-License-Identifier: GPL-2.0

//! The entries of the lookup engine.

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    table::{number, text, Cell, Table},
};

const WORDS: usize = 17;

pub fn decode(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut regions = Table::new("first ids", [text("region"), number("first")]);
    let mut entries = Table::words("entries in use", number("id"), WORDS);
    entries.columns.splice(1..1, [text("region"), text("ipv6")]);
    let Some([filter, server, clip, routing, hash, end]) = cursor.u32s() else {
        return vec![regions];
    };
    let bounds = [
        ("server", server),
        ("filter", filter),
        ("clip", clip),
        ("routing", routing),
        ("hash", hash),
        ("end", end),
    ];
    for (name, first) in bounds {
        regions.row([name.into(), first.into()]);
    }
    let mut empty = 0;
    while let Some([id, command, _, _]) = cursor.u32s() {
        let Some(data) = cursor.u32s::<WORDS>() else {
            break;
        };
        if data == [0; WORDS] {
            // The room at the end was never asked for.
            empty += u64::from(command != 0);
            continue;
        }
        // The region before the first bound that is above.
        let names = ["connection", "server", "filter", "clip", "routing", "hash"];
        let above = bounds.iter().position(|(_, first)| id < *first);
        let region = above
            .and_then(|index| names.get(index))
            .unwrap_or(&"outside");
        let ipv6 = (data[16] & 0x8000 != 0).then_some("yes");
        let cells = [id.into(), (*region).into(), ipv6.into()];
        entries.row(cells.into_iter().chain(data.map(Cell::from)));
    }
    entries.title += &format!("; {empty} are empty");
    vec![regions, entries]
}
