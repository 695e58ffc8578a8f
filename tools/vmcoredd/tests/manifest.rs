// SPDX-License-Identifier: GPL-2.0

//! What the manifest says is what the command says.

use std::fs;

use vmcore_format::manifest::{self, padded, Entry, Header, Reason, Status, CRC_OFFSET};

use crate::{dumps_of, files, files_of, run, Files, NAME};

fn entry(name: &str, status: Status, payload: &[u8]) -> Entry {
    Entry {
        name: padded(name.as_bytes()),
        status,
        reason: Reason::NONE,
        errno: 0,
        bytes: payload.len() as u64,
        asked: 0,
        crc32: crc32fast::hash(payload),
        ms: 7,
        held_bytes: 4096,
        missing: [0; 104],
        kept: payload.len() as u64,
    }
}

fn manifest(entries: &[Entry]) -> Vec<u8> {
    let header = Header {
        entries: entries.len() as u32,
        unrecorded: 2,
        crc32: 0,
        total_bytes: 100 << 10,
        dump_bytes: 50 << 10,
        held_bytes: 8192,
        dump_ms: 60_000,
        version: padded(b"0.2.0"),
        release: padded(b"7.3.4-test"),
    };
    let mut bytes = header.encode().to_vec();
    bytes.extend(entries.iter().flat_map(Entry::encode));
    seal(&mut bytes);
    bytes
}

fn seal(manifest: &mut [u8]) {
    manifest[CRC_OFFSET..CRC_OFFSET + 4].fill(0);
    let crc32 = crc32fast::hash(manifest);
    manifest[CRC_OFFSET..CRC_OFFSET + 4].copy_from_slice(&crc32.to_le_bytes());
}

const OTHER: &[u8] = b"something else";

/// One complete, one partial; one failed, one refused because of its name, and what only a newer core could say.
fn entries(image: &[u8]) -> Vec<Entry> {
    vec![
        entry(NAME, Status::COMPLETE, image),
        Entry {
            reason: Reason::TIME,
            missing: padded(b"mc0 from 0x1000 on"),
            ..entry("other", Status::PARTIAL, OTHER)
        },
        Entry {
            reason: Reason::DRIVER,
            errno: -5,
            ..entry("dead", Status::FAILED, b"")
        },
        Entry {
            reason: Reason::NAME_TAKEN,
            errno: -17,
            asked: 1 << 25,
            ..entry("other", Status::REFUSED, b"")
        },
        Entry {
            reason: Reason(77),
            ..entry("from the future", Status(9), b"")
        },
    ]
}

fn vmcore(image: &[u8], manifest: &[u8]) -> Vec<u8> {
    files::elf(&[
        (NAME, image),
        ("other", OTHER),
        ("vmcore_devdump", manifest),
    ])
}

#[test]
fn what_became_of_every_dump_is_listed() {
    let files = Files::new();
    let image = files::image();
    let file = files.write("vmcore", &vmcore(&image, &manifest(&entries(&image))));
    let (status, said, complaint) = run(&["list", &file]);
    assert_eq!((status, complaint.as_str()), (0, ""));
    for line in [
        "ELF, 2 device dumps, 3 missing",
        "T6 revision 1; complete, 7 ms\n",
        "unknown; partial, 7 ms: time was over: mc0 from 0x1000 on\n",
        "failed, 7 ms: the driver failed: Input/output error (os error 5)\n",
        "refused, 7 ms: there was a dump of that name: File exists (os error 17), 33554432 bytes asked for\n",
        "status 9, 7 ms: reason 77\n",
        "vmcore_devdump 0.2.0 on 7.3.4-test: 8 KiB of 100 KiB taken, at most 50 KiB and 60 s for each; 2 more were asked for",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }

    let (_, said, _) = run(&["list", "--json", &file]);
    let listed = files_of(&said);
    let [complete, partial] = listed[0]["dumps"].as_array().unwrap().as_slice() else {
        panic!("{said}");
    };
    assert_eq!(
        (&complete["manifest"]["status"], &complete["manifest"]["ms"]),
        (&"complete".into(), &7.into())
    );
    assert_eq!(partial["manifest"]["reason"], "time was over");
    let manifest = &listed[0]["manifest"];
    assert_eq!(
        (&manifest["core"], &manifest["kernel"]),
        (&"0.2.0".into(), &"7.3.4-test".into())
    );
    assert_eq!(
        (&manifest["version"], &manifest["unrecorded"]),
        (&"1.1".into(), &2.into())
    );
    assert_eq!(manifest["absent"][0]["errno"], -5);
    assert_eq!(manifest["absent"].as_array().unwrap().len(), 3);
}

#[test]
fn show_tells_it_in_a_line_and_shows_what_failed() {
    let files = Files::new();
    let image = files::image();
    let file = files.write("vmcore", &vmcore(&image, &manifest(&entries(&image))));
    let (status, said, _) = run(&["show", &file]);
    assert_eq!(status, 0);
    assert!(
        said.contains("other: 14 bytes, partial, 7 ms: time was over"),
        "{said}"
    );
    assert!(said.contains("dead: failed, 7 ms"), "{said}");
    let (_, said, _) = run(&["show", "--json", &file]);
    let shown = dumps_of(&said);
    assert_eq!(
        (&shown[2]["name"], &shown[2]["format"]),
        (&"dead".into(), &"absent".into())
    );
    assert_eq!(shown[0]["manifest"]["status"], "complete");
    // Who asks for it is told why it is not there.
    let (status, _, complaint) = run(&["extract", &file, "dead"]);
    assert_eq!(status, 1);
    assert!(complaint.contains("dead: failed"), "{complaint}");
}

#[test]
fn verify_finds_bytes_that_are_not_those_that_were_dumped() {
    let files = Files::new();
    let image = files::image();
    let sealed = manifest(&entries(&image));
    let good = vmcore(&image, &sealed);
    let file = files.write("vmcore", &good);
    let (status, said, _) = run(&["verify", &file]);
    assert_eq!(status, 0, "{said}");
    assert_eq!(
        said.matches(": ok (CRC-32 as in the manifest").count(),
        2,
        "{said}"
    );

    // In a dump that nothing else is known about.
    let at = good
        .windows(OTHER.len())
        .position(|bytes| bytes == OTHER)
        .unwrap();
    let mut bad = good.clone();
    bad[at] ^= 1;
    let file = files.write("bad", &bad);
    let (status, said, _) = run(&["verify", &file]);
    assert_eq!(status, 1);
    assert!(
        said.contains("other: DAMAGED expected a payload of CRC-32"),
        "{said}"
    );
    let out = files.path("out");
    let (status, _, complaint) = run(&["extract", &file, "-o", out.to_str().unwrap()]);
    assert_eq!(status, 1);
    assert!(
        complaint.contains("other: written, but not what was dumped"),
        "{complaint}"
    );
    assert_eq!(
        fs::read(out.join("other.bin")).unwrap(),
        &bad[at..at + OTHER.len()]
    );

    // In the manifest.
    for at in [40, 160 + 100] {
        let mut bad = sealed.clone();
        bad[at] ^= 1;
        let file = files.write("bad", &vmcore(&image, &bad));
        for command in ["list", "verify"] {
            let (status, said, complaint) = run(&[command, &file]);
            assert_eq!(status, 1, "{said}");
            let all = said + &complaint;
            assert!(
                all.contains("manifest: at offset 0x1c: expected a CRC-32"),
                "{all}"
            );
        }
    }
}

#[test]
fn what_was_given_up_is_partial_and_not_damaged() {
    let files = Files::new();
    let image = files::image();
    let sealed = |kept: usize, reason| {
        manifest(&[
            Entry {
                reason,
                kept: kept as u64,
                ..entry(NAME, Status::PARTIAL, &image)
            },
            entry("other", Status::COMPLETE, OTHER),
        ])
    };
    let zeroed = |from: usize| {
        let mut image = image.clone();
        image[from..].fill(0);
        image
    };
    // In the middle of a section, and of the section headers.
    for kept in [4096, 100] {
        let place = format!("given up when memory ran out, from byte {kept} on");
        let file = vmcore(&zeroed(kept), &sealed(kept, Reason::GIVEN_UP));
        let file = files.write("vmcore", &file);
        let (status, said, complaint) = run(&["list", &file]);
        assert_eq!((status, complaint.as_str()), (0, ""));
        assert!(
            said.contains(&format!("partial, 7 ms: {place}\n")),
            "{said}"
        );
        let (status, said, _) = run(&["verify", &file]);
        assert_eq!(status, 0, "{said}");
        assert!(
            said.contains(&format!("{NAME}: partial ({place}, ")),
            "{said}"
        );
        let (status, said, _) = run(&["show", &file]);
        assert_eq!(status, 0, "{said}");
        assert!(said.contains(&place) && !said.contains("damaged"), "{said}");
    }
    let (_, said, _) = run(&["show", &files.path("vmcore").to_string_lossy(), "other"]);
    assert!(said.contains("other: 14 bytes, complete"), "{said}");

    // Another reason is told as well.
    let file = vmcore(&zeroed(4096), &sealed(4096, Reason::TIME));
    let (_, said, _) = run(&["list", &files.write("vmcore", &file)]);
    let both = "partial, 7 ms: time was over: given up when memory ran out, from byte 4096 on\n";
    assert!(said.contains(both), "{said}");
    let (status, said, _) = run(&["show", &files.write("vmcore", &file)]);
    assert_eq!(status, 0);
    assert!(said.contains("  given up\n"), "{said}");

    // It was copied before.
    let file = files.write("vmcore", &vmcore(&image, &sealed(4096, Reason::GIVEN_UP)));
    let (status, said, _) = run(&["verify", &file]);
    assert_eq!(status, 0, "{said}");
    assert!(
        said.contains(": ok (CRC-32 as in the manifest, 1 sections complete"),
        "{said}"
    );

    // Something is there that should not be.
    let mut bad = zeroed(4096);
    bad[5000] = 1;
    let file = files.write("vmcore", &vmcore(&bad, &sealed(4096, Reason::GIVEN_UP)));
    let (status, said, _) = run(&["verify", &file]);
    assert_eq!(status, 1, "{said}");
    assert!(
        said.contains("DAMAGED expected a payload of CRC-32"),
        "{said}"
    );
}

#[test]
fn the_manifest_is_no_dump_but_can_be_extracted() {
    let files = Files::new();
    let image = files::image();
    let bytes = manifest(&entries(&image));
    let file = files.write("vmcore", &vmcore(&image, &bytes));
    let out = files.path("out");
    let to = out.to_str().unwrap();
    assert_eq!(run(&["extract", &file, "-o", to]).0, 0);
    assert!(!out.join("vmcore_devdump.bin").exists());
    assert_eq!(run(&["extract", &file, "-o", to, "vmcore_devdump"]).0, 0);
    assert_eq!(fs::read(out.join("vmcore_devdump.bin")).unwrap(), bytes);
}

#[test]
fn dumps_and_manifest_that_do_not_match_are_reported() {
    let files = Files::new();
    let image = files::image();
    let lost = [
        entry(NAME, Status::COMPLETE, &image),
        entry("lost", Status::COMPLETE, b"1"),
    ];
    let file = files.write("vmcore", &vmcore(&image, &manifest(&lost)));
    let (status, said, complaint) = run(&["list", &file]);
    assert_eq!(status, 1);
    assert!(
        complaint.contains("lost: expected a dump of 1 bytes"),
        "{complaint}"
    );
    // The kernel's own dumps are not in it.
    let line = said.lines().find(|line| line.contains("other")).unwrap();
    assert!(line.ends_with("not in the manifest"), "{said}");
    let (status, said, _) = run(&["verify", &file]);
    assert_eq!(status, 1);
    assert!(said.contains("DAMAGED lost: expected a dump"), "{said}");
    assert!(said.contains("other: ok (not in the manifest"), "{said}");

    let short = [
        entry(NAME, Status::COMPLETE, &image),
        entry("other", Status::COMPLETE, b"1"),
    ];
    let file = files.write("vmcore", &vmcore(&image, &manifest(&short)));
    let (status, _, complaint) = run(&["list", &file]);
    assert_eq!(status, 1);
    assert!(
        complaint.contains("other: expected 1 bytes, as the manifest says, not 14"),
        "{complaint}"
    );
}

#[test]
fn other_versions_of_the_manifest_are_understood_as_far_as_possible() {
    let files = Files::new();
    let image = files::image();
    let list = |manifest: &[u8]| run(&["list", &files.write("vmcore", &vmcore(&image, manifest))]);
    let old = manifest(&entries(&image));

    // A later minor version: more at the ends of header and entries.
    let mut longer = old[..160].to_vec();
    longer[10] = 9;
    longer[12..16].copy_from_slice(&168u32.to_le_bytes());
    longer[16..20].copy_from_slice(&208u32.to_le_bytes());
    longer.extend([0xee; 8]);
    for entry in old[160..].chunks(manifest::ENTRY_LEN) {
        longer.extend(entry);
        longer.extend([0xee; 8]);
    }
    seal(&mut longer);
    let (status, said, complaint) = list(&longer);
    assert_eq!((status, complaint.as_str()), (0, ""));
    assert!(said.contains("partial, 7 ms: time was over"), "{said}");

    // Another major version.
    let mut newer = old.clone();
    newer[8] = 2;
    let (status, said, complaint) = list(&newer);
    assert_eq!(status, 0);
    assert!(
        complaint.contains("manifest of version 2, newer than this vmcoredd"),
        "{complaint}"
    );
    assert!(
        said.contains("2 device dumps\n") && !said.contains("not in the manifest"),
        "{said}"
    );

    // Damage.
    for (at, value) in [(0, 0), (12, 159), (16, 191), (23, 0xff)] {
        let mut bad = old.clone();
        bad[at] = value;
        let (status, said, complaint) = list(&bad);
        assert_eq!(status, 1, "{complaint}");
        assert!(complaint.contains("manifest: at offset"), "{complaint}");
        assert!(said.contains("2 device dumps"), "{said}");
    }
}

#[test]
fn dumps_of_one_name_get_their_entries_in_order_and_files_of_their_own() {
    let files = Files::new();
    // Only a newer core could say what became of the last one, which is there.
    let entries = [
        entry("twice", Status::COMPLETE, b"first"),
        entry("twice", Status::REFUSED, b""),
        entry("twice", Status::PARTIAL, b"second"),
        entry("later", Status(9), b"third"),
    ];
    let vmcore = files::elf(&[
        ("twice", b"first"),
        ("twice", b"second"),
        ("later", b"third"),
        ("vmcore_devdump", &manifest(&entries)),
    ]);
    let file = files.write("vmcore", &vmcore);
    let (status, said, _) = run(&["list", "--json", &file]);
    let listed = files_of(&said);
    assert_eq!(status, 0);
    for (dump, what) in ["complete", "partial", "status 9"].iter().enumerate() {
        assert_eq!(listed[0]["dumps"][dump]["manifest"]["status"], *what);
    }
    assert_eq!(listed[0]["manifest"]["absent"][0]["status"], "refused");
    let (status, said, _) = run(&["verify", &file]);
    assert_eq!(
        (status, said.matches("CRC-32 as").count()),
        (0, 3),
        "{said}"
    );
    let out = files.path("out");
    assert_eq!(run(&["extract", &file, "-o", out.to_str().unwrap()]).0, 0);
    for (name, payload) in [
        ("twice.bin", "first"),
        ("twice.bin_", "second"),
        ("later.bin", "third"),
    ] {
        assert_eq!(fs::read_to_string(out.join(name)).unwrap(), payload);
    }
}
