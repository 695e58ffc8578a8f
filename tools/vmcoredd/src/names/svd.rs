// SPDX-License-Identifier: GPL-2.0

//! CMSIS-SVD 1.3: peripherals, clusters and registers, with arrays (`dim`) and `derivedFrom`.

use anyhow::{Context, Result};
use roxmltree::Node;

use super::{number, Field, Register};

/// Registers in an array, at most.
const MAX_DIM: u64 = 4096;

fn text<'a>(node: Node<'a, '_>, tag: &str) -> Option<&'a str> {
    let child = node.children().find(|child| child.has_tag_name(tag))?;
    child.text().map(str::trim)
}

fn value(node: Node<'_, '_>, tag: &str) -> Option<u64> {
    number(text(node, tag)?)
}

/// Where something is, and what stands for `%s` in its name.
fn places(node: Node<'_, '_>, offset: &str) -> Vec<(u64, String)> {
    let at = value(node, offset).unwrap_or(0);
    let Some(dim) = value(node, "dim") else {
        return vec![(at, String::new())];
    };
    let step = value(node, "dimIncrement").unwrap_or(4);
    let names = text(node, "dimIndex").unwrap_or_default();
    let named: Vec<_> = names.split(',').map(str::trim).collect();
    let range = names
        .split_once('-')
        .and_then(|(from, _)| from.trim().parse::<u64>().ok());
    let name = |nth: u64| match (range, named.get(nth as usize)) {
        (Some(from), _) => (from + nth).to_string(),
        (None, Some(name)) if named.len() > 1 => (*name).to_owned(),
        _ => nth.to_string(),
    };
    (0..dim.min(MAX_DIM))
        .map(|nth| (at.wrapping_add(step.wrapping_mul(nth)), name(nth)))
        .collect()
}

pub fn registers(root: Node<'_, '_>) -> Result<Vec<Register>> {
    let bits = value(root, "size").unwrap_or(32);
    let peripherals = root
        .children()
        .find(|child| child.has_tag_name("peripherals"));
    let peripherals: Vec<_> = peripherals
        .context("expected <peripherals>")?
        .children()
        .filter(|child| child.has_tag_name("peripheral"))
        .collect();
    let mut registers = Vec::new();
    for peripheral in &peripherals {
        let name = text(*peripheral, "name").context("expected the <name> of a peripheral")?;
        let base = value(*peripheral, "baseAddress").unwrap_or(0);
        let has_registers =
            |node: &Node<'_, '_>| node.children().any(|child| child.has_tag_name("registers"));
        let origin = match peripheral.attribute("derivedFrom") {
            Some(from) if !has_registers(peripheral) => *peripherals
                .iter()
                .find(|other| text(**other, "name") == Some(from))
                .with_context(|| format!("{name} is derived from {from}, which is not there"))?,
            _ => *peripheral,
        };
        let list = origin
            .children()
            .find(|child| child.has_tag_name("registers"));
        if let Some(list) = list {
            let bits = value(origin, "size").unwrap_or(bits);
            walk(list, (name, ""), base, bits, &mut registers);
        }
    }
    Ok(registers)
}

/// Registers and clusters in a peripheral or a cluster.
fn walk(
    list: Node<'_, '_>,
    (unit, prefix): (&str, &str),
    base: u64,
    bits: u64,
    to: &mut Vec<Register>,
) {
    for node in list.children() {
        let Some(name) = text(node, "name") else {
            continue;
        };
        if node.has_tag_name("cluster") {
            for (at, index) in places(node, "addressOffset") {
                let prefix = format!(
                    "{prefix}{}_",
                    name.replace("[%s]", &index).replace("%s", &index)
                );
                walk(node, (unit, &prefix), base.wrapping_add(at), bits, to);
            }
        }
        if !node.has_tag_name("register") {
            continue;
        }
        // A register that is derived from another has its fields, and what it says itself.
        let origin = node.attribute("derivedFrom").and_then(|from| {
            let mut others = list
                .children()
                .filter(|other| other.has_tag_name("register"));
            others.find(|other| text(*other, "name") == Some(from))
        });
        let own = fields(node);
        let fields = match origin {
            Some(origin) if own.is_empty() => fields(origin),
            _ => own,
        };
        let size = value(node, "size")
            .or_else(|| value(origin?, "size"))
            .unwrap_or(bits);
        for (at, index) in places(node, "addressOffset") {
            let name = name.replace("[%s]", &index).replace("%s", &index);
            to.push(Register {
                unit: unit.to_owned(),
                name: format!("{prefix}{name}"),
                address: base.wrapping_add(at),
                bits: size.min(64) as u32,
                fields: fields.clone(),
            });
        }
    }
}

fn fields(register: Node<'_, '_>) -> Vec<Field> {
    let list = register
        .children()
        .filter(|child| child.has_tag_name("fields"));
    let fields = list.flat_map(|list| list.children());
    fields
        .filter(|child| child.has_tag_name("field"))
        .filter_map(|field| {
            let (high, low) = range(field)?;
            Some(Field {
                name: text(field, "name")?.to_owned(),
                low: low.try_into().ok()?,
                bits: (high.checked_sub(low)? + 1).try_into().ok()?,
            })
        })
        .collect()
}

/// The three ways to say which bits.
fn range(field: Node<'_, '_>) -> Option<(u64, u64)> {
    if let Some(range) = text(field, "bitRange") {
        let (high, low) = range.trim_matches(['[', ']']).split_once(':')?;
        return Some((number(high)?, number(low)?));
    }
    if let Some(low) = value(field, "bitOffset") {
        let width = value(field, "bitWidth").unwrap_or(1);
        return Some((low.checked_add(width)?.checked_sub(1)?, low));
    }
    Some((value(field, "msb")?, value(field, "lsb")?))
}
