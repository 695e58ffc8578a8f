// SPDX-License-Identifier: GPL-2.0

//! Runs in the crash kernel: `compare-vmcore BUILTIN STACKED [MIB]` fails if the stacked file is not the built-in one with dumps
//! in front of its notes, however it is read. Of each segment of memory, only the first MIB are compared.

use std::{
    fs::File,
    os::{fd::AsRawFd, unix::fs::FileExt},
    process::ExitCode,
};

use anyhow::{ensure, Context, Result};
use kdump_tests::{core_file::split_notes, CoreFile};
use memmap2::{Mmap, MmapOptions};
use vmcore_format::elf::Phdr;

const PAGE: u64 = 4096;
const STEP: u64 = 1 << 20;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let result = match (args.next(), args.next(), args.next()) {
        (Some(builtin), Some(stacked), None) => compare(&builtin, &stacked, u64::MAX),
        (Some(builtin), Some(stacked), Some(mib)) => mib
            .parse()
            .context("MIB is a number")
            .and_then(|mib: u64| compare(&builtin, &stacked, mib << 20)),
        _ => Err(anyhow::anyhow!(
            "usage: compare-vmcore BUILTIN STACKED [MIB]"
        )),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compare-vmcore: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn compare(builtin: &str, stacked: &str, most: u64) -> Result<()> {
    let (builtin, stacked) = (CoreFile::open(builtin)?, CoreFile::open(stacked)?);
    headers(&builtin, &stacked)?;
    notes(&builtin, &stacked)?;
    let mut bytes = 0;
    for (lower, upper) in builtin.loads().zip(stacked.loads()) {
        let (read, mapped) = memory(&builtin, &stacked, lower, upper, most)?;
        ensure!(read == mapped, "{read} bytes read, but {mapped} mapped");
        bytes += read;
    }
    println!("memory: {bytes} bytes equal, read and mapped");
    odd_reads(&stacked)?;
    refused_mappings(&stacked)?;
    seeks(&builtin, &stacked)?;
    ends(&stacked)
}

/// The same segments, at offsets that differ by whole pages.
fn headers(builtin: &CoreFile, stacked: &CoreFile) -> Result<()> {
    ensure!(
        builtin.phdrs.len() == stacked.phdrs.len(),
        "another number of segments"
    );
    let mut shifts = Vec::new();
    for (lower, upper) in builtin.loads().zip(stacked.loads()) {
        shifts.push(upper.offset - lower.offset);
        ensure!(
            Phdr {
                offset: lower.offset,
                ..*upper
            } == *lower,
            "{upper:?} is not {lower:?}"
        );
    }
    let shift = *shifts.first().context("no PT_LOAD")?;
    ensure!(
        shifts.iter().all(|other| *other == shift),
        "PT_LOADs shifted by {shifts:?}"
    );
    ensure!(shift % PAGE == 0, "shifted by {shift} bytes");
    println!(
        "headers: {} segments, memory shifted by {shift} bytes",
        builtin.phdrs.len()
    );
    Ok(())
}

/// Device dumps, then the notes of the built-in file, and as many bytes as the header says.
fn notes(builtin: &CoreFile, stacked: &CoreFile) -> Result<()> {
    let (before, after) = (builtin.note_bytes()?, stacked.note_bytes()?);
    ensure!(
        after.ends_with(&before),
        "the notes do not end with those of the built-in file"
    );
    let ((native, others_before), (all, others)) = (split_notes(&before)?, split_notes(&after)?);
    ensure!(
        others == others_before,
        "other notes than device dumps were added"
    );
    println!(
        "notes: {} device dumps before {} bytes of other notes",
        all.len() - native.len(),
        before.len()
    );
    Ok(())
}

/// Bytes that are equal when read, and when mapped.
fn memory(
    lower: &CoreFile,
    upper: &CoreFile,
    at: &Phdr,
    to: &Phdr,
    most: u64,
) -> Result<(u64, u64)> {
    let (mut read, mut mapped) = (0, 0);
    let size = at.filesz.min(most);
    for done in (0..size).step_by(STEP as usize) {
        let len = STEP.min(size - done) as usize;
        let bytes = lower.read(at.offset + done, len)?;
        let (offset, whole) = (
            to.offset + done,
            PAGE as usize * len.div_ceil(PAGE as usize),
        );
        ensure!(
            bytes == upper.read(offset, len)?,
            "memory at {offset:#x} differs when read"
        );
        read += len as u64;
        // The kernel maps nothing that is not there in whole pages; makedumpfile reads such memory.
        let Ok(area) = map(&lower.file, at.offset + done, whole) else {
            mapped += len as u64;
            continue;
        };
        let area = (
            area,
            map(&upper.file, offset, whole).context("mapping memory")?,
        );
        ensure!(
            area.0[..] == area.1[..],
            "memory at {offset:#x} differs when mapped"
        );
        mapped += len as u64;
    }
    Ok((read, mapped))
}

/// Reads of odd sizes from odd places give what one large read gives, across all seams.
fn odd_reads(stacked: &CoreFile) -> Result<()> {
    let first = stacked
        .loads()
        .map(|phdr| phdr.offset)
        .min()
        .context("no PT_LOAD")?;
    let whole = stacked.read(0, usize::try_from(first + STEP)?)?;
    let mut reads = 0;
    for size in [1, 3, 61, 4093, 65_521] {
        // Single bytes only around the seams.
        let starts: Vec<usize> = if size < 4093 {
            let notes = stacked.notes()?;
            let seams = [64, notes.offset, notes.offset + notes.filesz, first];
            seams
                .iter()
                .flat_map(|seam| (seam.saturating_sub(130)..seam + 130))
                .map(|at| at as usize)
                .collect()
        } else {
            (0..whole.len() - size).step_by(size).collect()
        };
        for start in starts {
            let end = (start + size).min(whole.len());
            let bytes = stacked.read(start as u64, end - start)?;
            ensure!(
                bytes == whole[start..end],
                "{size} bytes at {start:#x} differ"
            );
            reads += 1;
        }
    }
    println!("odd reads: {reads} equal");
    Ok(())
}

/// Headers and notes cannot be mapped, alone or with memory, and nothing behind the end.
fn refused_mappings(stacked: &CoreFile) -> Result<()> {
    let first = stacked
        .loads()
        .map(|phdr| phdr.offset)
        .min()
        .context("no PT_LOAD")?
        & !(PAGE - 1);
    let end = stacked
        .loads()
        .map(|phdr| phdr.offset + phdr.filesz)
        .max()
        .context("no PT_LOAD")?;
    let end = end.next_multiple_of(PAGE);
    let page = PAGE as usize;
    for (offset, len) in [
        (0, page),
        (first - PAGE, page),
        (first - PAGE, 2 * page),
        (0, first as usize + page),
        (end, page),
        (end - PAGE, 2 * page),
        (1 << 52, page),
    ] {
        let error = map(&stacked.file, offset, len).err();
        let errno = error.and_then(|error| error.raw_os_error());
        ensure!(
            errno == Some(22),
            "mapping {len} bytes at {offset:#x}: {errno:?}, not EINVAL"
        );
    }
    println!("mappings: refused where they should be");
    Ok(())
}

/// Size, and what comes behind the end.
fn ends(stacked: &CoreFile) -> Result<()> {
    use std::io::{Seek, SeekFrom};

    let mut file = &stacked.file;
    let size = file.seek(SeekFrom::End(0))?;
    let last = stacked
        .loads()
        .map(|phdr| phdr.offset + phdr.filesz)
        .max()
        .context("no PT_LOAD")?;
    ensure!(
        size == last.next_multiple_of(PAGE),
        "{size} bytes, but memory ends at {last}"
    );
    let mut bytes = [0; 16];
    ensure!(
        file.read_at(&mut bytes, size)? == 0,
        "something behind the end"
    );
    ensure!(
        file.read_at(&mut bytes, size - 7)? == 7,
        "not 7 bytes before the end"
    );
    file.seek(SeekFrom::Start(size + 1))?;
    ensure!(
        std::io::Read::read(&mut file, &mut bytes)? == 0,
        "something behind the end, after seeking"
    );
    println!("size: {size}");
    Ok(())
}

/// Both files go to the same places, as seen from where they start or end, or refuse with the same errno.
fn seeks(builtin: &CoreFile, stacked: &CoreFile) -> Result<()> {
    use libc::{SEEK_CUR, SEEK_DATA, SEEK_END, SEEK_HOLE, SEEK_SET};

    // Whence and offset; whether that and what comes of it count from the end.
    const CASES: [(i32, i64, bool, bool); 22] = [
        (SEEK_SET, -1, false, false),
        (SEEK_SET, 17, false, false),
        (SEEK_CUR, 0, false, false),
        (SEEK_CUR, 5, false, false),
        (SEEK_CUR, -23, false, false),
        (SEEK_SET, 0, true, true),
        (SEEK_SET, 12_345, true, true),
        (SEEK_SET, i64::MAX, false, false),
        (SEEK_CUR, 1, false, false),
        (SEEK_END, 0, false, true),
        (SEEK_END, -7, false, true),
        (SEEK_END, 7, false, true),
        (SEEK_END, i64::MIN, false, false),
        (SEEK_END, i64::MAX, false, false),
        (SEEK_DATA, 0, false, false),
        (SEEK_DATA, -1, true, true),
        (SEEK_DATA, 0, true, true),
        (SEEK_DATA, -1, false, false),
        (SEEK_HOLE, 0, false, true),
        (SEEK_HOLE, -1, true, true),
        (SEEK_HOLE, 0, true, true),
        (SEEK_HOLE, -1, false, true),
    ];
    let went = |file: &CoreFile| {
        let seek = |whence, offset| {
            // SAFETY: An open file.
            match unsafe { libc::lseek(file.file.as_raw_fd(), offset, whence) } {
                -1 => Err(std::io::Error::last_os_error().raw_os_error()),
                place => Ok(place),
            }
        };
        let size = seek(SEEK_END, 0).unwrap_or_default();
        CASES.map(|(whence, offset, from_end, to_end)| {
            let base = if from_end { size } else { 0 };
            let place = seek(whence, base + offset);
            place.map(|place| place - if to_end { size } else { 0 })
        })
    };
    for ((lower, upper), case) in went(builtin).iter().zip(went(stacked)).zip(CASES) {
        ensure!(*lower == upper, "{case:?} gives {upper:?}, not {lower:?}");
    }
    println!("seeks: {} equal", CASES.len());
    Ok(())
}

fn map(file: &File, offset: u64, len: usize) -> std::io::Result<Mmap> {
    // SAFETY: Nobody changes the memory of the crashed kernel.
    unsafe { MmapOptions::new().offset(offset).len(len).map(file) }
}
