// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd extract`.

use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::{ensure, Context, Result};
use serde::Serialize;

use super::{
    json,
    messages::{clear, complain},
    out::Out,
    save::{exists, save},
};
use crate::{
    cli::Extract,
    kinds::{manifest, Dump, Failure},
    views,
    vmcore::Vmcore,
};

#[derive(Serialize)]
struct Written {
    name: String,
    /// Where it was written to; nothing if it could not be read.
    path: Option<String>,
    bytes: u64,
    damage: Option<String>,
}

pub fn run(args: &Extract) -> Result<u8> {
    let section = args.section.as_deref();
    let vmcore = match Vmcore::open(&args.file) {
        Ok(vmcore) => vmcore,
        Err(error) => {
            if args.json {
                let file = json::File::<Written>::unreadable(&args.file, &error);
                json::print("extract", &json::Files { files: vec![file] })?;
            }
            return Err(error);
        }
    };
    let (dumps, mut good) = views::select(&vmcore, &args.names);
    good &= views::report(&vmcore);
    let written = match args.output.as_os_str() == "-" {
        true => to_stdout(&dumps, section, args)?,
        false => to_files(&dumps, section, args)?,
    };
    clear();
    for Written { name, damage, .. } in &written {
        if let Some(what) = damage {
            complain!("{}: {name}: {what}", args.file.display());
            good = false;
        }
    }
    if args.json {
        let file = json::File::new(&vmcore, written);
        json::print("extract", &json::Files { files: vec![file] })?;
    } else if args.output.as_os_str() != "-" {
        let mut out = Out::stdout();
        for Written {
            name, path, bytes, ..
        } in &written
        {
            if let Some(path) = path {
                out.line(4, format!("{name}: {bytes} bytes in {path}"))?;
            }
        }
        out.flush()?;
    }
    Ok(crate::status(true, good))
}

fn to_stdout(dumps: &[&Dump], section: Option<&str>, args: &Extract) -> Result<Vec<Written>> {
    ensure!(
        !args.json,
        "--json and a dump do not both fit on standard output: name a directory with --output"
    );
    ensure!(
        dumps.len() <= 1,
        "{} dumps do not fit on standard output: name one of them",
        dumps.len()
    );
    let mut out = io::stdout().lock();
    ensure!(
        !out.is_terminal(),
        "dumps are not for terminals: redirect standard output, or name a directory with --output"
    );
    let written = dumps.iter().map(|dump| {
        let written = write(dump, section, &mut out)?;
        out.flush()?;
        Ok(written)
    });
    written.collect()
}

fn to_files(dumps: &[&Dump], section: Option<&str>, args: &Extract) -> Result<Vec<Written>> {
    fs::create_dir_all(&args.output).with_context(|| args.output.display().to_string())?;
    let targets = targets(dumps, section, &args.output);
    let there = targets.iter().find(|file| file.symlink_metadata().is_ok());
    if let Some(file) = there.filter(|_| !args.force) {
        return Err(exists(file));
    }
    let mut all = Vec::new();
    for (dump, file) in dumps.iter().zip(targets) {
        let saved = save(&file, args.force, |out| {
            let written = write(dump, section, out).with_context(|| file.display().to_string())?;
            // What cannot be read leaves no file.
            match &written.damage {
                Some(damage) if section.is_some() => Err(Failure::Damage(damage.clone()).into()),
                _ => Ok(written),
            }
        });
        all.push(match saved {
            Ok(written) => Written {
                path: Some(file.display().to_string()),
                ..written
            },
            Err(error) => match error.downcast::<Failure>()? {
                Failure::Damage(damage) => Written {
                    name: dump.name.clone(),
                    path: None,
                    bytes: 0,
                    damage: Some(damage),
                },
                error => return Err(error).with_context(|| file.display().to_string()),
            },
        });
    }
    Ok(all)
}

/// Writes the payload or a section of it. Fails only if it cannot be written.
fn write(dump: &Dump, section: Option<&str>, out: &mut dyn Write) -> Result<Written> {
    let mut bytes = 0;
    let mut put = |piece: &[u8]| {
        bytes += piece.len() as u64;
        out.write_all(piece)
    };
    let damage = match section {
        None => whole(dump, &mut put)?,
        Some(section) => match decoded(dump, section, &mut put) {
            Ok(()) => None,
            Err(Failure::Damage(damage)) => Some(damage),
            Err(Failure::Output(error)) => return Err(error.into()),
        },
    };
    Ok(Written {
        name: dump.name.clone(),
        path: None,
        bytes,
        damage,
    })
}

type Put<'a> = &'a mut dyn FnMut(&[u8]) -> io::Result<()>;

/// If it is not what was dumped, it is written all the same: there is no other.
fn whole(dump: &Dump, put: Put<'_>) -> Result<Option<String>> {
    let crc32 = dump.copy(|piece| Ok(put(piece)?))?;
    let wanted = dump.entry.as_ref().and_then(|entry| entry.crc32);
    let is_another = wanted.is_some_and(|wanted| wanted != crc32);
    Ok(is_another.then(|| match dump.given_up() {
        Some(kept) => format!("written, but {}", manifest::given_up(kept)),
        None => "written, but not what was dumped: the CRC-32 in the manifest is another".into(),
    }))
}

fn decoded(dump: &Dump, section: &str, put: Put<'_>) -> Result<(), Failure> {
    let content = dump
        .content()?
        .ok_or_else(|| Failure::Damage("no known kind of dump: it has no sections".into()))?;
    let mut sections = content.sections().into_iter();
    let absent = || Failure::Damage(format!("{section} was not collected"));
    let summary = sections
        .find(|known| known.name == section)
        .ok_or_else(absent)?;
    if !summary.is_there() {
        let cause = summary.cause.map(|cause| format!(": {cause}"));
        let cause = cause.unwrap_or_default();
        return Err(Failure::Damage(format!(
            "{section}: {}{cause}",
            summary.status
        )));
    }
    content.copy(section, put).ok_or_else(absent)?
}

/// A file for each dump.
fn targets(dumps: &[&Dump], section: Option<&str>, dir: &Path) -> Vec<PathBuf> {
    let mut targets: Vec<PathBuf> = Vec::new();
    for dump in dumps {
        let mut file = dir.join(file_name(&dump.name, section));
        // Names that differ only in what no file is called.
        while targets.contains(&file) {
            file.as_mut_os_string().push("_");
        }
        targets.push(file);
    }
    targets
}

/// A name for the file: nothing that a dump is called leads out of the directory, or hides there. Colons are for scp, which takes
/// what is before them for a host.
fn file_name(dump: &str, section: Option<&str>) -> String {
    let safe = |c: char| match c {
        ':' => '-',
        '/' | '\\' | char::REPLACEMENT_CHARACTER => '_',
        c if c.is_control() => '_',
        c => c,
    };
    let mut name: String = dump.chars().map(safe).collect();
    if name.starts_with('.') || name.is_empty() {
        name.insert(0, '_');
    }
    match section {
        Some(section) => format!("{name}.{section}.bin"),
        None => format!("{name}.bin"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_directory_or_to_another_host() {
        for (dump, file) in [
            ("cxgb4_0000:00:05.0", "cxgb4_0000-00-05.0.bin"),
            ("../../etc/passwd", "_.._.._etc_passwd.bin"),
            ("/etc/passwd", "_etc_passwd.bin"),
            (".hidden", "_.hidden.bin"),
            ("", "_.bin"),
            ("a\nb\u{7}", "a_b_.bin"),
        ] {
            assert_eq!(file_name(dump, None), file);
        }
        assert_eq!(file_name("x", Some("mc0")), "x.mc0.bin");
    }
}
