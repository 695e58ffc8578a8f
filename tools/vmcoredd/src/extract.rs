// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd extract`.

use std::{
    borrow::Cow,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{anyhow, Context, Result};
use serde::Serialize;
use vmcore_format::cudbg::section::Section;

use crate::{
    cli::Extract,
    image,
    input::{Dump, Input},
};

#[derive(Serialize)]
struct Written {
    dump: String,
    file: PathBuf,
    bytes: usize,
}

pub fn run(args: &Extract) -> Result<u8> {
    let section = args.section.as_deref().map(image::named).transpose()?;
    let input = Input::open(&args.file)?;
    let (dumps, mut good) = input.select(&args.names);
    good &= input.report();
    fs::create_dir_all(&args.output).with_context(|| args.output.display().to_string())?;
    let mut written = Vec::new();
    for dump in dumps {
        let content = match section {
            None => Ok(Cow::Borrowed(dump.payload.as_slice())),
            Some(section) => decoded(dump, section).map(Cow::Owned),
        };
        match content {
            Ok(content) => {
                let mut file = args.output.join(file_name(&dump.name, section));
                // Names that differ only in what no file is called.
                while written.iter().any(|earlier: &Written| earlier.file == file) {
                    file.as_mut_os_string().push("_");
                }
                save(&file, &content, args.force)?;
                written.push(Written {
                    dump: dump.name.clone(),
                    file,
                    bytes: content.len(),
                });
            }
            Err(error) => {
                eprintln!("vmcoredd: {}: {}: {error}", args.file.display(), dump.name);
                good = false;
            }
        }
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &written)?;
        writeln!(out)?;
    } else {
        for Written { dump, file, bytes } in &written {
            writeln!(out, "{dump}: {bytes} bytes in {}", file.display())?;
        }
    }
    Ok(crate::status(true, good))
}

fn decoded(dump: &Dump, section: Section) -> Result<Vec<u8>, String> {
    let image = image::parse(&dump.payload).map_err(|error| error.to_string())?;
    image::section(&image, section)
        .unwrap_or_else(|| Err(format!("{} was not collected", section.name())))
}

/// A name for the file: nothing that a dump is called leads out of the directory, or hides there.
fn file_name(dump: &str, section: Option<Section>) -> String {
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
        Some(section) => format!("{name}.{}.bin", section.name()),
        None => format!("{name}.bin"),
    }
}

/// Writes the whole file, or none.
fn save(file: &Path, content: &[u8], force: bool) -> Result<()> {
    let dir = file.parent().context("a file in a directory")?;
    let mut temporary = tempfile::NamedTempFile::new_in(dir)?;
    temporary.write_all(content)?;
    let saved = if force {
        temporary.persist(file)
    } else {
        temporary.persist_noclobber(file)
    };
    match saved {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(anyhow!("{} exists; --force replaces it", file.display()))
        }
        Err(error) => Err(error.error).with_context(|| file.display().to_string()),
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
        assert_eq!(file_name("x", Some(Section::Mc0)), "x.mc0.bin");
    }
}
