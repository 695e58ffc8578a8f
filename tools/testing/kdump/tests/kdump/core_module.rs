// SPDX-License-Identifier: GPL-2.0

//! The core module without any adapter.

use kdump_tests::{core_file::split_notes, CoreFile};

use crate::{
    boots::{lines, of, output, text, CORE},
    kdump_file,
};

/// How often busybox tries to load a module: by its file, then by its bytes.
const ATTEMPTS: usize = 2;

/// A buffer of which half was written.
fn filled(size: usize) -> Vec<u8> {
    let mut buffer: Vec<u8> = (0..size / 2).map(|index| (index % 251) as u8 + 1).collect();
    buffer.resize(size, 0);
    buffer
}

/// What `devdump_test.ko` and `devdump_test_c.ko` leave: names and payloads, in the order of registration.
fn dumps() -> Vec<(String, Vec<u8>)> {
    let buffer = filled(3 * 4096 + 5);
    let mut stream: Vec<u8> = (0..199u8).flat_map(|len| 0..len).collect();
    stream[4000..4021].copy_from_slice(b"patched across a page");
    stream[4090..4107].copy_from_slice(b"and this one, too");
    let end = stream.len();
    stream[end - 3..].copy_from_slice(b"end");
    vec![
        ("buffer".into(), buffer.clone()),
        ("n".repeat(43), vec![0]),
        ("buffer".into(), filled(16)),
        ("overflow".into(), filled(4095)),
        ("x".repeat(43), filled(16)),
        ("stream".into(), stream.clone()),
        ("nested".into(), stream.clone()),
        ("outer".into(), Vec::new()),
        ("half".into(), b"half".to_vec()),
        ("c-buffer".into(), b"from C\0".to_vec()),
        ("c-stream".into(), b"From C\0".to_vec()),
        ("later".into(), stream),
    ]
}

#[test]
fn a_normal_kernel_is_left_alone() {
    let dmesg = text(&CORE, "first.dmesg");
    let said = lines(&dmesg, "vmcore_devdump:");
    let said: Vec<_> = said.iter().filter(|line| !line.contains("taint")).collect();
    assert!(!said.is_empty() && said.len() <= ATTEMPTS, "{dmesg}");
    assert!(
        said.iter()
            .all(|line| **line == "vmcore_devdump: not a crash kernel, nothing to do"),
        "{dmesg}"
    );
    assert!(
        text(&CORE, "insmod").contains("No such device"),
        "{}",
        text(&CORE, "insmod")
    );
}

#[test]
fn what_is_no_vmcore_is_refused_and_left_as_it_is() {
    let dmesg = text(&CORE, "refused.dmesg");
    for (bad, expected) in [
        ("elf32", "expected an ELF64 file"),
        ("twonotes", "expected one PT_NOTE"),
        ("nonotes", "expected a PT_NOTE before all other segments"),
        ("truncated", "without device dumps (EIO)"),
        ("text", "expected an ELF file"),
    ] {
        assert!(
            dmesg.contains(expected),
            "{bad}: no \"{expected}\" in\n{dmesg}"
        );
    }
    let left = lines(
        &dmesg,
        "/proc/vmcore is left as it is, without device dumps",
    );
    assert!((5..=5 * ATTEMPTS).contains(&left.len()), "{dmesg}");
    assert_eq!(text(&CORE, "elf32").matches("Invalid argument").count(), 1);
}

#[test]
fn novmcoredd_switches_it_off() {
    let switched = text(&CORE, "switched");
    let expected = "novmcoredd: no\nnovmcoredd=1: no\nnovmcoredd=on: no\nnovmcoredd=0 novmcoredd=Y quiet: no\n\
        quiet: yes\nnovmcoredd=0: yes\nnovmcoredd novmcoredd=off: yes\nxnovmcoredd: yes\nnovmcoreddx: yes\nnovmcoredd=: yes\n";
    assert_eq!(switched, expected);
    let dmesg = text(&CORE, "switched.dmesg");
    let said = lines(
        &dmesg,
        "novmcoredd on the command line: /proc/vmcore is left without device dumps",
    );
    assert!((4..=4 * ATTEMPTS).contains(&said.len()), "{dmesg}");
}

#[test]
fn memory_is_that_of_the_builtin_file_however_it_is_read() {
    let log = text(&CORE, "crash.log");
    // Without dumps, and with dumps.
    assert_eq!(lines(&log, "memory: ").len(), 2, "{log}");
    assert_eq!(lines(&log, "odd reads: ").len(), 2, "{log}");
    assert_eq!(
        lines(&log, "mappings: refused where they should be").len(),
        2,
        "{log}"
    );
    assert_eq!(lines(&log, "seeks: ").len(), 2, "{log}");
    let dumps = lines(&log, "notes: ");
    assert!(dumps[0].starts_with("notes: 0 device dumps"), "{log}");
    assert!(dumps[1].starts_with("notes: 12 device dumps"), "{log}");
    assert_eq!(text(&CORE, "mode").trim(), "600");
}

#[test]
fn registering_gives_the_errno_that_kernel_developers_expect_before_collecting() {
    const NOT_COLLECTED: bool = false;
    const COLLECTED: bool = true;
    let dmesg = text(&CORE, "crash.dmesg");
    for (case, errno, collected) in [
        ("buffer", 0, COLLECTED),
        ("buffer, longest name", 0, COLLECTED),
        ("buffer, again", 0, COLLECTED),
        ("buffer, overflow", 0, COLLECTED),
        ("buffer, no name", libc::EINVAL, NOT_COLLECTED),
        ("buffer, name too long", 0, COLLECTED),
        ("buffer, size 0", libc::EINVAL, NOT_COLLECTED),
        ("buffer, too large", libc::ENOSPC, NOT_COLLECTED),
        ("buffer, callback fails", libc::EPROTO, COLLECTED),
        ("buffer, callback returns 7", -7, COLLECTED),
        ("buffer, null", libc::EINVAL, NOT_COLLECTED),
        ("stream", 0, COLLECTED),
        ("stream, again", libc::EEXIST, NOT_COLLECTED),
        ("stream, no name", libc::EINVAL, NOT_COLLECTED),
        ("stream, name too long", libc::EINVAL, NOT_COLLECTED),
        ("stream, patch behind", libc::EINVAL, COLLECTED),
        ("stream, flood", libc::ENOSPC, COLLECTED),
        ("stream, nested", 0, COLLECTED),
        ("stream, misses", 0, COLLECTED),
        ("stream, fails", libc::EPROTO, COLLECTED),
        ("stream, null", libc::EINVAL, NOT_COLLECTED),
        ("late", libc::EBUSY, NOT_COLLECTED),
        ("later", 0, COLLECTED),
    ] {
        let collected = if collected { "collected" } else { "-" };
        let expected = format!("devdump_test: {case}: {errno} {collected}");
        assert!(dmesg.contains(&expected), "no \"{expected}\" in\n{dmesg}");
    }
}

#[test]
fn every_dump_logs_one_line() {
    let dmesg = text(&CORE, "crash.dmesg");
    for (name, payload) in dumps() {
        let bytes = format!("vmcore_devdump: {name}: {} bytes in ", payload.len());
        assert_eq!(lines(&dmesg, &bytes).len(), 1, "{bytes}\n{dmesg}");
    }
    for expected in [
        // Half of the buffer is zeroes, and a page of zeroes takes no memory.
        "buffer: 12293 bytes in 8 KiB",
        "overflow: the driver wrote past the 4095 bytes that it asked for",
        "fails: no dump after",
        "seven: no dump after",
        "huge: refused: memory for all dumps was used up",
        "partial: the device did not give all",
    ] {
        assert!(dmesg.contains(expected), "no \"{expected}\" in\n{dmesg}");
    }
}

#[test]
fn elf_files_hold_the_dumps_and_the_memory_of_the_builtin_file() {
    let out = &of(&CORE).out;
    let (builtin, ours) = (
        CoreFile::open(out.join("builtin.elf")),
        CoreFile::open(out.join("ours.E")),
    );
    let (builtin, ours) = (builtin.unwrap(), ours.unwrap());
    let (found, others) = split_notes(&ours.note_bytes().unwrap()).unwrap();
    assert!(found == dumps());
    assert!(others == builtin.note_bytes().unwrap());
    assert_eq!(builtin.phdrs.len(), ours.phdrs.len());
    for (lower, upper) in builtin.loads().zip(ours.loads()) {
        assert_eq!(
            (lower.paddr, lower.vaddr, lower.filesz),
            (upper.paddr, upper.vaddr, upper.filesz)
        );
        let len = usize::try_from(lower.filesz).unwrap();
        let same =
            builtin.read(lower.offset, len).unwrap() == ours.read(upper.offset, len).unwrap();
        assert!(same, "memory at {:#x} differs", lower.paddr);
    }
}

#[test]
fn compressed_files_hold_the_dumps_and_the_memory_of_the_builtin_file() {
    let out = &of(&CORE).out;
    let (builtin_notes, builtin) = kdump_file::read(&out.join("builtin.kdump"));
    let (notes, ours) = kdump_file::read(&out.join("ours.l"));
    assert!(ours.len() > 1 << 20);
    assert!(ours == builtin, "bitmaps or pages differ");
    let (found, others) = split_notes(&notes).unwrap();
    assert!(found == dumps());
    assert!(others == builtin_notes);

    let (notes, _) = kdump_file::read(&out.join("ours.c"));
    assert!(split_notes(&notes).unwrap().0 == dumps());
}

#[test]
fn a_plain_copy_is_the_whole_file() {
    let copy = of(&CORE).out.join("ours.cp");
    let copy_file = CoreFile::open(&copy).unwrap();
    assert!(split_notes(&copy_file.note_bytes().unwrap()).unwrap().0 == dumps());
    let log = text(&CORE, "crash.log");
    let size: u64 = lines(&log, "size: ")[1]
        .trim_start_matches("size: ")
        .parse()
        .unwrap();
    assert_eq!(std::fs::metadata(copy).unwrap().len(), size);
}

#[test]
fn independent_readers_see_the_notes() {
    let file = of(&CORE).out.join("ours.E");
    let file = file.to_str().unwrap();
    for reader in ["readelf", "eu-readelf"] {
        let said = output(reader, &["-n", file]);
        let said = String::from_utf8_lossy(said.as_bytes());
        assert!(
            said.contains("VMCOREINFO"),
            "{reader} lost the notes behind the dumps"
        );
        assert!(said.contains("LINUX"), "{reader} does not see the dumps");
        for (_, payload) in dumps() {
            // Both print the bytes of the descriptor: 44 of the name, then the payload.
            let size = payload.len() + 44;
            let sizes = [format!("0x{size:08x}"), format!(" {size} ")];
            assert!(
                sizes.iter().any(|size| said.contains(size)),
                "{reader}: no note of {size} bytes"
            );
        }
    }
}

#[test]
fn the_log_of_the_crashed_kernel_can_be_read_through_the_stacked_file() {
    assert!(text(&CORE, "vmcore-dmesg").contains("sysrq: Trigger a crash"));
}
