// SPDX-License-Identifier: GPL-2.0

//! Files that are not a vmcore, though some of them nearly are.

use std::{fs, io::Result, path::PathBuf};

use vmcore_format::elf::{Phdr, PT_LOAD, PT_NOTE};

fn elf(class: u8, phdrs: &[Phdr]) -> Vec<u8> {
    let mut file = vec![0; 3 * 4096];
    file[..7].copy_from_slice(&[0x7f, b'E', b'L', b'F', class, 1, 1]);
    file[16] = 4; // ET_CORE
    file[18] = 62; // EM_X86_64
    file[20] = 1;
    file[32] = 64; // e_phoff
    file[52] = 64; // e_ehsize
    file[54] = 56; // e_phentsize
    file[56] = phdrs.len() as u8;
    for (index, phdr) in phdrs.iter().enumerate() {
        phdr.write(&mut file[64 + 56 * index..]);
    }
    file
}

/// Writes them; their names end in `.vmcore`.
pub fn write() -> Result<Vec<PathBuf>> {
    let note = Phdr {
        type_: PT_NOTE,
        offset: 4096,
        filesz: 64,
        memsz: 64,
        ..Phdr::default()
    };
    let load = Phdr {
        type_: PT_LOAD,
        offset: 8192,
        filesz: 4096,
        memsz: 4096,
        ..Phdr::default()
    };
    let files = [
        ("elf32", elf(1, &[note, load])),
        ("twonotes", elf(2, &[note, note, load])),
        ("nonotes", elf(2, &[load])),
        ("truncated", elf(2, &[note, load])[..100].to_vec()),
        (
            "text",
            b"not a vmcore, but more than 64 bytes of something that is something else".to_vec(),
        ),
    ];
    let dir = vm::build_dir().join("bad-vmcores");
    fs::create_dir_all(&dir)?;
    let mut paths = Vec::new();
    for (name, bytes) in files {
        let path = dir.join(format!("{name}.vmcore"));
        fs::write(&path, bytes)?;
        paths.push(path);
    }
    Ok(paths)
}
