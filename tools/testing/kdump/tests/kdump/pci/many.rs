// SPDX-License-Identifier: GPL-2.0

//! More functions than most machines have.

use std::{sync::LazyLock, time::Duration};

use vm::{functions, Vm};
use vmcore_format::pci::{Pci, Reason};

use super::dumped;
use crate::boots::{boot, text, Boot};

const COUNT: usize = 300;

static BOOT: Boot = LazyLock::new(|| {
    let vm = Vm::scenario("pci-many")
        .arguments(&functions::many(COUNT, 96))
        .crash_kernel(include_str!("../../../scripts/pci-many.sh"))
        .deadline(Duration::from_secs(900));
    boot(vm)
});

#[test]
fn three_hundred_functions_are_dumped_within_the_time_for_all() {
    let payload = dumped::payload(&BOOT, "pci");
    let header = Pci::parse(&payload).unwrap().header;
    assert!(
        header.finished && header.taken_ms < header.total_ms,
        "{header:?}"
    );
    let found = dumped::functions(&payload);
    assert_eq!(found.len(), functions::USUAL + COUNT);
    let listed = text(&BOOT, "functions");
    assert!(found.keys().eq(listed.lines()));
    for (address, function) in &found {
        assert_eq!(function.head.ended, Reason::NONE, "{address}");
        assert!(function.config32(function.head.config_len - 4).is_some());
    }
}
