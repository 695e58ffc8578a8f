// SPDX-License-Identifier: GPL-2.0

//! The vmcore is saved whatever the dumps do: when a reader fails, when memory runs out, when modules are unloaded.

use std::{fs, path::PathBuf, sync::LazyLock, time::Duration};

use kdump_tests::{core_file::manifest, CoreFile};
use vm::{bin_dir, Adapter, Vm};
use vmcore_format::manifest::{Manifest, Status};

use crate::{
    boots::{assert_none, boot, lines, of, output, text, Boot},
    kdump_file, shown,
};

const DUMP: &str = "cxgb4_0000:00:05.0";

static WAY_BACK: Boot = LazyLock::new(|| {
    let scripts = [
        include_str!("../../scripts/way-back.sh"),
        include_str!("../../scripts/shortage.sh"),
    ];
    boot(
        Vm::scenario("way-back")
            .memory_mib(384)
            .crashkernel_mib(144)
            .adapter(Adapter::t6(24).option("--edc-mib=12").option("--mc-mib=24"))
            .program(gnu_cp().map_err(|error| error.to_string())?)
            .crash_kernel(&scripts.join("\n"))
            .deadline(Duration::from_secs(1200)),
    )
});

/// It looks for holes, and believes what it is told of the size.
fn gnu_cp() -> std::io::Result<PathBuf> {
    let dir = vm::build_dir().join("vm/way-back.programs");
    fs::create_dir_all(&dir)?;
    let path = dir.join("gnu-cp");
    fs::copy("/bin/cp", &path)?;
    Ok(path)
}

fn out(name: &str) -> PathBuf {
    of(&WAY_BACK).out.join(name)
}

#[test]
fn after_a_reader_that_failed_the_next_one_gets_the_builtin_file() {
    let builtin = fs::read(out("builtin")).unwrap();
    assert!(builtin.starts_with(b"\x7fELF") && builtin.len() > 64 << 20);
    assert!(fs::read(out("copy")).unwrap() == builtin, "they differ");
    let size: usize = text(&WAY_BACK, "size").trim().parse().unwrap();
    assert_eq!(size, builtin.len());
}

#[test]
fn dumps_are_shown_unless_the_last_reader_failed() {
    let expected = "at first: dumps\n\
        after a copy: dumps\n\
        failed without a look at them: dumps\n\
        exit status 1: built-in\n\
        closed before it failed: built-in\n\
        after a success: dumps\n\
        terminated: built-in\n\
        after a success: dumps\n\
        stopped by PIPE: dumps\n\
        stopped by INT: dumps\n\
        while somebody reads: dumps\n\
        killed: built-in\n\
        nothing was dropped: dumps\n\
        without drivers: dumps\n";
    assert_eq!(text(&WAY_BACK, "shows"), expected);
}

#[test]
fn the_log_says_who_failed_and_how_in_a_line() {
    let dmesg = text(&WAY_BACK, "crash.dmesg");
    let said = lines(&dmesg, "the last reader failed (");
    let expected = [
        ("makedumpfile, pid ", ", signal 9)"),
        ("sh, pid ", ", exit status 1)"),
        ("sh, pid ", ", exit status 1)"),
        ("sh, pid ", ", signal 15)"),
        ("sleep, pid ", ", signal 9)"),
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (line, (who, how)) in said.iter().zip(expected) {
        assert!(line.contains(who) && line.contains(how), "{line}");
    }
}

#[test]
fn the_core_stays_while_there_is_a_dump_and_goes_when_told() {
    let refused = text(&WAY_BACK, "refused");
    assert_eq!(refused.matches("Device or resource busy").count(), 1);
    assert_eq!(refused.matches("Invalid argument").count(), 2, "{refused}");
    let dmesg = text(&WAY_BACK, "crash.dmesg");
    let said = lines(&dmesg, "/proc/vmcore_devdump takes \"clear\", which drops");
    assert_eq!(said.len(), 2, "{dmesg}");
    assert_eq!(lines(&dmesg, "device dumps dropped: 1").len(), 1);
    let cleared = CoreFile::open(out("cleared")).unwrap();
    let manifest = manifest(&cleared.note_bytes().unwrap()).unwrap();
    assert_eq!(Manifest::parse(&manifest).unwrap().entries().count(), 0);
}

#[test]
fn when_memory_runs_out_the_vmcore_is_saved_and_registers_are_in_it() {
    let [free, left] =
        ["free", "left"].map(|name| text(&WAY_BACK, name).trim().parse::<u64>().unwrap());
    // What is private is not in the dump, and takes nothing.
    assert!(left <= free / 4, "{left} of {free} KiB");
    let (notes, pages) = kdump_file::read(&out("vmcore"));
    assert!(pages.len() > 1 << 20);
    let bytes = manifest(&notes).unwrap();
    let manifest = Manifest::parse(&bytes).unwrap();
    let entry = manifest.entries().next().unwrap();
    assert_eq!(
        (entry.name(), entry.status),
        (DUMP.as_bytes(), Status::PARTIAL)
    );
    let kept = entry.given_up().unwrap();
    assert!(kept >= 64 << 10, "{kept}");
    let dmesg = text(&WAY_BACK, "crash.dmesg");
    let said = lines(&dmesg, "memory ran out: given up from byte ");
    assert!((1..=2).contains(&said.len()), "{dmesg}");
    assert_none(
        &dmesg,
        &[
            "Out of memory",
            "oom-kill",
            "Killed process",
            "BUG:",
            "Oops",
        ],
    );
}

#[test]
fn the_tool_says_what_was_given_up_and_calls_nothing_damaged() {
    let file = out("vmcore");
    let file = file.to_str().unwrap();
    let vmcoredd = |args: &[&str]| output(bin_dir().join("vmcoredd"), args);
    let place = "given up when memory ran out, from byte ";
    for command in ["list", "show", "verify"] {
        let said = vmcoredd(&[command, file]);
        assert!(said.contains(place), "{said}");
        assert!(!said.to_lowercase().contains("damaged"), "{said}");
    }
    let shown = shown::dumps(&vmcoredd(&["show", "--json", file]));
    let sections = shown[0]["sections"].as_array().unwrap();
    let with = |status: &str| {
        let sections = sections.iter().filter(|it| it["status"] == status);
        let names = sections.map(|it| it["name"].as_str().unwrap());
        names.collect::<Vec<_>>()
    };
    assert!(with("ok").contains(&"reg_dump"), "{:?}", with("ok"));
    assert!(!with("given up").is_empty());
    assert!(shown[0]["registers"].as_array().unwrap().len() > 100);
}
