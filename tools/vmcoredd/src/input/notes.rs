// SPDX-License-Identifier: GPL-2.0

//! Device dumps among notes, found without reading what is in them.

use std::io;

use vmcore_format::{
    note::NoteHeader,
    vmcoredd::{HEADER_LEN, NAME_LEN, NOTE_NAME, NT_VMCOREDD},
    Error,
};

use super::source::{Place, Source};

/// A device dump.
pub struct Found {
    pub name: Vec<u8>,
    /// The payload, or what is there of it.
    pub payload: Place,
}

/// The dumps among the notes in `place`, and where the notes are damaged: dumps behind that are lost.
pub fn walk(source: &Source, place: Place) -> io::Result<(Vec<Found>, Option<Error>)> {
    let there = source.end_of(place)?;
    let mut found = Vec::new();
    let mut window = Window {
        source,
        start: 0,
        bytes: Vec::new(),
    };
    let mut at = place.start;
    let damage = loop {
        let damage = |offset, expected| Some(Error { offset, expected });
        let left = there.saturating_sub(at);
        let bytes = window.get(at, left.min(HEADER_LEN as u64) as usize)?;
        let Ok(header) = NoteHeader::parse(bytes) else {
            break match bytes.iter().all(|byte| *byte == 0) {
                true => None,
                false => damage(at, "a note header of 12 bytes"),
            };
        };
        if header.is_end() {
            break None;
        }
        let desc = at.saturating_add(header.desc_offset());
        let end = desc.saturating_add(header.descsz.into());
        let name = bytes.get(NoteHeader::LEN..NoteHeader::LEN + header.namesz as usize);
        if header.type_ == NT_VMCOREDD && name.map(until_nul) == Some(until_nul(&NOTE_NAME)) {
            if (header.descsz as usize) < NAME_LEN {
                break damage(desc, "the 44 bytes of a dump name");
            }
            // Of one that is cut off, what is there, if that is more than its name.
            if let Some(name) = bytes.get(HEADER_LEN - NAME_LEN..HEADER_LEN) {
                found.push(Found {
                    name: until_nul(name).to_vec(),
                    payload: Place {
                        start: desc + NAME_LEN as u64,
                        end: end.min(there),
                    },
                });
            }
        }
        if end > there {
            break match at.saturating_add(NoteHeader::LEN as u64 + u64::from(header.namesz)) > there
            {
                true => damage(at + NoteHeader::LEN as u64, "the name of a note"),
                false => damage(desc, "the descriptor of a note"),
            };
        }
        // The padding of the last note may be missing.
        at = at.saturating_add(header.note_len());
    };
    let cut = (there < place.end).then_some(Error {
        offset: there,
        expected: "more notes: the file was cut short",
    });
    Ok((found, damage.or(cut)))
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or(bytes)
}

/// A part of the file in memory, so that small notes are not read one by one.
struct Window<'a> {
    source: &'a Source,
    start: u64,
    bytes: Vec<u8>,
}

impl Window<'_> {
    const LEN: usize = 64 << 10;

    /// `len` bytes at `offset`, or as many of them as there are.
    fn get(&mut self, offset: u64, len: usize) -> io::Result<&[u8]> {
        let inside = |window: &Self| {
            let from = usize::try_from(offset.checked_sub(window.start)?).ok()?;
            let to = from.checked_add(len)?;
            (to <= window.bytes.len()).then_some(from..to)
        };
        if inside(self).is_none() {
            self.bytes = self.source.up_to(offset, Self::LEN)?;
            self.start = offset;
        }
        let range = inside(self).unwrap_or(0..self.bytes.len().min(len));
        Ok(&self.bytes[range])
    }
}
