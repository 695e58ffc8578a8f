// SPDX-License-Identifier: GPL-2.0

//! CMSIS-SVD 1.3: the registers of peripherals, with arrays, clusters and what is derived from another.

use std::collections::BTreeMap;

use anyhow::{ensure, Context, Result};
use roxmltree::Node;

use super::{number, required, Access, Field, Register};

/// The most registers that come from a file: an array may say that it has any number of them.
const MOST: usize = 1 << 18;

pub fn registers(root: Node<'_, '_>) -> Result<Vec<Register>> {
    child(root, "peripherals").context("expected <peripherals>")?;
    let peripherals: Vec<Node<'_, '_>> = all(root, "peripherals", "peripheral").collect();
    let mut found = Found::default();
    for peripheral in &peripherals {
        let chain = derived(*peripheral, &peripherals);
        let said = |what| chain.iter().find_map(|node| text(*node, what));
        found.unit = text(*peripheral, "name").unwrap_or_default().to_owned();
        found.base = said("baseAddress").and_then(number).unwrap_or(0);
        let inherited = Inherited::default().and(&[root]).and(&chain);
        if let Some(registers) = chain.iter().find_map(|node| child(*node, "registers")) {
            found.registers(registers, 0, "", inherited)?;
        }
    }
    Ok(found.registers)
}

/// What is said once for all that is inside.
#[derive(Clone, Copy, Default)]
struct Inherited<'a> {
    size: Option<&'a str>,
    access: Option<&'a str>,
}

impl<'a> Inherited<'a> {
    /// What `chain` says, or else what was said before.
    fn and(self, chain: &[Node<'a, 'a>]) -> Self {
        let said = |what| chain.iter().find_map(|node| text(*node, what));
        Self {
            size: said("size").or(self.size),
            access: said("access").or(self.access),
        }
    }

    fn can_be_read(&self) -> bool {
        !matches!(self.access, Some("write-only" | "writeOnce"))
    }
}

/// What was found so far.
#[derive(Default)]
struct Found {
    registers: Vec<Register>,
    /// Registers and clusters.
    seen: usize,
    /// The peripheral, and where it begins.
    unit: String,
    base: u64,
}

impl Found {
    fn registers<'d>(
        &mut self,
        inside: Node<'d, 'd>,
        offset: u64,
        prefix: &str,
        inherited: Inherited<'d>,
    ) -> Result<()> {
        let siblings = |kind| {
            inside
                .children()
                .filter(move |node| node.has_tag_name(kind))
        };
        let registers: Vec<Node> = siblings("register").collect();
        let clusters: Vec<Node> = siblings("cluster").collect();
        for node in &registers {
            let chain = derived(*node, &registers);
            for (name, at) in places(*node, &chain)? {
                self.count()?;
                let name = format!("{prefix}{name}");
                self.register(
                    &chain,
                    offset.saturating_add(at),
                    &name,
                    inherited.and(&chain),
                );
            }
        }
        for node in &clusters {
            let chain = derived(*node, &clusters);
            for (name, at) in places(*node, &chain)? {
                self.count()?;
                let body = chain
                    .iter()
                    .find(|node| child(**node, "register").is_some());
                let prefix = format!("{prefix}{name}.");
                if let Some(body) = body.filter(|_| prefix.len() < 200) {
                    self.registers(
                        *body,
                        offset.saturating_add(at),
                        &prefix,
                        inherited.and(&chain),
                    )?;
                }
            }
        }
        Ok(())
    }

    fn count(&mut self) -> Result<()> {
        self.seen += 1;
        ensure!(self.seen <= MOST, "more than {MOST} registers and clusters");
        Ok(())
    }

    fn register(
        &mut self,
        chain: &[Node<'_, '_>],
        offset: u64,
        name: &str,
        inherited: Inherited<'_>,
    ) {
        let acts = |node: &Node<'_, '_>| {
            let mut nodes = node.descendants();
            nodes.any(|node| node.has_tag_name("readAction"))
        };
        let access = match inherited.can_be_read() {
            false => Access::WriteOnly,
            true if chain.iter().any(acts) => Access::Acts,
            true => Access::Plain,
        };
        let fields = chain.iter().find_map(|node| child(*node, "fields"));
        let fields = fields.into_iter().flat_map(|node| node.children());
        let fields = fields.filter(|node| node.has_tag_name("field"));
        self.registers.push(Register {
            unit: self.unit.clone(),
            name: name.to_owned(),
            address: self.base.saturating_add(offset),
            offset,
            bits: inherited.size.and_then(number).unwrap_or(32).min(64) as u32,
            fields: fields.filter_map(field).collect(),
            access,
        });
    }
}

/// `None`: where it is cannot be understood, or nobody can read it.
fn field(node: Node) -> Option<Field> {
    let value = |what| text(node, what).and_then(number);
    let range = || {
        let range = text(node, "bitRange")?
            .strip_prefix('[')?
            .strip_suffix(']')?;
        let (high, low) = range.split_once(':')?;
        Some((number(low)?, number(high)?))
    };
    let (low, high) = match (value("lsb"), value("msb"), value("bitOffset")) {
        (Some(low), Some(high), _) => (low, high),
        (_, _, Some(low)) => (
            low,
            low.checked_add(value("bitWidth").unwrap_or(1).checked_sub(1)?)?,
        ),
        _ => range()?,
    };
    if low > high || high > 63 || matches!(text(node, "access"), Some("write-only" | "writeOnce")) {
        return None;
    }
    let values = all(node, "enumeratedValues", "enumeratedValue");
    let values = values.filter_map(|node| {
        Some((
            number(text(node, "value")?)?,
            text(node, "name")?.to_owned(),
        ))
    });
    Some(Field {
        name: text(node, "name")?.to_owned(),
        low: low as u32,
        bits: (high - low + 1) as u32,
        values: values.collect::<BTreeMap<_, _>>(),
    })
}

/// Names and offsets of one, or of all that an array has.
fn places(node: Node, chain: &[Node]) -> Result<Vec<(String, u64)>> {
    let said = |what| chain.iter().find_map(|node| text(*node, what));
    let own = text(node, "name").unwrap_or_default();
    let offset: u64 = required(node, "addressOffset", said("addressOffset"))?;
    let Some(count) = said("dim") else {
        return Ok(vec![(own.to_owned(), offset)]);
    };
    let count: usize = required(node, "dim", Some(count))?;
    let step: u64 = required(node, "dimIncrement", said("dimIncrement"))?;
    ensure!(
        count <= MOST,
        "{own} has {count} elements, more than {MOST}"
    );
    let index = |at: usize| {
        let index = said("dimIndex").unwrap_or_default();
        match index.split_once('-') {
            Some((first, _)) => number(first).map(|first| (first + at as u64).to_string()),
            None => index
                .split(',')
                .nth(at)
                .map(|index| index.trim().to_owned())
                .filter(|index| !index.is_empty()),
        }
        .unwrap_or_else(|| at.to_string())
    };
    let named = |at| own.replace("%s", &index(at));
    Ok((0..count)
        .map(|at| {
            (
                named(at),
                offset.saturating_add(step.saturating_mul(at as u64)),
            )
        })
        .collect())
}

/// A node, what it is derived from, and so on.
fn derived<'a>(node: Node<'a, 'a>, siblings: &[Node<'a, 'a>]) -> Vec<Node<'a, 'a>> {
    let mut chain = vec![node];
    while let Some(from) = chain.last().and_then(|node| node.attribute("derivedFrom")) {
        let from = from.rsplit('.').next().unwrap_or(from);
        let base = siblings
            .iter()
            .find(|node| text(**node, "name") == Some(from));
        match base.filter(|base| !chain.contains(base)) {
            Some(base) => chain.push(*base),
            None => break,
        }
    }
    chain
}

fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    node.children().find(|node| node.has_tag_name(name))
}

fn text<'a>(node: Node<'a, 'a>, name: &str) -> Option<&'a str> {
    child(node, name)?.text().map(str::trim)
}

fn all<'a>(
    node: Node<'a, 'a>,
    list: &str,
    item: &'static str,
) -> impl Iterator<Item = Node<'a, 'a>> {
    let list = child(node, list).into_iter();
    list.flat_map(|node| node.children())
        .filter(move |node| node.has_tag_name(item))
}
