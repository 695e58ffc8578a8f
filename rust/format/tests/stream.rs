// SPDX-License-Identifier: GPL-2.0

//! Streams, written and read.

use vmcore_format::{
    manifest::{
        padded,
        Reason,
        Status, //
    },
    stream::{
        End,
        Header,
        Kind,
        Packing,
        Record,
        HEADER_LEN,
        MOST,
        RECORD_LEN, //
    },
    Error,
};

fn header() -> Header {
    Header {
        name: padded(b"cxgb4_0000:00:05.0"),
        version: padded(b"0.1.0"),
        release: padded(b"7.3.4"),
        crc32: 0xcbf4_3926,
    }
}

fn record() -> Record {
    Record {
        crc32: 0x0102_0304,
        kind: Kind::DATA,
        packing: Packing::ZSTD,
        len: 0x8000,
        stored: 17,
        offset: 1 << 33,
        extent: 1 << 34,
        number: 5,
    }
}

#[test]
fn what_is_written_is_read() {
    let bytes = header().encode();
    assert_eq!(Header::parse(&bytes), Ok((header(), HEADER_LEN)));
    assert_eq!(header().name(), b"cxgb4_0000:00:05.0");
    assert_eq!(Record::parse(&record().encode()), Ok(record()));
    let end = End {
        status: Status::PARTIAL,
        reason: Reason::DEVICE,
        errno: -5,
        ms: 7,
        bytes: 1 << 33,
        written: (1 << 33) + 1,
        waited_ms: 3,
    };
    assert_eq!(End::parse(&end.encode()), Ok(end));
}

/// Where `Documentation/file-format.rst` has the fields.
#[test]
fn fields_are_where_the_document_says() {
    let bytes = header().encode();
    assert_eq!(&bytes[..16], b"devdumps\x01\0\0\0\xb0\0\0\0");
    assert_eq!(bytes[16..20], 0xcbf4_3926u32.to_le_bytes());
    assert_eq!(&bytes[24..42], b"cxgb4_0000:00:05.0");
    assert_eq!(&bytes[72..77], b"0.1.0");
    assert_eq!(&bytes[104..109], b"7.3.4");

    let bytes = record().encode();
    assert_eq!(&bytes[..12], b"DREC\x04\x03\x02\x01\x01\0\x01\0");
    assert_eq!(bytes[12..16], 0x8000u32.to_le_bytes());
    assert_eq!(bytes[16..20], 17u32.to_le_bytes());
    assert_eq!(bytes[20..24], 5u32.to_le_bytes());
    assert_eq!(bytes[24..32], (1u64 << 33).to_le_bytes());
    assert_eq!(bytes[32..40], (1u64 << 34).to_le_bytes());
}

#[test]
fn what_cannot_be_one_is_named() {
    let at = |offset, byte: u8| {
        let mut bytes = record().encode();
        bytes[offset] = byte;
        Record::parse(&bytes).map_err(|error| error.offset)
    };
    assert_eq!(at(0, b'X'), Err(0));
    assert_eq!(at(14, 1), Err(12));
    assert_eq!(at(18, 1), Err(16));
    assert_eq!(at(10, 0), Err(16), "plain bytes that are fewer");
    assert_eq!(at(31, 0x80), Err(24));
    assert!(Record::parse(&record().encode()[..RECORD_LEN - 1]).is_err());
    let most = Record {
        len: MOST as u32,
        ..record()
    };
    assert_eq!(Record::parse(&most.encode()), Ok(most));

    for (offset, byte, expected) in [
        (
            0,
            0,
            Error {
                offset: 0,
                expected: "a stream of a device dump",
            },
        ),
        (
            8,
            2,
            Error {
                offset: 8,
                expected: "a stream of version 1",
            },
        ),
        (
            12,
            0,
            Error {
                offset: 12,
                expected: "a header of 176 to 65536 bytes",
            },
        ),
    ] {
        let mut bytes = header().encode();
        bytes[offset] = byte;
        assert_eq!(Header::parse(&bytes), Err(expected));
    }
}
