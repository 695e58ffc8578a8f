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

const ZSTD: u64 = 4 * MIB;
const XZ: u64 = MIB;
const GZIP: u64 = 32 * KIB;

/// An initramfs: image, what is packed and unpacked in KiB, the window, who saves. Those of the table in Documentation/admin-guide.rst, and
/// two that xz has compressed.
type Initramfs = (u64, u64, u64, u64, Saver);
const USUAL: Initramfs = (AMD64, 11_578, 36_564, ZSTD, Service);
const MINIMAL: Initramfs = (AMD64, 10_026, 23_364, GZIP, Alone);
const MINIMAL_XZ: Initramfs = (AMD64, 8_829, 23_364, XZ, Alone);
const MINIMAL_ZSTD: Initramfs = (AMD64, 9_506, 23_364, ZSTD, Alone);
const CLOUD_USUAL: Initramfs = (CLOUD, 10_930, 35_748, ZSTD, Service);
const CLOUD_MINIMAL: Initramfs = (CLOUD, 9_372, 22_548, GZIP, Alone);
const CLOUD_MINIMAL_XZ: Initramfs = (CLOUD, 8_171, 22_548, XZ, Alone);
const CLOUD_MINIMAL_ZSTD: Initramfs = (CLOUD, 8_855, 22_548, ZSTD, Alone);

/// `crashkernel=`, in MiB, with which the crash kernel lacked so much, in KiB, when it ran out of memory: what it had and what it lacked would
/// have been enough.
const FAILED: [(Initramfs, u64, u64); 3] = [
    (USUAL, 136, 1_884),
    (MINIMAL_ZSTD, 120, 2_216),
    (CLOUD_MINIMAL_ZSTD, 112, 644),
];
/// The same, with which a vmcore was saved, with the whole dump of an adapter; and what the module said dumps could have, in KiB.
const SAVED: [(Initramfs, u64, u64); 6] = [
    (USUAL, 144, 4_887),
    (MINIMAL, 120, 4_376),
    (MINIMAL_XZ, 120, 4_382),
    (CLOUD_USUAL, 136, 4_265),
    (CLOUD_MINIMAL, 112, 3_081),
    (CLOUD_MINIMAL_XZ, 112, 2_716),
];

fn needs((image, packed, unpacked, window, saver): Initramfs) -> Needs {
    Needs {
        image,
        packed: packed * KIB,
        window,
        unpacked: unpacked * KIB,
        ram: 1024 * MIB,
        saver,
    }
}

fn is_near(estimate: u64, measured: u64, percent: u64) -> bool {
    estimate.abs_diff(measured) * 100 <= measured * percent
}

#[test]
fn estimates_are_within_15_percent_of_what_was_measured() {
    for (initramfs, reserved, lacked) in FAILED {
        let estimate = needs(initramfs).least();
        let enough = reserved * MIB + lacked * KIB;
        assert!(is_near(estimate, enough, 15), "{estimate} for {enough}");
        assert!(estimate > reserved * MIB, "{estimate} for {enough}");
    }
    for (initramfs, reserved, _) in SAVED {
        let estimate = needs(initramfs).least();
        assert!(
            is_near(estimate, reserved * MIB, 15),
            "{estimate} for {reserved} MiB"
        );
    }
}

#[test]
fn what_dumps_can_have_is_known_within_a_third() {
    for (initramfs, reserved, dumps) in SAVED {
        let free = needs(initramfs).free(reserved * MIB) / 4;
        assert!(is_near(free, dumps * KIB, 33), "{free} for {dumps} KiB");
    }
}

#[test]
fn each_part_counts_where_it_is_needed() {
    let usual = needs(USUAL);
    let least = usual.least();
    type Change = fn(&mut Needs);
    let more: [Change; 4] = [
        |needs| needs.image += MIB,
        |needs| needs.packed += MIB,
        |needs| needs.window += MIB,
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
        let small = needs((AMD64, 1_000, 8_000, XZ, saver));
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
