// SPDX-License-Identifier: GPL-2.0

use std::io::Write;

use super::{
    image,
    needs::{
        Needs,
        Saver::{self, Alone, Service},
    },
    size,
};

const MIB: u64 = 1 << 20;
const KIB: u64 = 1 << 10;

/// What the two kernels of Debian need, unpacked.
const AMD64: u64 = 63_800 * KIB;
const CLOUD: u64 = 61_668 * KIB;

/// The table of Documentation/admin-guide.rst: image and initramfs, packed and unpacked, in KiB; `crashkernel=`, in MiB, with which the
/// crash kernel lacked so much, in KiB, when it ran out of memory: what it had and what it lacked would have been enough.
const FAILED: [(u64, u64, u64, Saver, u64, u64); 2] = [
    (AMD64, 9_417, 23_192, Alone, 120, 2_104),
    (CLOUD, 9_119, 23_100, Alone, 112, 3_380),
];
/// The same, with which a vmcore was saved, with a dump of an adapter.
const SAVED: [(u64, u64, u64, Saver, u64); 2] = [
    (AMD64, 13_396, 36_392, Service, 160),
    (AMD64, 9_417, 23_192, Alone, 128),
];

/// What was reserved then or in another boot, in MiB, and what the module said dumps could have, in KiB.
const GIVEN: [(u64, u64, u64, Saver, u64, u64); 3] = [
    (AMD64, 13_396, 36_392, Service, 160, 9_443),
    (AMD64, 11_808, 37_152, Service, 144, 6_442),
    (AMD64, 9_736, 23_952, Alone, 128, 5_541),
];

fn needs(image: u64, packed: u64, unpacked: u64, saver: Saver) -> Needs {
    Needs {
        image,
        packed: packed * KIB,
        unpacked: unpacked * KIB,
        ram: 1024 * MIB,
        saver,
    }
}

/// Within 15 percent.
fn is_near(estimate: u64, measured: u64) -> bool {
    estimate.abs_diff(measured) * 100 <= measured * 15
}

#[test]
fn estimates_are_within_15_percent_of_what_was_measured() {
    for (image, packed, unpacked, saver, reserved, lacked) in FAILED {
        let estimate = needs(image, packed, unpacked, saver).least();
        let enough = reserved * MIB + lacked * KIB;
        assert!(is_near(estimate, enough), "{estimate} for {enough}");
        assert!(estimate > reserved * MIB, "{estimate} for {enough}");
    }
    for (image, packed, unpacked, saver, reserved) in SAVED {
        let estimate = needs(image, packed, unpacked, saver).least();
        assert!(
            is_near(estimate, reserved * MIB),
            "{estimate} for {reserved} MiB"
        );
        assert!(estimate <= reserved * MIB, "{estimate} for {reserved} MiB");
    }
    for (image, packed, unpacked, saver, reserved, dumps) in GIVEN {
        let free = needs(image, packed, unpacked, saver).free(reserved * MIB);
        assert!(is_near(free / 4, dumps * KIB), "{free} for 4 * {dumps} KiB");
    }
}

#[test]
fn each_part_counts_where_it_is_needed() {
    let usual = needs(AMD64, 11_000, 36_000, Service);
    let least = usual.least();
    type Change = fn(&mut Needs);
    let more: [Change; 3] = [
        |needs| needs.image += MIB,
        |needs| needs.packed += MIB,
        |needs| needs.unpacked += MIB,
    ];
    for (at, change) in more.iter().enumerate() {
        let mut changed = usual;
        change(&mut changed);
        assert!(changed.least() > least, "{at}");
    }
    // With an initramfs that is small, it is saving that takes most.
    let mut last = 0;
    for saver in [Alone, Service, Saver::Initramfs] {
        let small = needs(AMD64, 1_000, 8_000, saver);
        assert!(small.least() >= last, "{saver:?}");
        last = small.least();
    }
    // However much RAM there is, makedumpfile comes to an end.
    let large = Needs {
        ram: u64::MAX,
        ..usual
    };
    assert!((least..least + 20 * MIB).contains(&large.least()));
}

#[test]
fn images_say_how_large_they_are() {
    let mut image = vec![0_u8; 0x264];
    image[0x202..0x208].copy_from_slice(b"HdrS\x0f\x02");
    image[0x260..].copy_from_slice(&(AMD64 as u32).to_le_bytes());
    for (change, at, expected) in [
        (0x0f, 0x206, Some(AMD64)),
        (0x09, 0x206, None),
        (b'X', 0x202, None),
    ] {
        let mut image = image.clone();
        image[at] = change;
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&image).unwrap();
        assert_eq!(image::unpacked(file.path()), expected, "{at:#x}");
        file.as_file().set_len(0x263).unwrap();
        assert_eq!(image::unpacked(file.path()), None, "cut");
    }
    assert_eq!(image::unpacked("/nowhere".as_ref()), None);
}

#[test]
fn files_have_sizes_in_pages_and_nothing_else_has() {
    for (line, expected) in [
        (
            "-rwxr-xr-x   1 root     root         4097 Jan  1  1970 init",
            Some(8192),
        ),
        (
            "-rw-r--r--   1 root     root            0 Jan  1  1970 etc/mtab",
            Some(0),
        ),
        (
            "drwxr-xr-x   1 root     root            7 Jan  1  1970 usr",
            None,
        ),
        ("Image: /boot/initramfs-7.3kdump.img: 22M", None),
        ("", None),
    ] {
        assert_eq!(size(line), expected, "{line}");
    }
}
