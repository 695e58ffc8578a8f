// SPDX-License-Identifier: GPL-2.0

//! What is private is in no dump, unless somebody asked for it. The model's adapters are full of marks that say what is private.

use std::{collections::BTreeMap, fs, sync::LazyLock, time::Duration};

use serde_json::Value;
use vm::{Adapter, Vm};
use vmcore_format::cudbg::{cause::Cause, private::Private, section::Section};

use crate::{
    boots::{boot, of, save_with_dumps, t4, two, Boot, DEMO, T4, TWO},
    sections::{of_vmcore, Sections},
};

const MEMORIES: [Section; 5] = [
    Section::Edc0,
    Section::Edc1,
    Section::Mc0,
    Section::Mc1,
    Section::Hma,
];
const QUEUES: [Section; 2] = [Section::CimIbqNcsi, Section::CimObqNcsi];

/// The first two with bus mastering on, as a card has it that was in use.
fn asked_of() -> [Adapter; 3] {
    [
        Adapter::t6(71).option("--mc-mib=1").option("--hma-mib=1"),
        Adapter::t5(72).option("--mc-mib=1"),
        Adapter::t6(73).option("--mc-mib=1").option("--hma-mib=1"),
    ]
}

/// Adapters of which somebody wants everything that can be had.
static ASKED: Boot = LazyLock::new(|| {
    let master = "for slot in 05 06; do
	printf '\\006\\001' | dd of=/sys/bus/pci/devices/0000:00:$slot.0/config bs=1 seek=4 conv=notrunc 2>/dev/null
done\n";
    let asked = "cxgb4_dump.ko upper_layers=1 ncsi_queues=1 rss_key=1 host_memory=1\n";
    let script = save_with_dumps().replace("cxgb4_dump.ko\n", asked);
    let vm = Vm::scenario("asked")
        .crash_kernel(&format!("{master}{script}"))
        .deadline(Duration::from_secs(600));
    boot(asked_of().into_iter().fold(vm, Vm::adapter))
});

fn dumps(boot: &'static Boot) -> BTreeMap<String, Sections> {
    let out = &of(boot).out;
    of_vmcore(&out.join("vmcore"), &out.join("private"))
}

fn name(nth: usize) -> String {
    format!("cxgb4_0000:00:{:02x}.0", nth + 5)
}

/// What an adapter holds, by memory, with zeroes for what is of these kinds; and where all kinds are.
fn held(
    boot: &'static Boot,
    adapter: &Adapter,
    nth: usize,
    without: &[&str],
) -> BTreeMap<Section, Vec<u8>> {
    let truth = of(boot).out.join(format!("private-truth-{nth}"));
    adapter.truth(&truth).unwrap();
    let layout: Value =
        serde_json::from_slice(&fs::read(truth.join("layout.json")).unwrap()).unwrap();
    let mut held = BTreeMap::new();
    for section in MEMORIES {
        if let Ok(mut bytes) = fs::read(truth.join(format!("{}.bin", section.name()))) {
            for place in layout["private"].as_array().unwrap() {
                let [start, end] =
                    ["start", "end"].map(|end| place[end].as_u64().unwrap() as usize);
                let kind = place["kind"].as_str().unwrap();
                if place["memory"] == section.name() && without.contains(&kind) {
                    bytes[start..end].fill(0);
                }
            }
            held.insert(section, bytes);
        }
    }
    held
}

fn has(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

/// Marks that are in a section, of all that the model has.
fn marks(bytes: &[u8]) -> Vec<&'static str> {
    let all = [
        "PRIVATE:payload ",
        "PRIVATE:tls-keys",
        "PRIVATE:up-layer",
        "PRIVATE:host-mem",
        "NCSI",
        "RSS0",
        "RSS9",
    ];
    all.into_iter()
        .filter(|mark| has(bytes, mark.as_bytes()))
        .collect()
}

#[test]
fn no_dump_has_anything_private() {
    let adapters = [
        (&DEMO, vec![vm::demo::adapter()]),
        (&TWO, two().to_vec()),
        (&T4, vec![t4()]),
    ];
    for (boot, adapters) in adapters {
        let dumps = dumps(boot);
        for (nth, adapter) in adapters.iter().enumerate() {
            let sections = &dumps[&name(nth)];
            for (section, (_, raw)) in sections {
                assert_eq!(marks(raw), [""; 0], "{} {}", name(nth), section.name());
            }
            // They are there to be found.
            let held = held(boot, adapter, nth, &[]);
            let found = marks(&held[&Section::Mc0]);
            assert!(found.len() >= 2, "{found:?}");
        }
    }
}

#[test]
fn what_is_left_out_is_named() {
    let never = Private::PAYLOAD.with(Private::TLS_KEYS);
    let sections = &dumps(&DEMO)[&name(0)];
    for (section, left_out) in [
        (Section::Mc0, never.with(Private::UPPER_LAYERS)),
        (Section::Edc0, Private::NONE),
        (Section::TpIndirect, Private::RSS_KEY),
        (Section::CimIbqNcsi, Private::NCSI_QUEUES),
        (Section::CimObqNcsi, Private::NCSI_QUEUES),
    ] {
        assert_eq!(
            sections[&section].0.left_out,
            left_out,
            "{}",
            section.name()
        );
    }
    for section in QUEUES {
        let (header, raw) = &sections[&section];
        assert_eq!(header.detail.cause(), Some(Cause::Private));
        assert!(raw.is_empty());
    }
    let sections = &dumps(&ASKED)[&name(0)];
    assert_eq!(sections[&Section::Mc0].0.left_out, never);
}

#[test]
fn who_asked_has_exactly_that_but_never_packets_or_keys() {
    let dumps = dumps(&ASKED);
    for (nth, adapter) in asked_of().iter().enumerate() {
        let sections = &dumps[&name(nth)];
        for (section, held) in held(&ASKED, adapter, nth, &["payload", "tls-keys"]) {
            let (header, raw) = &sections[&section];
            if section == Section::Hma && nth == 2 {
                assert_eq!(header.detail.cause(), Some(Cause::NotBusMaster));
                assert!(raw.is_empty());
            } else {
                assert!(*raw == held, "{} {}", name(nth), section.name());
            }
        }
        assert_eq!(marks(&sections[&Section::Mc0].1), ["PRIVATE:up-layer"]);
        for section in QUEUES {
            let raw = &sections[&section].1;
            assert!(!raw.is_empty());
            assert!(raw.chunks(8).all(|words| words.starts_with(b"NCSI")));
        }
        // The second range of both chips begins with the key.
        let key = &sections[&Section::TpIndirect].1[160..200];
        for (digit, word) in (b'0'..).zip(key.chunks(4)) {
            assert_eq!(word, [b'R', b'S', b'S', digit]);
        }
    }
    assert_eq!(
        marks(&dumps[&name(0)][&Section::Hma].1),
        ["PRIVATE:host-mem"]
    );
}
