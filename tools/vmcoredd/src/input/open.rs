// SPDX-License-Identifier: GPL-2.0

//! Opening what can be a file, a pipe or /proc/vmcore; as it is, flattened or compressed as a whole.

use std::{
    cell::RefCell,
    fs::File,
    io::{self, BufReader, Cursor, Read},
    os::{fd::AsFd, unix::fs::FileTypeExt},
    path::Path,
    sync::Arc,
    time::SystemTime,
};

use anyhow::{bail, ensure, Context, Result};

use super::{
    compressed::Compression,
    flattened::{self, InPlace, Outcome, Spooled},
    locate, remote,
    source::{ReadAt, Source},
    starts_like_one, Bare, Foreign,
};

/// Enough to tell what something is.
const START: usize = 16;

/// A vmcore, and what is around it, in words.
pub struct Opened {
    pub source: Source,
    pub file: FileFacts,
    pub flattened: bool,
    pub compression: Option<Compression>,
    /// Why it could not be decompressed to its end.
    pub damage: Option<String>,
}

/// What is known of a file from outside.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileFacts {
    pub bytes: Option<u64>,
    /// When it was written.
    pub modified: Option<SystemTime>,
}

/// Opens `path`, a file or a URL; "-" is standard input.
pub fn open(path: &Path, bare: Bare) -> Result<Opened> {
    if let Some(url) = remote::url(path) {
        let (object, file) = remote::open(url)?;
        return Ok(Opened {
            file,
            ..in_place(object, bare)?
        });
    }
    let (file, at) = if path.as_os_str() == "-" {
        let file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        // A file may stand behind it, from which others have read before.
        let at = io::Seek::stream_position(&mut &file).unwrap_or(0);
        (file, at)
    } else {
        (File::open(path)?, 0)
    };
    let metadata = file.metadata()?;
    let kind = metadata.file_type();
    ensure!(!kind.is_dir(), "a directory: name the vmcore in it");
    if at != 0 || !(kind.is_file() || kind.is_block_device()) {
        return stream(BufReader::with_capacity(1 << 18, file), bare);
    }
    Ok(Opened {
        file: FileFacts {
            bytes: kind.is_file().then_some(metadata.len()),
            modified: metadata.modified().ok(),
        },
        ..in_place(Arc::new(file), bare)?
    })
}

/// What can be read at any place.
fn in_place(file: Arc<dyn ReadAt>, bare: Bare) -> Result<Opened> {
    let start = Source::plain(file.clone()).up_to(0, START)?;
    if Compression::of(&start).is_some() {
        let all = Sequential { file, at: 0 };
        return stream(BufReader::with_capacity(1 << 18, all), bare);
    }
    if !start.starts_with(flattened::SIGNATURE) {
        return Ok(Opened {
            source: Source::plain(file),
            file: FileFacts::default(),
            flattened: false,
            compression: None,
            damage: None,
        });
    }
    let mut outcome = flattened::flattened(&mut InPlace::new(file.clone())?, None, bare)?;
    if let Outcome::Again(notes) = outcome {
        outcome = flattened::flattened(&mut InPlace::new(file)?, Some(notes), bare)?;
    }
    opened(outcome, None)
}

/// From the start on.
struct Sequential {
    file: Arc<dyn ReadAt>,
    at: u64,
}

impl Read for Sequential {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let got = self.file.read_at(buf, self.at)?;
        self.at += got as u64;
        Ok(got)
    }
}

/// Reads a stream to its end: whoever writes it may write it elsewhere, too.
pub fn stream(mut from: impl Read, bare: Bare) -> Result<Opened> {
    let (start, all) = peek(&mut from)?;
    let Some(compression) = Compression::of(&start) else {
        return unpacked(&start, all, None, bare);
    };
    let damage = RefCell::new(None);
    let unpack = || -> Result<Opened> {
        let mut from = compression.reader(all, &damage);
        let (start, all) = peek(&mut from)?;
        let opened = unpacked(&start, all, Some(compression), bare)?;
        locate(&opened.source, bare)?;
        Ok(opened)
    };
    let opened = unpack();
    let damage = damage.take();
    match opened {
        Ok(opened) => Ok(Opened { damage, ..opened }),
        Err(error) => {
            let packed = format!("packed by {}", compression.name());
            Err(error).context(damage.unwrap_or(packed))
        }
    }
}

/// Bytes that were read already, and those that follow.
type Rewound<R> = io::Chain<Cursor<Vec<u8>>, R>;

/// The first bytes, and all bytes.
fn peek<R: Read>(mut from: R) -> io::Result<(Vec<u8>, Rewound<R>)> {
    let mut start = Vec::new();
    from.by_ref().take(START as u64).read_to_end(&mut start)?;
    Ok((start.clone(), Cursor::new(start).chain(from)))
}

fn unpacked(
    start: &[u8],
    all: impl Read,
    compression: Option<Compression>,
    bare: Bare,
) -> Result<Opened> {
    // Before much of it is unpacked.
    if !start.starts_with(flattened::SIGNATURE) && !starts_like_one(start, bare) {
        return Err(Foreign.into());
    }
    let mut carrier = Spooled::new(all)?;
    if start.starts_with(flattened::SIGNATURE) {
        return opened(flattened::flattened(&mut carrier, None, bare)?, compression);
    }
    Ok(Opened {
        source: flattened::plain(&mut carrier, bare)?,
        file: FileFacts::default(),
        flattened: false,
        compression,
        damage: None,
    })
}

fn opened(outcome: Outcome, compression: Option<Compression>) -> Result<Opened> {
    match outcome {
        Outcome::Read(source) => Ok(Opened {
            source,
            file: FileFacts::default(),
            flattened: true,
            compression,
            damage: None,
        }),
        Outcome::Again(_) => bail!(
            "notes are not where makedumpfile has them in a flattened file: make an ordinary one (makedumpfile -R vmcore <FILE)"
        ),
    }
}
