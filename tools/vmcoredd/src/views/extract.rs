// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd extract`.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde::Serialize;

use super::save::{exists, save};
use crate::{
    cli::Extract,
    complain,
    kinds::{manifest, Dump, Failure},
    progress, views,
    vmcore::Vmcore,
};

#[derive(Serialize)]
struct Written {
    dump: String,
    file: PathBuf,
    bytes: u64,
}

pub fn run(args: &Extract) -> Result<u8> {
    let section = args.section.as_deref();
    views::check_sections(args.section.as_slice())?;
    let input = Vmcore::open(&args.file)?;
    let (dumps, mut good) = views::select(&input, &args.names);
    good &= views::report(&input);
    fs::create_dir_all(&args.output).with_context(|| args.output.display().to_string())?;
    let targets = targets(&dumps, section, &args.output);
    let there = targets.iter().find(|file| file.symlink_metadata().is_ok());
    if let Some(file) = there.filter(|_| !args.force) {
        return Err(exists(file));
    }
    let mut written = Vec::new();
    for (dump, file) in dumps.into_iter().zip(targets) {
        let mut damage = None;
        let saved = save(&file, args.force, |out| match section {
            None => whole(dump, out, &mut damage),
            Some(section) => decoded(dump, section, out),
        });
        match saved {
            Ok(bytes) => written.push(Written {
                dump: dump.name.clone(),
                file,
                bytes,
            }),
            Err(error) => match error.downcast::<Failure>() {
                Ok(Failure::Damage(what)) => damage = Some(what),
                Ok(Failure::Output(error)) => {
                    return Err(error).with_context(|| file.display().to_string())
                }
                Err(error) => return Err(error),
            },
        }
        if let Some(what) = damage {
            complain!("{}: {}: {what}", args.file.display(), dump.name);
            good = false;
        }
    }
    progress::clear();
    let mut out = io::stdout().lock();
    if args.json {
        views::print_json(&mut out, &written)?;
    } else {
        for Written { dump, file, bytes } in &written {
            writeln!(out, "{dump}: {bytes} bytes in {}", file.display())?;
        }
    }
    Ok(crate::status(true, good))
}

/// Writes the payload. If it is not what was dumped, it is written all the same: there is no other.
fn whole(dump: &Dump, out: &mut dyn Write, damage: &mut Option<String>) -> Result<u64> {
    let mut bytes = 0;
    let crc32 = dump.copy(|piece| {
        bytes += piece.len() as u64;
        Ok(out.write_all(piece).map_err(Failure::Output)?)
    })?;
    let wanted = dump.entry.as_ref().map(|entry| entry.crc32);
    if wanted.is_some_and(|wanted| wanted != crc32) {
        *damage = Some(match dump.given_up() {
            Some(kept) => format!("written, but {}", manifest::given_up(kept)),
            None => {
                "written, but not what was dumped: the CRC-32 in the manifest is another".into()
            }
        });
    }
    Ok(bytes)
}

fn decoded(dump: &Dump, section: &str, out: &mut dyn Write) -> Result<u64> {
    let mut bytes = 0;
    let content = dump
        .content()?
        .ok_or_else(|| Failure::Damage("no kind of dump that has sections".into()))?;
    let copied = content.copy(section, &mut |piece| {
        bytes += piece.len() as u64;
        out.write_all(piece)
    });
    match copied {
        Some(copied) => copied?,
        None => return Err(Failure::Damage(format!("{section} was not collected")).into()),
    }
    Ok(bytes)
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

/// A name for the file: nothing that a dump is called leads out of the directory, or hides there.
fn file_name(dump: &str, section: Option<&str>) -> String {
    let safe = |c: char| {
        if c.is_control() || c == '/' || c == '\\' || c == char::REPLACEMENT_CHARACTER {
            '_'
        } else {
            c
        }
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
    fn no_name_leads_out_of_the_directory() {
        for (dump, file) in [
            ("cxgb4_0000:00:05.0", "cxgb4_0000:00:05.0.bin"),
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
