// SPDX-License-Identifier: GPL-2.0

//! chipsec's configuration: `<register type="mmio" bar= offset= size=>` with `<field bit= size=>`. Numbers are decimal or have `0x`.
//! It does not say what reading a register does.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{bail, Result};
use roxmltree::Node;

use super::{name, required, sound, Imported, Place, MOST};
use crate::{
    devices::description::{Field, Register},
    kinds::register::Kind,
};

pub fn import(root: Node, place: &Place) -> Result<Imported> {
    let is_register =
        |node: &Node| node.has_tag_name("register") && node.attribute("type") == Some("mmio");
    let nodes: Vec<Node> = root.descendants().filter(is_register).collect();
    let bars: BTreeSet<&str> = nodes
        .iter()
        .filter_map(|node| node.attribute("bar"))
        .collect();
    let bars: Vec<&str> = bars.into_iter().collect();
    let wanted = match (place.part, bars.as_slice()) {
        (Some(part), bars) if bars.contains(&part) => Some(part),
        (Some(part), bars) => bail!(
            "no registers of {part}; of these there are: {}",
            bars.join(", ")
        ),
        (None, []) => None,
        (None, [only]) => Some(*only),
        (None, bars) => bail!(
            "registers of several BARs: say which with --part: {}",
            bars.join(", ")
        ),
    };
    let mut registers = Vec::new();
    for node in nodes
        .into_iter()
        .filter(|node| node.attribute("bar") == wanted)
        .take(MOST)
    {
        registers.extend(register(node, place)?);
    }
    Ok(Imported {
        from: format!("chipsec, {}", wanted.unwrap_or("its registers")),
        registers,
        dropped: Vec::new(),
    })
}

/// `None`: it is not one that can be read at once.
fn register(node: Node, place: &Place) -> Result<Option<Register>> {
    let offset: u32 = required(node, "offset", node.attribute("offset"))?;
    let width: u8 = required(node, "size", node.attribute("size"))?;
    let Some(at) = offset.checked_add(place.offset) else {
        return Ok(None);
    };
    if !matches!(width, 1 | 2 | 4 | 8) || at % u32::from(width) != 0 {
        return Ok(None);
    }
    let fields = node.children().filter(|node| node.has_tag_name("field"));
    let fields = fields.map(|node| {
        let low: u8 = required(node, "bit", node.attribute("bit"))?;
        let size: u8 = required(node, "size", node.attribute("size"))?;
        Ok(Field {
            name: name(node.attribute("name").unwrap_or_default()),
            bits: low..=low.saturating_add(size.max(1) - 1),
            values: BTreeMap::new(),
        })
    });
    Ok(Some(Register {
        bar: place.bar,
        at,
        width,
        name: name(node.attribute("name").unwrap_or_default()),
        kind: Kind::State,
        fields: sound(fields.collect::<Result<_>>()?, width),
    }))
}
