// SPDX-License-Identifier: GPL-2.0

//! The crash kernel's log, written and read.

use vmcore_format::{
    crash_log::{piece_header, CrashLog, Header, HEADER_LEN, PIECE_SIZE},
    Error,
};

const HEADER: Header = Header {
    finished: true,
    taken_at_ms: 1500,
    lost: 3,
    messages: 400,
    text_len: 1 << 33,
};

fn log() -> Vec<u8> {
    let mut out = HEADER.encode().to_vec();
    out.extend(piece_header(PIECE_SIZE as u32, 3));
    out.extend(b"abc");
    out.extend(piece_header(1, 2));
    out.extend(b"de");
    out
}

#[test]
fn what_is_written_is_read() {
    let bytes = log();
    let log = CrashLog::parse(&bytes).unwrap();
    assert_eq!(log.header, HEADER);
    let pieces: Vec<_> = log.pieces().map(|piece| piece.unwrap()).collect();
    let found: Vec<_> = pieces
        .iter()
        .map(|piece| (piece.packed, piece.text_len, piece.offset))
        .collect();
    let start = HEADER_LEN as u64;
    assert_eq!(
        found,
        [
            (&b"abc"[..], PIECE_SIZE as u32, start + 8),
            (b"de", 1, start + 19)
        ]
    );
}

#[test]
fn a_longer_header_is_read_as_far_as_it_is_known() {
    let mut bytes = log();
    bytes[10] = 1;
    bytes[12] = HEADER_LEN as u8 + 4;
    bytes.splice(HEADER_LEN..HEADER_LEN, [0xee; 4]);
    let log = CrashLog::parse(&bytes).unwrap();
    assert_eq!((log.header, log.pieces().count()), (HEADER, 2));
}

#[test]
fn damage_is_told_by_its_offset() {
    let start = HEADER_LEN as u64;
    for (what, at, byte, offset, expected) in [
        (
            "an empty piece",
            HEADER_LEN + 1,
            0,
            start,
            "a piece of 1 to 16384 bytes",
        ),
        (
            "a piece that is too long",
            HEADER_LEN,
            1,
            start,
            "a piece of 1 to 16384 bytes",
        ),
        (
            "a piece past the end",
            HEADER_LEN + 15,
            9,
            start + 15,
            "a whole piece",
        ),
    ] {
        let mut bytes = log();
        bytes[at] = byte;
        let log = CrashLog::parse(&bytes).unwrap();
        let error = log.pieces().find_map(Result::err);
        assert_eq!(error, Some(Error { offset, expected }), "{what}");
    }
    for (at, byte) in [(0, 0), (8, 2), (12, 47), (13, 9)] {
        let mut bytes = log();
        bytes[at] = byte;
        assert!(CrashLog::parse(&bytes).is_err(), "{at}");
    }
}

#[test]
fn what_is_cut_off_is_read_up_to_there() {
    let whole = log();
    for len in 0..HEADER_LEN {
        assert!(CrashLog::parse(&whole[..len]).is_err());
    }
    for len in HEADER_LEN..whole.len() {
        let log = CrashLog::parse(&whole[..len]).unwrap();
        let sound = log.pieces().filter(Result::is_ok).count();
        assert_eq!(sound, usize::from(len >= HEADER_LEN + 11), "{len}");
    }
}
