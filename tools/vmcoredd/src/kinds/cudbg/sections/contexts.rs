// SPDX-License-Identifier: GPL-2.0

//! Contexts of the queues in the scatter-gather engine.

use super::Content;
use crate::kinds::{
    cudbg::cursor::Cursor,
    table::{Cell, Table},
};

const KINDS: [&str; 4] = ["egress", "ingress", "free list", "congestion"];

pub fn decode(content: &Content<'_>) -> Vec<Table> {
    let mut cursor = Cursor::new(content.data);
    let mut block = Table::new("contexts in use", &["kind", "queue"]);
    block.columns.extend((0..6).map(|n| format!("word{n}")));
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
            .map_or_else(|| Cell::from(kind), |&name| name.into());
        block.row(
            [kind, queue.into()]
                .into_iter()
                .chain(words.map(Cell::word)),
        );
    }
    vec![block]
}
