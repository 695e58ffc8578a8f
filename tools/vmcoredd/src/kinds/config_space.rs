// SPDX-License-Identifier: GPL-2.0

//! Configuration space of a function, as far as it was read.

/// Bytes of the header, and of what conventional PCI has.
pub const HEADER: usize = 0x40;
pub const CONVENTIONAL: usize = 0x100;

/// Of which function it is.
pub struct Configuration {
    /// `DOMAIN:BUS:DEVICE.FUNCTION`, as `lspci -D` writes it.
    pub address: String,
    /// What it is, in words.
    pub title: String,
    pub space: ConfigSpace,
}

/// Where nothing was read, nothing is known: no byte there has a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigSpace {
    bytes: Vec<Option<u8>>,
}

impl ConfigSpace {
    /// Takes note of what is at an offset.
    pub fn set(&mut self, at: usize, value: u8) {
        if self.bytes.len() <= at {
            self.bytes.resize(at + 1, None);
        }
        self.bytes[at] = Some(value);
    }

    /// One byte behind the last that was read.
    pub fn end(&self) -> usize {
        self.bytes.len()
    }

    pub fn u8(&self, at: usize) -> Option<u8> {
        *self.bytes.get(at)?
    }

    pub fn u16(&self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes([self.u8(at)?, self.u8(at + 1)?]))
    }

    pub fn u32(&self, at: usize) -> Option<u32> {
        Some(u32::from(self.u16(at)?) | (u32::from(self.u16(at + 2)?) << 16))
    }

    /// Of a register with so many bits.
    pub fn value(&self, at: usize, bits: u32) -> Option<u64> {
        match bits {
            8 => self.u8(at).map(u64::from),
            16 => self.u16(at).map(u64::from),
            32 => self.u32(at).map(u64::from),
            _ => None,
        }
    }

    /// What was read, piece by piece: where it begins, and its bytes, at most 16 within a line of 16.
    pub fn lines(&self) -> Vec<(usize, Vec<u8>)> {
        let mut lines: Vec<(usize, Vec<u8>)> = Vec::new();
        for (at, byte) in self.bytes.iter().enumerate() {
            let Some(byte) = *byte else { continue };
            match lines.last_mut() {
                Some((start, line)) if *start + line.len() == at && at % 16 != 0 => line.push(byte),
                _ => lines.push((at, vec![byte])),
            }
        }
        lines
    }

    /// Whether nobody answered: no function has this vendor.
    pub fn is_absent(&self) -> bool {
        self.u16(0) == Some(0xffff)
    }

    /// A bridge to another bus has another header.
    pub fn is_bridge(&self) -> bool {
        self.u8(0x0e).is_some_and(|kind| kind & 0x7f == 1)
    }
}
