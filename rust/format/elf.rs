// SPDX-License-Identifier: GPL-2.0

//! ELF64 core file headers, as far as a vmcore has them.
//!
//! Source: System V ABI, `include/uapi/linux/elf.h`.

use super::{
    bytes::{
        get,
        u16_at,
        u32_at,
        u64_at,
        Writer, //
    },
    Error,
    Result, //
};

/// Segment type of memory.
pub const PT_LOAD: u32 = 1;
/// Segment type of notes.
pub const PT_NOTE: u32 = 4;

const ET_CORE: u16 = 4;
/// Class, data encoding and version of `e_ident`: ELF64, little-endian, version 1.
const IDENT: [u8; 7] = [0x7f, b'E', b'L', b'F', 2, 1, 1];

/// The fields of the file header that lead to the program headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ehdr {
    /// For which machine: `EM_X86_64`, ….
    pub machine: u16,
    /// What is particular to the machine, or, in a vmcore of makedumpfile, to the file.
    pub flags: u32,
    /// Offset of the program headers, in bytes.
    pub phoff: u64,
    /// Number of program headers, 1 to 65534; or [`Ehdr::PN_XNUM`].
    pub phnum: u32,
    /// Offset of the section headers, in bytes.
    pub shoff: u64,
}

impl Ehdr {
    /// Bytes of a file header.
    pub const LEN: usize = 64;
    /// There are more program headers than fit into the field: how many is in `sh_info` of the first section header.
    pub const PN_XNUM: u32 = 0xffff;

    /// Parses the first [`Ehdr::LEN`] bytes of a little-endian ELF64 core file with up to 65534 program headers.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let ehdr = Self::parse_large(bytes)?;
        if ehdr.phnum == Self::PN_XNUM {
            return Err(Error::new(56, "1 to 65534 program headers"));
        }
        Ok(ehdr)
    }

    /// Like [`Ehdr::parse`]; `phnum` may be [`Ehdr::PN_XNUM`], to be replaced by the number.
    pub fn parse_large(bytes: &[u8]) -> Result<Self> {
        let ident = get(bytes, 0, IDENT.len(), "an ELF header of 64 bytes")?;
        for (at, (have, want)) in ident.iter().zip(IDENT).enumerate() {
            if *have != want {
                let expected = match at {
                    0..=3 => "an ELF file (7f 45 4c 46)",
                    4 => "an ELF64 file (class 2)",
                    5 => "a little-endian ELF file (data encoding 1)",
                    _ => "ELF version 1",
                };
                return Err(Error::new(at as u64, expected));
            }
        }
        get(bytes, 0, Self::LEN, "an ELF header of 64 bytes")?;
        let field = |offset, want, expected| match u16_at(bytes, offset, expected)? {
            have if have == want => Ok(()),
            _ => Err(Error::new(offset as u64, expected)),
        };
        field(16, ET_CORE, "an ELF core file (type 4)")?;
        field(52, Self::LEN as u16, "an ELF header size of 64")?;
        field(54, Phdr::LEN as u16, "program headers of 56 bytes")?;
        let ehdr = Self {
            machine: u16_at(bytes, 18, "")?,
            flags: u32_at(bytes, 48, "")?,
            phoff: u64_at(bytes, 32, "")?,
            phnum: u16_at(bytes, 56, "")?.into(),
            shoff: u64_at(bytes, 40, "")?,
        };
        if ehdr.phnum == 0 {
            return Err(Error::new(56, "1 to 65534 program headers"));
        }
        if ehdr.phdrs_end().is_none() {
            return Err(Error::new(32, "program headers within the file"));
        }
        Ok(ehdr)
    }

    /// Offset of the first byte behind the program headers.
    pub fn phdrs_end(&self) -> Option<u64> {
        self.phoff
            .checked_add(u64::from(self.phnum) * Phdr::LEN as u64)
    }

    /// The program headers with their offsets in `headers`, the start of the file.
    pub fn phdrs<'a>(&self, headers: &'a [u8]) -> impl Iterator<Item = Result<(usize, Phdr)>> + 'a {
        let phoff = usize::try_from(self.phoff).unwrap_or(usize::MAX);
        (0..self.phnum as usize).map(move |index| {
            let at = phoff.saturating_add(index * Phdr::LEN);
            let bytes = get(headers, at, Phdr::LEN, "a program header of 56 bytes")?;
            Ok((at, Phdr::parse(bytes)?))
        })
    }
}

/// A program header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phdr {
    /// [`PT_NOTE`], [`PT_LOAD`] or another.
    pub type_: u32,
    /// Access rights.
    pub flags: u32,
    /// Offset of the segment in the file, in bytes.
    pub offset: u64,
    /// Virtual address.
    pub vaddr: u64,
    /// Physical address.
    pub paddr: u64,
    /// Bytes in the file.
    pub filesz: u64,
    /// Bytes in memory.
    pub memsz: u64,
    /// Alignment, in bytes.
    pub align: u64,
}

impl Phdr {
    /// Bytes of a program header.
    pub const LEN: usize = 56;

    /// Parses the first [`Phdr::LEN`] bytes; fails if there are fewer.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        const WHAT: &str = "a program header of 56 bytes";
        Ok(Self {
            type_: u32_at(bytes, 0, WHAT)?,
            flags: u32_at(bytes, 4, WHAT)?,
            offset: u64_at(bytes, 8, WHAT)?,
            vaddr: u64_at(bytes, 16, WHAT)?,
            paddr: u64_at(bytes, 24, WHAT)?,
            filesz: u64_at(bytes, 32, WHAT)?,
            memsz: u64_at(bytes, 40, WHAT)?,
            align: u64_at(bytes, 48, WHAT)?,
        })
    }

    /// The bytes of this header.
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut out = [0; Self::LEN];
        Writer::new(&mut out)
            .u32(self.type_)
            .u32(self.flags)
            .u64(self.offset)
            .u64(self.vaddr)
            .u64(self.paddr)
            .u64(self.filesz)
            .u64(self.memsz)
            .u64(self.align);
        out
    }

    /// Writes this header over the first [`Phdr::LEN`] bytes of `out`.
    pub fn write(&self, out: &mut [u8]) {
        Writer::new(out).bytes(&self.encode());
    }
}
