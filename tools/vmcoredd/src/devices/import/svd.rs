// SPDX-License-Identifier: GPL-2.0

//! CMSIS-SVD: the registers of a peripheral, with arrays, clusters and what is derived from another. Numbers are decimal, or have `0x`, `0b`
//! or `#`.

use std::collections::BTreeMap;

use anyhow::{bail, ensure, Result};
use roxmltree::Node;

use super::{name, required, sound, Imported, Place, MOST};
use crate::{
    devices::description::{Field, Register},
    kinds::register::Kind,
};

pub fn import(root: Node, place: &Place) -> Result<Imported> {
    let peripherals: Vec<Node> = all(root, "peripherals", "peripheral").collect();
    let names: Vec<&str> = peripherals
        .iter()
        .filter_map(|node| text(*node, "name"))
        .collect();
    let found = match place.part {
        Some(part) => names.iter().position(|name| *name == part),
        None if names.len() == 1 => Some(0),
        None => bail!(
            "several peripherals: say which with --part: {}",
            names.join(", ")
        ),
    };
    let Some(found) = found.and_then(|at| peripherals.get(at)) else {
        bail!("no such peripheral; these there are: {}", names.join(", "));
    };
    let chain = derived(*found, &peripherals);
    let mut import = Import {
        place,
        imported: Imported {
            from: format!("CMSIS-SVD, {}", text(*found, "name").unwrap_or_default()),
            ..Imported::default()
        },
        seen: 0,
    };
    let inherited = Inherited::default().and(&[root]).and(&chain);
    if let Some(registers) = chain.iter().find_map(|node| child(*node, "registers")) {
        import.registers(registers, place.offset.into(), "", inherited)?;
    }
    Ok(import.imported)
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

struct Import<'a> {
    place: &'a Place<'a>,
    imported: Imported,
    /// Registers and clusters so far.
    seen: usize,
}

impl Import<'_> {
    fn registers<'d>(
        &mut self,
        inside: Node<'d, 'd>,
        base: u64,
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
        for node in &clusters {
            let chain = derived(*node, &clusters);
            for (name, offset) in places(*node, &chain)? {
                self.count()?;
                let body = chain
                    .iter()
                    .find(|node| child(**node, "register").is_some());
                let prefix = format!("{prefix}{name}.");
                if let Some(body) = body.filter(|_| prefix.len() < 200) {
                    self.registers(
                        *body,
                        base.saturating_add(offset),
                        &prefix,
                        inherited.and(&chain),
                    )?;
                }
            }
        }
        for node in &registers {
            let chain = derived(*node, &registers);
            for (name, offset) in places(*node, &chain)? {
                self.count()?;
                self.register(
                    &chain,
                    base.saturating_add(offset),
                    &format!("{prefix}{name}"),
                    inherited.and(&chain),
                )?;
            }
        }
        Ok(())
    }

    fn count(&mut self) -> Result<()> {
        self.seen += 1;
        ensure!(
            self.seen <= MOST,
            "more than {MOST} registers and clusters: name a smaller part"
        );
        Ok(())
    }

    fn register(
        &mut self,
        chain: &[Node],
        at: u64,
        text: &str,
        inherited: Inherited,
    ) -> Result<()> {
        let bits: u32 = inherited.size.and_then(number).unwrap_or(32) as u32;
        let acts = |node: &Node| {
            node.descendants()
                .any(|node| node.has_tag_name("readAction"))
        };
        if !inherited.can_be_read() {
            return Ok(());
        }
        let text = name(text);
        if chain.iter().any(acts) {
            self.imported.dropped.push(text);
            return Ok(());
        }
        let (Ok(at), 8 | 16 | 32 | 64) = (u32::try_from(at), bits) else {
            return Ok(());
        };
        let width = (bits / 8) as u8;
        if at % u32::from(width) == 0 {
            let fields = chain.iter().find_map(|node| child(*node, "fields"));
            let fields = fields.into_iter().flat_map(|node| node.children());
            let fields = fields.filter(|node| node.has_tag_name("field"));
            self.imported.registers.push(Register {
                bar: self.place.bar,
                at,
                width,
                name: text,
                kind: Kind::State,
                fields: sound(fields.filter_map(field).collect(), width),
            });
        }
        Ok(())
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
        name: name(text(node, "name")?),
        bits: low as u8..=high as u8,
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

fn number(text: &str) -> Option<u64> {
    let binary = text.strip_prefix('#').or_else(|| text.strip_prefix("0b"));
    match binary {
        Some(digits) => u64::from_str_radix(digits, 2).ok(),
        None => crate::devices::text::number(text),
    }
}
