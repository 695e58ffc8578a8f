// SPDX-License-Identifier: GPL-2.0

//! cudbg images, decompressed. What is in memory is the section headers and a chunk.

use std::{io, ops::Range};

use flate2::{Decompress, FlushDecompress, Status as Zlib};
use vmcore_format::{
    cudbg::{
        cause::Cause,
        chunk::{ChunkHeader, CHUNK_HEADER_LEN, CHUNK_SIZE},
        header::{self, Compression, Header},
        image,
        meminfo::Meminfo,
        reg_dump,
        section::Section,
        section_header::SectionHeader,
        status::Status,
    },
    Error,
};

use crate::kinds::{self, manifest, Dump, Failure};

/// Section headers are before this.
const MAX_TABLE: u64 = 1 << 20;
/// No section that is decoded is larger; memories are, which are not decoded.
const MAX_DECODED: usize = 64 << 20;
/// Compressed, no chunk is larger.
const MAX_PACKED: u64 = 1 << 20;

/// Whether a dump that is no image should be one.
pub fn is_meant_as_one(dump: &Dump) -> bool {
    let start = dump.up_to(0, 4).unwrap_or_default();
    dump.name.starts_with("cxgb4_") || start == header::SIGNATURE.to_le_bytes()
}

/// An image in a dump.
pub struct Image {
    dump: Dump,
    /// What is before the first section.
    start: Vec<u8>,
    pub header: Header,
}

impl Image {
    /// Fails if the dump is no image.
    pub fn open(dump: &Dump) -> Result<Self, Failure> {
        let read = |len| {
            dump.up_to(0, len)
                .map_err(|error| Failure::Damage(error.to_string()))
        };
        let start = read(header::HEADER_LEN)?;
        let image = image::Image::parse_start(&start, dump.len)?;
        let header = *image.header();
        let end = image.table_end();
        if end > MAX_TABLE {
            return Err(Error {
                offset: 4,
                expected: "section headers in the first MiB",
            }
            .into());
        }
        Ok(Self {
            start: read(end as usize)?,
            dump: dump.clone(),
            header,
        })
    }

    fn sections(&self) -> Result<image::Image<'_>, Error> {
        image::Image::parse_start(&self.start, self.dump.len)
    }

    /// Where the image ends before it should.
    pub fn cut_short(&self) -> Option<String> {
        let Header { data_len, .. } = self.header;
        let is_short = u64::from(data_len) > self.dump.len;
        is_short.then(|| format!("at offset {:#x}: expected {data_len} bytes", self.dump.len))
    }

    /// All sections that somebody tried to collect; whether they can be decompressed, and to how much, only if that is asked for.
    pub fn summaries(&self, check: bool) -> Vec<kinds::section::Section> {
        // Together they are not larger than the image, unless they overlap: then each would be decompressed again and again.
        let mut left = self.dump.len;
        let summary_of = |id: u16| match self.sections().and_then(|sections| sections.place(id)) {
            Ok(None) => None,
            Ok(Some((header, place))) => {
                let (raw, damage) = match left.checked_sub(header.size.into()) {
                    Some(rest) => {
                        left = rest;
                        let lost = self.lost(&place);
                        let checked = match check {
                            true => self.check(&header, place),
                            false => Ok(0),
                        };
                        match (checked, lost) {
                            (Ok(raw), _) => (raw, None),
                            (Err(_), Some(_)) => return Some(given_up(&header)),
                            (Err(error), None) => (0, Some(error.to_string())),
                        }
                    }
                    None => (0, Some("expected sections that do not overlap".into())),
                };
                Some(summary(&header, raw, damage))
            }
            Err(error) => {
                let header = SectionHeader {
                    id: id.into(),
                    ..SectionHeader::default()
                };
                Some(summary(&header, 0, Some(error.to_string())))
            }
        };
        (1..=self.header.max_sections)
            .filter_map(summary_of)
            .collect()
    }

    /// Where the dump was given up, if that is before the end of a section.
    fn lost(&self, place: &Range<u64>) -> Option<u64> {
        self.dump.given_up().filter(|kept| *kept < place.end)
    }

    /// Whether the content of a section is what it should be, as far as can be told; its bytes, decompressed.
    fn check(&self, header: &SectionHeader, place: Range<u64>) -> Result<u64, Failure> {
        let section = Section::from_id(header.id);
        let is_complete = header.status == Status::OK && !header.is_partial();
        let mut raw = 0;
        let mut meminfo = Vec::new();
        self.unpack(place, |bytes| {
            raw += bytes.len() as u64;
            if section == Some(Section::Meminfo) && raw <= CHUNK_SIZE as u64 {
                meminfo.extend_from_slice(bytes);
            }
            Ok(())
        })?;
        match (section, self.header.chip()) {
            (Some(Section::Meminfo), _) if is_complete => {
                Meminfo::decode(&meminfo)?;
            }
            (Some(Section::RegDump), Some(chip))
                if is_complete && raw != reg_dump::len(chip) as u64 =>
            {
                return Err(Failure::Damage(format!(
                    "expected {} bytes of registers, not {raw}",
                    reg_dump::len(chip)
                )))
            }
            _ => {}
        }
        Ok(raw)
    }

    /// The first register that was not read, if there was no time for all of them.
    pub fn unread_register(&self) -> Option<u32> {
        let sections = self.sections().ok()?;
        let (header, _) = sections.place(Section::RegDump.id().into()).ok()??;
        let late = header.detail.cause() == Some(Cause::Deadline);
        Some(header.detail.at).filter(|at| late && *at != 0)
    }

    /// The section, decompressed; `None` if nobody tried to collect it.
    pub fn section(&self, wanted: Section) -> Option<Result<Vec<u8>, Failure>> {
        let mut raw = Vec::new();
        let result = self.copy_section(wanted, |bytes| {
            raw.extend_from_slice(bytes);
            match raw.len() <= MAX_DECODED {
                true => Ok(()),
                false => Err(io::Error::other(
                    "more than 64 MiB: `vmcoredd extract --section` writes it to a file",
                )),
            }
        })?;
        Some(result.map(|()| raw))
    }

    /// Hands on the section, decompressed, piece by piece; `None` if nobody tried to collect it.
    pub fn copy_section(
        &self,
        wanted: Section,
        to: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Option<Result<(), Failure>> {
        let place = self
            .sections()
            .and_then(|sections| sections.place(wanted.id().into()));
        match place {
            Ok(Some((_, place))) => {
                let lost = self.lost(&place);
                let unpacked = self.unpack(place, to);
                Some(unpacked.map_err(|failure| match (failure, lost) {
                    (Failure::Damage(_), Some(kept)) => Failure::Damage(manifest::given_up(kept)),
                    (failure, _) => failure,
                }))
            }
            Ok(None) => None,
            Err(error) => Some(Err(error.into())),
        }
    }

    fn unpack(
        &self,
        place: Range<u64>,
        mut to: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let Range { start: mut at, end } = place;
        let mut raw = Vec::with_capacity(CHUNK_SIZE + 1);
        while at < end {
            let damage = |offset, expected| Failure::from(Error { offset, expected });
            let read = |at: u64, len: u64| {
                let bytes = self.dump.up_to(at, len.min(end - at) as usize);
                bytes.map_err(|error| Failure::Damage(format!("at offset {at:#x}: {error}")))
            };
            if self.header.compression == Compression::None {
                let bytes = read(at, CHUNK_SIZE as u64)?;
                if bytes.is_empty() {
                    return Err(damage(at, "a section inside the image"));
                }
                to(&bytes).map_err(Failure::Output)?;
                at += bytes.len() as u64;
                continue;
            }
            let header = ChunkHeader::parse(&read(at, CHUNK_HEADER_LEN as u64)?)
                .map_err(|error| error.based_at(at))?;
            let len = u64::from(header.packed_len);
            let data = at + CHUNK_HEADER_LEN as u64;
            if data + len > end {
                return Err(damage(at + 16, "a chunk inside the section"));
            }
            if len > MAX_PACKED {
                return Err(damage(at + 16, "a zlib stream of at most 1 MiB"));
            }
            raw.clear();
            inflate(&read(data, len)?, data, header.raw_len as usize, &mut raw)?;
            to(&raw).map_err(Failure::Output)?;
            at = data + len;
        }
        Ok(())
    }
}

/// Decompresses what is at `offset` into `raw`, which is empty and has room for a chunk and a byte.
fn inflate(packed: &[u8], offset: u64, raw_len: usize, raw: &mut Vec<u8>) -> Result<(), Failure> {
    let damage = |what: &str| Failure::Damage(format!("at offset {offset:#x}: expected {what}"));
    let mut zlib = Decompress::new(true);
    let ended = zlib
        .decompress_vec(packed, raw, FlushDecompress::Finish)
        .map_err(|error| damage(&format!("a zlib stream ({error})")))?;
    if ended != Zlib::StreamEnd || raw.len() != raw_len {
        return Err(damage(&format!("a zlib stream of {raw_len} bytes")));
    }
    if zlib.total_in() != packed.len() as u64 {
        return Err(damage("a zlib stream that fills its chunk"));
    }
    Ok(())
}

fn summary(header: &SectionHeader, raw: u64, damage: Option<String>) -> kinds::section::Section {
    let section = Section::from_id(header.id);
    kinds::section::Section {
        id: header.id,
        name: section.map_or_else(
            || format!("section_{}", header.id),
            |section| section.name().into(),
        ),
        title: section.map_or("Unknown", Section::title).into(),
        status: if damage.is_some() {
            "damaged".into()
        } else {
            status(header)
        },
        ok: damage.is_none() && header.status == Status::OK && !header.is_partial(),
        cause: cause(header),
        left_out: header.left_out.words().collect(),
        stored: header.size.into(),
        raw,
        damage,
    }
}

/// Of a section that was collected; the line of the dump says where it ends.
fn given_up(header: &SectionHeader) -> kinds::section::Section {
    kinds::section::Section {
        status: "given up".into(),
        ok: false,
        ..summary(header, 0, None)
    }
}

fn status(header: &SectionHeader) -> String {
    match header.status.words() {
        Some(_) if header.is_partial() => "partial".into(),
        Some(words) => words.into(),
        None => format!("status {}", header.status.0),
    }
}

fn cause(header: &SectionHeader) -> Option<String> {
    let detail = header.detail;
    match detail.cause() {
        // The status says it already.
        Some(Cause::Unsupported | Cause::Private) => None,
        Some(cause) if detail.at == 0 && detail.value == 0 => Some(cause.words().into()),
        Some(cause) => Some(format!(
            "{} ({:#x}: {:#x})",
            cause.words(),
            detail.at,
            detail.value
        )),
        None if detail.code != 0 => Some(format!("unknown cause {}", detail.code)),
        None => None,
    }
}
