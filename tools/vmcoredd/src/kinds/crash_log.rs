// SPDX-License-Identifier: GPL-2.0

//! The crash kernel's own log.

mod signs;

use std::io::{self, Read, Write};

use flate2::{read::ZlibDecoder, write::ZlibEncoder, Compression};
use vmcore_format::crash_log::{piece_header, CrashLog, Header, PIECE_SIZE, SIGNATURE};

use super::{
    messages::{self, Message, KERNEL_ERROR, KERNEL_LEVELS},
    remark::{Remark, Weight},
    section::Section,
    table::{counter, number, text, Cell, Table},
    Content, Dump, Failure, Kind,
};

const SECTION: &str = "log";
/// The kernel's buffer has some hundred KiB.
const MAX_LEN: usize = 64 << 20;

pub const KIND: Kind = Kind {
    bare: |start| start.starts_with(&SIGNATURE).then_some("crash_log"),
    open: |dump| {
        let start = dump.up_to(0, SIGNATURE.len()).map_err(Failure::Output)?;
        match start.starts_with(&SIGNATURE) {
            true => Ok(Some(Box::new(Log::open(dump)?))),
            false => Ok(None),
        }
    },
    sections: || vec![SECTION],
    is_section: |name| name == SECTION,
};

const MICROSECONDS: u64 = 1_000_000;

struct Log {
    header: Header,
    text: String,
    stored: u64,
    damage: Option<String>,
}

impl Log {
    fn open(dump: &Dump) -> Result<Self, Failure> {
        let payload = dump.up_to(0, MAX_LEN).map_err(Failure::Output)?;
        let log = CrashLog::parse(&payload)?;
        let mut text = Vec::new();
        let mut damage = None;
        for piece in log.pieces() {
            let unpacked = piece.map_err(|error| error.to_string()).and_then(|piece| {
                let mut unpacked = Vec::new();
                let most = PIECE_SIZE as u64 + 1;
                let read = ZlibDecoder::new(piece.packed)
                    .take(most)
                    .read_to_end(&mut unpacked);
                match read {
                    Ok(len) if len == piece.text_len as usize => Ok(unpacked),
                    _ => Err(format!(
                        "at offset {:#x}: expected {} bytes, compressed",
                        piece.offset, piece.text_len
                    )),
                }
            });
            match unpacked {
                Ok(unpacked) => text.extend(unpacked),
                Err(error) => {
                    damage = Some(error);
                    break;
                }
            }
        }
        if damage.is_none() && !log.header.finished {
            damage = Some("it was not brought to its end".to_owned());
        }
        Ok(Self {
            header: log.header,
            text: String::from_utf8_lossy(&text).into_owned(),
            stored: payload.len() as u64,
            damage,
        })
    }

    fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.text.lines().map(Line::new)
    }
}

/// `<4>[    0.412345] mce: …`
pub struct Line<'a> {
    level: &'a str,
    time: &'a str,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn new(line: &'a str) -> Self {
        let inside = |line: &'a str, open, close| {
            line.strip_prefix(open)
                .and_then(|rest: &str| rest.split_once(close))
        };
        let (level, rest) = inside(line, '<', '>').unwrap_or(("", line));
        let (time, text) = inside(rest, '[', ']').unwrap_or(("", rest));
        Self {
            level,
            time: time.trim(),
            text: text.strip_prefix(' ').unwrap_or(text),
        }
    }
}

impl Content for Log {
    fn format(&self) -> &'static str {
        "crash_log"
    }

    fn title(&self) -> String {
        let Header {
            messages,
            lost,
            taken_at_ms,
            ..
        } = self.header;
        let lost = match lost {
            0 => String::new(),
            lost => format!(", {lost} older ones were lost"),
        };
        format!("the crash kernel's own log, up to {taken_at_ms} ms: {messages} messages{lost}")
    }

    fn facts(&self) -> Table {
        Table::record(
            "log",
            [
                (number("messages"), self.header.messages.into()),
                (counter("lost"), self.header.lost.into()),
                (number("taken_at_ms"), self.header.taken_at_ms.into()),
            ],
        )
    }

    fn damage(&self) -> Option<String> {
        self.damage.clone()
    }

    fn remarks(&self) -> Vec<Remark> {
        let mut remarks = signs::remarks(self.lines());
        if self.header.lost > 0 {
            let text = format!(
                "what {} older messages said is unknown: they were lost",
                self.header.lost
            );
            remarks.push(Remark::new(
                Weight::Unknown,
                signs::UNIT,
                text,
                &signs::LOST,
            ));
        }
        if remarks.iter().all(|remark| remark.weight == Weight::Note) {
            remarks.push(Remark::new(
                Weight::Unknown,
                signs::UNIT,
                "it tells of no error, and it does not have to: it begins with this kernel",
                &signs::SILENT,
            ));
        }
        remarks
    }

    fn log(&self) -> Option<messages::Log> {
        let message = |line: Line<'_>| {
            let (seconds, fraction) = line.time.split_once('.').unwrap_or((line.time, ""));
            let number = |text: &str| text.parse::<u64>().unwrap_or(0);
            // The lower three bits; the others say who wrote it.
            let level = (number(line.level) & 7) as u8;
            Message {
                time: number(seconds)
                    .saturating_mul(MICROSECONDS)
                    .saturating_add(number(fraction)),
                level: KERNEL_LEVELS[usize::from(level)].to_owned(),
                is_error: level <= KERNEL_ERROR,
                text: line.text.to_owned(),
            }
        };
        Some(messages::Log {
            writer: "kernel",
            clock: "seconds since it was started",
            ticks_per_second: Some(MICROSECONDS),
            messages: self.lines().map(message).collect(),
        })
    }

    fn sections(&self) -> Vec<Section> {
        let status = if self.damage.is_none() {
            "ok"
        } else {
            "damaged"
        };
        vec![Section {
            id: 0,
            name: SECTION.to_owned(),
            title: "log".into(),
            status: status.to_owned(),
            ok: self.damage.is_none(),
            cause: None,
            left_out: Vec::new(),
            stored: self.stored,
            raw: self.text.len() as u64,
            damage: self.damage.clone(),
        }]
    }

    fn tables(&self, section: &str) -> Option<Vec<Table>> {
        let mut table = Table::new("lines", [text("level"), text("time"), text("text")]);
        for line in self.lines() {
            table.row([line.level, line.time, line.text].map(Cell::from));
        }
        (section == SECTION).then(|| vec![table])
    }

    fn copy(
        &self,
        section: &str,
        to: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Option<Result<(), Failure>> {
        (section == SECTION).then(|| to(self.text.as_bytes()).map_err(Failure::Output))
    }
}

/// A log as a dump of this kind.
pub fn encode(log: &messages::Log) -> io::Result<Vec<u8>> {
    let mut text = String::new();
    for message in &log.messages {
        let level = KERNEL_LEVELS.iter().position(|name| *name == message.level);
        let level = level.map_or(String::new(), |level| format!("<{level}>"));
        for line in message.text.split('\n') {
            text += &format!("{level}[{:>12}] {line}\n", log.stamp(message.time));
        }
    }
    let header = Header {
        finished: true,
        messages: u32::try_from(log.messages.len()).unwrap_or(u32::MAX),
        text_len: text.len() as u64,
        ..Header::default()
    };
    let mut out = header.encode().to_vec();
    for piece in text.as_bytes().chunks(PIECE_SIZE) {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(piece)?;
        let packed = zlib.finish()?;
        out.extend(piece_header(piece.len() as u32, packed.len() as u32));
        out.extend(packed);
    }
    Ok(out)
}
