// SPDX-License-Identifier: GPL-2.0

//! Notes and the device dumps among them.

use vmcore_format::{
    note::{
        Note,
        NoteHeader,
        Notes, //
    },
    vmcoredd::{
        self,
        DeviceDump, //
    },
    Error, Result,
};

fn note(name: &[u8], type_: u32, desc: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for word in [name.len() as u32, desc.len() as u32, type_] {
        out.extend(word.to_le_bytes());
    }
    for part in [name, desc] {
        out.extend(part);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

fn dump(name: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut out = vmcoredd::header(name, payload.len() as u64)
        .unwrap()
        .to_vec();
    out.extend(payload);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

fn all(bytes: &[u8]) -> Result<Vec<Note<'_>>> {
    let mut notes = Notes::new(bytes);
    let mut out = Vec::new();
    while let Some(note) = notes.next()? {
        out.push(note);
    }
    Ok(out)
}

#[test]
fn notes_follow_each_other_at_multiples_of_four() {
    let mut bytes = note(b"CORE\0", 1, b"12345");
    bytes.extend(note(b"VMCOREINFO\0", 0, b"abcd"));
    bytes.extend(note(b"\0", 7, b""));

    let have: Vec<_> = all(&bytes)
        .unwrap()
        .iter()
        .map(|n| (n.offset, n.type_, n.name, n.desc_offset, n.desc))
        .collect();
    type Fields<'a> = (u64, u32, &'a [u8], u64, &'a [u8]);
    let want: [Fields<'_>; 3] = [
        (0, 1, b"CORE\0", 20, b"12345"),
        (28, 0, b"VMCOREINFO\0", 52, b"abcd"),
        (56, 7, b"\0", 72, b""),
    ];
    assert_eq!(have, want);
}

#[test]
fn zeroes_end_the_notes() {
    for zeroes in [0, 1, 11, 12, 13, 4096] {
        let mut bytes = note(b"CORE\0", 1, b"1234");
        bytes.resize(bytes.len() + zeroes, 0);
        assert_eq!(all(&bytes).unwrap().len(), 1, "{zeroes} zeroes");
    }
}

#[test]
fn only_the_padding_behind_the_last_note_may_be_missing() {
    let bytes = note(b"CORE\0", 1, b"12345");

    for len in 1..bytes.len() {
        assert_eq!(all(&bytes[..len]).is_ok(), len >= 25, "{len} bytes");
    }
}

#[test]
fn a_note_larger_than_its_segment_is_an_error_and_the_end() {
    for (namesz, descsz, offset) in [
        (5, u32::MAX, 20),
        (u32::MAX, 0, 12),
        (u32::MAX, u32::MAX, 12),
        (5, 9, 20),
        (17, 0, 12),
    ] {
        let mut bytes = note(b"CORE\0", 1, b"12345678");
        bytes[0..4].copy_from_slice(&u32::to_le_bytes(namesz));
        bytes[4..8].copy_from_slice(&u32::to_le_bytes(descsz));

        let mut notes = Notes::new(&bytes);
        assert_eq!(notes.next().unwrap_err().offset, offset);
        assert_eq!(notes.next(), Ok(None));
    }
}

#[test]
fn the_length_of_a_note_does_not_overflow() {
    let header = NoteHeader {
        namesz: u32::MAX,
        descsz: u32::MAX,
        type_: 0,
    };

    assert_eq!(header.note_len(), 12 + 2 * (1 << 32));
}

#[test]
fn a_dump_header_is_that_of_the_kernel() {
    let header = vmcoredd::header(b"cxgb4_0000:00:05.0", 3).unwrap();

    assert_eq!(
        header[..38],
        *b"\x08\0\0\0\x2f\0\0\0\0\x07\0\0LINUX\0\0\0cxgb4_0000:00:05.0"
    );
    assert_eq!(header[38..], [0; 26]);
}

#[test]
fn dumps_come_back_from_among_other_notes() {
    let mut bytes = note(b"CORE\0", 1, b"regs");
    bytes.extend(dump(b"first", b"12345"));
    bytes.extend(note(b"LINUX\0\0\0", 0x701, &[1; 60]));
    bytes.extend(note(b"OTHER\0\0\0", 0x700, &[1; 60]));
    bytes.extend(note(b"LINUXX\0\0", 0x700, &[1; 60]));
    bytes.extend(dump(&[b'n'; 43], b""));

    let have: Vec<_> = all(&bytes)
        .unwrap()
        .iter()
        .filter_map(|note| DeviceDump::from_note(note).unwrap())
        .map(|dump| (dump.name, dump.payload_offset, dump.payload))
        .collect();
    let want: [(&[u8], u64, &[u8]); 2] = [
        (b"first", 24 + 64, b"12345"),
        (&[b'n'; 43], bytes.len() as u64, b""),
    ];
    assert_eq!(have, want);
}

#[test]
fn a_name_without_nul_is_the_whole_field() {
    let bytes = note(b"LINUX\0", 0x700, &[b'x'; 50]);
    let dump = DeviceDump::from_note(&all(&bytes).unwrap()[0])
        .unwrap()
        .unwrap();

    assert_eq!((dump.name, dump.payload), (&[b'x'; 44][..], &[b'x'; 6][..]));
}

#[test]
fn a_dump_without_room_for_its_name_is_an_error() {
    for len in [0, 1, 43] {
        let bytes = note(b"LINUX\0\0\0", 0x700, &vec![1; len]);
        assert_eq!(
            DeviceDump::from_note(&all(&bytes).unwrap()[0]),
            Err(Error {
                offset: 20,
                expected: "the 44 bytes of a dump name"
            })
        );
    }
}

#[test]
fn names_and_payloads_that_do_not_fit_are_refused() {
    for (name, payload_len, good) in [
        (&b"x"[..], 0, true),
        (&[b'x'; 43], vmcoredd::MAX_PAYLOAD, true),
        (b"", 0, false),
        (&[b'x'; 44], 0, false),
        (b"a\0b", 0, false),
        (b"x", vmcoredd::MAX_PAYLOAD + 1, false),
        (b"x", u64::MAX, false),
    ] {
        assert_eq!(vmcoredd::header(name, payload_len).is_ok(), good);
    }

    let largest = vmcoredd::header(b"x", vmcoredd::MAX_PAYLOAD).unwrap();
    assert_eq!(NoteHeader::parse(&largest).unwrap().descsz, u32::MAX);
}
