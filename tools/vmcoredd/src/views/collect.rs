// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd collect`: finds vmcores that nobody has looked at, and leaves the page and the small file beside each.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{messages::complain, report, save};
use crate::{cli::Collect, findings, names::Names, status, vmcore::Vmcore};

/// How deep below a directory vmcores are: kdump.sh makes `HOST-TIME/vmcore`, kdump-tools `TIME/dump.TIME`, for many hosts `HOST/TIME/dump.TIME`.
const DEPTH: usize = 3;

pub fn run(args: &Collect) -> Result<u8> {
    let mut found = Vec::new();
    let mut readable = true;
    for dir in &args.dirs {
        if let Err(error) = look(dir, DEPTH, &mut found) {
            complain!("{}: {error}", dir.display());
            readable = false;
        }
    }
    found.sort();
    let mut sound = true;
    for path in &found {
        match one(path, args) {
            Ok(good) => sound &= good,
            Err(error) => {
                complain!("{error:#}");
                sound = false;
            }
        }
    }
    Ok(status(readable, sound))
}

/// Finds vmcores below `dir`. What is being written has another name.
fn look(dir: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        // Not through symbolic links.
        let kind = entry.file_type()?;
        let is_vmcore = name == "vmcore" || name.starts_with("dump.");
        if kind.is_dir() && depth > 0 {
            look(&path, depth - 1, found)
                .unwrap_or_else(|error| complain!("{}: {error}", path.display()));
        } else if kind.is_file() && is_vmcore && entry.metadata()?.size() > 0 {
            found.push(path);
        }
    }
    Ok(())
}

/// Looks at a vmcore, unless it was done before; whether all of it could be read.
fn one(path: &Path, args: &Collect) -> Result<bool> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stamp = name.strip_prefix("dump.").unwrap_or(&name);
    let beside = |suffix: &str| path.with_file_name(format!("devices.{stamp}.{suffix}"));
    let (page, small) = (beside("html"), beside("vmcoredd"));
    if !args.force && page.exists() && small.exists() {
        return Ok(true);
    }
    let vmcore = Vmcore::open(path)?;
    if vmcore.all().next().is_none() {
        println!("{}: no device dumps", path.display());
        return Ok(true);
    }
    // One of them may be there from a run that was ended.
    save::save(&small, true, |out| vmcore.write_notes(out))?;
    save::save(&page, true, |out| {
        Ok(out.write_all(report::make(&vmcore, args.redact).as_bytes())?)
    })
    .with_context(|| path.display().to_string())?;
    println!(
        "{}: {}; {}",
        path.display(),
        verdicts(&vmcore),
        page.display()
    );
    Ok(super::report(&vmcore))
}

/// What all devices together are like, worst first.
fn verdicts(vmcore: &Vmcore) -> String {
    let diagnosed = vmcore.dumps().iter().filter_map(|dump| {
        let content = dump.content().ok().flatten()?;
        let verdict = findings::diagnose(content.as_ref(), &Names::default())?.verdict;
        Some((
            verdict.severity,
            format!("{}: {}", dump.name, verdict.words),
        ))
    });
    let mut diagnosed: Vec<_> = diagnosed.collect();
    diagnosed.sort_by(|(one, _), (other, _)| other.cmp(one));
    let words: Vec<_> = diagnosed.into_iter().map(|(_, words)| words).collect();
    match words.is_empty() {
        true => "no device that is known".into(),
        false => words.join("; "),
    }
}
