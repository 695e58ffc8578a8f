// SPDX-License-Identifier: GPL-2.0

//! Vital product data of a PCI adapter: who made it.
//!
//! A sequence of resources, each with a tag and a length; the read-only one is a sequence of keywords. PCI Local Bus
//! Specification 3.0, appendix I.

/// Bytes that are looked at.
pub const LEN: usize = 1024;
/// Tag of the first resource, the name of the product.
pub const IDENTIFIER: u8 = 0x82;
/// Bytes of a [`Vpd`] as the cudbg section has it.
pub const NAMES_LEN: usize = 72;

const READ_ONLY: u8 = 0x90;
/// In tags of resources whose length has 16 bits.
const LARGE: u8 = 0x80;

/// What the vital product data tells; what is missing is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vpd<'a> {
    /// Serial number (`SN`).
    pub serial: &'a [u8],
    /// Part number (`PN`).
    pub part: &'a [u8],
    /// MAC address of the first port (`NA`).
    pub address: &'a [u8],
    /// Name of the product.
    pub name: &'a [u8],
}

impl<'a> Vpd<'a> {
    /// Reads as much as makes sense. With it comes the offset of what does not, or of the checksum if that is wrong.
    pub fn parse(data: &'a [u8]) -> (Self, Option<usize>) {
        let mut found = Self::default();
        let error = found.resources(data).err();
        (found, error)
    }

    fn resources(&mut self, data: &'a [u8]) -> Result<(), usize> {
        let mut at = 0;
        let mut has_name = false;
        loop {
            let tag = *data.get(at).ok_or(0usize)?;
            if tag & LARGE == 0 {
                // The end, or a resource that does not belong here: the keywords should have come before.
                return Err(at);
            }
            let len = data.get(at + 1..at + 3).ok_or(at)?;
            let len = usize::from(u16::from_le_bytes([len[0], len[1]]));
            let body = data.get(at + 3..at + 3 + len).ok_or(at)?;
            match tag {
                IDENTIFIER => {
                    self.name = body;
                    has_name = true;
                }
                READ_ONLY => {
                    self.keywords(data, at + 3, body.len())?;
                    return if has_name { Ok(()) } else { Err(at) };
                }
                _ => {}
            }
            at += 3 + len;
        }
    }

    fn keywords(&mut self, data: &'a [u8], start: usize, len: usize) -> Result<(), usize> {
        let end = start + len;
        let mut at = start;
        let mut checked = Err(start);
        while at < end {
            let header = data.get(at..at + 3).ok_or(at)?;
            let next = at + 3 + usize::from(header[2]);
            let value = data.get(at + 3..next).ok_or(at)?;
            if next > end {
                return Err(at);
            }
            match &header[..2] {
                b"SN" => self.serial = value,
                b"PN" => self.part = value,
                b"NA" => self.address = value,
                // All bytes up to the first of this value add up to 0.
                b"RV" => {
                    let upto = data.get(..at + 4).ok_or(at)?;
                    let sum = upto.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
                    checked = if sum == 0 { Ok(()) } else { Err(at) };
                }
                _ => {}
            }
            at = next;
        }
        let complete = [self.serial, self.part, self.address]
            .iter()
            .all(|value| !value.is_empty());
        match complete {
            true => checked,
            false => Err(start),
        }
    }

    /// Writes the values, each cut to its room and followed by at least a zero, without blanks at the end.
    pub fn encode(&self, out: &mut [u8; NAMES_LEN]) {
        let mut rest = &mut out[..];
        for (value, room) in [
            (self.serial, 25),
            (self.part, 17),
            (self.address, 13),
            (self.name, 17),
        ] {
            let (place, next) = rest.split_at_mut(room);
            rest = next;
            let value = &value[..value.len().min(room - 1)];
            let value = value.trim_ascii_end();
            place[..value.len()].copy_from_slice(value);
        }
    }
}
