// SPDX-License-Identifier: GPL-2.0

//! Contexts of the queues in the scatter-gather engine.

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    table::{number, text, Cell, Table},
};

const KINDS: [&str; 4] = ["egress", "ingress", "free list", "congestion"];

pub fn decode(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut table = Table::words("contexts in use", text("kind"), 6);
    table.columns.insert(1, number("queue"));
    while let Some([kind, queue]) = cursor.u32s() {
        let Some(words) = cursor.u32s::<6>() else {
            break;
        };
        // The C driver leaves room behind the last.
        if words == [0; 6] && kind == 0 {
            continue;
        }
        let kind = KINDS
            .get(kind as usize)
            .map_or_else(|| kind.to_string().into(), |&name| name.into());
        table.row(
            [kind, queue.into()]
                .into_iter()
                .chain(words.map(Cell::from)),
        );
    }
    vec![table]
}
