// SPDX-License-Identifier: GPL-2.0

//! Dumps of modelled adapters, without a machine around them.

use t6model::{Adapter, Options, Space};
use vmcore_format::cudbg::{
    cause::{Cause, Detail},
    reg_dump,
    section::Section,
    section_header::SectionHeader,
    status::Status,
    Chip, TABLE_END,
};

use crate::files;

const PL_REV: u32 = 0x1943c;

fn read(adapter: &mut Adapter, address: u32) -> u32 {
    let mut word = [0; 4];
    adapter.read(Space::Bar0, address.into(), &mut word);
    u32::from_le_bytes(word)
}

fn write(adapter: &mut Adapter, address: u32, value: u32) {
    adapter.write(Space::Bar0, address.into(), &value.to_le_bytes());
}

/// A word of the processor's address space: a command at 0x7b50, the answer at 0x7b54.
fn processor(adapter: &mut Adapter, address: u32) -> u32 {
    write(adapter, 0x7b50, address);
    while read(adapter, 0x7b50) & (1 << 17) != 0 {}
    read(adapter, 0x7b54)
}

/// `struct cudbg_cim_qcfg`.
fn queues(adapter: &mut Adapter) -> Vec<u8> {
    let chip = adapter.options().chip;
    let sizes: Vec<u16> = (0..14)
        .map(|queue| {
            // Inbound ones, then outbound ones.
            let selector = if queue < 6 {
                queue
            } else {
                (1 << 4) | (queue - 6)
            };
            write(adapter, 0x7b48, selector);
            ((read(adapter, 0x7b4c) >> 24) & 0x3f) as u16 * 256
        })
        .collect();
    let first = if chip == Chip::T4 { 0x10 } else { 0x280 };
    let mut section = vec![0; 2 + 28];
    section.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
    section.extend([0; 12 + 2 + 64]);
    section.extend((0..56).flat_map(|nth| processor(adapter, first + 4 * nth).to_le_bytes()));
    section
}

/// A dump of an adapter, with what rules look at, and the version of its `firmware`.
pub fn image(options: Options, firmware: Option<[u16; 4]>) -> Vec<u8> {
    let chip = options.chip;
    let mut adapter = Adapter::new(Options {
        mc_mib: 1,
        ..options
    })
    .unwrap();
    let mut image = vec![0; TABLE_END];
    let mut registers = vec![0; reg_dump::len(chip)];
    for address in reg_dump::addresses(chip) {
        let value = read(&mut adapter, address);
        registers[address as usize..][..4].copy_from_slice(&value.to_le_bytes());
    }
    let mut sections = match read(&mut adapter, PL_REV) {
        u32::MAX => vec![SectionHeader {
            id: Section::RegDump.id().into(),
            start: TABLE_END as u32,
            status: Status::SYSTEM_ERROR,
            detail: Detail::new(Cause::DeviceGone, PL_REV, u32::MAX.into()),
            ..SectionHeader::default()
        }],
        _ => {
            let queues = queues(&mut adapter);
            vec![
                files::append(&mut image, Section::RegDump, &registers),
                files::append(&mut image, Section::CimQcfg, &queues),
            ]
        }
    };
    let (start, len) = adapter.layout().device_log;
    let mut log = vec![0; len as usize];
    adapter.peek(start.into(), &mut log);
    sections.push(files::append(&mut image, Section::DevLog, &log));
    if let Some(version) = firmware {
        let product = product(version);
        sections.push(files::append(&mut image, Section::VpdData, &product));
    }
    files::finish(chip, image, &sections)
}

/// `struct cudbg_vpd_data`: strings, the version of the firmware, two numbers.
fn product(version: [u16; 4]) -> Vec<u8> {
    let mut section = vec![0; 25 + 17 + 13 + 17];
    section.extend(version.iter().flat_map(|part| part.to_le_bytes()));
    section.extend([0; 8]);
    section
}
