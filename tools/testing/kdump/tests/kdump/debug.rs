// SPDX-License-Identifier: GPL-2.0

//! On a kernel that watches memory, locks, arithmetic and contexts: nothing to tell, whatever we do.

use std::{sync::LazyLock, time::Duration};

use vm::{Adapter, Vm};
use vmcore_format::cudbg::{section::Section, Chip};

use crate::{
    bad_vmcores,
    boots::{boot, lines, of, output, text, Boot},
    broken::CASES,
    sections::{of_vmcore, usual},
};

/// What the log says of something that must not be.
const REPORTS: &[&str] = &[
    "BUG:",
    "WARNING:",
    "INFO:",
    "UBSAN:",
    "Oops",
    "Call Trace",
    "pagealloc:",
    "rust_kernel: panicked",
    "refcount_t:",
];

/// Adapters that fail in different ways, and need little time for it.
const BROKEN: [&str; 5] = [
    "all-ones from the start",
    "gone after 3000 accesses",
    "an analyzer stuck, and half of the lookup engine; vital product data corrupt; the log among packets",
    "BAR0 of 128 KiB",
    "an absurd aperture, more ids than there can be, vital product data dead",
];
/// And some that do not.
const GOOD: [Chip; 3] = [Chip::T6, Chip::T5, Chip::T4];
/// Not all of them are in each adapter.
const MEMORIES: [Section; 3] = [Section::Mc0, Section::Mc1, Section::Hma];

/// * Slabs are checked, which does without the caches of each processor: what was taken from those is still referred to there, and
///   kmemleak would not see it leak.
/// * KASAN takes an interrupt for a wild access while the kernel finds out what its processor can, with 5 levels.
pub const OPTIONS: &str = "page_poison=1 slab_debug=F no5lvl";

pub fn machine(name: &str, scripts: &[&str]) -> Vm {
    Vm::scenario(name)
        .debug_kernel(["beside", "beside-test"])
        .memory_mib(1280)
        .crashkernel_mib(512)
        .crash_options(OPTIONS)
        .crash_kernel(
            &[&[include_str!("../../scripts/leaks.sh")], scripts]
                .concat()
                .join("\n"),
        )
        .deadline(Duration::from_secs(1200))
}

pub fn small(adapter: Adapter) -> Adapter {
    adapter.option("--mc-mib=1")
}

/// What the others do on the distribution's kernel.
static DEBUG: Boot = LazyLock::new(|| {
    let vm = machine(
        "debug",
        &[
            include_str!("../../scripts/debug.sh"),
            "rounds=1 mib=1",
            include_str!("../../scripts/parallel.sh"),
            include_str!("../../scripts/hold.sh"),
            include_str!("../../scripts/debug-adapters.sh"),
        ],
    )
    .program(env!("CARGO_BIN_EXE_compare-vmcore"))
    .program(env!("CARGO_BIN_EXE_hold-map"));
    let files = bad_vmcores::write().map_err(|error| error.to_string())?;
    let good = GOOD.map(|chip| match chip {
        Chip::T4 => small(Adapter::t4(73)),
        Chip::T5 => small(Adapter::t5(72)),
        Chip::T6 => small(Adapter::t6(71)),
    });
    let broken = BROKEN.map(|what| {
        let case = CASES.iter().find(|case| case.what == what);
        let case = case.unwrap_or_else(|| panic!("no case is called {what:?}"));
        let options = case.options.iter();
        options.fold(small(Adapter::t6(71)), |adapter, option| {
            adapter.option(option)
        })
    });
    let vm = files.into_iter().fold(vm, Vm::file);
    boot(good.into_iter().chain(broken).fold(vm, Vm::adapter))
});

/// Reports in a log.
pub fn reports(log: &str) -> Vec<&str> {
    let found = REPORTS.iter().flat_map(|report| lines(log, report));
    found.collect()
}

/// Call chains that took a page for a module which is not there any more.
fn lost_pages(stacks: &str) -> Vec<&str> {
    const ALLOCATOR: [&str; 6] = [
        "post_alloc_hook",
        "get_page_from_freelist",
        "alloc_frozen_pages",
        "alloc_pages",
        "get_free_pages",
        "get_zeroed_page",
    ];
    let lost = stacks.split("\n\n").filter(|chain| {
        let mut callers = chain.lines().map(str::trim);
        let caller = callers.find(|line| !ALLOCATOR.iter().any(|name| line.contains(name)));
        // A function without a name.
        caller.is_some_and(|caller| caller.starts_with("0x"))
    });
    lost.collect()
}

pub fn assert_nothing_is_left(boot: &'static Boot, when: &str) {
    assert_eq!(text(boot, &format!("{when}.kmemleak")), "");
    let stacks = text(boot, &format!("{when}.pages"));
    assert!(stacks.contains("post_alloc_hook"), "{stacks}");
    assert_eq!(lost_pages(&stacks), [""; 0]);
}

/// After leaks that were made for this.
pub fn assert_leaks_are_seen(boot: &'static Boot) {
    let objects = text(boot, "sins.kmemleak");
    assert!(objects.contains("unreferenced object"), "{objects}");
    let stacks = text(boot, "sins.pages");
    assert_eq!(lost_pages(&stacks).len(), 1, "{stacks}");
}

#[test]
fn the_debug_kernel_has_nothing_to_report() {
    let log = text(&DEBUG, "ours.dmesg");
    assert_eq!(reports(&log), [""; 0], "{log}");
    for (module, said) in [
        ("devdump_test", "devdump_test: stream: 0 collected"),
        (
            "devdump_classic",
            "devdump_classic_ours: outer: 0, called 1",
        ),
        ("devdump_parallel", " late, 0 failed"),
        ("pci_dump", "vmcore_devdump: pci_registers: "),
    ] {
        assert!(log.contains(said), "{module} has not done its work:\n{log}");
    }
    let adapters = lines(&log, " sections ok, ").len();
    assert_eq!(adapters, GOOD.len() + BROKEN.len(), "{log}");
}

#[test]
fn nothing_is_left_of_dumps_and_modules() {
    assert_nothing_is_left(&DEBUG, "ours");
}

#[test]
fn the_dumps_of_all_adapters_are_saved_there_too() {
    let out = &of(&DEBUG).out;
    let dumps = of_vmcore(&out.join("vmcore"), &out.join("dumps"));
    assert_eq!(dumps.len(), GOOD.len() + BROKEN.len());
    for (slot, chip) in (5..).zip(GOOD) {
        let sections = &dumps[&format!("cxgb4_0000:00:{slot:02x}.0")];
        let wrong = sections.iter().filter(|(section, (header, raw))| {
            let fitted = !raw.is_empty() || !MEMORIES.contains(section);
            let usual = header.status.words() == Some(usual(chip, **section));
            fitted && (!usual || header.is_partial())
        });
        // The kernel knows where that is from CONFIG_PCI_QUIRKS, which this one has not.
        let wrong: Vec<_> = wrong.map(|(section, _)| *section).collect();
        assert_eq!(wrong, [Section::VpdData], "{chip:?}");
    }
}

#[test]
fn all_adapters_are_handed_out_there_too() {
    let out = &of(&DEBUG).out;
    for slot in 5..5 + GOOD.len() + BROKEN.len() {
        let file = out.join(format!("cxgb4_0000:00:{slot:02x}.0.stream"));
        let said = output(
            vm::bin_dir().join("vmcoredd"),
            &["list", file.to_str().unwrap()],
        );
        assert!(said.contains("stream 1.0, 1 device dump"), "{said}");
    }
}

#[test]
fn the_debug_kernel_would_have_told() {
    let log = text(&DEBUG, "sins.dmesg");
    for report in [
        "BUG: sleeping function called from invalid context",
        "WARNING: possible circular locking dependency detected",
        "UBSAN: shift-out-of-bounds",
        "pagealloc: memory corruption",
        "BUG: KASAN: slab-out-of-bounds in read_behind",
    ] {
        assert!(log.contains(report), "no \"{report}\" in\n{log}");
    }
    assert!(!reports(&log).is_empty());
    assert_leaks_are_seen(&DEBUG);
}
