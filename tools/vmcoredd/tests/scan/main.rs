// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd scan`, and what others make of its rows.

#[path = "../adapter.rs"]
mod adapter;
#[allow(dead_code)]
#[path = "../files.rs"]
mod files;
mod fleet;
mod outside;
mod questions;
mod remote;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

use self::fleet::{Crash, Fleet};

/// What `vmcoredd` did: exit status, what it printed, what it complained about.
struct Said {
    status: i32,
    out: Vec<u8>,
    complaints: String,
}

fn run(args: &[&str], environment: &[(&str, &str)]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_vmcoredd"))
        .args(args)
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    Said {
        status: output.status.code().expect("not killed"),
        out: output.stdout,
        complaints: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The rows of `vmcoredd scan`.
fn rows(said: &Said) -> Vec<Value> {
    let lines = std::str::from_utf8(&said.out).unwrap().lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn scan(paths: &[&str]) -> (i32, Vec<Value>) {
    let said = run(&[&["scan", "--format", "ndjson"], paths].concat(), &[]);
    (said.status, rows(&said))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A directory with the first vmcores of the fleet.
fn fleet(count: u64) -> (TempDir, Vec<PathBuf>) {
    let dir = TempDir::new().unwrap();
    let written = Fleet::default().write(dir.path(), count).unwrap();
    (dir, written)
}

/// The first vmcore of the fleet.
fn vmcore() -> Vec<u8> {
    Fleet::default().vmcore(&Crash::new(6))
}

fn columns<'a>(rows: &'a [Value], names: &[&str]) -> Vec<Vec<&'a str>> {
    let column = |row: &'a Value, name: &str| row[name].as_str().unwrap_or("-");
    rows.iter()
        .map(|row| names.iter().map(|name| column(row, name)).collect())
        .collect()
}

#[test]
fn a_file_that_is_damaged_foreign_or_unreadable_is_a_row_and_never_the_end() {
    let dir = TempDir::new().unwrap();
    let good = vmcore();
    let gzip = |bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, bytes).unwrap();
        gzip.finish().unwrap()
    };
    let mut absurd = good.clone();
    absurd[428..432].fill(0xff);
    let program = fs::read(env!("CARGO_BIN_EXE_vmcoredd")).unwrap();
    let process = files::elf(&[]);
    let cases: [(&str, &[u8], &str, &str); 12] = [
        ("a-good", &good, "ok", "-"),
        ("b-packed", &gzip(&good), "ok", "-"),
        (
            "c-half",
            &good[..40_000],
            "damaged",
            "the file was cut short",
        ),
        (
            "d-header",
            &good[..100],
            "damaged",
            "expected the size of blocks",
        ),
        ("e-absurd", &absurd, "damaged", "expected a block size"),
        (
            "f-packed-half",
            &gzip(&good)[..30_000],
            "damaged",
            "what follows is lost",
        ),
        ("g-empty", b"", "foreign", "expected an ELF vmcore"),
        ("h-text", b"dmesg\n", "foreign", "expected an ELF vmcore"),
        (
            "i-packed-text",
            &gzip(b"dmesg\n"),
            "foreign",
            "expected an ELF vmcore",
        ),
        (
            "j-program",
            &program,
            "foreign",
            "expected an ELF core file",
        ),
        (
            "k-process",
            &process,
            "foreign",
            "neither a kernel nor a device dump",
        ),
        ("l-good", &good, "ok", "-"),
    ];
    for (name, bytes, ..) in cases {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    // Neither a pipe, which would wait for a writer, nor what leads to the same file again.
    let fifo = Command::new("mkfifo").arg(dir.path().join("pipe")).status();
    assert!(fifo.unwrap().success());
    std::os::unix::fs::symlink("a-good", dir.path().join("latest")).unwrap();
    let (status, rows) = scan(&[text(dir.path()), "/does/not/exist"]);
    assert_eq!(status, 1);
    let mut of_files = rows.iter().filter(|row| row["record"] == "file");
    for (name, bytes, state, error) in cases {
        let row = of_files.next().unwrap();
        assert!(row["file"].as_str().unwrap().ends_with(name), "{row}");
        assert_eq!(row["file_state"], state, "{row}");
        let words = row["file_error"].as_str().unwrap_or("-");
        assert!(words.contains(error), "{row}");
        assert!(!words.contains(text(dir.path())), "{row}");
        assert_eq!(row["file_bytes"], bytes.len(), "{row}");
        assert!(row["file_time"].is_string(), "{row}");
    }
    let last = of_files.next().unwrap();
    assert_eq!(last["file_state"], "unreadable");
    assert!(last["file_error"]
        .as_str()
        .unwrap()
        .contains("No such file"));
    assert!(of_files.next().is_none());
    // What is there of a damaged one is shown.
    let dumps = rows.iter().filter(|row| row["record"] == "dump").count();
    assert_eq!(dumps, 5, "{rows:?}");
    // That something is of another kind is no failure.
    assert_eq!(scan(&[text(&dir.path().join("h-text"))]).0, 0);
    for format in ["table", "parquet"] {
        let said = run(&["scan", "--format", format, text(dir.path())], &[]);
        assert_eq!(said.status, 1, "{}", said.complaints);
        let counts = "12 files (4 damaged, 5 foreign, 3 ok), 5 dumps";
        assert!(said.complaints.contains(counts), "{}", said.complaints);
    }
}

#[test]
fn findings_are_those_of_diagnose_and_rest_on_registers() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("vmcore");
    fs::write(&file, vmcore()).unwrap();
    let said = run(&["diagnose", "--json", text(&file)], &[]);
    let diagnosed: Value = serde_json::from_slice(&said.out).unwrap();
    let device = &diagnosed["files"][0]["dumps"][0];
    let (status, rows) = scan(&[text(&file)]);
    assert_eq!(status, 0);
    let first = &rows[0];
    assert_eq!(first["host"], "node00006");
    assert_eq!(first["kernel"], "6.12.117+deb13-amd64");
    assert_eq!(first["panic"], "Fatal exception in interrupt");
    assert_eq!(first["crash_time"], "2026-11-25T10:48:05Z");
    for row in &rows[1..] {
        assert_eq!(row["host"], first["host"]);
        assert_eq!(row["signature"], device["verdict"]["signature"]);
        assert_eq!(row["verdict"], device["verdict"]["words"]);
        assert_eq!(
            (&row["device"], &row["firmware"]),
            (&"T6".into(), &"1.27.5.0".into())
        );
    }
    let found = columns(
        &rows,
        &["record", "finding", "severity", "register", "role", "value"],
    );
    let mut expected = ["file", "dump"]
        .map(|record| [record, "-", "-", "-", "-", "-"].map(str::to_owned))
        .to_vec();
    for finding in device["findings"].as_array().unwrap() {
        let text = |of: &'_ Value, name: &str| of[name].as_str().unwrap().to_owned();
        let (sign, severity) = (text(finding, "sign"), text(finding, "severity"));
        let row = ["finding", &sign, &severity, "-", "-", "-"];
        expected.push(row.map(str::to_owned));
        for register in finding["registers"].as_array().unwrap() {
            let (name, value) = (text(register, "name"), text(register, "value"));
            let row = ["register", &sign, "-", &name, "evidence", &value];
            expected.push(row.map(str::to_owned));
        }
    }
    assert_eq!(found, expected);
    assert!(found.len() > 4, "{found:?}");
    // All that `show` begins with.
    let said = run(&["show", "--json", text(&file)], &[]);
    let shown: Value = serde_json::from_slice(&said.out).unwrap();
    let shown = shown["files"][0]["dumps"][0]["registers"]
        .as_array()
        .unwrap();
    let (_, rows) = scan(&["--registers", text(&file)]);
    let rows: Vec<_> = rows.iter().filter(|row| row["role"] == "shown").collect();
    for row in &rows {
        let is_it = |it: &&Value| it["address"] == row["address"] && it["name"] == row["register"];
        assert!(shown.iter().any(|it| is_it(&it)), "{row}");
    }
    assert!(rows.len() > 20, "{}", rows.len());
}

#[test]
fn the_small_file_beside_a_vmcore_stands_for_it() {
    let dir = TempDir::new().unwrap();
    let sub = dir.path().join("202611250000");
    fs::create_dir(&sub).unwrap();
    fs::write(sub.join("dump.202611250000"), vmcore()).unwrap();
    let (_, before) = scan(&[text(dir.path())]);
    let collected = run(&["collect", text(dir.path())], &[]);
    assert_eq!(collected.status, 0, "{}", collected.complaints);
    fs::remove_file(sub.join("devices.202611250000.html")).unwrap();
    let (status, mut after) = scan(&[text(dir.path())]);
    assert_eq!((status, before.len()), (0, after.len()));
    // It is another file; all else is the same, the name of the machine, too.
    for (after, before) in after.iter_mut().zip(&before) {
        assert!(after["file"]
            .as_str()
            .unwrap()
            .ends_with("devices.202611250000.vmcoredd"));
        for name in ["file", "file_bytes", "file_time", "file_kind"] {
            after[name] = before[name].clone();
        }
    }
    assert_eq!(after, before);
}

#[test]
fn rows_come_in_the_order_of_files_however_many_are_looked_at_at_a_time() {
    let (dir, written) = fleet(40);
    let list = dir.path().join("list");
    let lines: Vec<_> = written.iter().rev().map(|path| text(path)).collect();
    fs::write(&list, lines.join("\n")).unwrap();
    for jobs in ["1", "7"] {
        let (_, rows) = scan(&["--jobs", jobs, "--files-from", text(&list)]);
        let mut files: Vec<_> = rows
            .iter()
            .map(|row| row["file"].as_str().unwrap())
            .collect();
        files.dedup();
        assert_eq!(files, lines);
    }
}

#[test]
fn there_is_a_whole_file_or_none() {
    let (dir, _) = fleet(2);
    let out = dir.path().join("out");
    let all = dir.path().join("000");
    let to_file = ["scan", text(&all), "--format", "ndjson", "-o", text(&out)];
    assert_eq!(run(&to_file, &[]).status, 0);
    let before = fs::read(&out).unwrap();
    assert!(!before.is_empty());
    let said = run(&to_file, &[]);
    assert_eq!(said.status, 2);
    assert!(
        said.complaints.contains("--force replaces it"),
        "{}",
        said.complaints
    );
    assert_eq!(fs::read(&out).unwrap(), before);
    let said = run(&["scan", text(&all), "-o", "/does/not/exist/out"], &[]);
    assert_eq!(said.status, 2);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let said = Command::new(env!("CARGO_BIN_EXE_vmcoredd"))
        .args(["scan", text(&all)])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(said.status.code(), Some(2));
}
