// SPDX-License-Identifier: GPL-2.0

//! Files that are there as a whole or not at all, whatever ends the program.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    os::{fd::AsRawFd, unix::fs::OpenOptionsExt},
    path::Path,
};

use anyhow::{anyhow, Context, Result};
use rustix::fs::{linkat, AtFlags, OFlags, CWD};
use tempfile::{NamedTempFile, TempPath};

/// Only for who may read the vmcore.
const MODE: u32 = 0o600;

/// What is written before it has its name.
enum Unfinished {
    /// It has none, and goes away with the program.
    Nameless(File),
    /// Where the file system cannot do that (NFS): a kill leaves it behind.
    Named(NamedTempFile),
}

/// Makes `path` with what `write` writes. An existing file is replaced if `force`; a device or pipe is written to.
pub fn save<T>(
    path: &Path,
    force: bool,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<T>,
) -> Result<T> {
    if force && is_special(path) {
        let file = OpenOptions::new().write(true).open(path);
        let mut file = file.with_context(|| path.display().to_string())?;
        let value = write(&mut file)?;
        file.flush().with_context(|| path.display().to_string())?;
        return Ok(value);
    }
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let unfinished = create(dir).with_context(|| dir.display().to_string())?;
    let file = match &unfinished {
        Unfinished::Nameless(file) => file,
        Unfinished::Named(named) => named.as_file(),
    };
    let mut out = BufWriter::with_capacity(1 << 18, file);
    let value = write(&mut out)?;
    out.flush()
        // Some file systems find out now that they are full.
        .and_then(|()| file.sync_all())
        .with_context(|| path.display().to_string())?;
    drop(out);
    match name(unfinished, dir, path, force) {
        Ok(()) => Ok(value),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists(path)),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// Not a file that could be replaced: a device, or a pipe.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// What to say when `path` is there.
pub fn exists(path: &Path) -> anyhow::Error {
    anyhow!("{} exists; --force replaces it", path.display())
}

fn create(dir: &Path) -> io::Result<Unfinished> {
    let nameless = OpenOptions::new()
        .write(true)
        .mode(MODE)
        .custom_flags(OFlags::TMPFILE.bits() as i32)
        .open(dir);
    match nameless {
        Ok(file) => Ok(Unfinished::Nameless(file)),
        Err(_) => tempfile::Builder::new()
            .prefix(".vmcoredd-")
            .tempfile_in(dir)
            .map(Unfinished::Named),
    }
}

fn name(unfinished: Unfinished, dir: &Path, path: &Path, force: bool) -> io::Result<()> {
    let file = match unfinished {
        Unfinished::Named(named) if force => return Ok(named.persist(path).map(drop)?),
        Unfinished::Named(named) => return Ok(named.persist_noclobber(path).map(drop)?),
        Unfinished::Nameless(file) => file,
    };
    let link = |to: &Path| {
        let from = format!("/proc/self/fd/{}", file.as_raw_fd());
        linkat(CWD, from, CWD, to, AtFlags::SYMLINK_FOLLOW).map_err(io::Error::from)
    };
    if !force {
        return link(path);
    }
    // A link replaces nothing, a rename does.
    let linked = tempfile::Builder::new()
        .prefix(".vmcoredd-")
        .make_in(dir, link)?;
    Ok(TempPath::persist(linked.into_temp_path(), path)?)
}
