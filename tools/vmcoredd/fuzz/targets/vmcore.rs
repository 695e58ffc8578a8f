// SPDX-License-Identifier: GPL-2.0

//! Whatever a file holds, reading it ends, and does not panic: from a pipe and from a file.

#![no_main]

use std::{io::Write, os::fd::AsRawFd, path::PathBuf};

use libfuzzer_sys::fuzz_target;
use vmcoredd::{kinds, Vmcore};

fuzz_target!(|bytes: &[u8]| {
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
        let _ = content.sections();
        let _ = content.registers();
        let _ = content.memory_map();
        let _ = content.gauges();
        let _ = content.log();
        let _ = content.topology();
        for section in kinds::section_names() {
            let _ = content.tables(section);
        }
    }
}
