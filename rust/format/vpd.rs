// SPDX-License-Identifier: GPL-2.0

//! Vital product data of a PCI adapter: who made it.
//!
//! A sequence of resources, each with a tag and a length; the read-only one is a sequence of keywords. PCI Local Bus
//! Specification 3.0, appendix I.

use super::bytes::Writer;

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
    /// Reads as much as makes sense. With it comes the offset of what does not, or of the checksum if that is wrong; where all of
    /// `data` ends, if something should be behind it.
    pub fn parse(data: &'a [u8]) -> (Self, Option<usize>) {
        let mut found = Self::default();
        let error = found.resources(data).err();
        (found, error)
    }

    fn resources(&mut self, data: &'a [u8]) -> Result<(), usize> {
        let mut rest = data;
        let mut has_name = false;
        loop {
            let at = data.len().saturating_sub(rest.len());
            let tag = *rest.first().ok_or(0usize)?;
            if tag & LARGE == 0 {
                // The end, or a resource that does not belong here: the keywords should have come before.
                return Err(at);
            }
            let ([_, low, high], behind) = rest.split_first_chunk().ok_or(at)?;
            let len = u16::from_le_bytes([*low, *high]);
            let (body, next) = behind.split_at_checked(len.into()).ok_or(at)?;
            match tag {
                IDENTIFIER => {
                    self.name = body;
                    has_name = true;
                }
                READ_ONLY => {
                    self.keywords(data, data.len().saturating_sub(behind.len()), body)?;
                    return if has_name { Ok(()) } else { Err(at) };
                }
                _ => {}
            }
            rest = next;
        }
    }

    /// Takes those in `body`, which is at `start` of `data`.
    fn keywords(&mut self, data: &'a [u8], start: usize, body: &'a [u8]) -> Result<(), usize> {
        let mut rest = body;
        let mut checked = Err(start);
        while !rest.is_empty() {
            let at = start.saturating_add(body.len().saturating_sub(rest.len()));
            let ([first, second, len], behind) = rest.split_first_chunk().ok_or(at)?;
            let (value, next) = behind.split_at_checked((*len).into()).ok_or(at)?;
            match &[*first, *second] {
                b"SN" => self.serial = value,
                b"PN" => self.part = value,
                b"NA" => self.address = value,
                // All bytes up to the first of this value add up to 0.
                b"RV" => {
                    let upto = data.get(..at.saturating_add(4)).ok_or(at)?;
                    let sum = upto.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
                    checked = if sum == 0 { Ok(()) } else { Err(at) };
                }
                _ => {}
            }
            rest = next;
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
        let mut fields = Writer::new(out);
        for (value, room) in [
            (self.serial, 24usize),
            (self.part, 16),
            (self.address, 12),
            (self.name, 16),
        ] {
            let value = value.get(..room).unwrap_or(value).trim_ascii_end();
            let zeroes = room.saturating_sub(value.len()).saturating_add(1);
            fields.bytes(value).skip(zeroes);
        }
    }
}
