// SPDX-License-Identifier: GPL-2.0

//! What a person makes of the vmcore of the story: its kernel's log, as makedumpfile reads it, too; the page, in a real browser.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::boots::{self, DEMO};

fn vmcoredd(args: &[&str]) -> String {
    boots::output(vm::bin_dir().join("vmcoredd"), args)
}

fn vmcore() -> PathBuf {
    boots::of(&DEMO).out.join("vmcore")
}

/// A directory of its own, beside what the machine left.
fn empty_dir(name: &str) -> PathBuf {
    let dir = vm::build_dir().join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

/// What the page is after its scripts have run, with `search` in the field.
fn dom(page: &Path, search: &str) -> String {
    let profile = page.with_extension("profile");
    let profile = format!("--user-data-dir={}", profile.display());
    let url = format!("file://{}#{search}", page.display());
    let args = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        &profile,
        "--dump-dom",
        &url,
    ];
    boots::output("chromium", &args)
}

#[test]
fn the_kernels_log_is_what_makedumpfile_finds_in_the_same_file() {
    let dir = empty_dir("kernel-log");
    let theirs = dir.join("dmesg");
    let (file, out) = (vmcore(), theirs.display().to_string());
    let status = Command::new("makedumpfile")
        .args(["--dump-dmesg", &file.display().to_string(), &out])
        .status();
    assert!(status.unwrap().success());
    let theirs = fs::read_to_string(&theirs).unwrap();
    let shown = vmcoredd(&["timeline", "--json", &file.display().to_string()]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let messages = shown["files"][0]["kernel"]["messages"].as_array().unwrap();
    assert!(messages.len() > 100);
    let ours: Vec<_> = messages
        .iter()
        .map(|message| {
            let micros = message["time"].as_u64().unwrap() / 1000;
            let text = message["text"].as_str().unwrap();
            format!(
                "[{:5}.{:06}] {text}",
                micros / 1_000_000,
                micros % 1_000_000
            )
        })
        .collect();
    // Theirs say who wrote a line, behind the time.
    let theirs: Vec<_> = theirs
        .trim_end()
        .lines()
        .map(|line| match line.split_once("] [") {
            Some((time, rest)) => {
                let (_, text) = rest.split_once(']').unwrap_or(("", rest));
                format!("{time}]{text}")
            }
            None => line.to_owned(),
        })
        .collect();
    assert_eq!(ours.join("\n"), theirs.join("\n"));
}

#[test]
fn the_page_shows_the_verdict_and_finds_registers_in_a_browser() {
    let dir = empty_dir("report");
    let page = dir.join("report.html");
    let (file, out) = (vmcore().display().to_string(), page.display().to_string());
    boots::output(
        vm::bin_dir().join("vmcoredd"),
        &["report", &file, "-o", &out],
    );
    let whole = dom(&page, "");
    for expected in [
        "Signature",
        "Memory",
        "How full",
        "Log of the firmware",
        "Registers",
        "Sections",
    ] {
        assert!(whole.contains(expected), "no {expected}");
    }
    // Nothing comes from elsewhere.
    let text = fs::read_to_string(&page).unwrap();
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!text.contains(outside), "{outside}");
    }
    let found = dom(&page, "sge_int_cause1");
    assert!(found.contains("1 of 10288 registers"), "not found");
    assert!(found.contains("0x01024"));
    assert!(dom(&page, "no-such-register").contains("0 of 10288 registers"));
}

#[test]
fn a_page_that_leaves_the_house_holds_neither_the_dump_nor_unknown_values() {
    let dir = empty_dir("redacted");
    let page = dir.join("report.html");
    let (file, out) = (vmcore().display().to_string(), page.display().to_string());
    boots::output(
        vm::bin_dir().join("vmcoredd"),
        &["report", "--redact", &file, "-o", &out],
    );
    let text = fs::read_to_string(&page).unwrap();
    assert!(!text.contains("base64"));
    let hidden = dom(&page, "0x");
    assert!(hidden.contains("hidden"));
}

#[test]
fn what_is_collected_says_the_same_without_any_memory() {
    let dir = empty_dir("collected");
    let crash = dir.join("202601010000");
    fs::create_dir(&crash).unwrap();
    let dump = crash.join("dump.202601010000");
    fs::copy(vmcore(), &dump).unwrap();
    let said = vmcoredd(&["collect", &dir.display().to_string()]);
    assert_eq!(said.lines().count(), 1, "{said}");
    // A second time there is nothing to do.
    assert_eq!(vmcoredd(&["collect", &dir.display().to_string()]), "");
    let small = crash.join("devices.202601010000.vmcoredd");
    let (small, large) = (small.display().to_string(), dump.display().to_string());
    assert!(fs::metadata(&small).unwrap().len() < 4 << 20);
    vmcoredd(&["verify", &small]);
    let [ours, theirs] = [&small, &large].map(|file| {
        let json = |command: &[&str]| -> serde_json::Value {
            serde_json::from_str(&vmcoredd(&[command, &[file.as_str()]].concat())).unwrap()
        };
        let shown = json(&["show", "--json", "--registers"]);
        let log = json(&["timeline", "--json"]);
        let messages = log["files"][0]["kernel"]["messages"].as_array().unwrap();
        let lines = messages.iter().flat_map(|message| {
            let lines = message["text"].as_str().unwrap().split('\n');
            lines.map(|line| format!("{} {} {line}", message["level"], message["is_error"]))
        });
        let lines: Vec<_> = lines.collect();
        (shown["files"][0]["dumps"].clone(), lines)
    });
    assert!(ours.0.is_array() && ours.1.len() > 100);
    assert_eq!(ours.0, theirs.0);
    assert_eq!(ours.1, theirs.1);
}
