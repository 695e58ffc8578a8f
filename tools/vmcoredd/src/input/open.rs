// SPDX-License-Identifier: GPL-2.0

//! Opening what can be a file, a pipe or /proc/vmcore; as it is, flattened or compressed as a whole.

use std::{
    cell::RefCell,
    fs::File,
    io::{self, BufReader, Cursor, Read},
    os::{
        fd::AsFd,
        unix::fs::{FileExt, FileTypeExt},
    },
    path::Path,
};

use anyhow::{bail, ensure, Context, Result};

use super::{
    compressed::Compression,
    flattened::{self, InPlace, Outcome, Spooled},
    locate,
    source::Source,
    Bare,
};

/// Enough to tell what something is.
const START: usize = 16;

/// A vmcore, and what is around it, in words.
pub struct Opened {
    pub source: Source,
    pub flattened: bool,
    pub compression: Option<Compression>,
    /// Why it could not be decompressed to its end.
    pub damage: Option<String>,
}

/// Opens `path`; "-" is standard input.
pub fn open(path: &Path, bare: Bare) -> Result<Opened> {
    let (file, at) = if path.as_os_str() == "-" {
        let file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        // A file may stand behind it, from which others have read before.
        let at = io::Seek::stream_position(&mut &file).unwrap_or(0);
        (file, at)
    } else {
        (File::open(path)?, 0)
    };
    let kind = file.metadata()?.file_type();
    ensure!(!kind.is_dir(), "a directory: name the vmcore in it");
    if at != 0 || !(kind.is_file() || kind.is_block_device()) {
        return stream(BufReader::with_capacity(1 << 18, file), bare);
    }
    let mut start = vec![0; START];
    let got = file.read_at(&mut start, 0)?;
    start.truncate(got);
    if Compression::of(&start).is_some() {
        return stream(BufReader::with_capacity(1 << 18, file), bare);
    }
    if !start.starts_with(flattened::SIGNATURE) {
        return Ok(Opened {
            source: Source::plain(file),
            flattened: false,
            compression: None,
            damage: None,
        });
    }
    let mut outcome = flattened::flattened(&mut InPlace::new(&file)?, None, bare)?;
    if let Outcome::Again(notes) = outcome {
        outcome = flattened::flattened(&mut InPlace::new(&file)?, Some(notes), bare)?;
    }
    opened(outcome, None)
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
    let mut carrier = Spooled::new(all)?;
    if start.starts_with(flattened::SIGNATURE) {
        return opened(flattened::flattened(&mut carrier, None, bare)?, compression);
    }
    Ok(Opened {
        source: flattened::plain(&mut carrier, bare)?,
        flattened: false,
        compression,
        damage: None,
    })
}

fn opened(outcome: Outcome, compression: Option<Compression>) -> Result<Opened> {
    match outcome {
        Outcome::Read(source) => Ok(Opened {
            source,
            flattened: true,
            compression,
            damage: None,
        }),
        Outcome::Again(_) => bail!(
            "notes are not where makedumpfile has them in a flattened file: make an ordinary one (makedumpfile -R vmcore <FILE)"
        ),
    }
}
