// SPDX-License-Identifier: GPL-2.0

//! makedumpfile's kdump-compressed format, as far as it takes to compare two files.

use std::{fs, path::Path};

/// Bytes of a page descriptor; its first 8 are the offset of the page's data.
const DESCRIPTOR: usize = 24;
/// Where the header has its numbers.
const BLOCK_SIZE: usize = 428;
const SUB_HEADER_BLOCKS: usize = 432;
const BITMAP_BLOCKS: usize = 436;

/// What is in a file besides headers and notes, independent of where it is.
#[derive(PartialEq, Eq)]
pub struct Contents {
    bitmaps: Vec<u8>,
    /// With offsets from the first page's data.
    descriptors: Vec<(u64, Vec<u8>)>,
    pages: Vec<u8>,
}

impl Contents {
    pub fn len(&self) -> usize {
        self.pages.len()
    }
}

/// The notes of the file, which may be a part of a split one.
pub fn notes(path: &Path) -> Vec<u8> {
    notes_of(&read_file(path))
}

fn u32_at(file: &[u8], at: usize) -> usize {
    u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize
}

fn u64_at(file: &[u8], at: usize) -> usize {
    u64::from_le_bytes(file[at..at + 8].try_into().unwrap()) as usize
}

fn notes_of(file: &[u8]) -> Vec<u8> {
    let block = u32_at(file, BLOCK_SIZE);
    let (notes, len) = (u64_at(file, block + 48), u64_at(file, block + 56));
    file[notes..notes + len].to_vec()
}

fn read_file(path: &Path) -> Vec<u8> {
    let file = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(&file[..8], b"KDUMP   ");
    file
}

/// The notes and the contents of the file.
pub fn read(path: &Path) -> (Vec<u8>, Contents) {
    let file = read_file(path);
    let block = u32_at(&file, BLOCK_SIZE);
    let bitmaps = block * (1 + u32_at(&file, SUB_HEADER_BLOCKS));
    let table = bitmaps + block * u32_at(&file, BITMAP_BLOCKS);
    // makedumpfile writes all descriptors, then the pages; that of zeroes is shared and comes first.
    let first = u64_at(&file, table);
    let descriptors = file[table..first]
        .chunks_exact(DESCRIPTOR)
        .map(|descriptor| {
            let (offset, rest) = descriptor.split_at(8);
            (
                u64::from_le_bytes(offset.try_into().unwrap()).wrapping_sub(first as u64),
                rest.to_vec(),
            )
        });
    let contents = Contents {
        bitmaps: file[bitmaps..table].to_vec(),
        descriptors: descriptors.collect(),
        pages: file[first..].to_vec(),
    };
    (notes_of(&file), contents)
}
