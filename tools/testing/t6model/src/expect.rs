// SPDX-License-Identifier: GPL-2.0

//! What a dump of an adapter must say, as JSON.

use std::ops::Range;

use serde_json::{json, Map, Value};
use vmcore_format::cudbg::meminfo::{MEMORY_NAMES, REGION_NAMES};
use vmcore_format::cudbg::{reg_dump, Chip};

use crate::layout::{Kind, Layout};
use crate::regs::*;
use crate::stats::hex;
use crate::Adapter;

/// Every register of the register dump as a plain read after a reset returns it, by address.
pub fn registers_json(adapter: &Adapter) -> Value {
    let registers = reg_dump::addresses(adapter.options().chip)
        .filter_map(|address| Some((hex(address.into()), json!(adapter.register(address)?))));
    Value::Object(registers.collect::<Map<_, _>>())
}

/// The memory map, and what the meminfo section says.
pub fn layout_json(adapter: &Adapter) -> Value {
    let options = adapter.options();
    let layout = adapter.layout();
    json!({
        "chip": options.chip.name(),
        "seed": options.seed,
        "memories": layout.memories.iter().map(|memory| json!({
            "name": memory.name,
            "base": memory.base,
            "size": memory.size,
            "file": format!("{}.bin", memory.name),
        })).collect::<Vec<_>>(),
        "private": layout
            .private()
            .map(|(kind, range)| private(layout, kind, range))
            .collect::<Vec<_>>(),
        "window": adapter.window(0).map(|window| json!({
            "base": window.base,
            "aperture": window.aperture,
        })),
        "meminfo": meminfo(adapter, layout),
    })
}

fn private(layout: &Layout, kind: Kind, range: Range<u64>) -> Value {
    let mut memories = layout.memories.iter();
    let memory = memories.rfind(|memory| u64::from(memory.base) <= range.start);
    let base = memory.map_or(0, |memory| u64::from(memory.base));
    json!({
        "kind": kind.name().trim_end(),
        "memory": memory.map(|memory| memory.name),
        "start": range.start - base,
        "end": range.end - base,
    })
}

fn meminfo(adapter: &Adapter, layout: &Layout) -> Value {
    let register = |address| adapter.register(address).unwrap_or(0);
    let t6 = adapter.options().chip == Chip::T6;
    let last = |(base, size): (u32, u32)| [base, base + size - 1];
    let mut regions = layout.regions.clone();
    regions.sort_by_key(|region| region.base);

    // Free counts: C adds the same register up, once per channel that the chips of the time had.
    let mut info = json!({
        "available": layout.memories.iter().map(|memory| json!({
            "name": MEMORY_NAMES.get(memory.kind as usize),
            "kind": memory.kind,
            "base": memory.base,
            "limit": memory.base + memory.size,
        })).collect::<Vec<_>>(),
        "regions": regions.iter().map(|region| json!({
            "name": region.name,
            "kind": REGION_NAMES.iter().position(|name| *name == region.name),
            "base": region.base,
            "limit": region.limit,
        })).collect::<Vec<_>>(),
        "up_ram": last(layout.up_ram),
        "up_extmem2": last(layout.up_extmem2),
        "rx_pages": [layout.rx.pages, layout.rx.page_size >> 10, 2],
        "tx_pages": [layout.tx.pages, layout.tx.page_size >> 10, u32::from(b'K'), 2],
        "pstructs": register(TP_CMM_MM_MAX_PSTRUCT),
        "free_pstructs": register(TP_FLM_FREE_PS_CNT),
        "free_rx": 2 * register(TP_FLM_FREE_RX_CNT),
        "free_tx": 4 * register(TP_FLM_FREE_TX_CNT),
    });
    let (ports, loopbacks, channels) = match t6 {
        true => (MPS_RX_MAC_BG_PG_CNT0, MPS_RX_LPBK_BG_PG_CNT0, 2),
        false => (MPS_RX_PG_RSV0, MPS_RX_PG_RSV4, 4),
    };
    for (name, first, count) in [("port", ports, 4), ("loopback", loopbacks, channels)] {
        let values: [u32; 4] = std::array::from_fn(|n| match n < count {
            true => register(first + 4 * n as u32),
            false => 0,
        });
        info[format!("{name}_used")] = json!(values.map(|value| value >> 16));
        info[format!("{name}_allocated")] = json!(values.map(|value| value & 0xffff));
    }
    info
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    #[test]
    fn the_truth_names_every_register_and_every_region() {
        for chip in [Chip::T5, Chip::T6] {
            let adapter = Adapter::new(Options::new(chip, 5)).unwrap();
            let registers = registers_json(&adapter);
            assert_eq!(
                registers.as_object().unwrap().len(),
                reg_dump::addresses(chip).count()
            );
            assert_eq!(registers["0x77c0"], json!(1));

            let layout = layout_json(&adapter);
            assert_eq!(layout["private"][0]["kind"], "payload");
            assert_eq!(layout["private"][0]["memory"], "mc0");
            assert_eq!(layout["private"][0]["start"], 0x8_1240);
            let regions = layout["meminfo"]["regions"].as_array().unwrap();
            // All that have a name but the doorbell FIFO and the on-chip queues.
            assert_eq!(regions.len(), REGION_NAMES.len() - 2);
            assert!(regions.iter().all(|region| region["kind"].is_u64()));
        }
    }
}
