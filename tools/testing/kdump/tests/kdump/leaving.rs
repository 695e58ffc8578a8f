// SPDX-License-Identifier: GPL-2.0

//! What the real driver finds: after us, the distribution's cxgb4 does and says the same as on an adapter that we never touched.

use std::{fs, path::Path, sync::LazyLock, time::Duration};

use vm::{demo, Adapter, Outcome, Vm};

use crate::boots::{boot, of, Boot};

/// Written to the interrupt line register, where it means nothing, before the real driver comes.
const MARK: &str = "w1 Config 0x3c 0x77";
const PROBE: &str = r"
printf '\167' | dd of=/sys/bus/pci/devices/0000:00:05.0/config bs=1 seek=60 conv=notrunc 2>/dev/null
for module in /drivers/*.ko; do insmod $module; done
";

fn machine(name: &str, before: &str) -> Result<Outcome, String> {
    boot(
        Vm::scenario(name)
            .adapter(Adapter::t6(11).logged())
            .driver("cxgb4")
            .crash_kernel(&format!("{before}{PROBE}"))
            .deadline(Duration::from_secs(600)),
    )
}

static AFTER_US: Boot = LazyLock::new(|| machine("leaving-after-us", demo::LOAD));
static ALONE: Boot = LazyLock::new(|| machine("leaving-alone", ""));

/// What the real driver said, without the time.
fn said(outcome: &Outcome) -> Vec<String> {
    let log = outcome.dmesg().unwrap();
    let lines = log.lines().filter(|line| line.contains(" cxgb4 "));
    let text = |line: &str| line.split_once("] ").map(|(_, text)| text.to_owned());
    lines.filter_map(text).collect()
}

/// What the real driver did: accesses in order, with their values. How often it polls the same register is a matter of time.
fn did(outcome: &Outcome) -> Vec<String> {
    let file = outcome
        .serial_log
        .parent()
        .unwrap()
        .join("adapter-5.accesses");
    let log = fs::read_to_string(file).unwrap();
    let mut lines: Vec<_> = log
        .lines()
        .skip_while(|line| *line != MARK)
        .map(str::to_owned)
        .collect();
    lines.dedup();
    lines
}

#[test]
fn the_real_driver_says_the_same_after_us() {
    let (after, alone) = (said(of(&AFTER_US)), said(of(&ALONE)));
    assert!(!alone.is_empty(), "cxgb4 has said nothing at all");
    assert_eq!(after, alone);
}

#[test]
fn the_real_driver_does_the_same_after_us() {
    let (after, alone) = (did(of(&AFTER_US)), did(of(&ALONE)));
    assert!(alone.len() > 50, "cxgb4 has done nothing: {alone:?}");
    for (index, (after, alone)) in after.iter().zip(&alone).enumerate() {
        assert_eq!(after, alone, "access {index}");
    }
    assert_eq!(after.len(), alone.len());
}

#[test]
fn all_was_collected_before() {
    let log = of(&AFTER_US).dmesg().unwrap();
    assert!(log.contains("48 sections ok, 0 failed"), "{log}");
    assert!(Path::new(&of(&AFTER_US).out).exists());
}
