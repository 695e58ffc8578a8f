// SPDX-License-Identifier: GPL-2.0

//! The cudbg image, as it grows: after each section, what was written so far is a valid image.

use super::{
    super::{
        abi::Sink,
        format::cudbg::{
            cause::Cause,
            header::{
                Header,
                HEADER_LEN, //
            },
            private::Private,
            section::Section,
            section_header::{
                self,
                SectionHeader, //
            },
            status::Status,
            Chip,
            TABLE_END, //
        },
    },
    device::Device,
    failure::Failure,
    scratch::Scratch,
    sections::{
        FLASH,
        GRANTED,
        SECTIONS, //
    },
    writer::Writer,
};
use kernel::prelude::*;

/// Section headers before anything was collected.
static NOTHING_YET: [u8; TABLE_END - HEADER_LEN] = [0; TABLE_END - HEADER_LEN];

/// How it went.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) bytes: usize,
    pub(super) ok: u32,
    pub(super) failed: u32,
    /// Bytes of memory it took meanwhile.
    pub(super) scratch: usize,
}

/// Collects all sections of `device`. `stopped` says why no register can be read, if that is known already.
pub(super) fn collect(
    device: &Device<'_>,
    sink: &mut Sink<'_>,
    scratch: &mut Scratch,
    flash: bool,
    mut stopped: Option<Failure>,
) -> Result<Tally> {
    sink.write(&Header::new(device.chip_code, TABLE_END as u32).encode())?;
    sink.write(&NOTHING_YET)?;
    let granted = granted(device, sink, scratch)?;
    let mut tally = Tally::default();
    let sections = Iterator::chain(SECTIONS.iter(), flash.then_some(&FLASH));
    for &(section, collect) in sections {
        let start = sink.len();
        // It may wait for a reader, and time counts anew from there.
        sink.section(section.name(), 0);
        device.give_time(section_ms(section, sink.ms_left()));
        let checkpoint = |sink: &mut Sink<'_>, left_out, is_due| {
            // However large it is: each chunk has its own time.
            device.give_time(section_ms(section, sink.ms_left()));
            if is_due {
                let _ = checkpoint(device, section, start, sink, left_out);
            }
        };
        let is_stored = scratch.is_stored();
        let mut writer = Writer::new(sink, scratch);
        if is_stored {
            writer = writer.with_checkpoint(&checkpoint);
        }
        device.mark(section.id());
        let mut result = match stopped {
            Some(failure) if !needs_nothing(section) => Err(failure),
            _ => collect(device, section, &mut writer),
        };
        device.mark(0);
        // Even if it failed: what is there stays.
        let finished = writer.finish();
        let left_out = writer.left_out();
        result = device.judge(result.and(finished));
        match result {
            Ok(()) => tally.ok = tally.ok.saturating_add(1),
            // Not fitted is not a failure.
            Err(failure) if failure.is_absence() => {}
            Err(failure) => {
                tally.failed = tally.failed.saturating_add(1);
                sink.missing(section.name());
                let others_too = match failure.is_late() {
                    true => sink.ms_left() == 0,
                    false => failure.is_final(),
                };
                stopped = stopped.or(others_too.then_some(failure));
            }
        }
        let mut header = header(section, start, sink, result, left_out);
        let nothing = granted.iter().find(|nothing| nothing.id == header.id);
        if let Some(nothing) = nothing.filter(|_| header.size == 0) {
            header = SectionHeader {
                detail: header.detail,
                left_out: header.left_out,
                ..*nothing
            };
        }
        sink.patch(section_header::offset(section.id()), &header.encode())?;
        sink.patch(
            0,
            &Header::new(device.chip_code, sink.len() as u32).encode(),
        )?;
    }
    tally.bytes = sink.len();
    tally.scratch = scratch.size();
    Ok(tally)
}

/// Writes sections that are never to be missing, without anything that was read. Their headers, as long as nothing is.
fn granted(
    device: &Device<'_>,
    sink: &mut Sink<'_>,
    scratch: &mut Scratch,
) -> Result<[SectionHeader; GRANTED.len()]> {
    let mut headers = [SectionHeader::default(); GRANTED.len()];
    if device.chip() == Chip::T4 {
        return Ok(headers);
    }
    for ((section, nothing), place) in GRANTED.iter().zip(&mut headers) {
        let start = sink.len();
        let mut writer = Writer::new(sink, scratch);
        // If the dump is over before it begins, the next write says so.
        let _ = nothing(device, &mut writer).and_then(|()| writer.finish());
        let unread = Failure::new(Cause::Deadline, 0, 0);
        *place = header(*section, start, sink, Err(unread), Private::NONE);
        sink.patch(section_header::offset(section.id()), &place.encode())?;
    }
    Ok(headers)
}

/// Makes what there is of a section a part of the image: somebody may get no more of it.
fn checkpoint(
    device: &Device<'_>,
    section: Section,
    start: usize,
    sink: &mut Sink<'_>,
    left_out: Private,
) -> Result {
    let len = sink.len();
    let unfinished = Failure::new(Cause::Unfinished, 0, len as u64);
    let size = len.saturating_sub(start);
    let header = header_of(section, start, size, 0, Err(unfinished), left_out);
    sink.patch(section_header::offset(section.id()), &header.encode())?;
    sink.patch(0, &Header::new(device.chip_code, len as u32).encode())
}

/// What a section of a slow device may take of the `ms` that are left: half, so that the next has some, too.
fn section_ms(section: Section, ms: u32) -> u32 {
    match section {
        // Sees to that by itself.
        Section::RegDump => ms,
        _ => ms / 2,
    }
}

/// Whether a section has something to say without a single register, or memory.
fn needs_nothing(section: Section) -> bool {
    matches!(
        section,
        Section::VpdData | Section::MboxLog | Section::Qdesc
    )
}

fn header(
    section: Section,
    start: usize,
    sink: &mut Sink<'_>,
    result: super::failure::Result,
    left_out: Private,
) -> SectionHeader {
    let len = sink.len().saturating_sub(start);
    let padding: &[u8] = match len % 4 {
        1 => &[0; 3],
        2 => &[0; 2],
        3 => &[0; 1],
        _ => &[],
    };
    // If not even that fits, the section ends without.
    let padding = match sink.write(padding) {
        Ok(()) => padding.len(),
        Err(_) => 0,
    };
    let size = len.saturating_add(padding);
    header_of(section, start, size, padding, result, left_out)
}

fn header_of(
    section: Section,
    start: usize,
    size: usize,
    padding: usize,
    result: super::failure::Result,
    left_out: Private,
) -> SectionHeader {
    let mut header = SectionHeader {
        id: section.id().into(),
        start: start as u32,
        size: size as u32,
        padding: padding as u8,
        left_out,
        ..SectionHeader::default()
    };
    if left_out != Private::NONE {
        header.warning = Status::NOT_REQUESTED;
    }
    if let Err(failure) = result {
        header.detail = failure.detail;
        header.left_out = left_out.with(failure.left_out());
        // As the C driver has it: readers of its images show what is there.
        if size > padding {
            header.warning = Status::PARTIAL;
        } else {
            header.status = failure.status;
            header.error = failure.status;
        }
    }
    header
}
