// SPDX-License-Identifier: GPL-2.0

//! Whatever a file holds, reading it ends, and does not panic: a vmcore from a pipe and from a file, and a description of a device,
//! which is one that the module understands, too.

#![no_main]

use std::{
    io::Write,
    os::fd::AsRawFd,
    path::{Path, PathBuf},
};

use libfuzzer_sys::fuzz_target;
use vmcoredd::{
    devices::{self, import, Source},
    findings,
    names::Names,
    Vmcore,
};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        describe(text);
    }
    if let Ok(vmcore) = Vmcore::stream(bytes) {
        read(&vmcore);
    }
    let mut file = tempfile::tempfile().expect("room for a file");
    file.write_all(bytes).expect("room for a file");
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    if let Ok(vmcore) = Vmcore::open(&path) {
        read(&vmcore);
    }
});

fn read(vmcore: &Vmcore) {
    for dump in vmcore.dumps() {
        let _ = std::io::copy(&mut dump.reader(), &mut std::io::sink());
        let Ok(Some(content)) = dump.content() else {
            continue;
        };
        let _ = content.remarks();
        let _ = content.config_spaces();
        let _ = findings::diagnose(content.as_ref(), &Names::default());
        let _ = content.registers();
        let _ = content.memory_map();
        let _ = content.gauges();
        let _ = content.log();
        let _ = content.topology();
        for section in content.sections() {
            let _ = content.tables(&section.name);
        }
    }
}

fn describe(text: &str) {
    let check = |text: &str| devices::check(&Source::new(Path::new("-"), text.to_owned()));
    if let (Some(device), _) = check(text) {
        if let Err(error) = devices::compile(&[device]) {
            // Of a single file, nothing else is checked there.
            assert!(error.to_string().contains("a table of at most"), "{error}");
        }
    }
    let place = import::Place {
        bar: 0,
        offset: 0,
        part: None,
    };
    if let Ok(imported) = import::import(text, &place) {
        let (_, complaints) = check(&import::write(&imported, "name", "class = \"0200\""));
        assert!(complaints.is_empty(), "{complaints:?}");
    }
}
