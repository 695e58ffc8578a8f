// SPDX-License-Identifier: GPL-2.0

//! What a fleet leaves in four weeks: a vmcore for each panic, of machines with a modelled adapter, most of them healthy.

use std::{
    collections::HashMap,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use flate2::{write::ZlibEncoder, Compression};
use t6model::{Fault, Options};
use vmcore_format::{
    crash_log::{piece_header, Header},
    cudbg::Chip,
};

use crate::{adapter, files};

/// A Thursday's midnight: 2026-11-26.
pub const NOW: u64 = 1_795_651_200;
const DAY: u64 = 24 * 60 * 60;
const OLD: [u16; 4] = [1, 27, 5, 0];
const NEW: [u16; 4] = [1, 28, 0, 2];

/// A panic.
pub struct Crash {
    pub host: String,
    /// Seconds since 1970.
    pub time: u64,
    firmware: [u16; 4],
    fault: Option<&'static str>,
}

impl Crash {
    /// The one numbered `n`. Most adapters are healthy; one fault comes with the new firmware, which is there since Monday.
    pub fn new(n: u64) -> Self {
        let time = NOW - 1 - n * 7919 % (28 * DAY);
        let is_late = time >= NOW - 3 * DAY;
        let (firmware, fault) = match n % 10 {
            6 => (OLD, Some("EDC0.ECC_UE")),
            7 => (OLD, Some("SGE.PARITY1")),
            8 if is_late => (NEW, Some("MA.MEM_WRAP")),
            9 => (OLD, Some("PL.UNEXPLAINED")),
            _ if is_late => (NEW, None),
            _ => (OLD, None),
        };
        Self {
            // Some machines panic again and again.
            host: format!("node{:05}", n % 7000),
            time,
            firmware,
            fault,
        }
    }

    /// What `vmcoredd diagnose` says of it.
    pub fn signature(&self) -> String {
        let [major, minor, micro, _] = self.firmware;
        let sign = match self.fault {
            None => "healthy",
            Some("SGE.PARITY1") => "SGE.PERR_PC_RSP",
            Some(sign) => sign,
        };
        format!("T6:fw{major}.{minor}.{micro}:{sign}")
    }
}

/// Makes vmcores.
#[derive(Default)]
pub struct Fleet {
    images: HashMap<(Option<&'static str>, [u16; 4]), Vec<u8>>,
}

impl Fleet {
    /// The vmcore of a crash, kdump-compressed, without memory.
    pub fn vmcore(&mut self, crash: &Crash) -> Vec<u8> {
        let Crash {
            firmware, fault, ..
        } = *crash;
        let image = self.images.entry((fault, firmware)).or_insert_with(|| {
            let faults = fault.map(|name| Fault::named(name).unwrap());
            let options = Options {
                faults: faults.into_iter().collect(),
                ..Options::new(Chip::T6, 1)
            };
            adapter::image(options, Some(firmware))
        });
        let mut notes = files::notes(&[("kernel_log", &log(crash)), ("cxgb4_0000:3b:00.4", image)]);
        notes.extend(info(crash));
        let mut file = files::kdump_with(&notes);
        file[12 + 65..][..crash.host.len()].copy_from_slice(crash.host.as_bytes());
        file
    }

    /// Writes those numbered 0 to `count` below `dir`, as kdump.sh names them; where.
    pub fn write(&mut self, dir: &Path, count: u64) -> io::Result<Vec<PathBuf>> {
        let write = |n| {
            let crash = Crash::new(n);
            let dir = dir.join(format!("{:03}/{}-{}", n % 128, crash.host, crash.time));
            fs::create_dir_all(&dir)?;
            let path = dir.join("vmcore");
            fs::write(&path, self.vmcore(&crash))?;
            Ok(path)
        };
        (0..count).map(write).collect()
    }
}

/// The note VMCOREINFO.
fn info(crash: &Crash) -> Vec<u8> {
    let text = format!("OSRELEASE=6.12.117+deb13-amd64\nCRASHTIME={}\n", crash.time);
    let mut note = Vec::new();
    for word in [11, text.len() as u32, 0] {
        note.extend(word.to_le_bytes());
    }
    note.extend(b"VMCOREINFO\0\0");
    note.extend(text.as_bytes());
    note.resize(note.len().next_multiple_of(4), 0);
    note
}

/// What the kernel had logged, as `vmcoredd collect` keeps it.
fn log(crash: &Crash) -> Vec<u8> {
    let mut text = String::new();
    for line in 0..200 {
        text += &format!(
            "<6>[{line:>5}.123456] cxgb4 0000:3b:00.4: {} line {line}\n",
            crash.host
        );
    }
    text += "<0>[  200.000001] Kernel panic - not syncing: Fatal exception in interrupt\n";
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    zlib.write_all(text.as_bytes()).unwrap();
    let packed = zlib.finish().unwrap();
    let header = Header {
        finished: true,
        messages: 201,
        text_len: text.len() as u64,
        ..Header::default()
    };
    let mut log = header.encode().to_vec();
    log.extend(piece_header(text.len() as u32, packed.len() as u32));
    log.extend(packed);
    log
}
