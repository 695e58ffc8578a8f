// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd devices`: descriptions that are right, others, and those that come from elsewhere.

mod import;

use std::{
    fs,
    path::Path,
    process::{Command, Output}, //
};

use tempfile::TempDir;
use vmcore_format::devices::{Condition, Entry, Never, Table, NO_CONDITION};
use vmcoredd::devices::{check, Source};

/// A description with everything that there is.
const ALL: &str = r#"
[device]
name = "e1000e"
match = ["8086:10d3", "8086:1533"]
never = [0x00c0, "0x4000-0x40ff"]

[[range]]
bar = 0
start = 0x0000
count = 4
stride = 8

[[range]]
bar = 2
start = 0xe00
width = 8
if = { bar = 0, at = 0x4, bit = 24 }

[[register]]
bar = 0
at = 0x8
name = "STATUS"
kind = "pointer"
[register.fields]
LU = 1
SPEED = { bits = "7:6", values = { 0 = "10 Mb/s", 0x1 = "100 Mb/s" } }
"#;

/// Each complaint: place, severity and words.
fn complaints(text: &str) -> Vec<String> {
    let (_, complaints) = check(&Source::new(Path::new("x"), text.to_owned()));
    complaints.iter().map(ToString::to_string).collect()
}

#[test]
fn a_description_is_understood() {
    let (device, complaints) = check(&Source::new(Path::new("x"), ALL.to_owned()));
    assert!(complaints.is_empty(), "{complaints:?}");
    let device = device.unwrap();
    assert_eq!(
        device.to_string(),
        "e1000e (8086:10d3, 8086:1533): 5 registers are read, 24 bytes; 1 have names"
    );
    let offsets: Vec<u32> = device.ranges[0].offsets().collect();
    assert_eq!(offsets, [0, 8, 16, 24]);
    let [link, speed] = &device.registers[0].fields[..] else {
        panic!("{:?}", device.registers);
    };
    for (value, up, rate, meaning) in [
        (0x40, 0, 1, Some("100 Mb/s")),
        (0x02, 1, 0, Some("10 Mb/s")),
        (0xffff_ffff, 1, 3, None),
    ] {
        assert_eq!(link.of(value), up, "{value:#x}");
        assert_eq!(speed.of(value), rate, "{value:#x}");
        assert_eq!(speed.meaning(value), meaning, "{value:#x}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_what_to_do() {
    for (old, new, expected) in [
        (
            "name = \"e1000e\"",
            "name = \"e1000 e\"",
            "x:3:8: error: \"e1000 e\" cannot name a device",
        ),
        (
            "name = \"e1000e\"\n",
            "",
            "x:2:1: error: missing field `name`",
        ),
        (
            "match = ",
            "ids = ",
            "x:4:1: error: unknown field `ids`, expected one of `name`, `match`, `class`, `never`",
        ),
        (
            "\"8086:1533\"",
            "\"8086:153\"",
            "x:4:23: error: \"8086:153\" is no id: write VENDOR:DEVICE as `lspci -n` prints it",
        ),
        (
            "match = [\"8086:10d3\", \"8086:1533\"]\n",
            "",
            "x:3:8: error: which devices is this about?",
        ),
        (
            "match =",
            "class = \"02\"\nmatch =",
            "x:4:9: error: \"02\" is no class: write the 4 or 6 hexadecimal digits",
        ),
        (
            "0x00c0",
            "-1",
            "x:5:10: error: invalid value: integer `-1`, expected an offset, or \"FIRST-LAST\"",
        ),
        (
            "\"0x4000-0x40ff\"",
            "\"0x40ff-0x4000\"",
            "x:5:18: error: invalid value: string \"0x40ff-0x4000\", expected an offset",
        ),
        (
            "start = 0x0000",
            "start = 0x00b0",
            "x:9:9: error: 0xc0 is read, and `never` has it: split the range in two",
        ),
        (
            "at = 0x4,",
            "at = 0xc0,",
            "x:17:22: error: a condition is read, and `never` has it",
        ),
        (
            "bar = 2",
            "bar = 6",
            "x:14:7: error: a device has BARs 0 to 5",
        ),
        (
            "bar = 2",
            "bar = \"2\"",
            "x:14:7: error: invalid type: string \"2\", expected u8",
        ),
        (
            "start = 0xe00",
            "start = 0xe04",
            "x:15:9: error: 0xe04 is no multiple of 8",
        ),
        (
            "start = 0xe00",
            "start = 0x100000000",
            "x:15:9: error: invalid value: integer `4294967296`, expected u32",
        ),
        (
            "start = 0xe00",
            "start = 0xfffffff8\ncount = 2",
            "x:15:9: error: the range ends beyond 4 GiB",
        ),
        (
            "width = 8",
            "width = 3",
            "x:16:9: error: registers are 1, 2, 4 or 8 bytes wide, not 3",
        ),
        (
            "count = 4",
            "count = 0",
            "x:10:9: error: 1 to 65535 registers can be read in a range, not 0",
        ),
        (
            "stride = 8",
            "stride = 6",
            "x:11:10: error: a stride is a multiple of the width, 4 to 65535 bytes, not 6",
        ),
        (
            "bit = 24",
            "bit = 32",
            "x:17:33: error: the register has bits 0 to 31",
        ),
        (
            "bar = 2\nstart = 0xe00\nwidth = 8",
            "bar = 0\nstart = 0x18",
            "x:15:9: error: what begins at 0x18 is read twice",
        ),
        (
            "at = 0x8\n",
            "at = 0x4\n",
            "x:21:6: warning: STATUS is not read: put 0x4 into a [[range]]",
        ),
        (
            "kind = \"pointer\"",
            "kind = \"gauge\"",
            "x:23:8: error: unknown variant `gauge`, expected one of `state`, `counter`, `clock`, `pointer`",
        ),
        (
            "LU = 1",
            "LU = 64",
            "x:25:6: error: invalid value: integer `64`, expected a bit, 0 to 63",
        ),
        (
            "LU = 1",
            "LU = 32",
            "x:25:6: error: STATUS has bits 0 to 31",
        ),
        (
            "LU = 1",
            "LU = 7",
            "x:26:9: error: bit 7 is in another field, too",
        ),
        (
            "\"7:6\"",
            "\"6:7\"",
            "x:26:18: error: invalid value: string \"6:7\"",
        ),
        (
            "0x1 = ",
            "ten = ",
            "error: \"ten\" is no value: write a number",
        ),
        ("[[range]]", "[[range]", "x:7:"),
    ] {
        let text = ALL.replacen(old, new, 1);
        assert_ne!(text, ALL, "{old}");
        let said = complaints(&text);
        assert!(
            said.first().is_some_and(|said| said.contains(expected)),
            "{new}: {said:?}, not {expected}"
        );
    }
}

#[test]
fn limits_of_the_module_are_limits_here() {
    let device = "[device]\nname = \"a\"\nclass = \"0108\"\n";
    assert_eq!(
        complaints(device),
        ["x:2:8: error: neither [[range]], which says what is read, nor [[register]], which names it: write one"]
    );
    let range = |bar| format!("[[range]]\nbar = {bar}\nstart = 0\ncount = 65535\nwidth = 8\n");
    let said = complaints(&format!("{device}{}{}{}", range(0), range(1), range(2)));
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("1572840 bytes are read, and at most 1048576 are allowed"),
        "{said:?}"
    );
}

fn vmcoredd(args: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_vmcoredd"))
        .arg("devices")
        .args(args)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// Files with these texts.
fn files(texts: &[&str]) -> (TempDir, Vec<String>) {
    let dir = TempDir::new().unwrap();
    let write = |(at, text): (usize, &&str)| {
        let path = dir.path().join(format!("{at}.toml"));
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let paths = texts.iter().enumerate().map(write).collect();
    (dir, paths)
}

#[test]
fn files_are_checked_together() {
    let named = ALL.replace("\"e1000e\"", "\"other\"");
    let only_names = "[device]\nname = \"names\"\nmatch = [\"8086:10d3\"]\n[[register]]\nbar = 0\nat = 0\nname = \"CTRL\"";
    for (texts, status, expected) in [
        ([ALL, only_names], 0, "e1000e (8086:10d3, 8086:1533): 5 registers are read, 24 bytes; 1 have names\nnames (8086:10d3): 0 registers"),
        ([ALL, ALL], 1, "0.toml has a device called e1000e, too: rename one"),
        ([ALL, &named], 1, "0.toml says what is read of 8086:10d3, too: put all of it into one file"),
    ] {
        let (_dir, paths) = files(&texts);
        let (have, said, _) = vmcoredd(&["check", &paths[0], &paths[1]]);
        assert_eq!(have, status, "{said}");
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn the_table_says_what_the_descriptions_say() {
    const ONLY_NAMES: &str =
        "[device]\nname = \"names\"\nclass = \"0108\"\n[[register]]\nbar = 0\nat = 0\nname = \"A\"";
    const OTHER: &str = "[device]\nname = \"other\"\nclass = \"0108\"\nmatch = [\"1af4:1042:1af4:1100\"]\n\
        [[range]]\nbar = 1\nstart = 2\nwidth = 2\nif = { bar = 1, at = 0, width = 2, mask = 0xff, value = 0x12 }";
    let (dir, paths) = files(&[ALL, ONLY_NAMES, OTHER]);
    let out = dir.path().join("devices.bin");
    let (status, _, said) = vmcoredd(&[
        "compile",
        "-o",
        out.to_str().unwrap(),
        &paths[0],
        &paths[1],
        &paths[2],
    ]);
    assert_eq!((status, said.as_str()), (0, ""));
    let bytes = fs::read(&out).unwrap();
    let table = Table::parse(&bytes).unwrap();
    let devices: Vec<_> = table.devices().collect();
    let names: Vec<_> = devices.iter().map(|device| device.name()).collect();
    assert_eq!(names, [b"e1000e".as_slice(), b"other"]);
    let [first, other] = &devices[..] else {
        panic!()
    };
    let ids = |id| {
        (
            first.fits(id, (0, 0), 0),
            other.fits(id, (0x1af4, 0x1100), 0),
        )
    };
    assert_eq!(ids((0x8086, 0x1533)), (true, false));
    assert_eq!(ids((0x1af4, 0x1042)), (false, true));
    assert!(other.fits((1, 2), (3, 4), 0x010802));
    let entries: Vec<Entry> = first.entries().collect();
    let entry = |bar, width, count, start, stride, condition| Entry {
        bar,
        width,
        count,
        start,
        stride,
        condition,
    };
    assert_eq!(
        entries,
        [
            entry(0, 4, 4, 0, 8, NO_CONDITION),
            entry(2, 8, 1, 0xe00, 8, 0)
        ]
    );
    assert_eq!(
        first.conditions().next(),
        Some(Condition {
            bar: 0,
            width: 4,
            at: 4,
            mask: 1 << 24,
            value: 1 << 24
        })
    );
    assert_eq!(
        other.conditions().next(),
        Some(Condition {
            bar: 1,
            width: 2,
            at: 0,
            mask: 0xff,
            value: 0x12
        })
    );
    let never = |bar, start, len| Never { bar, start, len };
    let nevers: Vec<Never> = first.never().collect();
    assert_eq!(
        nevers,
        [
            never(0, 0xc0, 1),
            never(2, 0xc0, 1),
            never(0, 0x4000, 0x100),
            never(2, 0x4000, 0x100)
        ]
    );
}

#[test]
fn nothing_is_compiled_of_what_is_wrong() {
    let many = (0..4100).map(|at| format!("[[range]]\nbar = 0\nstart = {}\n", 8 * at));
    let many: Vec<_> = many.collect();
    let many = format!(
        "[device]\nname = \"many\"\nclass = \"0108\"\n{}",
        many.concat()
    );
    for (text, expected) in [
        (
            ALL.replace("bar = 2", "bar = 7"),
            "0.toml:14:7: error: a device has BARs 0 to 5",
        ),
        (
            many,
            "all of them together: at offset 0xc: expected a table of at most 64 KiB",
        ),
    ] {
        let (dir, paths) = files(&[&text]);
        let out = dir.path().join("devices.bin");
        let (status, _, said) = vmcoredd(&["compile", "-o", out.to_str().unwrap(), &paths[0]]);
        assert_eq!(status, 1, "{said}");
        assert!(said.contains(expected), "{said}");
        assert!(!out.exists());
    }
}

#[test]
fn a_file_that_is_not_there_is_unusable() {
    let (status, _, said) = vmcoredd(&["check", "/nowhere/a.toml"]);
    assert_eq!(status, 2);
    assert!(said.contains("/nowhere/a.toml: No such file"), "{said}");
}

#[test]
fn one_entry_names_registers_that_are_alike() {
    let entry = |keys: &str| {
        let text = format!(
            "[device]\nname = \"x\"\nmatch = [\"8086:10d3\"]\n[[register]]\nbar = 0\n{keys}\n"
        );
        check(&Source::new(Path::new("x"), text))
    };
    for (keys, expected) in [
        (
            "at = 0x2810\nname = \"RDH\"\ncount = 3\nstride = 0x100",
            [("RDH0", 0x2810), ("RDH1", 0x2910), ("RDH2", 0x2a10)].as_slice(),
        ),
        (
            "at = 0xc110\nname = \"RDH\"\ncount = 2\nstride = 0x40\nfirst = 4",
            &[("RDH4", 0xc110), ("RDH5", 0xc150)],
        ),
        (
            "at = 0x110\nname = \"P[]_IS\"\ncount = 2",
            &[("P0_IS", 0x110), ("P1_IS", 0x114)],
        ),
        ("at = 0\nname = \"X\"\ncount = 1", &[("X0", 0)]),
    ] {
        let (device, complaints) = entry(keys);
        assert!(complaints.is_empty(), "{keys}: {complaints:?}");
        let device = device.unwrap();
        let named: Vec<_> = device
            .registers
            .iter()
            .map(|it| (it.name.as_str(), it.at))
            .collect();
        assert_eq!(named, expected);
    }
    for (keys, expected) in [
        (
            "at = 0\nname = \"X\"\ncount = 0",
            "no register: expected at least 1",
        ),
        (
            "at = 0\nname = \"X\"\nstride = 8",
            "a stride of one register: say how many with `count`",
        ),
        (
            "at = 0\nname = \"X\"\ncount = 2\nstride = 0",
            "0 is not a multiple of the width, 4",
        ),
        (
            "at = 0\nname = \"X\"\ncount = 2\nstride = 6",
            "6 is not a multiple of the width, 4",
        ),
        (
            "at = 0xfffffff0\nname = \"X\"\ncount = 65535\nstride = 0x10000",
            "the last one is not within 4 GiB",
        ),
    ] {
        let (device, complaints) = entry(keys);
        assert!(device.is_none(), "{keys}");
        let mut said = complaints.iter().map(|complaint| complaint.what.as_str());
        assert!(said.any(|what| what == expected), "{keys}: {complaints:?}");
    }
}

#[test]
fn a_directory_stands_for_its_files_and_none_is_no_silence() {
    let (dir, _) = files(&[ALL]);
    let path = dir.path().to_str().unwrap();
    let (status, said, _) = vmcoredd(&["check", path]);
    assert_eq!(status, 0);
    assert!(said.starts_with("e1000e (8086:10d3, "), "{said}");
    let empty = TempDir::new().unwrap();
    let path = empty.path().to_str().unwrap();
    let (status, said, _) = vmcoredd(&["check", path]);
    let expected = format!("nothing is described: there is no *.toml in {path}\n");
    assert_eq!((status, said), (0, expected));
}
