// SPDX-License-Identifier: GPL-2.0

//! JSON is what Documentation/json.rst promises.

use std::collections::BTreeMap;

use serde_json::Value;
use vmcore_format::cudbg::section::Section;

use crate::{dumps_of, files, run, Files, NAME};

/// What is at each place of a document, whatever the index is.
fn types(value: &Value, at: String, found: &mut BTreeMap<String, &'static str>) {
    let type_ = match value {
        Value::Null => return,
        Value::Bool(_) => "bool",
        Value::Number(number) => {
            assert!(
                number.as_i64().is_some_and(|number| number < 1 << 53),
                "{at}: {number}"
            );
            "number"
        }
        Value::String(_) => "string",
        Value::Array(all) => {
            for value in all {
                types(value, format!("{at}[]"), found);
            }
            "array"
        }
        // Each table has columns of its own, which say what they are.
        Value::Object(_) if at.ends_with(".rows[]") => "object",
        Value::Object(all) => {
            for (key, value) in all {
                types(value, format!("{at}.{key}"), found);
            }
            "object"
        }
    };
    let known = *found.entry(at.clone()).or_insert(type_);
    assert_eq!(known, type_, "{at}: {value}");
}

/// Nothing that a device says is too large, too small or of another type.
fn noise(seed: u32) -> Vec<u8> {
    let mut state = seed;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    noise.take(20_000).collect()
}

#[test]
fn every_section_that_is_documented_is_decoded_and_has_columns_of_one_type() {
    // Just bytes, or nothing at all.
    const PLAIN: [&str; 8] = [
        "edc0", "edc1", "mc0", "mc1", "hma", "mbox_log", "qdesc", "flash",
    ];
    let documented = include_str!("../../../Documentation/cudbg-sections.rst");
    let files = Files::new();
    for content in [noise(1), vec![0xff; 20_000], vec![0; 20_000]] {
        let image = files::image_of_all(&content);
        let file = files.write("vmcore", &files::elf(&[(NAME, &image)]));
        let args = ["show", &file, "--registers", "--section", "all"];
        let (_, said, _) = run(&[&args[..], &["--json"]].concat());
        let shown = dumps_of(&said);
        let mut found = BTreeMap::new();
        let sections = shown[0]["sections"].as_array().unwrap();
        assert_eq!(sections.len(), Section::ALL.len());
        for section in sections {
            let name = section["name"].as_str().unwrap();
            let family = name.starts_with("cim_ibq_") || name.starts_with("cim_obq_");
            assert!(
                family || documented.contains(&format!("``{name}``")),
                "{name}"
            );
            let tables = section["tables"].as_array();
            assert_eq!(tables.is_none(), PLAIN.contains(&name), "{name}");
            for (n, table) in tables.into_iter().flatten().enumerate() {
                for column in table["columns"].as_array().unwrap() {
                    let column_name = column["name"].as_str().unwrap();
                    for row in table["rows"].as_array().unwrap() {
                        let place = format!("{name}: {n}: {column_name}: {row}");
                        let cell = row.get(column_name).expect(&place);
                        let is = match (column["type"].as_str().unwrap(), cell) {
                            (_, Value::Null) => true,
                            ("number", cell) => cell.as_u64().is_some(),
                            ("decimal", cell) => {
                                cell.as_str().is_some_and(|it| it.parse::<u64>().is_ok())
                            }
                            ("hex", cell) => cell.as_str().is_some_and(|it| it.starts_with("0x")),
                            ("text", cell) => cell.is_string(),
                            _ => false,
                        };
                        assert!(is, "{place}");
                    }
                }
            }
        }
        let document: Value = serde_json::from_str(&said).unwrap();
        types(&document, String::new(), &mut found);
        // As text, too.
        let (_, said, _) = run(&args);
        for section in Section::ALL {
            let line = format!("\n  {}: {}, ", section.name(), section.title());
            assert!(said.contains(&line), "{line}");
        }
    }
}

#[test]
fn keys_are_the_same_for_all_files_and_commands() {
    let files = Files::new();
    let good = files.write("good", &files::elf(&crate::dumps(&files::image())));
    let empty = files.write("empty", &files::elf(&[]));
    for command in ["list", "verify"] {
        let (_, said, _) = run(&[command, "--json", &good, &empty, "/does/not/exist"]);
        let document: Value = serde_json::from_str(&said).unwrap();
        types(&document, String::new(), &mut BTreeMap::new());
        let keys: Vec<Vec<_>> = document["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file.as_object().unwrap().keys().collect())
            .collect();
        assert_eq!(keys[0], keys[1]);
        assert_eq!(keys[0], keys[2]);
    }
    for command in ["show", "extract", "diagnose", "timeline"] {
        let (status, said, _) = run(&[command, "--json", "/does/not/exist"]);
        assert_eq!(status, 2);
        let error = crate::files_of(&said)[0]["error"].to_string();
        assert!(error.contains("No such file"), "{error}");
    }
}
