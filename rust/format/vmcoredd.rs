// SPDX-License-Identifier: GPL-2.0

//! The note of a device dump: `struct vmcoredd_header` of `include/uapi/linux/vmcore.h`, then the payload.

use super::{
    bytes::{
        until_nul,
        Writer, //
    },
    note::{
        Note,
        NoteHeader, //
    },
    Error,
    Result, //
};

/// Type of the notes.
pub const NT_VMCOREDD: u32 = 0x700;

/// Name of the notes, NUL-padded.
pub const NOTE_NAME: [u8; 8] = *b"LINUX\0\0\0";

/// Room for the name of a dump, with its NUL.
pub const NAME_LEN: usize = 44;

/// Bytes before the payload.
pub const HEADER_LEN: usize = NoteHeader::LEN + NOTE_NAME.len() + NAME_LEN;

/// The largest payload that a note can describe, in bytes.
pub const MAX_PAYLOAD: u64 = u32::MAX as u64 - NAME_LEN as u64;

/// The header of the note of a dump: `name` without NUL, payload of `payload_len` bytes. The caller pads the payload to a
/// multiple of 4.
///
/// Fails if the name is empty, too long or contains a NUL, or if the payload is larger than [`MAX_PAYLOAD`].
pub fn header(name: &[u8], payload_len: u64) -> Result<[u8; HEADER_LEN]> {
    if name.is_empty() || name.len() >= NAME_LEN || !name.iter().all(|byte| *byte != 0) {
        return Err(Error::new(20, "a dump name of 1 to 43 bytes"));
    }
    if payload_len > MAX_PAYLOAD {
        return Err(Error::new(4, "a dump of less than 4 GiB"));
    }
    let mut out = [0; HEADER_LEN];
    Writer::new(&mut out)
        .u32(NOTE_NAME.len() as u32)
        .u32(payload_len as u32 + NAME_LEN as u32)
        .u32(NT_VMCOREDD)
        .bytes(&NOTE_NAME)
        .bytes(name);
    Ok(out)
}

/// A device dump that was found among notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceDump<'a> {
    /// Without NUL; not necessarily UTF-8.
    pub name: &'a [u8],
    /// Offset of the payload, counted as the offset of the note was.
    pub payload_offset: u64,
    /// What the driver wrote. The kernel's own dumps end with zeroes, up to a page.
    pub payload: &'a [u8],
}

impl<'a> DeviceDump<'a> {
    /// The device dump in `note`, `None` if it is a note of another kind.
    ///
    /// Fails if the note has no room for a dump name.
    pub fn from_note(note: &Note<'a>) -> Result<Option<Self>> {
        if note.type_ != NT_VMCOREDD || until_nul(note.name) != until_nul(&NOTE_NAME) {
            return Ok(None);
        }
        let (name, payload) = note
            .desc
            .split_at_checked(NAME_LEN)
            .ok_or(Error::new(note.desc_offset, "the 44 bytes of a dump name"))?;
        Ok(Some(Self {
            name: until_nul(name),
            payload_offset: note.desc_offset.saturating_add(NAME_LEN as u64),
            payload,
        }))
    }
}
