// SPDX-License-Identifier: GPL-2.0

//! Reading an image.
//!
//! Sections are independent: one that is damaged or cut off is an error of its own, and the others are still read.

use core::ops::Range;

use super::{
    super::{
        Error,
        Result, //
    },
    chunk::{
        ChunkHeader,
        CHUNK_HEADER_LEN, //
    },
    header::{
        Compression,
        Header, //
    },
    section_header::{
        SectionHeader,
        SECTION_HEADER_LEN, //
    }, //
};

/// An image with a sound header.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// From the start of the image on; at least its section headers, if it has them all.
    data: &'a [u8],
    /// Bytes of the image that are there, in `data` or elsewhere.
    len: u64,
    header: Header,
}

impl<'a> Image<'a> {
    /// Reads the header of the image in `data`, which may hold more (the kernel's own dumps end with MiBs of zeroes) or less (a
    /// dump cut short) than the whole image.
    pub fn parse(data: &'a [u8]) -> Result<Self> {
        Self::parse_start(data, data.len() as u64)
    }

    /// Reads the header of an image of which `len` bytes are there, and `start` has those before the first section: for large
    /// ones, whose sections are read when they are needed, by [`Image::place`].
    pub fn parse_start(start: &'a [u8], len: u64) -> Result<Self> {
        let header = Header::parse(start)?;

        Ok(Self {
            data: start,
            len,
            header,
        })
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Whether the whole image is there.
    pub fn is_complete(&self) -> bool {
        u64::from(self.header.data_len) <= self.len
    }

    /// Bytes of the image before the first section.
    pub fn table_end(&self) -> u64 {
        u64::from(self.header.header_len)
            + u64::from(self.header.max_sections) * SECTION_HEADER_LEN as u64
    }

    /// The header of the section with `id`, and where its content, without padding, is in the image; `None` if nobody tried to
    /// collect it.
    ///
    /// Fails if its header or its content is not inside of the image, or if the header is that of another section.
    pub fn place(&self, id: u16) -> Result<Option<(SectionHeader, Range<u64>)>> {
        let Some(index) = id.checked_sub(1).filter(|i| *i < self.header.max_sections) else {
            return Ok(None);
        };
        let offset =
            u64::from(self.header.header_len) + u64::from(index) * SECTION_HEADER_LEN as u64;
        let table = slice(self.data, offset, self.data.len() as u64).unwrap_or_default();
        let header = SectionHeader::parse(table).map_err(|error| error.based_at(offset))?;

        if header.is_absent() {
            return Ok(None);
        }
        if header.id != u32::from(id) {
            return Err(Error::new(offset, "the id that belongs to this place"));
        }
        if header.padding > 3 || u32::from(header.padding) > header.size {
            return Err(Error::new(offset + 24, "padding of up to 3 bytes"));
        }

        let start = u64::from(header.start);
        let end = start + u64::from(header.size.saturating_sub(header.padding.into()));
        if header.size == 0 {
            return Ok(Some((header, 0..0)));
        }
        if start < self.table_end() {
            return Err(Error::new(
                offset + 4,
                "a section behind the section headers",
            ));
        }
        if end > self.len {
            return Err(Error::new(offset + 8, "a section inside the image"));
        }
        Ok(Some((header, start..end)))
    }

    /// The section with `id`, or `None` if nobody tried to collect it.
    ///
    /// Fails as [`Image::place`] does, and if the content is not among the bytes that were parsed.
    pub fn section(&self, id: u16) -> Result<Option<SectionData<'a>>> {
        let Some((header, place)) = self.place(id)? else {
            return Ok(None);
        };
        let content = slice(self.data, place.start, place.end)
            .ok_or(Error::new(place.start, "a section inside the image"))?;

        Ok(Some(SectionData {
            header,
            content,
            compression: self.header.compression,
        }))
    }

    /// The sections that somebody tried to collect, by ascending id; those that cannot be read as (id, error).
    pub fn sections(
        &self,
    ) -> impl Iterator<Item = core::result::Result<SectionData<'a>, (u16, Error)>> + '_ {
        (1..=self.header.max_sections).filter_map(|id| match self.section(id) {
            Ok(section) => section.map(Ok),
            Err(error) => Some(Err((id, error))),
        })
    }
}

/// A section whose bounds were checked.
#[derive(Clone, Copy, Debug)]
pub struct SectionData<'a> {
    /// Its header.
    pub header: SectionHeader,
    /// Its bytes in the image, without padding.
    pub content: &'a [u8],
    compression: Compression,
}

impl<'a> SectionData<'a> {
    /// Walks the chunks. The section of an image without compression is one chunk.
    pub fn chunks(&self) -> Chunks<'a> {
        Chunks {
            data: self.content,
            offset: u64::from(self.header.start),
            compression: self.compression,
        }
    }

    /// Bytes of the section before compression. Fails where a chunk is damaged.
    pub fn raw_len(&self) -> Result<u64> {
        let mut chunks = self.chunks();
        let mut len = 0u64;

        while let Some(chunk) = chunks.next()? {
            len = len.saturating_add(u64::from(chunk.raw_len));
        }
        Ok(len)
    }
}

/// A piece of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// Where `data` is in the image, in bytes.
    pub offset: u64,
    /// A zlib stream, or plain bytes if the image is not compressed.
    pub data: &'a [u8],
    /// Bytes before compression.
    pub raw_len: u32,
    /// How `data` is stored.
    pub compression: Compression,
}

/// Walks the chunks of a section. After an error the walk is over.
#[derive(Clone, Debug)]
pub struct Chunks<'a> {
    data: &'a [u8],
    offset: u64,
    compression: Compression,
}

impl<'a> Chunks<'a> {
    /// The next chunk; `None` at the end of the section.
    ///
    /// Fails if a chunk is damaged or reaches past the section.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<Chunk<'a>>> {
        let data = core::mem::take(&mut self.data);
        let start = self.offset;

        if data.is_empty() {
            return Ok(None);
        }
        if self.compression == Compression::None {
            return Ok(Some(Chunk {
                offset: start,
                data,
                raw_len: u32::try_from(data.len()).unwrap_or(u32::MAX),
                compression: self.compression,
            }));
        }

        let header = ChunkHeader::parse(data).map_err(|error| error.based_at(start))?;
        let len = header.packed_len as usize;
        let (packed, rest) = data
            .split_at_checked(CHUNK_HEADER_LEN)
            .and_then(|(_, data)| data.split_at_checked(len))
            .ok_or(Error::new(
                start.saturating_add(16),
                "a chunk inside the section",
            ))?;
        let offset = start.saturating_add(CHUNK_HEADER_LEN as u64);

        self.data = rest;
        self.offset = offset.saturating_add(u64::from(header.packed_len));
        Ok(Some(Chunk {
            offset,
            data: packed,
            raw_len: header.raw_len,
            compression: self.compression,
        }))
    }
}

fn slice(data: &[u8], start: u64, end: u64) -> Option<&[u8]> {
    data.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}
