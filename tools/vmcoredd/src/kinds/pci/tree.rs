// SPDX-License-Identifier: GPL-2.0

//! Functions below ports.

use std::collections::{BTreeMap, BTreeSet};

use vmcore_format::pci::Address;

use super::{function::Function, link};
use crate::kinds::{remark::Remark, topology::Node};

/// Functions whose parent is not there, or which are their own parents somehow, are at the top.
pub fn tree(functions: &[Function], remarks: &[Remark]) -> Vec<Node> {
    let mut below: BTreeMap<Option<Address>, Vec<&Function>> = BTreeMap::new();
    let there: BTreeSet<Address> = functions
        .iter()
        .map(|function| function.head.address)
        .collect();
    let mut trouble: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for remark in remarks {
        trouble.entry(&remark.unit).or_default().push(&remark.text);
    }
    for function in functions {
        // A bridge is on a lower bus than what is behind it: so there is an end.
        let own = function.head.address;
        let parent = function.head.parent.filter(|parent| {
            (parent.domain, parent.bus) < (own.domain, own.bus) && there.contains(parent)
        });
        below.entry(parent).or_default().push(function);
    }
    nodes(None, &below, &trouble)
}

fn nodes(
    parent: Option<Address>,
    below: &BTreeMap<Option<Address>, Vec<&Function>>,
    trouble: &BTreeMap<&str, Vec<&str>>,
) -> Vec<Node> {
    let own = below.get(&parent).map_or(&[][..], Vec::as_slice);
    own.iter()
        .map(|function| {
            let name = function.name();
            let behind = nodes(Some(function.head.address), below, trouble);
            Node {
                words: match link::now(function, !behind.is_empty()) {
                    Some(link) => format!("{}, {link}", function.title()),
                    None => function.title(),
                },
                trouble: trouble
                    .get(name.as_str())
                    .map_or_else(String::new, |texts| texts.join("; ")),
                behind,
                name,
            }
        })
        .collect()
}
