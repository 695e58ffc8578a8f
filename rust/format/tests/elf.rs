// SPDX-License-Identifier: GPL-2.0

//! File headers and program headers.

use vmcore_format::{
    elf::{
        Ehdr,
        Phdr,
        PT_LOAD, //
    },
    Error,
};

/// A core file with one program header, which has a different value in every field.
fn core_file() -> Vec<u8> {
    let mut file = vec![0; Ehdr::LEN];
    file[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    file[16] = 4;
    file[18] = 62;
    file[20] = 1;
    file[32] = 64;
    file[52] = 64;
    file[54] = 56;
    file[56] = 1;
    file.extend(phdr().encode());
    file
}

fn phdr() -> Phdr {
    Phdr {
        type_: PT_LOAD,
        flags: 7,
        offset: 0x1000,
        vaddr: 0xffff_8880_0010_0000,
        paddr: 0x10_0000,
        filesz: 0x2000,
        memsz: 0x3000,
        align: 0x4000,
    }
}

#[test]
fn a_core_file_gives_its_program_headers() {
    let file = core_file();
    let ehdr = Ehdr::parse(&file).unwrap();

    assert_eq!((ehdr.phoff, ehdr.phnum), (64, 1));
    assert_eq!(ehdr.phdrs_end(), Some(120));
    assert_eq!(
        ehdr.phdrs(&file).collect::<Vec<_>>(),
        [Ok((64, phdr()))] //
    );
}

#[test]
fn a_program_header_lies_as_in_elf64() {
    let bytes = phdr().encode();

    for (offset, want) in [
        (0, (7 << 32) | 1u64),
        (8, 0x1000),
        (16, 0xffff_8880_0010_0000),
        (24, 0x10_0000),
        (32, 0x2000),
        (40, 0x3000),
        (48, 0x4000),
    ] {
        let have = u64::from_le_bytes(bytes[offset..offset + 8].try_into().unwrap());
        assert_eq!(have, want, "at {offset}");
    }
    assert_eq!(Phdr::parse(&bytes), Ok(phdr()));
}

#[test]
fn what_is_no_core_file_is_an_error_that_says_where() {
    for (offset, byte, expected) in [
        (0, 0, "an ELF file (7f 45 4c 46)"),
        (3, b'G', "an ELF file (7f 45 4c 46)"),
        (4, 1, "an ELF64 file (class 2)"),
        (5, 2, "a little-endian ELF file (data encoding 1)"),
        (6, 0, "ELF version 1"),
        (16, 2, "an ELF core file (type 4)"),
        (52, 63, "an ELF header size of 64"),
        (54, 32, "program headers of 56 bytes"),
        (56, 0, "1 to 65534 program headers"),
    ] {
        let mut file = core_file();
        file[offset] = byte;
        let want = Error {
            offset: offset as u64,
            expected,
        };
        assert_eq!(Ehdr::parse(&file), Err(want));
    }
}

#[test]
fn a_number_of_program_headers_kept_elsewhere_is_an_error() {
    let mut file = core_file();
    file[56..58].copy_from_slice(&[0xff, 0xff]);

    assert_eq!(Ehdr::parse(&file).unwrap_err().offset, 56);
}

#[test]
fn program_headers_past_the_end_of_numbers_are_an_error() {
    for phoff in [u64::MAX, u64::MAX - 55] {
        let mut file = core_file();
        file[32..40].copy_from_slice(&phoff.to_le_bytes());
        assert_eq!(Ehdr::parse(&file).unwrap_err().offset, 32, "{phoff:#x}");
    }

    // This one just fits in 64 bits, and is of course not in the file.
    let mut file = core_file();
    file[32..40].copy_from_slice(&(u64::MAX - 56).to_le_bytes());
    let ehdr = Ehdr::parse(&file).unwrap();
    assert!(ehdr.phdrs(&file).next().unwrap().is_err());
}

#[test]
fn a_file_cut_anywhere_is_an_error() {
    let file = core_file();

    for len in 0..file.len() {
        let cut = &file[..len];
        match Ehdr::parse(cut) {
            Ok(ehdr) => {
                assert!(len >= Ehdr::LEN);
                assert!(ehdr.phdrs(cut).next().unwrap().is_err(), "{len} bytes");
            }
            Err(_) => assert!(len < Ehdr::LEN),
        }
    }
}

#[test]
fn errors_read_as_sentences() {
    let error = Error {
        offset: 0x40,
        expected: "a program header of 56 bytes",
    };

    assert_eq!(
        error.to_string(),
        "at offset 0x40: expected a program header of 56 bytes"
    );
    assert_eq!(error.based_at(u64::MAX).offset, u64::MAX);
}
