// SPDX-License-Identifier: GPL-2.0

//! What was dumped of PCI functions.

use std::collections::BTreeMap;

use kdump_tests::core_file::split_notes;
use vmcore_format::pci::{Function, Part, Pci, Range};

use crate::{
    boots::{of, Boot},
    kdump_file,
};

/// The payload of a dump.
pub fn payload(boot: &'static Boot, name: &str) -> Vec<u8> {
    let notes = kdump_file::notes(&of(boot).out.join("vmcore"));
    let dumps = split_notes(&notes).unwrap().0;
    let found = dumps.into_iter().find(|(other, _)| other == name);
    found.unwrap_or_else(|| panic!("no {name}")).1
}

/// All functions of it, by address.
pub fn functions(payload: &[u8]) -> BTreeMap<String, Function<'_>> {
    let pci = Pci::parse(payload).unwrap();
    let functions: Vec<_> = pci.functions().map(Result::unwrap).collect();
    assert!(pci.header.finished);
    assert_eq!(pci.header.written as usize, functions.len());
    let functions = functions.into_iter();
    let named = functions.map(|function| (function.head.address.to_string(), function));
    named.collect()
}

/// What was read, or was not.
pub fn ranges<'a>(function: &Function<'a>) -> Vec<Range<'a>> {
    let parts = function.parts();
    let ranges = parts.filter_map(|part| match part.unwrap() {
        Part::Range(range) => Some(range),
        _ => None,
    });
    ranges.collect()
}

/// Registers that were read: BAR, offset and width, with their values.
pub fn registers(function: &Function<'_>) -> BTreeMap<(u8, u32, u8), u64> {
    let ranges = ranges(function).into_iter();
    let values = ranges.flat_map(|range| {
        let (bar, width) = (range.head.space.bar_index().unwrap(), range.head.width);
        let read = range
            .values()
            .filter_map(move |(at, value)| Some((at, value?)));
        read.map(move |(at, value)| ((bar, at, width), value))
            .collect::<Vec<_>>()
    });
    values.collect()
}
