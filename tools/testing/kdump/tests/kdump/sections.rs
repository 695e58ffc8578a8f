// SPDX-License-Identifier: GPL-2.0

//! The sections of a dump, decompressed.

use std::{collections::BTreeMap, fs, path::Path};

use flate2::{Decompress, FlushDecompress};
use serde_json::Value;
use vmcore_format::cudbg::{image::Image, section::Section, section_header::SectionHeader, Chip};

use crate::{boots::output, shown};

/// Header and content of each section.
pub type Sections = BTreeMap<Section, (SectionHeader, Vec<u8>)>;

/// The dumps of adapters in a vmcore, by name. They are written to `dir`.
pub fn of_vmcore(vmcore: &Path, dir: &Path) -> BTreeMap<String, Sections> {
    let [dir, vmcore] = [dir, vmcore].map(|path| path.to_str().unwrap());
    let arguments = ["extract", "--json", "--force", "-o", dir, vmcore];
    let written = output(vm::bin_dir().join("vmcoredd"), &arguments);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    shown::dumps(&written)
        .iter()
        .map(|dump| (text(&dump["name"]), text(&dump["path"])))
        .filter(|(name, _)| name.starts_with("cxgb4_"))
        .map(|(name, file)| (name, of_image(&fs::read(&file).unwrap())))
        .collect()
}

/// What the status of a section says if nothing is wrong.
pub fn usual(chip: Chip, section: Section) -> &'static str {
    let lacks: &[_] = match chip {
        Chip::T4 => &[
            Section::MaIndirect,
            Section::HmaIndirect,
            Section::PmIndirect,
            Section::CimObqRxq0,
            Section::CimObqRxq1,
        ],
        Chip::T5 => &[Section::MaIndirect, Section::HmaIndirect],
        Chip::T6 => &[],
    };
    match section {
        Section::CimIbqNcsi | Section::CimObqNcsi => "left out",
        Section::MboxLog | Section::Qdesc => "not present",
        Section::TpIndirect | Section::UpCimIndirect if chip == Chip::T4 => {
            "not collected on this chip"
        }
        _ if lacks.contains(&section) => "not present",
        _ => "ok",
    }
}

pub fn of_image(bytes: &[u8]) -> Sections {
    let image = Image::parse(bytes).unwrap();
    let sections = image.sections().map(|section| section.unwrap());
    sections
        .map(|section| {
            let mut raw = Vec::new();
            let mut chunks = section.chunks();
            while let Some(chunk) = chunks.next().unwrap() {
                raw.reserve(chunk.raw_len as usize);
                Decompress::new(true)
                    .decompress_vec(chunk.data, &mut raw, FlushDecompress::Finish)
                    .unwrap();
            }
            let kind = Section::from_id(section.header.id).unwrap();
            (kind, (section.header, raw))
        })
        .collect()
}
