// SPDX-License-Identifier: GPL-2.0

//! What QEMU has seen, as its trace says.

use std::{collections::BTreeSet, fs};

use crate::boots::{of, Boot};

/// Lines of QEMU's trace of an event, cut into words.
fn lines(boot: &'static Boot, event: &str) -> Vec<Vec<String>> {
    let log = of(boot).serial_log.with_file_name("trace.log");
    let log = fs::read_to_string(log).unwrap();
    let lines = log.lines().filter_map(|line| line.split_once(event));
    let words = lines.map(|(_, rest)| rest.split_whitespace().map(str::to_owned).collect());
    words.collect()
}

fn number(word: &str) -> u64 {
    let digits = word.trim_start_matches("@").trim_start_matches("0x");
    u64::from_str_radix(digits, 16).unwrap_or_else(|_| panic!("{word}"))
}

/// Accesses to memory: address, value, size.
pub fn memory(boot: &'static Boot, event: &str) -> Vec<(u64, u64, u8)> {
    // cpu N mr POINTER addr ADDRESS value VALUE size SIZE name NAME
    let lines = lines(boot, event).into_iter();
    lines
        .map(|words| {
            let (value, size) = (number(&words[7]), words[9].parse().unwrap());
            // This model always has 8 bytes asked for, and QEMU takes what it needs of them.
            let (value, size) = match words[11].as_str() {
                "'megasas-mmio'" => (value & 0xffff_ffff, 4),
                _ => (value, size),
            };
            (number(&words[5]), value, size)
        })
        .collect()
}

/// Accesses to configuration spaces: address, offset.
pub fn config(boot: &'static Boot, event: &str) -> BTreeSet<(String, u64)> {
    // DEVICE BUS:DEVICE.FUNCTION @OFFSET -> VALUE
    let lines = lines(boot, event).into_iter();
    lines
        .map(|words| (format!("0000:{}", words[1]), number(&words[2])))
        .collect()
}
