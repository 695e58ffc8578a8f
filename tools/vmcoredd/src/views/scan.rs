// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd scan`: rows of many files, for programs that count. Documentation/scan.rst describes them.

mod columns;
mod entries;
mod ndjson;
#[cfg(feature = "parquet")]
mod parquet;
mod rows;
mod table;
mod tally;
mod workers;

use std::{
    fs::File,
    io::{self, BufWriter, IsTerminal, Write},
    os::fd::AsFd,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use anyhow::{ensure, Context, Result};

use self::{
    entries::{Entries, Entry},
    rows::Row,
    tally::Tally,
};
use super::save;
use crate::{
    cli::{Format, Scan},
    input, DAMAGED, OK,
};

/// Where rows go.
trait Sink {
    fn rows(&mut self, rows: Vec<Row>) -> Result<()>;
    /// Nothing more comes.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// Bytes that were read, of all files.
static READ: AtomicU64 = AtomicU64::new(0);

pub fn run(args: &Scan) -> Result<u8> {
    let paths = paths(args)?;
    if args.output.as_os_str() != "-" {
        if args.output.exists() && !args.force {
            return Err(save::exists(&args.output));
        }
        return save::save(&args.output, args.force, |out| scan(args, paths, out));
    }
    ensure!(
        args.format != Format::Parquet || !io::stdout().is_terminal(),
        "Parquet is not for terminals: name a file with -o"
    );
    let stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    scan(args, paths, &mut BufWriter::with_capacity(1 << 18, stdout))
}

fn paths(args: &Scan) -> Result<Vec<PathBuf>> {
    let mut paths = args.paths.clone();
    if let Some(list) = &args.files_from {
        let text = match list.as_os_str() == "-" {
            true => io::read_to_string(io::stdin()),
            false => std::fs::read_to_string(list),
        };
        let text = text.with_context(|| list.display().to_string())?;
        paths.extend(text.lines().filter(|line| !line.is_empty()).map(Into::into));
    }
    ensure!(
        !paths.iter().any(|path| path.as_os_str() == "-"),
        "standard input is one file: `vmcoredd diagnose -` reads it"
    );
    Ok(paths)
}

fn scan(args: &Scan, paths: Vec<PathBuf>, out: &mut (dyn Write + Send)) -> Result<u8> {
    let jobs = match args.jobs {
        Some(jobs) => usize::from(jobs.get()),
        None => thread::available_parallelism().map_or(1, usize::from),
    };
    let mut sink = sink(args.format, out)?;
    let mut tally = Tally::new();
    let look = |entry: Entry| {
        input::on_progress(|bytes| {
            READ.fetch_add(bytes, Ordering::Relaxed);
        });
        rows::of(entry, args.registers)
    };
    workers::run(Entries::new(paths), jobs, look, |rows| {
        tally.add(&rows);
        sink.rows(rows)
    })?;
    sink.finish()?;
    out.flush()?;
    tally.report(READ.load(Ordering::Relaxed));
    Ok(match tally.is_sound() {
        true => OK,
        false => DAMAGED,
    })
}

fn sink<'a>(format: Format, out: &'a mut (dyn Write + Send)) -> Result<Box<dyn Sink + 'a>> {
    Ok(match format {
        Format::Table => Box::new(table::Table::new(out)),
        Format::Ndjson => Box::new(ndjson::Lines(out)),
        #[cfg(feature = "parquet")]
        Format::Parquet => Box::new(parquet::Parquet::new(out)?),
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => anyhow::bail!("this vmcoredd was built without `--features parquet`"),
    })
}
