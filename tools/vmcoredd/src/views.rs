// SPDX-License-Identifier: GPL-2.0

//! What is shown of vmcores. No view knows a format of files or of dumps.

mod bundle;
pub mod collect;
pub mod diagnose;
pub mod extract;
pub mod list;
mod memory_map;
mod register;
pub mod report;
mod save;
pub mod show;
mod table;
pub mod timeline;
pub mod verify;

use std::{io::Write, path::PathBuf};

use anyhow::{bail, Result};
use serde::Serialize;

use crate::{
    complain,
    kinds::{self, Dump},
    vmcore::Vmcore,
};

/// Prints what others are to read.
pub fn print_json(out: &mut impl Write, what: &impl Serialize) -> Result<()> {
    serde_json::to_writer_pretty(&mut *out, what)?;
    Ok(writeln!(out)?)
}

/// Opens what can be opened of `paths` and tells why the others cannot; whether that is all of them.
fn open_all(paths: &[PathBuf]) -> (Vec<Vmcore>, bool) {
    let mut vmcores = Vec::new();
    for path in paths {
        match Vmcore::open(path) {
            Ok(vmcore) => vmcores.push(vmcore),
            Err(error) => complain!("{error:#}"),
        }
    }
    let complete = vmcores.len() == paths.len();
    (vmcores, complete)
}

/// The dumps called `names`, or all; complains about those that are not there.
fn select<'a>(vmcore: &'a Vmcore, names: &[String]) -> (Vec<&'a Dump>, bool) {
    let mut complete = true;
    for name in names {
        if vmcore.all().any(|dump| dump.name == *name) {
            continue;
        }
        let mut absent = vmcore.manifest.iter().flat_map(|manifest| &manifest.absent);
        match absent.find(|entry| entry.name == *name) {
            Some(entry) => complain!("{}: {name}: {}", vmcore.path.display(), entry.words()),
            None => complain!(
                "{}: no dump is called {name}, see `vmcoredd list`",
                vmcore.path.display()
            ),
        }
        complete = false;
    }
    let selected = match names {
        [] => vmcore.dumps().iter().collect(),
        names => vmcore
            .all()
            .filter(|dump| names.contains(&dump.name))
            .collect(),
    };
    (selected, complete)
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
    let manifest = vmcore.manifest.as_ref();
    let problems = manifest.map_or(&[][..], |manifest| &manifest.problems);
    remark(vmcore);
    for problem in problems {
        complain!("{}: {problem}", vmcore.path.display());
    }
    for warning in &vmcore.warnings {
        complain!("{}: {warning}", vmcore.path.display());
    }
    vmcore.warnings.is_empty() && problems.is_empty()
}

/// Fails if no dump of any kind has sections with these names.
fn check_sections(names: &[String]) -> Result<()> {
    let known = kinds::section_names();
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => bail!("no section is called {name}; there are {}", known.join(" ")),
        None => Ok(()),
    }
}
