// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd devices`: devices that the modules do not know, as somebody has described them in `/etc/vmcore-devdump/devices.d`.

mod check;
mod compile;
mod complaint;
pub mod description;
pub mod import;
pub mod names;
mod text;

use std::{
    collections::HashMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf}, //
};

use anyhow::{ensure, Context, Result};
use serde::Serialize;

pub use self::{check::check, compile::compile, complaint::Source, text::number};
use self::{
    complaint::{Complaint, Severity},
    description::Device,
    import::Place, //
};
use crate::{
    cli,
    views::{json, messages::complain, save::save},
};

/// Where descriptions are unless somebody says otherwise.
pub const DIR: &str = "/etc/vmcore-devdump/devices.d";

pub fn run(args: &cli::Devices) -> Result<u8> {
    match &args.command {
        cli::DevicesCommand::Check(args) => check_files(args),
        cli::DevicesCommand::Compile(args) => compile_files(args),
        cli::DevicesCommand::Import(args) => import_file(args),
    }
}

/// What files describe, and what is wrong with them.
#[derive(Default)]
pub struct Described {
    pub devices: Vec<Device>,
    complaints: Vec<Complaint>,
}

impl Described {
    /// Those of `files`, and all in directories among them; of none: those of the usual directory, if that is there.
    fn read(files: &[PathBuf]) -> Result<Self> {
        let mut all = Vec::new();
        for path in files {
            match path.is_dir() {
                true => all.extend(in_directory(path)?),
                false => all.push(path.clone()),
            }
        }
        if files.is_empty() {
            all = in_directory(Path::new(DIR))?;
        }
        let mut described = Self::default();
        let mut names = HashMap::new();
        let mut readers = Vec::new();
        for path in all {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let source = Source::new(&path, text);
            let (device, complaints) = check(&source);
            described.complaints.extend(complaints);
            let Some(device) = device else { continue };
            let mut clash = |what: String| {
                let complaint = source.complaint(0..0, Severity::Error, what);
                described.complaints.push(complaint);
            };
            if let Some(other) = names.insert(device.name.clone(), path.clone()) {
                let other = other.display();
                clash(format!(
                    "{other} has a device called {}, too: rename one",
                    device.name
                ));
            }
            if !device.ranges.is_empty() {
                for id in &device.matches {
                    if let Some((_, other)) = readers.iter().find(|(other, _)| other == id) {
                        clash(format!(
                            "{other} says what is read of {}, too: put all of it into one file",
                            description::id(id)
                        ));
                    }
                    readers.push((*id, path.display().to_string()));
                }
            }
            described.devices.push(device);
        }
        Ok(described)
    }

    fn is_sound(&self) -> bool {
        let failed = |complaint: &Complaint| complaint.severity == Severity::Error;
        !self.complaints.iter().any(failed)
    }
}

/// The descriptions in a directory, in the order of their names; none, if it is not there.
pub fn in_directory(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| dir.display().to_string()),
    };
    let paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    let mut paths: Vec<_> = paths
        .into_iter()
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    paths.sort();
    Ok(paths)
}

/// As JSON.
#[derive(Serialize)]
struct Checked<'a> {
    complaints: &'a [Complaint],
}

fn check_files(args: &cli::DevicesFiles) -> Result<u8> {
    let described = Described::read(&args.files)?;
    let mut out = io::stdout().lock();
    if args.json {
        let complaints = &described.complaints;
        json::print("devices", &Checked { complaints })?;
    } else {
        for complaint in &described.complaints {
            writeln!(out, "{complaint}")?;
        }
        for device in &described.devices {
            writeln!(out, "{device}")?;
        }
        if described.devices.is_empty() && described.complaints.is_empty() {
            let places = args.files.iter().map(|path| path.display().to_string());
            let places: Vec<_> = places.collect();
            let place = match places.is_empty() {
                true => DIR.to_owned(),
                false => places.join(", "),
            };
            writeln!(out, "nothing is described: there is no *.toml in {place}")?;
        }
    }
    Ok(crate::status(true, described.is_sound()))
}

/// The table of what `files` describe. Fails if something is wrong in them.
pub fn compile_all(files: &[PathBuf]) -> Result<Vec<u8>> {
    let described = Described::read(files)?;
    let errors = described.complaints.iter();
    let errors = errors.filter(|complaint| complaint.severity == Severity::Error);
    let errors: Vec<_> = errors.map(Complaint::to_string).collect();
    ensure!(errors.is_empty(), "{}", errors.join("\n"));
    compile(&described.devices).context("all of them together")
}

/// Writes nothing unless all is well.
fn compile_files(args: &cli::Compile) -> Result<u8> {
    match compile_all(&args.files) {
        Ok(table) => {
            save(&args.output, true, |out| Ok(out.write_all(&table)?))?;
            Ok(crate::OK)
        }
        Err(error) if error.downcast_ref::<io::Error>().is_some() => Err(error),
        Err(error) => {
            complain!("{error:#}");
            Ok(crate::DAMAGED)
        }
    }
}

fn import_file(args: &cli::Import) -> Result<u8> {
    let shown = args.file.display().to_string();
    let text = fs::read_to_string(&args.file).with_context(|| shown.clone())?;
    let place = Place {
        bar: args.bar,
        offset: args.offset,
        part: args.part.as_deref(),
    };
    let imported = import::import(&text, &place).with_context(|| shown)?;
    let ids = match &args.class {
        Some(class) => format!("class = {class:?}"),
        None => format!("match = {:?}", args.ids),
    };
    let file = import::write(&imported, &args.name, &ids);
    // What is written can be read: of the arguments, nobody knows.
    let (_, complaints) = check(&Source::new(Path::new("what was imported"), file.clone()));
    if let Some(complaint) = complaints.first() {
        anyhow::bail!("{}", complaint.what);
    }
    write!(io::stdout().lock(), "{file}")?;
    Ok(crate::OK)
}
