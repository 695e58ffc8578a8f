// SPDX-License-Identifier: GPL-2.0

//! Files to read: a small image, in vmcores of all kinds.

use std::io::Write;

use flate2::{write::ZlibEncoder, Compression};
use vmcore_format::{
    cudbg::{
        cause::{Cause, Detail},
        chunk::ChunkHeader,
        header::Header,
        meminfo::Meminfo,
        reg_dump,
        section::Section,
        section_header::{self, SectionHeader},
        status::Status,
        Chip, TABLE_END,
    },
    elf::{Phdr, PT_NOTE},
    manifest::{padded, Reason, Status as Became},
    stream::{
        self, End, Header as StreamHeader, Kind, Packing, Record, HEADER_CRC_OFFSET,
        RECORD_CRC_OFFSET,
    },
    vmcoredd,
};

/// What edc0 holds.
pub fn memory() -> Vec<u8> {
    (0..100_000u32).map(|index| (index / 300) as u8).collect()
}

/// An image with edc0, and edc1 that could not be read.
pub fn image() -> Vec<u8> {
    let mut image = vec![0; TABLE_END];
    let good = append(&mut image, Section::Edc0, &memory());
    let bad = SectionHeader {
        id: Section::Edc1.id().into(),
        start: image.len() as u32,
        status: Status::SYSTEM_ERROR,
        detail: Detail::new(Cause::BadRegister, 0x3068, 0xffff_ffff),
        ..SectionHeader::default()
    };
    finish(Chip::T6, image, &[good, bad])
}

/// An image of a device that is slow: each register holds its address, if it was read; `unread` is the first that was not.
pub fn slow_image(unread: u32) -> Vec<u8> {
    let mut dump = vec![0; reg_dump::len(Chip::T6)];
    for address in reg_dump::addresses(Chip::T6) {
        if reg_dump::was_read(Chip::T6, address, unread) {
            dump[address as usize..][..4].copy_from_slice(&address.to_le_bytes());
        }
    }
    let mut image = vec![0; TABLE_END];
    let registers = SectionHeader {
        warning: Status::PARTIAL,
        detail: Detail::new(Cause::Deadline, unread, 0),
        ..append(&mut image, Section::RegDump, &dump)
    };
    finish(Chip::T6, image, &[registers])
}

/// An image in which every section has this content, as often as it must be there, and is complete.
pub fn image_of_all(content: &[u8]) -> Vec<u8> {
    let mut image = vec![0; TABLE_END];
    let sections = Section::ALL.iter().map(|section| {
        let content = match section {
            Section::RegDump => {
                let len = reg_dump::len(Chip::T6);
                content.iter().copied().cycle().take(len).collect()
            }
            Section::Meminfo => meminfo(content),
            _ => content.to_vec(),
        };
        append(&mut image, *section, &content)
    });
    let sections: Vec<_> = sections.collect();
    finish(Chip::T6, image, &sections)
}

/// A memory map whose numbers are those of `content`.
fn meminfo(content: &[u8]) -> Vec<u8> {
    let mut words = content
        .chunks(4)
        .map(|word| u32::from_le_bytes(word.try_into().unwrap()));
    let mut next = || words.next().unwrap();
    let info = Meminfo {
        available_count: 4,
        region_count: 27,
        up_ram: [next(), next()],
        rx_pages: [next(), next(), next()],
        tx_pages: [next(), next(), u32::from(b'M'), next()],
        pstructs: next(),
        free_rx: next(),
        port_used: [next(); 4],
        ..Meminfo::default()
    };
    info.encode().to_vec()
}

/// Appends the content of a section, and gives its header.
pub fn append(image: &mut Vec<u8>, section: Section, content: &[u8]) -> SectionHeader {
    let start = image.len();
    for piece in content.chunks(64_512) {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(piece).unwrap();
        let packed = zlib.finish().unwrap();
        let header = ChunkHeader {
            raw_len: piece.len() as u32,
            packed_len: packed.len() as u32,
        };
        image.extend(header.encode());
        image.extend(packed);
    }
    let padding = image.len().next_multiple_of(4) - image.len();
    image.resize(image.len() + padding, 0);
    SectionHeader {
        id: section.id().into(),
        start: start as u32,
        size: (image.len() - start) as u32,
        padding: padding as u8,
        ..SectionHeader::default()
    }
}

/// Puts headers in front of the sections.
pub fn finish(chip: Chip, mut image: Vec<u8>, sections: &[SectionHeader]) -> Vec<u8> {
    for header in sections {
        let at = section_header::offset(header.id as u8);
        image[at..at + header.encode().len()].copy_from_slice(&header.encode());
    }
    let header = Header::new(chip.code(1), image.len() as u32).encode();
    image[..header.len()].copy_from_slice(&header);
    image
}

/// A file of records, as `/proc/vmcore_devices` has them.
pub struct Stream {
    pub bytes: Vec<u8>,
    /// Where the records start.
    pub starts: Vec<usize>,
}

impl Stream {
    pub fn new(name: &str) -> Self {
        let header = StreamHeader {
            name: padded(name.as_bytes()),
            version: padded(b"0.1.0"),
            release: padded(b"7.3.4"),
            crc32: 0,
        };
        let mut bytes = header.encode();
        let crc32 = crc32fast::hash(&bytes);
        bytes[HEADER_CRC_OFFSET..][..4].copy_from_slice(&crc32.to_le_bytes());
        Self {
            bytes: bytes.to_vec(),
            starts: Vec::new(),
        }
    }

    pub fn push(&mut self, kind: Kind, packing: Packing, offset: u64, bytes: &[u8]) {
        let stored = match packing {
            Packing::ZLIB => {
                let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
                zlib.write_all(bytes).unwrap();
                zlib.finish().unwrap()
            }
            Packing::ZSTD => {
                let level = ruzstd::encoding::CompressionLevel::Fastest;
                ruzstd::encoding::compress_to_vec(bytes, level)
            }
            _ => bytes.to_vec(),
        };
        let record = Record {
            crc32: 0,
            kind,
            packing,
            len: bytes.len() as u32,
            stored: stored.len() as u32,
            offset,
            extent: 0,
            number: self.starts.len() as u32,
        };
        let mut record = [record.encode().to_vec(), stored].concat();
        let crc32 = crc32fast::hash(&record);
        record[RECORD_CRC_OFFSET..][..4].copy_from_slice(&crc32.to_le_bytes());
        self.starts.push(self.bytes.len());
        self.bytes.extend(record);
    }

    /// The dump in pieces of the largest size, packed in all ways, the first 100 bytes written again at the end.
    pub fn of(name: &str, dump: &[u8]) -> Self {
        let mut file = Self::new(name);
        file.push(Kind::SECTION, Packing::NONE, 0, b"mc0");
        let ways = [Packing::NONE, Packing::ZLIB, Packing::ZSTD];
        let pieces = dump.chunks(stream::MOST).enumerate();
        for ((nth, piece), packing) in pieces.zip(ways.into_iter().cycle()) {
            let mut piece = piece.to_vec();
            if nth == 0 {
                piece[..100].fill(0xaa);
            }
            file.push(Kind::DATA, packing, (nth * stream::MOST) as u64, &piece);
        }
        file.push(Kind::DATA, Packing::NONE, 0, &dump[..100]);
        file.push(Kind::MISSING, Packing::NONE, 0, b"mc1");
        let end = End {
            status: Became::PARTIAL,
            reason: Reason::DEVICE,
            errno: 0,
            ms: 1234,
            bytes: dump.len() as u64,
            written: dump.len() as u64 + 100,
            waited_ms: 0,
        };
        file.push(Kind::END, Packing::NONE, dump.len() as u64, &end.encode());
        file
    }
}

/// The notes of these dumps.
pub fn notes(dumps: &[(&str, &[u8])]) -> Vec<u8> {
    let mut notes = Vec::new();
    for (name, payload) in dumps {
        notes.extend(vmcoredd::header(name.as_bytes(), payload.len() as u64).unwrap());
        notes.extend_from_slice(payload);
        notes.resize(notes.len().next_multiple_of(4), 0);
    }
    notes
}

/// An ELF vmcore with these dumps and nothing else.
pub fn elf(dumps: &[(&str, &[u8])]) -> Vec<u8> {
    let notes = notes(dumps);
    let mut file = vec![0; 64];
    file[..7].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1, 1]);
    for (at, value) in [
        (16, 4),
        (18, 62),
        (20, 1),
        (32, 64),
        (52, 64),
        (54, 56),
        (56, 1),
    ] {
        file[at] = value;
    }
    let len = notes.len() as u64;
    file.extend(
        Phdr {
            type_: PT_NOTE,
            offset: 120,
            filesz: len,
            memsz: len,
            ..Phdr::default()
        }
        .encode(),
    );
    file.extend(notes);
    file
}

/// A kdump-compressed vmcore with these dumps and nothing else.
pub fn kdump(dumps: &[(&str, &[u8])]) -> Vec<u8> {
    kdump_with(&notes(dumps))
}

/// One with these notes.
pub fn kdump_with(notes: &[u8]) -> Vec<u8> {
    let mut file = vec![0; 8192];
    file[..8].copy_from_slice(b"KDUMP   ");
    file[8] = 6;
    file[428..432].copy_from_slice(&4096u32.to_le_bytes());
    file[4096 + 48..4096 + 56].copy_from_slice(&8192u64.to_le_bytes());
    file[4096 + 56..4096 + 64].copy_from_slice(&(notes.len() as u64).to_le_bytes());
    file.extend(notes);
    file
}

/// A flattened file with these pieces of a vmcore, in this order.
pub fn records<'a>(pieces: impl IntoIterator<Item = (u64, &'a [u8])>) -> Vec<u8> {
    let mut file = b"makedumpfile\0\0\0\0".to_vec();
    file.extend([1u64.to_be_bytes(), 1u64.to_be_bytes()].concat());
    file.resize(4096, 0);
    for (offset, piece) in pieces {
        file.extend(offset.to_be_bytes());
        file.extend((piece.len() as u64).to_be_bytes());
        file.extend(piece);
    }
    file.extend([0xff; 16]);
    file
}

/// A vmcore as makedumpfile flattens it: what leads to the notes comes behind them.
pub fn flattened(vmcore: &[u8]) -> Vec<u8> {
    let (headers, len) = match vmcore[0] {
        b'K' => (4096..4096 + 104, 464),
        _ => (64..120, 64),
    };
    let start = headers.end;
    let pieces = vmcore[start..].chunks(1000).enumerate();
    let pieces = pieces.map(|(index, piece)| ((start + 1000 * index) as u64, piece));
    let first = [(0, &vmcore[..len])];
    let last = [(headers.start as u64, &vmcore[headers])];
    records(first.into_iter().chain(pieces).chain(last))
}

/// `vmcore` with `len` bytes of memory behind the notes, which are the last part of it.
pub fn with_memory(mut vmcore: Vec<u8>, len: usize) -> Vec<u8> {
    vmcore.extend((0..len).map(|index| (index >> 8) as u8 | 1));
    vmcore
}
