// SPDX-License-Identifier: GPL-2.0

//! cudbg images, decompressed.

use flate2::{Decompress, FlushDecompress, Status as Zlib};
use serde::Serialize;
use vmcore_format::{
    cudbg::{
        cause::Cause,
        header::{self, Compression},
        image::{Chunk, Image, SectionData},
        meminfo::Meminfo,
        reg_dump,
        section::Section,
        section_header::SectionHeader,
        status::Status,
    },
    Error,
};

use crate::input::Dump;

/// A section, in words.
#[derive(Serialize)]
pub struct Summary {
    pub id: u32,
    pub name: String,
    pub title: &'static str,
    pub status: String,
    pub ok: bool,
    /// Why it is not ok, as far as the driver knew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Bytes in the image, and decompressed.
    pub stored: u32,
    pub raw: u64,
    /// What is damaged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damage: Option<String>,
}

/// The section called `name`.
pub fn named(name: &str) -> anyhow::Result<Section> {
    Section::from_name(name).ok_or_else(|| {
        let names: Vec<_> = Section::ALL.iter().map(|section| section.name()).collect();
        anyhow::anyhow!("no section is called {name}; there are {}", names.join(" "))
    })
}

/// Whether a dump is a cudbg image at all.
pub fn parse(payload: &[u8]) -> Result<Image<'_>, Error> {
    Image::parse(payload)
}

/// Whether a dump that is no image should be one.
pub fn is_meant_as_one(dump: &Dump) -> bool {
    dump.name.starts_with("cxgb4_") || dump.payload.starts_with(&header::SIGNATURE.to_le_bytes())
}

/// All sections of an image of `len` bytes that somebody tried to collect.
pub fn summaries(image: &Image<'_>, len: usize) -> Vec<Summary> {
    // Together they are not larger than the image, unless they overlap: then each would be decompressed again and again.
    let mut left = len as u64;
    let found = image.sections().map(|section| match section {
        Ok(section) => {
            let raw = match left.checked_sub(section.header.size.into()) {
                Some(rest) => {
                    left = rest;
                    inflate(&section)
                }
                None => Err("expected sections that do not overlap".into()),
            };
            let damage = match &raw {
                Ok(raw) => check(image, &section.header, raw).err(),
                Err(error) => Some(error.clone()),
            };
            summary(
                &section.header,
                raw.map_or(0, |raw| raw.len() as u64),
                damage,
            )
        }
        Err((id, error)) => {
            let header = SectionHeader {
                id: id.into(),
                ..SectionHeader::default()
            };
            summary(&header, 0, Some(error.to_string()))
        }
    });
    found.collect()
}

/// Whether the content of a complete section is what it should be.
fn check(image: &Image<'_>, header: &SectionHeader, raw: &[u8]) -> Result<(), String> {
    if header.status != Status::OK {
        return Ok(());
    }
    match (Section::from_id(header.id), image.header().chip()) {
        (Some(Section::Meminfo), _) => Meminfo::decode(raw)
            .map(drop)
            .map_err(|error| error.to_string()),
        (Some(Section::RegDump), Some(chip)) if raw.len() != reg_dump::len(chip) => Err(format!(
            "expected {} bytes of registers, not {}",
            reg_dump::len(chip),
            raw.len()
        )),
        _ => Ok(()),
    }
}

fn summary(header: &SectionHeader, raw: u64, damage: Option<String>) -> Summary {
    let section = Section::from_id(header.id);
    Summary {
        id: header.id,
        name: section.map_or_else(
            || format!("section_{}", header.id),
            |section| section.name().into(),
        ),
        title: section.map_or("Unknown", Section::title),
        status: if damage.is_some() {
            "damaged".into()
        } else {
            status(header)
        },
        ok: damage.is_none() && header.status == Status::OK && !header.is_partial(),
        cause: cause(header),
        stored: header.size,
        raw,
        damage,
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
        Some(Cause::Unsupported) => None,
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

/// The section called `name`, decompressed; `None` if nobody tried to collect it.
pub fn section(image: &Image<'_>, wanted: Section) -> Option<Result<Vec<u8>, String>> {
    match image.section(wanted.id().into()) {
        Ok(section) => section.map(|section| inflate(&section)),
        Err(error) => Some(Err(error.to_string())),
    }
}

/// The bytes of a section; of a damaged one, where the damage is.
pub fn inflate(section: &SectionData<'_>) -> Result<Vec<u8>, String> {
    let mut raw = Vec::new();
    let mut chunks = section.chunks();
    while let Some(chunk) = chunks.next().map_err(|error| error.to_string())? {
        match chunk.compression {
            Compression::None => raw.extend_from_slice(chunk.data),
            Compression::Zlib => inflate_chunk(&chunk, &mut raw)?,
        }
    }
    Ok(raw)
}

fn inflate_chunk(chunk: &Chunk<'_>, raw: &mut Vec<u8>) -> Result<(), String> {
    let damage = |what: &str| format!("at offset {:#x}: expected {what}", chunk.offset);
    let before = raw.len();
    // At most 64,512 bytes: the chunk header was checked.
    raw.reserve_exact(chunk.raw_len as usize + 1);
    let mut zlib = Decompress::new(true);
    let ended = zlib
        .decompress_vec(chunk.data, raw, FlushDecompress::Finish)
        .map_err(|error| damage(&format!("a zlib stream ({error})")))?;
    if ended != Zlib::StreamEnd || raw.len() - before != chunk.raw_len as usize {
        return Err(damage(&format!("a zlib stream of {} bytes", chunk.raw_len)));
    }
    if zlib.total_in() != chunk.data.len() as u64 {
        return Err(damage("a zlib stream that fills its chunk"));
    }
    Ok(())
}
