// SPDX-License-Identifier: GPL-2.0

//! Who knows whom in the source: input, kinds, findings and views, each ignorant of those above; no view knows a format, and no kind a
//! terminal.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Where files are, and what must not be in them.
const LAYERS: [(&str, &[&str]); 5] = [
    (
        "input",
        &[
            "kinds::",
            "views::",
            "findings::",
            "cli::",
            "doctor::",
            "vmcore::",
            "names::",
            "devices::",
            "anstream",
            "stdout",
            "println!",
        ],
    ),
    (
        "kinds",
        &[
            "views::",
            "findings::",
            "cli::",
            "doctor::",
            "vmcore::",
            "kernel::",
            "anstream",
            "stdout",
            "println!",
            "std::fs",
            "fs::",
        ],
    ),
    (
        "findings",
        &[
            "views::", "cli::", "doctor::", "vmcore::", "anstream", "stdout", "println!", "fs::",
        ],
    ),
    (
        "names",
        &[
            "views::",
            "findings::",
            "cli::",
            "doctor::",
            "vmcore::",
            "anstream",
            "stdout",
            "println!",
        ],
    ),
    (
        "views",
        &[
            "vmcore_format",
            "cudbg",
            "crash_log",
            "pci::",
            "elf::",
            "kdump::",
            "flattened",
            "roxmltree",
        ],
    ),
];

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What is compiled into the program, without its comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let (code, _) = text
        .split_once("#[cfg(test)]\nmod tests")
        .unwrap_or((&text, ""));
    let lines = code.lines().map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether a word is there, and not just as the end of another one.
fn has(code: &str, word: &str) -> bool {
    let mut places = code.match_indices(word);
    places.any(|(at, _)| {
        let before = code[..at].chars().next_back();
        before.is_none_or(|before| !before.is_alphanumeric() && before != '_')
    })
}

#[test]
fn no_layer_knows_one_above_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (layer, forbidden) in LAYERS {
        let mut found = vec![source.join(layer).with_extension("rs")];
        files(&source.join(layer), &mut found);
        assert!(found.len() > 2, "{layer}");
        for path in found.iter().filter(|path| !path.ends_with("tests.rs")) {
            let code = code(path);
            let known = forbidden.iter().find(|word| has(&code, word));
            assert!(
                known.is_none(),
                "{}: {known:?}, which is not for {layer} to know",
                path.display()
            );
        }
    }
}

#[test]
fn what_is_looked_for_would_be_found() {
    assert!(has("use crate::views::out;", "views::"));
    assert!(has("use crate::{kinds::Dump, views::out};", "views::"));
    assert!(!has("use crate::reviews::out;", "views::"));
}
