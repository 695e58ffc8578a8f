// SPDX-License-Identifier: GPL-2.0

//! What is shown of vmcores. No view knows a format of files or of dumps.

pub mod collect;
pub mod diagnose;
pub mod diff;
pub mod extract;
pub mod json;
pub mod list;
mod lspci;
mod memory_map;
pub mod messages;
pub mod out;
mod remark;
pub mod report;
pub mod save;
pub mod scan;
pub mod show;
mod table;
pub mod timeline;
pub mod verify;

use std::path::{Path, PathBuf};

use anyhow::{Error, Result};

use self::messages::complain;
use crate::{kinds::Dump, vmcore::Vmcore};

/// Opens `paths` one after the other and hands them to `view`, which says whether all is well with the file, or, if it cannot be
/// read, to `lost`. Returns the exit status.
fn each(
    paths: &[PathBuf],
    mut view: impl FnMut(&Vmcore) -> Result<bool>,
    mut lost: impl FnMut(&Path, &Error),
) -> Result<u8> {
    let (mut readable, mut sound) = (true, true);
    for path in paths {
        match Vmcore::open(path) {
            Ok(vmcore) => sound &= view(&vmcore)?,
            Err(error) => {
                complain!("{error:#}");
                lost(path, &error);
                readable = false;
            }
        }
    }
    Ok(crate::status(readable, sound))
}

/// The dumps called `names`, or all; complains about those that are not there, or if there are none.
fn select<'a>(vmcore: &'a Vmcore, names: &[String]) -> (Vec<&'a Dump>, bool) {
    let file = vmcore.path.display();
    let mut complete = true;
    let mut selected: Vec<&Dump> = Vec::new();
    for name in names {
        let found = named(vmcore, name);
        let mut absent = vmcore.manifest.iter().flat_map(|manifest| &manifest.absent);
        match (found.as_slice(), absent.find(|entry| entry.name == *name)) {
            ([], Some(entry)) => complain!("{file}: {name}: {}", entry.words()),
            ([], None) => complain!("{file}: no dump is called {name}, see `vmcoredd list`"),
            (all, _) if all.iter().any(|dump| dump.name != all[0].name) => {
                let all: Vec<_> = all.iter().map(|dump| dump.name.as_str()).collect();
                complain!("{file}: {name} may be {}", all.join(" or "));
            }
            (all, _) => {
                selected.extend(all);
                continue;
            }
        }
        complete = false;
    }
    if names.is_empty() {
        selected.extend(vmcore.dumps());
        if selected.is_empty() {
            complain!("{file}: no device dumps");
            complete = false;
        }
    } else {
        // In the order of the file, each once.
        selected.sort_by_key(|dump| dump.offset);
        selected.dedup_by_key(|dump| dump.offset);
    }
    (selected, complete)
}

/// The dumps with this name, or else those whose name has it as a part.
fn named<'a>(vmcore: &'a Vmcore, name: &str) -> Vec<&'a Dump> {
    let exact: Vec<_> = vmcore.all().filter(|dump| dump.name == name).collect();
    match exact.is_empty() && !name.is_empty() {
        true => vmcore
            .all()
            .filter(|dump| dump.name.contains(name))
            .collect(),
        false => exact,
    }
}

/// Says what is only worth knowing.
fn remark(vmcore: &Vmcore) {
    let manifest = vmcore.manifest.iter();
    for remark in manifest.flat_map(|manifest| &manifest.remarks) {
        complain!("{}: {remark}", vmcore.path.display());
    }
}

/// Says where notes or the manifest are damaged; returns whether they are not.
fn report(vmcore: &Vmcore) -> bool {
    remark(vmcore);
    let problems = vmcore.problems();
    for problem in &problems {
        complain!("{}: {problem}", vmcore.path.display());
    }
    problems.is_empty()
}
