// SPDX-License-Identifier: GPL-2.0

//! The files that paths stand for: themselves, or all that is below them.

use std::{
    collections::{BTreeSet, VecDeque},
    ffi::{OsStr, OsString},
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Error, Result};

use crate::input::remote;

/// A file to look at, or why what is below a path cannot be.
pub type Entry = Result<PathBuf, (PathBuf, Error)>;

/// What comes next is found when it is asked for.
pub struct Entries {
    /// What was named.
    named: VecDeque<PathBuf>,
    /// What was found below it, the next one last.
    found: Vec<Found>,
    remote: Option<(PathBuf, Listed)>,
}

type Listed = Box<dyn Iterator<Item = Result<String>> + Send>;

enum Found {
    File(PathBuf),
    Directory(PathBuf),
}

impl Entries {
    pub fn new(named: Vec<PathBuf>) -> Self {
        Self {
            named: named.into(),
            found: Vec::new(),
            remote: None,
        }
    }

    /// Of a path that was named, or what will be found below it.
    fn named(&mut self, path: PathBuf) -> Option<Entry> {
        match remote::url(&path).map(str::to_owned) {
            Some(url) if remote::is_directory(&url) => match remote::list(&url) {
                Ok(listed) => self.remote = Some((path, Box::new(listed))),
                Err(error) => return Some(Err((path, error))),
            },
            None if path.is_dir() => self.found.push(Found::Directory(path)),
            _ => return Some(Ok(path)),
        }
        None
    }

    fn read(&mut self, dir: PathBuf) -> Option<Entry> {
        match files(&dir) {
            Ok(found) => {
                self.found.extend(found.into_iter().rev());
                None
            }
            Err(error) => Some(Err((dir, error.into()))),
        }
    }
}

impl Iterator for Entries {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        loop {
            if let Some((path, listed)) = &mut self.remote {
                match listed.next() {
                    // What stands for a directory.
                    Some(Ok(url)) if url.ends_with('/') => continue,
                    Some(Ok(url)) => return Some(Ok(url.into())),
                    Some(Err(error)) => {
                        let path = path.clone();
                        self.remote = None;
                        return Some(Err((path, error)));
                    }
                    None => self.remote = None,
                }
            }
            let entry = match self.found.pop() {
                Some(Found::File(path)) => Some(Ok(path)),
                Some(Found::Directory(dir)) => self.read(dir),
                None => {
                    let path = self.named.pop_front()?;
                    self.named(path)
                }
            };
            if entry.is_some() {
                return entry;
            }
        }
    }
}

/// Files and directories in a directory, by name. Symbolic links are not followed: what they lead to would count twice.
fn files(dir: &Path) -> io::Result<Vec<Found>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        entries.push((entry.file_name(), entry.file_type()?));
    }
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    let kept: BTreeSet<_> = entries.iter().filter_map(|(name, _)| large(name)).collect();
    let found = entries.iter().filter_map(|(name, kind)| {
        let path = dir.join(name);
        let is_spare = kept.contains(name) || name.to_string_lossy().starts_with(".vmcoredd-");
        match (kind.is_dir(), kind.is_file() && !is_spare) {
            (true, _) => Some(Found::Directory(path)),
            (false, true) => Some(Found::File(path)),
            (false, false) => None,
        }
    });
    Ok(found.collect())
}

/// The vmcore of which this is the small file that `vmcoredd collect` has made: it holds the same, and is sooner read.
fn large(name: &OsStr) -> Option<OsString> {
    let stamp = name.to_str()?.strip_prefix("devices.")?;
    let stamp = stamp.strip_suffix(".vmcoredd")?;
    Some(match stamp {
        "vmcore" => "vmcore".into(),
        stamp => format!("dump.{stamp}").into(),
    })
}
