// SPDX-License-Identifier: GPL-2.0

//! The cudbg container.

use std::collections::BTreeSet;

use vmcore_format::cudbg::{
    cause::{Cause, Detail},
    chunk::{
        stored_end, stored_start, ChunkHeader, Stored, CHUNK_HEADER_LEN, CHUNK_SIZE, STORED_LEN,
    },
    header::{Header, HEADER_LEN},
    image::Image,
    meminfo::{Meminfo, Range, DBQ_CONTEXTS, IMSG_CONTEXTS, MEMINFO_LEN},
    private::Private,
    reg_dump,
    section::Section,
    section_header::{self, SectionHeader, SECTION_HEADER_LEN},
    status::Status,
    Chip, TABLE_END,
};

#[test]
fn a_header_is_that_of_the_c_driver() {
    let header = Header::new(Chip::T6.code(1), 0x1234);
    let bytes = header.encode();
    // cudbg_init() on little-endian, by hand.
    let start = [
        0xe2, 0x69, 0x0b, 0x04, 56, 0, 0, 0, 1, 0, 14, 0, 0x34, 0x12, 0, 0, 0, 0, 0, 0, 72, 0,
        0x61, 0x21,
    ];
    assert_eq!(bytes[..24], start);
    assert!(bytes[24..].iter().all(|byte| *byte == 0));
    assert_eq!(Header::parse(&bytes), Ok(header));
    assert_eq!((HEADER_LEN, SECTION_HEADER_LEN, TABLE_END), (56, 52, 3800));
}

#[test]
fn headers_of_another_format_are_refused_where_they_differ() {
    let good = Header::new(Chip::T5.code(0), 0).encode();
    for (at, value, offset) in [
        (0, 0, 0),
        (4, 55, 4),
        (8, 2, 8),
        (20, 0, 20),
        (23, 0x31, 23),
    ] {
        let mut bad = good;
        bad[at] = value;
        assert_eq!(Header::parse(&bad).unwrap_err().offset, offset);
    }
    for len in 0..HEADER_LEN {
        assert!(Header::parse(&good[..len]).is_err(), "{len} bytes");
    }
}

#[test]
fn section_headers_come_back() {
    let header = SectionHeader {
        id: 18,
        start: 3800,
        size: 4096,
        status: Status::PARTIAL,
        warning: Status::PARTIAL,
        error: Status::SYSTEM_ERROR,
        padding: 3,
        flag: 0,
        next_extended: 0,
        detail: Detail::new(Cause::BadRegister, 0x3068, u64::MAX),
        left_out: Private::PAYLOAD.with(Private::TLS_KEYS),
    };
    let bytes = header.encode();
    assert_eq!(SectionHeader::parse(&bytes), Ok(header));
    // hdr_flags is -41, sys_err -29; the cause is in what the C driver leaves unused.
    assert_eq!(bytes[12..16], (-41i32).to_le_bytes());
    assert_eq!(bytes[20..24], (-29i32).to_le_bytes());
    assert_eq!(bytes[32..36], 1u32.to_le_bytes());
    assert_eq!(bytes[48..], 3u32.to_le_bytes());
    assert_eq!(
        (section_header::offset(1), section_header::offset(72)),
        (56, 3748)
    );
}

#[test]
fn chunk_headers_are_checked() {
    let header = ChunkHeader {
        raw_len: CHUNK_SIZE as u32,
        packed_len: 5,
    };
    let good = header.encode();
    assert_eq!(ChunkHeader::parse(&good), Ok(header));
    for (at, bytes) in [
        (0, 16u64),
        (8, 0),
        (8, CHUNK_SIZE as u64 + 1),
        (16, 0),
        (16, 1 << 32),
    ] {
        let mut bad = good;
        let len = if at == 0 { 4 } else { 8 };
        bad[at..at + len].copy_from_slice(&bytes.to_le_bytes()[..len]);
        assert_eq!(ChunkHeader::parse(&bad).unwrap_err().offset, at as u64);
    }
    assert!(ChunkHeader::parse(&good[..CHUNK_HEADER_LEN - 1]).is_err());
}

#[test]
fn a_memory_map_comes_back() {
    let mut info = Meminfo {
        available_count: 2,
        region_count: 3,
        free_tx: 7,
        loopback_allocated: [1, 2, 3, 4],
        ..Meminfo::default()
    };
    for (index, range) in info
        .available
        .iter_mut()
        .chain(&mut info.regions)
        .enumerate()
    {
        let base = index as u32 * 0x1000;
        *range = Range {
            base,
            limit: base + 0xfff,
            kind: index as u32,
        };
    }
    let bytes = info.encode();
    assert_eq!(bytes.len(), MEMINFO_LEN);
    assert_eq!(bytes[..8], [0x01, 0xb0, 0xed, 0xcc, 1, 0, 0x28, 2]);
    assert_eq!(Meminfo::decode(&bytes), Ok(info));
    assert_eq!((info.memories().len(), info.in_use().len()), (2, 3));
    for len in 0..MEMINFO_LEN {
        assert!(Meminfo::decode(&bytes[..len]).is_err(), "{len} bytes");
    }
    for (at, offset) in [(8 + 31 * 12, 0x17c), (8 + 31 * 12 + 4, 0x180)] {
        let mut bad = bytes;
        bad[at] = 200;
        assert_eq!(Meminfo::decode(&bad).unwrap_err().offset, offset as u64);
    }
}

#[test]
fn register_ranges_ascend_and_fit() {
    for (chip, count) in [(Chip::T5, 14_380), (Chip::T6, 10_310)] {
        let addresses: Vec<u32> = reg_dump::addresses(chip).collect();
        assert_eq!(addresses.len(), count);
        assert!(addresses.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(addresses.iter().all(|address| address % 4 == 0));
        assert!((addresses[count - 1] as usize) < reg_dump::len(chip));
        assert_eq!(reg_dump::len(chip), 339_968);
    }
}

#[test]
fn sections_outside_of_the_image_are_errors_of_their_own() {
    let mut image = vec![0; TABLE_END + 8];
    let header = Header::new(Chip::T6.code(0), image.len() as u32).encode();
    image[..HEADER_LEN].copy_from_slice(&header);
    let mut put = |id: u32, place: u32, start: u32, size: u32| {
        let header = SectionHeader {
            id,
            start,
            size,
            ..SectionHeader::default()
        };
        let at = section_header::offset(place as u8);
        image[at..at + SECTION_HEADER_LEN].copy_from_slice(&header.encode());
    };
    let end = TABLE_END as u32;
    put(1, 1, end, 8);
    put(2, 2, end, 9); // past the end
    put(3, 3, 56, 4); // in the table
    put(9, 4, end, 4); // another id
    put(5, 5, u32::MAX, u32::MAX);
    let image = Image::parse(&image).unwrap();
    let found: Vec<_> = image
        .sections()
        .map(|section| {
            section
                .map(|section| section.header.id)
                .map_err(|(id, _)| id)
        })
        .collect();
    assert_eq!(found, [Ok(1), Err(2), Err(3), Err(4), Err(5)]);
    assert!(image.section(Section::Mc0.id().into()).unwrap().is_none());
    assert!(image.section(0).unwrap().is_none() && image.section(u16::MAX).unwrap().is_none());
}

#[test]
fn telling_registers_are_some_of_those_of_the_dump() {
    for chip in [Chip::T4, Chip::T5, Chip::T6] {
        let all: BTreeSet<u32> = reg_dump::addresses(chip).collect();
        let telling: Vec<u32> = reg_dump::telling(chip).collect();
        let strange: Vec<_> = telling.iter().filter(|at| !all.contains(at)).collect();
        assert!(strange.is_empty(), "{chip:?}: {strange:#x?}");
        assert_eq!(
            telling.iter().collect::<BTreeSet<_>>().len(),
            telling.len(),
            "{chip:?} has one twice"
        );
        assert!((60..=reg_dump::MOST_TELLING).contains(&telling.len()));
        // The first of all, in the half that was not read.
        assert_eq!(telling[0], 0x1943c);
        for (address, read) in [(0x1008, true), (0x1943c, true), (0x19440, false)] {
            assert_eq!(reg_dump::was_read(chip, address, 0x1010), read);
        }
    }
}

#[test]
fn a_stored_chunk_is_what_zlib_makes_of_it_at_level_0() {
    let bytes = core::array::from_fn(|n| n as u8);
    let chunk = Stored(bytes).encode();
    let header = ChunkHeader::parse(&chunk).unwrap();
    assert_eq!((header.raw_len, header.packed_len), (24, 35));
    let (_, stream) = chunk.split_at(CHUNK_HEADER_LEN);
    // Python: zlib.compressobj(0, zlib.DEFLATED, 12)
    assert_eq!(stream[..7], [0x48, 0x0d, 0x01, 0x18, 0x00, 0xe7, 0xff]);
    assert_eq!(stream[7..31], bytes);
    assert_eq!(stream[31..], [0x09, 0x14, 0x01, 0x15]);
    assert_eq!(chunk.len(), STORED_LEN);
}

#[test]
fn a_whole_chunk_can_be_stored() {
    // They are large: sums overflow soon.
    let bytes: Vec<u8> = (0..CHUNK_SIZE).map(|n| 255 - (n % 7) as u8).collect();
    let chunk = [
        &stored_start(bytes.len() as u16)[..],
        &bytes,
        &stored_end(&bytes),
    ]
    .concat();
    let header = ChunkHeader::parse(&chunk).unwrap();
    let stream = &chunk[CHUNK_HEADER_LEN..];
    assert_eq!(header.raw_len as usize, bytes.len());
    assert_eq!(header.packed_len as usize, stream.len());
    // Python: zlib.adler32(bytes(255 - n % 7 for n in range(64512)))
    assert_eq!(stream[stream.len() - 4..], 0xccf8_1e89u32.to_be_bytes());
}

#[test]
fn a_region_has_room_up_to_whatever_comes_first() {
    let range = |base, limit, kind| Range { base, limit, kind };
    for (regions, expected) in [
        // The next region, its own end, the end of the memory.
        (
            &[range(0x4000, 0, 0), range(0x8000, 0, 1)][..],
            [Some(0x4000), Some(0xf_8000)],
        ),
        (
            &[range(0x4000, 0x4fff, 0), range(0x8000, 0x7000, 1)],
            [Some(0x1000), Some(0xf_8000)],
        ),
        (
            &[range(0x4000, 0, 1), range(0x4000, 0, 0)],
            [Some(0xf_c000), Some(0xf_c000)],
        ),
        // In no memory, or not there.
        (&[range(0x20_0000, 0, 0)], [None, None]),
    ] {
        let mut map = Meminfo {
            available_count: 1,
            region_count: regions.len() as u32,
            ..Meminfo::default()
        };
        map.available[0] = range(0, 0x10_0000, 0);
        map.regions[..regions.len()].copy_from_slice(regions);
        let room = [DBQ_CONTEXTS, IMSG_CONTEXTS].map(|kind| map.room(kind));
        assert_eq!(room, expected, "{regions:x?}");
    }
}

#[test]
fn a_board_that_stands_for_a_chip_is_of_its_generation() {
    for (id, chip) in [
        (0x4401, Some(Chip::T4)),
        (0x6410, Some(Chip::T6)),
        (0xa000, Some(Chip::T4)),
        (0xb000, Some(Chip::T5)),
        (0xc006, Some(Chip::T6)),
        (0xa001, None),
        (0x7400, None),
    ] {
        assert_eq!(Chip::from_device_id(id), chip, "{id:#x}");
    }
}

#[test]
fn registers_that_are_read_in_pairs_are_double_words() {
    for (address, expected) in [
        (0x7e50, true),
        (0x7e40, false),
        (0x7e44, false),
        (0x1100, false),
        (0x30000, true),
    ] {
        assert_eq!(reg_dump::is_paired(address), expected, "{address:#x}");
    }
}
