// SPDX-License-Identifier: GPL-2.0

//! Where our sections differ from the C driver's on purpose, and why.

use std::ops::Range;

use vmcore_format::cudbg::{section::Section, section_header::SectionHeader, status::Status, Chip};

/// A section that differs.
struct Difference {
    section: Section,
    chips: &'static [Chip],
    what: What,
    /// For the reader of this table.
    #[allow(dead_code)]
    why: &'static str,
}

enum What {
    /// Theirs is empty or zeroes, ours says that there is nothing.
    NotOurs,
    /// These bytes.
    Bytes(&'static [Range<usize>]),
    /// Behind ours, theirs has zeroes, but for the context that was looked at last.
    Shorter,
    /// Requests of a single entry.
    Carry,
    /// Theirs failed, ours is empty.
    TheirsFails,
    /// Theirs failed, ours says that it's not there.
    Absent,
    /// Packets, which ours does not read.
    Packets,
    /// The first half is the same; the rest of theirs begins with the end of ours.
    Overlap,
}

use What::{Absent, Bytes, Carry, NotOurs, Overlap, Packets, Shorter, TheirsFails};

const ALL: &[Chip] = &[Chip::T4, Chip::T5, Chip::T6];

const DIFFERENCES: &[Difference] = &[
    Difference {
        section: Section::CimObqUlp0,
        chips: ALL,
        what: TheirsFails,
        why: "a queue of no bytes is no error",
    },
    Difference {
        section: Section::CimObqUlp1,
        chips: ALL,
        what: TheirsFails,
        why: "a queue of no bytes is no error",
    },
    Difference {
        section: Section::CimObqUlp2,
        chips: ALL,
        what: TheirsFails,
        why: "a queue of no bytes is no error",
    },
    Difference {
        section: Section::CimObqUlp3,
        chips: ALL,
        what: TheirsFails,
        why: "a queue of no bytes is no error",
    },
    Difference {
        section: Section::CimObqSge,
        chips: ALL,
        what: TheirsFails,
        why: "a queue of no bytes is no error",
    },
    Difference {
        section: Section::CimObqNcsi,
        chips: ALL,
        what: TheirsFails,
        why: "a queue of no bytes is no error",
    },
    Difference {
        section: Section::CimObqRxq0,
        chips: ALL,
        what: TheirsFails,
        why: "a queue of no bytes is no error",
    },
    Difference {
        section: Section::CimObqRxq1,
        chips: ALL,
        what: TheirsFails,
        why: "a queue of no bytes is no error",
    },
    Difference {
        section: Section::MboxLog,
        chips: ALL,
        what: NotOurs,
        why: "the log of a driver that has just started is empty",
    },
    Difference {
        section: Section::Qdesc,
        chips: ALL,
        what: NotOurs,
        why: "a driver that has just started has no queues",
    },
    Difference {
        section: Section::RegDump,
        chips: ALL,
        what: Bytes(&[0x306c..0x3070, 0x193f8..0x19400]),
        why: "the C driver has moved the window and used the flash before",
    },
    Difference {
        section: Section::CimMaLa,
        chips: ALL,
        what: Overlap,
        why: "the C driver counts bytes as words: most requests overwrite responses",
    },
    Difference {
        section: Section::CimPifLa,
        chips: ALL,
        what: Carry,
        why: "in the C driver the position of responses carries into that of requests where it wraps",
    },
    Difference {
        section: Section::CimQcfg,
        chips: ALL,
        what: Bytes(&[0x84..0x88]),
        why: "the C driver leaves a read position in the configuration of the logic analyzer",
    },
    Difference {
        section: Section::UpCimIndirect,
        chips: ALL,
        what: Bytes(&[0x290..0x294]),
        why: "the same register",
    },
    Difference {
        section: Section::TpIndirect,
        chips: ALL,
        what: Bytes(&[0x78..0x80]),
        why: "the C driver has asked for the RSS configuration of the last function before",
    },
    Difference {
        section: Section::PmIndirect,
        chips: ALL,
        what: Bytes(&[0x5c..0x64, 0x198..0x1a0]),
        why: "the C driver leaves another counter selected",
    },
    Difference {
        section: Section::TidInfo,
        chips: ALL,
        what: Bytes(&[0x3c..0x44, 0x58..0x5c]),
        why: "start of servers and connections need no firmware; flags are those of the running driver",
    },
    Difference {
        section: Section::PcieConfig,
        chips: ALL,
        what: Bytes(&[0x4..0x8, 0x38..0x39, 0x70..0x74]),
        why: "the C driver is bus master, has an interrupt, and a longer completion timeout",
    },
    Difference {
        section: Section::DumpContext,
        chips: ALL,
        what: Shorter,
        why: "the C driver leaves room for contexts that are not in use",
    },
    Difference {
        section: Section::Edc0,
        chips: ALL,
        what: Packets,
        why: "the C driver reads packets where only a part of its chunk is one",
    },
    Difference {
        section: Section::Edc0,
        chips: ALL,
        what: Absent,
        why: "what is not fitted is no error",
    },
    Difference {
        section: Section::Edc1,
        chips: ALL,
        what: Packets,
        why: "the C driver reads packets where only a part of its chunk is one",
    },
    Difference {
        section: Section::Edc1,
        chips: ALL,
        what: Absent,
        why: "what is not fitted is no error",
    },
    Difference {
        section: Section::Mc0,
        chips: ALL,
        what: Packets,
        why: "the C driver reads packets where only a part of its chunk is one",
    },
    Difference {
        section: Section::Mc0,
        chips: ALL,
        what: Absent,
        why: "what is not fitted is no error",
    },
    Difference {
        section: Section::Mc1,
        chips: ALL,
        what: Packets,
        why: "the C driver reads packets where only a part of its chunk is one",
    },
    Difference {
        section: Section::Mc1,
        chips: ALL,
        what: Absent,
        why: "what is not fitted is no error",
    },
    Difference {
        section: Section::Hma,
        chips: ALL,
        what: Packets,
        why: "the C driver reads packets where only a part of its chunk is one",
    },
    Difference {
        section: Section::Hma,
        chips: ALL,
        what: Absent,
        why: "what is not fitted is no error",
    },
];

/// Whether a section is as the C driver's, or differs as it should; if not, what differs.
pub fn explain(
    chip: Chip,
    section: Section,
    packets: &[Range<usize>],
    ours: &(SectionHeader, Vec<u8>),
    theirs: &(SectionHeader, Vec<u8>),
) -> Result<(), String> {
    let mut ours_raw = ours.1.clone();
    let mut theirs_raw = theirs.1.clone();
    let known = DIFFERENCES
        .iter()
        .filter(|difference| difference.section == section && difference.chips.contains(&chip));
    for difference in known {
        match &difference.what {
            NotOurs => {
                return match ours_raw.is_empty()
                    && theirs_raw[16.min(theirs_raw.len())..]
                        .iter()
                        .all(|byte| *byte == 0)
                {
                    true => Ok(()),
                    false => Err(format!(
                        "not empty: {} bytes, theirs {}: {:x?}",
                        ours_raw.len(),
                        theirs_raw.len(),
                        &theirs_raw[..64.min(theirs_raw.len())]
                    )),
                };
            }
            Bytes(ranges) => {
                for range in *ranges {
                    for raw in [&mut ours_raw, &mut theirs_raw] {
                        if let Some(bytes) = raw.get_mut(range.clone()) {
                            bytes.fill(0);
                        }
                    }
                }
            }
            Shorter => {
                let mut rest = theirs_raw.split_off(ours_raw.len().min(theirs_raw.len()));
                let unused = 8.min(rest.len())..32.min(rest.len());
                rest[unused].fill(0);
                if rest.iter().any(|byte| *byte != 0) {
                    return Err(format!("theirs has more than our {} bytes", ours_raw.len()));
                }
            }
            Carry => {
                const ENTRY: usize = 6 * 4;
                let requests = 4..4 + 64 * ENTRY;
                let entries = requests.step_by(ENTRY).map(|start| start..start + ENTRY);
                let wrong: Vec<_> = entries
                    .filter(|entry| ours_raw[entry.clone()] != theirs_raw[entry.clone()])
                    .collect();
                if let [one] = &wrong[..] {
                    ours_raw[one.clone()].fill(0);
                    theirs_raw[one.clone()].fill(0);
                }
            }
            TheirsFails => {
                if theirs.0.status != Status::OK
                    && ours.0.status == Status::OK
                    && ours_raw.is_empty()
                {
                    return Ok(());
                }
            }
            Absent => {
                if theirs.0.status == Status::SYSTEM_ERROR && ours.0.status == Status::NOT_FOUND {
                    return Ok(());
                }
            }
            Packets => {
                for range in packets {
                    for raw in [&mut ours_raw, &mut theirs_raw] {
                        if let Some(bytes) = raw.get_mut(range.clone()) {
                            bytes.fill(0);
                        }
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
