// SPDX-License-Identifier: GPL-2.0

//! The command, on good files and on bad ones.

mod absent;
mod faults;
mod files;
mod frames;
mod json;
mod kinds;
mod layers;
mod manifest;
mod stream;
mod terminal;

use std::{fs, path::PathBuf, process::Command};

use serde_json::Value;
use tempfile::TempDir;
use vmcore_format::cudbg::{reg_dump, Chip};

const NAME: &str = "cxgb4_0000:00:05.0";
/// What it is called in a file's name.
const FILE_NAME: &str = "cxgb4_0000-00-05.0";

/// Exit status, what it printed, what it complained about.
fn run(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_vmcoredd"))
        .args(args)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().expect("not killed"),
        text(output.stdout),
        text(output.stderr),
    )
}

/// What JSON says of files.
fn files_of(said: &str) -> Value {
    let mut document: Value = serde_json::from_str(said).expect(said);
    assert_eq!(document["schema"], 2);
    document["files"].take()
}

/// What it says of the dumps in the only file.
fn dumps_of(said: &str) -> Value {
    files_of(said)[0]["dumps"].take()
}

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn dumps(image: &[u8]) -> [(&str, &[u8]); 2] {
    [(NAME, image), ("other", b"something else")]
}

#[test]
fn dumps_are_found_in_every_kind_of_file() {
    let files = Files::new();
    let image = files::image();
    for (kind, bytes) in [
        ("ELF", files::elf(&dumps(&image))),
        ("kdump-compressed", files::kdump(&dumps(&image))),
    ] {
        let file = files.write("vmcore", &bytes);
        let (status, said, _) = run(&["list", &file, "--json"]);
        let listed = files_of(&said);
        assert_eq!((status, &listed[0]["kind"]), (0, &kind.into()));
        assert_eq!(listed[0]["dumps"][0]["name"], NAME);
        assert_eq!(listed[0]["dumps"][0]["bytes"], image.len());
        assert_eq!(listed[0]["dumps"][1]["title"], Value::Null);
        let offset = listed[0]["dumps"][0]["offset"].as_u64().unwrap() as usize;
        assert_eq!(bytes[offset..offset + image.len()], image);
        assert_eq!(run(&["verify", &file]).0, 0);
    }
    let bare = files.write("image.bin", &image);
    let (status, said, _) = run(&["list", &bare]);
    assert_eq!(status, 0);
    assert!(said.contains("cudbg 1.14, T6"), "{said}");
}

#[test]
fn registers_that_were_not_read_are_counted_not_shown() {
    let files = Files::new();
    let image = files::slow_image(0x1100);
    let file = files.write("vmcore", &files::elf(&dumps(&image)));
    let (status, said, _) = run(&["show", &file, "--registers", "--json"]);
    assert_eq!(status, 0);
    let shown = dumps_of(&said);
    let held = shown[0]["registers"].as_array().unwrap();
    assert!(held.iter().all(|held| {
        let address = held["address"].as_u64().unwrap();
        held["value"] == format!("{address:#010x}")
    }));
    let all = reg_dump::addresses(Chip::T6).count();
    assert!(reg_dump::telling(Chip::T6).count() < held.len() && held.len() < 200);
    assert_eq!(shown[0]["registers_not_read"], all - held.len());
    let (status, said, _) = run(&["show", &file]);
    assert_eq!(status, 0);
    let number = all - held.len();
    let line = format!("    {number} were not read: the device is slow");
    assert!(said.lines().any(|said| said == line), "{said}");
    assert!(said.contains("0x01024  SGE_INT_CAUSE1                   0x00001024"));
    assert!(!said.contains("0x01138"), "{said}");
    // Nothing is damaged.
    assert_eq!(run(&["verify", &file]).0, 0);
}

#[test]
fn sections_are_shown_with_the_cause_of_their_failure() {
    let files = Files::new();
    let image = files::image();
    let file = files.write("vmcore", &files::elf(&dumps(&image)));
    let (status, said, _) = run(&["show", &file]);
    assert_eq!(status, 0);
    let line = |name: &str| {
        said.lines()
            .find(|line| line.trim().starts_with(name))
            .expect(name)
            .to_owned()
    };
    assert!(line("edc0").contains("100000  ok"), "{said}");
    assert!(
        line("edc1").contains("impossible value (0x3068: 0xffffffff)"),
        "{said}"
    );
    assert!(line("other").contains("14 bytes"), "{said}");
    let (_, said, _) = run(&["show", &file, NAME, "--json"]);
    let shown = dumps_of(&said);
    assert_eq!(shown.as_array().unwrap().len(), 1);
    assert_eq!(
        (&shown[0]["facts"]["chip"], &shown[0]["facts"]["revision"]),
        (&"T6".into(), &1.into())
    );
}

#[test]
fn what_is_extracted_is_what_was_dumped_and_nothing_is_overwritten() {
    let files = Files::new();
    let image = files::image();
    let file = files.write("vmcore", &files::elf(&dumps(&image)));
    let out = files.path("out");
    let to = out.to_str().unwrap();
    assert_eq!(run(&["extract", &file, "-o", to]).0, 0);
    assert_eq!(
        fs::read(out.join(format!("{FILE_NAME}.bin"))).unwrap(),
        image
    );
    assert_eq!(fs::read(out.join("other.bin")).unwrap(), b"something else");

    assert_eq!(
        run(&["extract", &file, NAME, "--section", "edc0", "-o", to]).0,
        0
    );
    assert_eq!(
        fs::read(out.join(format!("{FILE_NAME}.edc0.bin"))).unwrap(),
        files::memory()
    );

    let (status, _, complaint) = run(&["extract", &file, "other", "-o", to]);
    assert_eq!(status, 2);
    assert!(complaint.contains("--force"), "{complaint}");
    assert_eq!(run(&["extract", &file, "other", "-o", to, "--force"]).0, 0);

    let (status, _, complaint) = run(&["extract", &file, "nobody", "-o", to]);
    assert_eq!(status, 1);
    assert!(
        complaint.contains("no dump is called nobody"),
        "{complaint}"
    );
    let (status, _, complaint) = run(&["extract", &file, "--section", "nothing", "-o", to]);
    assert_eq!(status, 2);
    assert!(complaint.contains("reg_dump"), "{complaint}");
    // Nothing is half-written.
    assert_eq!(fs::read_dir(&out).unwrap().count(), 3);
}

#[test]
fn foreign_files_are_named_with_what_to_do() {
    let files = Files::new();
    for (bytes, advice) in [
        (
            &b"not a vmcore"[..],
            "at offset 0x0: expected an ELF vmcore",
        ),
        (b"", "at offset 0x0"),
        (b"makedumpfile\0\0\0\0", "the header of a flattened file"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"\xfd7zXZ\0", "xz"),
        (b"BZh9", "bzip2"),
        (b"\x04\x22\x4d\x18", "lz4"),
        (b"\x7fELF\x01\x01\x01", "ELF64"),
        (b"\x7fELF\x02\x01\x01", "an ELF header of 64 bytes"),
        (b"KDUMP   ", "the version of the header"),
    ] {
        let file = files.write("foreign", bytes);
        for command in ["list", "show", "verify", "extract"] {
            let (status, said, complaint) = run(&[command, &file]);
            assert_eq!((status, said.as_str()), (2, ""), "{complaint}");
            assert!(
                complaint.contains(advice) && complaint.contains("foreign"),
                "{complaint}"
            );
        }
    }
    assert_eq!(run(&["list", "/does/not/exist"]).0, 2);
    assert_eq!(run(&["no-such-command"]).0, 2);
}

#[test]
fn a_file_cut_short_gives_what_is_there() {
    let files = Files::new();
    let image = files::image();
    let whole = files::elf(&[("other", b"something else"), (NAME, &image)]);
    let file = files.write("vmcore", &whole[..whole.len() - 100]);
    let (status, said, complaint) = run(&["list", &file]);
    assert_eq!(status, 1);
    assert!(
        said.contains("2 device dumps") && said.contains("other"),
        "{said}"
    );
    assert!(complaint.contains("at offset 0x"), "{complaint}");
    let (status, said, _) = run(&["verify", &file]);
    assert_eq!(status, 1);
    assert!(said.contains("DAMAGED"), "{said}");
    let (status, said, _) = run(&["show", &file]);
    assert_eq!(status, 1);
    assert!(
        said.contains("CUT SHORT") && said.contains("edc1"),
        "{said}"
    );
}

#[test]
fn a_file_that_cannot_be_read_does_not_hide_the_others() {
    let files = Files::new();
    let image = files::image();
    let bad = files.write("bad", b"makedumpfile\0\0\0\0");
    let good = files.write("good", &files::elf(&[(NAME, &image)]));
    for command in ["list", "verify"] {
        let (status, said, complaint) = run(&[command, &bad, &good]);
        assert_eq!(status, 2);
        assert!(
            said.contains(NAME) && complaint.contains("flattened"),
            "{said}{complaint}"
        );
    }
}

#[test]
fn a_device_is_written_to_and_stays_one() {
    let files = Files::new();
    let file = files.write("image", &files::image());
    let device = files.0.path().join("null");
    std::os::unix::fs::symlink("/dev/null", &device).unwrap();
    let to = device.to_str().unwrap();
    let (_, _, complaint) = run(&["report", &file, "-o", to, "--force"]);
    assert!(!complaint.contains("error"), "{complaint}");
    assert!(!fs::metadata(&device).unwrap().is_file());
}

#[test]
fn sizes_that_no_file_has_cost_nothing() {
    let files = Files::new();
    let image = files::image();
    for (at, value, status) in [
        (32, 1u64 << 41, 2),
        (64 + 32, 1 << 41, 0),
        (64 + 32, 1 << 43, 1),
    ] {
        let mut huge = files::elf(&[(NAME, &image)]);
        huge[at..at + 8].copy_from_slice(&value.to_le_bytes());
        let path = files.write("huge", &huge);
        // Nearly all of it is a hole.
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(1 << 42)
            .unwrap();
        let (code, said, complaint) = run(&["list", &path]);
        assert_eq!(code, status, "{complaint}");
        assert_eq!(complaint.contains("expected"), status != 0, "{complaint}");
        assert_eq!(said.contains(NAME), status != 2, "{said}");
    }
}

#[test]
fn sections_that_overlap_are_not_read_again_and_again() {
    let files = Files::new();
    let mut image = files::image();
    let table = 56;
    for id in 1..=72u8 {
        let at = table + 52 * (usize::from(id) - 1);
        let edc0: Vec<u8> = image[table + 52 * 17..table + 52 * 18].to_vec();
        image[at..at + 52].copy_from_slice(&edc0);
        image[at] = id;
    }
    let file = files.write("image.bin", &image);
    let (status, said, _) = run(&["verify", &file]);
    assert_eq!(status, 1);
    assert!(said.contains("do not overlap"), "{said}");
}

#[test]
fn what_should_be_an_image_and_is_none_is_damage() {
    let files = Files::new();
    let image = files::image();
    let mut unsigned = image.clone();
    unsigned[1] ^= 1;
    let mut empty = image.clone();
    empty[20..22].fill(0);
    for damaged in [&unsigned[..], &image[..40], &empty] {
        let file = files.write("vmcore", &files::elf(&[(NAME, damaged)]));
        let (status, said, _) = run(&["verify", &file]);
        assert_eq!(status, 1, "{said}");
        assert!(said.contains("DAMAGED at offset"), "{said}");
    }
}

#[test]
fn names_do_not_move_the_cursor() {
    let files = Files::new();
    let file = files.write(
        "vmcore",
        &files::elf(&[("a\x1b[2Jb", b"x"), ("a/b", b"1"), ("a_b", b"2")]),
    );
    let (_, said, _) = run(&["list", &file]);
    assert!(!said.contains('\x1b'), "{said:?}");
    let out = files.path("out");
    assert_eq!(run(&["extract", &file, "-o", out.to_str().unwrap()]).0, 0);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 3);
}

#[test]
fn damage_is_found_wherever_it_is() {
    let files = Files::new();
    let image = files::image();
    let chunks = vmcore_format::cudbg::TABLE_END;
    // In the chunk header, the zlib stream and its checksum.
    for at in [
        chunks,
        chunks + 8,
        chunks + 281,
        chunks + 300,
        image.len() - 5,
    ] {
        let mut damaged = image.clone();
        damaged[at] ^= 0x55;
        let file = files.write("vmcore", &files::elf(&[(NAME, &damaged)]));
        let (status, said, _) = run(&["verify", &file]);
        assert_eq!(status, 1, "byte {at}: {said}");
        assert!(said.contains("edc0: at offset 0x"), "{said}");
        assert_eq!(run(&["show", &file]).0, 1);
    }
}

#[test]
fn no_file_makes_it_panic() {
    let files = Files::new();
    let image = files::image();
    let check = |file: &str| {
        for command in ["list", "show", "verify"] {
            // A panic would be 101.
            assert!((0..=2).contains(&run(&[command, file]).0));
        }
    };
    for whole in [files::elf(&dumps(&image)), files::kdump(&dumps(&image))] {
        // Every byte of the headers, and some of the rest.
        let places = (0..200).chain((200..whole.len()).step_by(whole.len() / 60));
        for at in places {
            check(&files.write("cut", &whole[..at]));
            let mut changed = whole.clone();
            changed[at] = !changed[at];
            check(&files.write("changed", &changed));
        }
    }
}
