// SPDX-License-Identifier: GPL-2.0

//! The manifest, in words, and what it says of each dump.

use std::io;

use serde::Serialize;
use vmcore_format::manifest::{self, until_nul, Reason, Status, CRC_OFFSET};

use crate::{input::printable, kinds::Dump};

/// So many entries are never written; a damaged manifest may claim more.
const MAX_LEN: usize = 16 << 20;

/// No size is larger: it would not be exact in every program.
const MAX_SIZE: u64 = (1 << 53) - 1;

/// What is the same for all dumps.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Manifest {
    /// Of the layout.
    pub version: String,
    /// Of the core module.
    pub core: String,
    /// Release of the crash kernel.
    pub kernel: String,
    pub total_bytes: u64,
    pub dump_bytes: u64,
    pub held_bytes: u64,
    pub dump_ms: u32,
    /// Dumps that were asked for, of which nothing else is known.
    pub unrecorded: u32,
    /// All entries.
    pub entries: usize,
    /// Dumps that were asked for and are not there.
    pub absent: Vec<Entry>,
    /// What is damaged.
    pub problems: Vec<String>,
    /// What is only worth knowing.
    pub remarks: Vec<String>,
    /// There is more than the version.
    #[serde(skip)]
    pub is_readable: bool,
}

/// What became of a dump.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    pub name: String,
    pub status: String,
    pub reason: Option<String>,
    /// What the driver was told, 0 or negative.
    pub errno: i32,
    /// Bytes of the payload.
    pub bytes: u64,
    /// Bytes that the driver asked for, if it said so.
    pub asked: Option<u64>,
    /// Of the payload; `None`: nobody could say, since it went before all of it was there.
    pub crc32: Option<u32>,
    pub ms: u32,
    pub held_bytes: u64,
    /// What is missing, in the driver's words.
    pub missing: Option<String>,
    /// Bytes of the payload before those that were given up when memory ran out, and are zeroes now.
    pub kept: Option<u64>,
    #[serde(skip)]
    has_dump: bool,
    /// Whether the status is one that this reader knows.
    #[serde(skip)]
    is_known: bool,
}

impl Entry {
    fn new(entry: &manifest::Entry) -> Self {
        let Status(status) = entry.status;
        let Reason(reason) = entry.reason;
        let words = entry.status.words().map(str::to_owned);
        let is_known = words.is_some();
        let missing = printable(entry.missing());
        Self {
            name: printable(entry.name()),
            status: words.unwrap_or_else(|| format!("status {status}")),
            reason: match entry.reason.words() {
                Some("") => None,
                Some(words) => Some(words.into()),
                None => Some(format!("reason {reason}")),
            },
            errno: entry.errno,
            bytes: entry.bytes.min(MAX_SIZE),
            asked: (entry.asked != 0).then_some(entry.asked.min(MAX_SIZE)),
            crc32: Some(entry.crc32),
            ms: entry.ms,
            held_bytes: entry.held_bytes.min(MAX_SIZE),
            missing: (!missing.is_empty()).then_some(missing),
            kept: entry.given_up().map(|kept| kept.min(MAX_SIZE)),
            has_dump: entry.status.has_dump(),
            is_known,
        }
    }

    /// Of a dump whose records have a CRC-32 each.
    pub fn of_stream(entry: &manifest::Entry) -> Self {
        Self {
            crc32: None,
            ..Self::new(entry)
        }
    }

    /// What became of it, in a line.
    pub fn words(&self) -> String {
        let mut words = format!("{}, {} ms", self.status, self.ms);
        let given_up = self.kept.map(given_up);
        // The reason may be another, or the same.
        let reason = self.reason.iter().filter(|reason| {
            !given_up
                .as_ref()
                .is_some_and(|more| more.starts_with(*reason))
        });
        for why in reason.chain(&given_up).chain(&self.missing) {
            words += &format!(": {why}");
        }
        // Of a dump that is there, it says no more than the reason.
        match self.errno {
            _ if self.has_dump => {}
            0 => {}
            // No error number: a driver has its own ideas.
            1.. => words += &format!(": it returned {}", self.errno),
            errno => {
                let error = io::Error::from_raw_os_error(errno.saturating_neg());
                words += &format!(": {error}");
            }
        }
        if let Some(asked) = self
            .asked
            .filter(|asked| !self.has_dump || *asked != self.bytes)
        {
            words += &format!(", {asked} bytes asked for");
        }
        words
    }
}

impl Manifest {
    /// Reads the manifest, and gives each of `dumps` its entry.
    pub fn read(dump: &Dump, dumps: &mut [Dump]) -> io::Result<Self> {
        let payload = dump.up_to(0, MAX_LEN)?;
        if let Some((major, minor)) = manifest::Manifest::version(&payload) {
            if major != manifest::VERSION.0 {
                return Ok(Self {
                    version: format!("{major}.{minor}"),
                    remarks: vec![format!(
                        "manifest of version {major}, newer than this vmcoredd: `list` and `verify` go on without it"
                    )],
                    ..Self::default()
                });
            }
        }
        Ok(match manifest::Manifest::parse(&payload) {
            Ok(manifest) => {
                let mut parsed = Self::new(&manifest, &payload);
                parsed.match_up(manifest.entries().map(|entry| Entry::new(&entry)), dumps);
                parsed
            }
            Err(error) => Self {
                problems: vec![format!("manifest: {error}")],
                ..Self::default()
            },
        })
    }

    fn new(manifest: &manifest::Manifest<'_>, payload: &[u8]) -> Self {
        let header = &manifest.header;
        let (major, minor) = manifest::Manifest::version(payload).unwrap_or_default();
        let mut parsed = Self {
            version: format!("{major}.{minor}"),
            core: printable(until_nul(&header.version)),
            kernel: printable(until_nul(&header.release)),
            total_bytes: header.total_bytes.min(MAX_SIZE),
            dump_bytes: header.dump_bytes.min(MAX_SIZE),
            held_bytes: header.held_bytes.min(MAX_SIZE),
            dump_ms: header.dump_ms,
            unrecorded: header.unrecorded,
            entries: header.entries as usize,
            is_readable: true,
            ..Self::default()
        };
        if manifest.entries().any(|entry| is_absurd(&entry)) {
            let problem = "manifest: expected sizes below 2^53";
            parsed.problems.push(problem.into());
        }
        let mut bytes = payload[..manifest.size()].to_vec();
        bytes[CRC_OFFSET..CRC_OFFSET + 4].fill(0);
        let crc32 = crc32fast::hash(&bytes);
        if crc32 != header.crc32 {
            parsed.problems.push(format!(
                "manifest: at offset {CRC_OFFSET:#x}: expected a CRC-32 of {crc32:#010x}, not {:#010x}",
                header.crc32
            ));
        }
        parsed
    }

    /// Each entry to its dump, in order: the name of one that was refused may be that of another.
    fn match_up(&mut self, entries: impl Iterator<Item = Entry>, dumps: &mut [Dump]) {
        for entry in entries {
            let free = |dump: &&mut Dump| dump.entry.is_none() && dump.name == entry.name;
            let dump = match entry.has_dump {
                true => dumps.iter_mut().find(free),
                false if entry.is_known => None,
                // A later status: whether there is a dump, only the dump says.
                false => dumps
                    .iter_mut()
                    .find(|dump| free(dump) && dump.len == entry.bytes),
            };
            let Some(dump) = dump else {
                if entry.has_dump {
                    self.problems.push(format!(
                        "{}: expected a dump of {} bytes: the manifest has it",
                        entry.name, entry.bytes
                    ));
                }
                self.absent.push(entry);
                continue;
            };
            if dump.len != entry.bytes {
                self.problems.push(format!(
                    "{}: expected {} bytes, as the manifest says, not {}",
                    entry.name, entry.bytes, dump.len
                ));
            }
            dump.entry = Some(entry);
        }
    }

    /// What it says of all dumps, in a line.
    pub fn words(&self) -> String {
        let mut words = format!(
            "vmcore_devdump {} on {}: {} KiB of {} KiB taken, at most {} KiB and {} s for each",
            self.core,
            self.kernel,
            self.held_bytes.div_ceil(1024),
            self.total_bytes >> 10,
            self.dump_bytes >> 10,
            self.dump_ms / 1000
        );
        if self.unrecorded != 0 {
            words += &format!("; {} more were asked for and not recorded", self.unrecorded);
        }
        words
    }
}

/// Whether a size in it cannot be one.
fn is_absurd(entry: &manifest::Entry) -> bool {
    let sizes = [entry.bytes, entry.asked, entry.held_bytes, entry.kept];
    sizes.iter().any(|size| *size > MAX_SIZE)
}

/// That the bytes of a payload are zeroes from `kept` on.
pub fn given_up(kept: u64) -> String {
    let reason = Reason::GIVEN_UP.words().unwrap_or_default();
    format!("{reason}, from byte {kept} on")
}
