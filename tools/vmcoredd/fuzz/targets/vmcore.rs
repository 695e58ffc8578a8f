// SPDX-License-Identifier: GPL-2.0

//! Whatever a file holds, reading it ends, and does not panic: from a pipe and from a file.

#![no_main]

use std::{io::Write, os::fd::AsRawFd, path::PathBuf};

use libfuzzer_sys::fuzz_target;
use vmcore_format::cudbg::section::Section;
use vmcoredd::{image::Image, input::Input, sections};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(input) = Input::stream(bytes) {
        read(&input);
    }
    let mut file = tempfile::tempfile().expect("room for a file");
    file.write_all(bytes).expect("room for a file");
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    if let Ok(input) = Input::open(&path) {
        read(&input);
    }
});

fn read(input: &Input) {
    for dump in &input.dumps {
        let _ = std::io::copy(&mut dump.reader(), &mut std::io::sink());
        let Ok(image) = Image::open(dump) else {
            continue;
        };
        let _ = image.summaries();
        let Some(chip) = image.header.chip() else {
            continue;
        };
        for &section in Section::ALL {
            let Some(Ok(data)) = image.section(section) else {
                continue;
            };
            let content = sections::Content {
                section,
                chip,
                data: &data,
            };
            if let Some(decode) = sections::decoder(section) {
                let _ = decode(&content);
            }
        }
    }
}
