// SPDX-License-Identifier: GPL-2.0

//! What is not there is said, and the exit status says it, too.

use std::{fs, process::Command};

use crate::{dumps, dumps_of, files, files_of, run, Files, NAME};

#[test]
fn a_file_without_dumps_is_listed_and_nothing_else_can_be_done_with_it() {
    let files = Files::new();
    let file = files.write("vmcore", &files::elf(&[]));
    let out = files.path("out");
    for (command, status) in [("list", 0), ("show", 1), ("verify", 1), ("extract", 1)] {
        let mut args = vec![command, &file];
        if command == "extract" {
            args.extend(["-o", out.to_str().unwrap()]);
        }
        let (code, said, complaint) = run(&args);
        assert_eq!(code, status, "{command}");
        let all = said + &complaint;
        assert!(all.contains("no device dumps"), "{command}: {all}");
        let (code, said, _) = run(&[&args[..], &["--json"]].concat());
        assert_eq!(code, status, "{command}");
        assert_eq!(dumps_of(&said), serde_json::json!([]), "{command}");
    }
}

#[test]
fn a_section_that_is_not_there_is_said_to_be_so() {
    let files = Files::new();
    let file = files.write("vmcore", &files::elf(&dumps(&files::image())));
    for (section, status, said_of_it) in [
        (
            "edc0",
            0,
            "edc0: Memory EDC0, ok: 100000 bytes; `vmcoredd extract --section edc0` writes them",
        ),
        (
            "edc1",
            1,
            "edc1: Memory EDC1, error: register holds an impossible value (0x3068: 0xffffffff)",
        ),
        ("mc0", 1, "none of these dumps holds mc0"),
        ("cim_la", 1, "none of these dumps holds cim_la"),
    ] {
        let (code, said, complaint) = run(&["show", &file, "--section", section]);
        assert_eq!(code, status, "{section}");
        let all = said + &complaint;
        assert!(all.contains(said_of_it), "{section}: {all}");
    }
    // Who asks for all of them takes what is there.
    assert_eq!(run(&["show", &file, "--section", "all"]).0, 0);

    let out = files.path("out");
    let to = out.to_str().unwrap();
    for (section, cause) in [
        ("mc0", "mc0 was not collected"),
        (
            "edc1",
            "edc1: error: register holds an impossible value (0x3068: 0xffffffff)",
        ),
    ] {
        let args = ["extract", &file, NAME, "--section", section, "-o", to];
        let (code, said, complaint) = run(&args);
        assert_eq!((code, said.as_str()), (1, ""), "{section}");
        assert!(complaint.contains(cause), "{complaint}");
    }
    let (code, _, complaint) = run(&["extract", &file, "other", "--section", "mc0", "-o", to]);
    assert_eq!(code, 1);
    assert!(complaint.contains("it has no sections"), "{complaint}");
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
}

#[test]
fn files_are_opened_one_after_the_other_and_none_vanishes() {
    const MANY: usize = 1100;
    let files = Files::new();
    let image = files::image();
    let one = files.write("vmcore", &files::elf(&dumps(&image)));
    let mut names: Vec<String> = (0..MANY)
        .map(|n| {
            let name = files.path(&format!("vmcore{n}"));
            fs::hard_link(&one, &name).unwrap();
            name.to_str().unwrap().to_owned()
        })
        .collect();
    names.insert(7, "/does/not/exist".into());
    names.push(files.write("foreign", b"not a vmcore"));
    for command in ["list", "verify"] {
        let script = "ulimit -n 64; exec \"$0\" \"$@\"";
        let output = Command::new("sh")
            .args([
                "-c",
                script,
                env!("CARGO_BIN_EXE_vmcoredd"),
                command,
                "--json",
            ])
            .args(&names)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let listed = files_of(&String::from_utf8(output.stdout).unwrap());
        let listed = listed.as_array().unwrap();
        assert_eq!(listed.len(), names.len());
        for (listed, name) in listed.iter().zip(&names) {
            assert_eq!(listed["file"], name.as_str());
            let error = listed["error"].as_str();
            let expected = match name.as_str() {
                "/does/not/exist" => Some("No such file"),
                name if name.ends_with("foreign") => Some("expected an ELF vmcore"),
                _ => None,
            };
            assert_eq!(error.is_some(), expected.is_some(), "{listed}");
            assert!(error
                .unwrap_or_default()
                .contains(expected.unwrap_or_default()));
            let count = listed["dumps"].as_array().unwrap().len();
            assert_eq!(count, if expected.is_some() { 0 } else { 2 });
        }
    }
}

#[test]
fn a_part_of_a_name_is_enough_if_only_one_has_it() {
    let files = Files::new();
    let cards = [
        "cxgb4_0000:00:05.0",
        "cxgb4_0000:00:05.4",
        "cxgb4_0000:81:00.4",
    ];
    let image = files::image();
    let file = files.write("vmcore", &files::elf(&cards.map(|card| (card, &image[..]))));
    for (part, names) in [
        ("00:05.0", &cards[..1]),
        ("81", &cards[2..]),
        (cards[1], &cards[1..2]),
    ] {
        let (status, said, _) = run(&["show", "--json", &file, part]);
        assert_eq!(status, 0, "{part}");
        let shown = dumps_of(&said);
        let shown = shown.as_array().unwrap().iter();
        let shown: Vec<_> = shown.map(|dump| dump["name"].as_str().unwrap()).collect();
        assert_eq!(shown, names, "{part}");
    }
    for (part, complaint) in [
        (
            "00:05",
            "00:05 may be cxgb4_0000:00:05.0 or cxgb4_0000:00:05.4",
        ),
        ("06", "no dump is called 06"),
        ("", "no dump is called "),
    ] {
        let (status, _, said) = run(&["show", &file, part]);
        assert_eq!(status, 1, "{part}");
        assert!(said.contains(complaint), "{said}");
    }
}

#[test]
fn a_dump_can_be_written_to_standard_output() {
    let files = Files::new();
    let image = files::image();
    let file = files.write("vmcore", &files::elf(&dumps(&image)));
    let extract = |args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_vmcoredd"))
            .args(["extract", "-o", "-", &file])
            .args(args)
            .current_dir(files.path(""))
            .output()
            .unwrap()
    };
    let written = extract(&["05.0"]);
    assert!(written.status.success() && written.stdout == image);
    let written = extract(&["05.0", "--section", "edc0"]);
    assert!(written.status.success() && written.stdout == files::memory());
    for (args, advice) in [
        (
            &[][..],
            "2 dumps do not fit on standard output: name one of them",
        ),
        (&["05.0", "--json"], "name a directory with --output"),
    ] {
        let output = extract(args);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert!(complaint.contains(advice), "{complaint}");
    }
    assert!(!files.path("-").exists());
}
