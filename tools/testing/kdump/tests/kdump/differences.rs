// SPDX-License-Identifier: GPL-2.0

//! Where our sections differ from the C driver's on purpose, and why.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use vmcore_format::cudbg::{section::Section, section_header::SectionHeader, status::Status};

use self::table::DIFFERENCES;
use What::{
    Absent, Beyond, Bytes, Carry, Lacks, Moved, NotAsked, NotOurs, Overlap, Private, Scaled,
    Shorter, TheirsFails,
};

mod table;

/// Sections that differ alike.
struct Difference {
    sections: &'static [Section],
    what: What,
    why: &'static str,
}

enum What {
    /// Theirs is empty or zeroes, ours says that there is nothing.
    NotOurs,
    /// Bytes: where, and how many.
    Bytes(&'static [(usize, usize)]),
    /// Behind ours, theirs has zeroes, but for the context that was looked at last.
    Shorter,
    /// Entries of contexts from 256 on, which theirs does not have.
    Beyond,
    /// First ids, which theirs counts in entries of the TCAM, and what follows from them: how many ids an entry takes.
    Scaled,
    /// Entries of analyzers, of which theirs begins with the next one.
    Moved,
    /// Words of a single entry of the requests: theirs has the next word of ours.
    Carry,
    /// Theirs failed, ours is empty.
    TheirsFails,
    /// Theirs failed, ours says that it's not there.
    Absent,
    /// Ours says that the chip lacks it, or that it's unknown what the chip has.
    Lacks,
    /// What is private, which ours does not read.
    Private,
    /// Ours says that nobody asked for it.
    NotAsked,
    /// The first half is the same; the rest of theirs begins with the end of ours.
    Overlap,
}

/// Differences that were seen: their number here, and which of their ranges.
pub type Seen = BTreeSet<(usize, usize)>;

/// All that should be seen.
pub fn all() -> impl Iterator<Item = ((usize, usize), &'static str)> {
    DIFFERENCES.iter().enumerate().flat_map(|(n, difference)| {
        let ranges = match &difference.what {
            Bytes(ranges) => ranges.len(),
            _ => 1,
        };
        (0..ranges).map(move |range| ((n, range), difference.why))
    })
}

/// Adds to `seen` how a section differs from the C driver's; an error says what should not differ, and what should.
pub fn explain(
    section: Section,
    private: &[Range<usize>],
    ours: &(SectionHeader, Vec<u8>),
    theirs: &(SectionHeader, Vec<u8>),
    seen: &mut Seen,
) -> Result<(), String> {
    compare(section, private, ours, theirs, seen).map_err(|wrong| {
        let known = DIFFERENCES
            .iter()
            .filter(|difference| difference.sections.contains(&section));
        let known: Vec<_> = known.map(|difference| difference.why).collect();
        format!("{wrong} (may differ: {})", known.join("; "))
    })
}

fn compare(
    section: Section,
    private: &[Range<usize>],
    ours: &(SectionHeader, Vec<u8>),
    theirs: &(SectionHeader, Vec<u8>),
    seen: &mut Seen,
) -> Result<(), String> {
    let mut ours_raw = ours.1.clone();
    let mut theirs_raw = theirs.1.clone();
    let known = DIFFERENCES
        .iter()
        .enumerate()
        .filter(|(_, difference)| difference.sections.contains(&section));
    for (n, difference) in known {
        match &difference.what {
            NotOurs => {
                let rest = &theirs_raw[16.min(theirs_raw.len())..];
                if !ours_raw.is_empty() || rest.iter().any(|byte| *byte != 0) {
                    return Err(format!(
                        "not empty: {} bytes, theirs {}",
                        ours_raw.len(),
                        theirs_raw.len(),
                    ));
                }
                seen.insert((n, 0));
                return Ok(());
            }
            Bytes(ranges) => {
                for (range, &(start, len)) in ranges.iter().enumerate() {
                    if blank(&(start..start + len), &mut ours_raw, &mut theirs_raw) {
                        seen.insert((n, range));
                    }
                }
            }
            Shorter => {
                let mut rest = theirs_raw.split_off(ours_raw.len().min(theirs_raw.len()));
                let unused = 8.min(rest.len())..32.min(rest.len());
                if !rest.is_empty() {
                    seen.insert((n, 0));
                }
                rest[unused].fill(0);
                if rest.iter().any(|byte| *byte != 0) {
                    return Err(format!("theirs has more than our {} bytes", ours_raw.len()));
                }
            }
            Beyond => {
                let mut entries = ours_raw.chunks(CONTEXT);
                let first = entries.position(|entry| word(entry, 0) < 2 && word(entry, 1) >= 256);
                if let Some(first) = first {
                    let beyond = ours_raw.split_off(first * CONTEXT);
                    let more = |entry: &[u8]| word(entry, 0) < 2 && word(entry, 1) >= 256;
                    if !beyond.chunks(CONTEXT).all(more) {
                        return Err(
                            "contexts that theirs has are behind those that it has not".into()
                        );
                    }
                    seen.insert((n, 0));
                }
            }
            Moved => {
                moved(&mut ours_raw, &mut theirs_raw)?;
                seen.insert((n, 0));
            }
            Scaled => {
                if ours_raw[..20] != theirs_raw[..20] {
                    scaled(&ours_raw, &theirs_raw)?;
                    seen.insert((n, 0));
                    return Ok(());
                }
            }
            Carry => {
                if carry(&mut ours_raw, &mut theirs_raw)? {
                    seen.insert((n, 0));
                }
            }
            TheirsFails => {
                if theirs.0.status != Status::OK
                    && ours.0.status == Status::OK
                    && ours_raw.is_empty()
                {
                    seen.insert((n, 0));
                    return Ok(());
                }
            }
            Absent => {
                if theirs.0.status == Status::SYSTEM_ERROR && ours.0.status == Status::NOT_FOUND {
                    seen.insert((n, 0));
                    return Ok(());
                }
            }
            Lacks => {
                let lacks = [Status::NOT_FOUND, Status::NOT_IMPLEMENTED].contains(&ours.0.status);
                if lacks && theirs.0.status == Status::OK {
                    seen.insert((n, 0));
                    return Ok(());
                }
            }
            NotAsked => {
                if ours.0.status == Status::NOT_REQUESTED && ours_raw.is_empty() {
                    seen.insert((n, 0));
                    return Ok(());
                }
            }
            Private => {
                for range in private {
                    let read = ours_raw.get(range.clone());
                    if read.is_some_and(|bytes| bytes.iter().any(|byte| *byte != 0)) {
                        return Err(format!("ours has read what is private at {range:#x?}"));
                    }
                    if blank(range, &mut ours_raw, &mut theirs_raw) {
                        seen.insert((n, 0));
                    }
                }
            }
            Overlap => {
                let half = ours_raw.len() / 2;
                let responses = ours_raw.split_off(half);
                let rest = theirs_raw.split_off(half.min(theirs_raw.len()));
                let shown = half / 4;
                if rest[..shown] != responses[half - shown..]
                    || rest[shown..].iter().any(|byte| *byte != 0)
                {
                    return Err("the responses that theirs has are not the last of ours".into());
                }
                seen.insert((n, 0));
            }
        }
    }
    if ours.0.status != theirs.0.status {
        return Err(format!(
            "status {} ({} bytes), theirs {} ({} bytes)",
            ours.0.status.0,
            ours_raw.len(),
            theirs.0.status.0,
            theirs_raw.len()
        ));
    }
    if ours_raw.len() != theirs_raw.len() {
        return Err(format!(
            "{} bytes, theirs {}",
            ours_raw.len(),
            theirs_raw.len()
        ));
    }
    let wrong: Vec<_> = (0..)
        .zip(ours_raw.chunks(4).zip(theirs_raw.chunks(4)))
        .filter(|(_, (ours, theirs))| ours != theirs)
        .map(|(word, (ours, theirs))| format!("{:#x}: {ours:02x?}, theirs {theirs:02x?}", word * 4))
        .collect();
    match wrong.first() {
        None => Ok(()),
        Some(_) => Err(format!(
            "{} words differ, the first at {}",
            wrong.len(),
            wrong[..wrong.len().min(4)].join("; ")
        )),
    }
}

/// Makes a range zero in both; whether it was different.
fn blank(range: &Range<usize>, ours: &mut [u8], theirs: &mut [u8]) -> bool {
    let (Some(ours), Some(theirs)) = (ours.get_mut(range.clone()), theirs.get_mut(range.clone()))
    else {
        return false;
    };
    let different = ours != theirs;
    ours.fill(0);
    theirs.fill(0);
    different
}

/// Turns our entries to where theirs begin: read positions, first entries and all entries of 11 analyzers.
fn moved(ours: &mut [u8], theirs: &mut [u8]) -> Result<(), String> {
    const HEADER: usize = 8;
    const ENTRIES: usize = 512;
    for n in 0..11 {
        let (position, first) = (HEADER + 4 * n, HEADER + 4 * (22 + n));
        let entries = HEADER + 4 * (33 + ENTRIES * n)..HEADER + 4 * (33 + ENTRIES * (n + 1));
        let at = |raw: &[u8]| word(&raw[position..], 0);
        if (at(ours) + 1) % ENTRIES as u32 != at(theirs) {
            return Err(format!(
                "analyzer {n} at {}, theirs at {}",
                at(ours),
                at(theirs)
            ));
        }
        // The entry that comes behind the first one.
        let next: Vec<u8> = ours[entries.clone()][..4].to_vec();
        ours[entries.clone()].rotate_left(4);
        ours[first..first + 4].copy_from_slice(&next);
        let position = position..position + 4;
        ours[position.clone()].copy_from_slice(&theirs[position]);
    }
    Ok(())
}

/// Bytes of a context: kind, queue, six words.
const CONTEXT: usize = 32;

fn word(bytes: &[u8], index: usize) -> u32 {
    u32::from_le_bytes(bytes[4 * index..][..4].try_into().unwrap())
}

/// Entries of the lookup engine, by id.
fn entries(section: &[u8]) -> BTreeMap<u32, &[u8]> {
    let end = word(section, 5);
    let entries = section[24..].chunks_exact(84);
    // What follows behind the last one may say that it is the first.
    let entries = entries.rev();
    entries
        .filter(|entry| word(entry, 1) != 0 && word(entry, 0) < end)
        .map(|entry| (word(entry, 0), entry))
        .collect()
}

fn scaled(ours: &[u8], theirs: &[u8]) -> Result<(), String> {
    for region in 0..5 {
        if word(theirs, region) != 4 * word(ours, region) {
            return Err(format!(
                "the first id of region {region} is not a fourth of theirs"
            ));
        }
    }
    // Theirs counts the one at which the engine stopped, too.
    if !(word(ours, 5)..=word(ours, 5) + 1).contains(&word(theirs, 5)) {
        return Err(format!("{} ids, theirs {}", word(ours, 5), word(theirs, 5)));
    }
    let (ours, theirs) = (entries(ours), entries(theirs));
    let both: Vec<_> = ours.keys().filter(|id| theirs.contains_key(id)).collect();
    if both.len() * 10 < theirs.len() * 9 || both.len() * 10 < ours.len() * 9 {
        return Err(format!(
            "only {} of {} entries are in both",
            both.len(),
            theirs.len()
        ));
    }
    match both.iter().find(|id| ours[id] != theirs[id]) {
        Some(id) => Err(format!("the entry of id {id} differs")),
        None => Ok(()),
    }
}

/// Makes the entry zero in which a carry gave theirs the next word, if there is one.
fn carry(ours: &mut [u8], theirs: &mut [u8]) -> Result<bool, String> {
    const ENTRY: usize = 6 * 4;
    let requests = (4..4 + 64 * ENTRY).step_by(ENTRY);
    let mut wrong = requests
        .map(|start| start..start + ENTRY)
        .filter(|entry| ours[entry.clone()] != theirs[entry.clone()]);
    let (Some(entry), None) = (wrong.next(), wrong.next()) else {
        return Ok(false);
    };
    // The word behind the last one is in no entry.
    for word in entry.clone().step_by(4).take(5) {
        let theirs = &theirs[word..word + 4];
        if theirs != &ours[word..word + 4] && theirs != &ours[word + 4..word + 8] {
            return Err(format!("at {word:#x} theirs is not the next word"));
        }
    }
    Ok(blank(&entry, ours, theirs))
}
