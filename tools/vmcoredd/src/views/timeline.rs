// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd timeline`: what the kernel and a device wrote down, side by side.

mod align;
mod columns;

use std::io::Write;

use anyhow::Result;
use serde::Serialize;

pub use self::align::{Anchor, Together};
use self::columns::Columns;
use super::{json, messages::complain, out::Out};
use crate::{cli::Timeline, kinds::messages::Log, status, views, vmcore::Vmcore};

/// The logs of a file.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    file: json::File<Device>,
    kernel: Option<Log>,
    /// Why it is not there.
    no_kernel: Option<String>,
}

#[derive(Serialize)]
struct Device {
    name: String,
    log: Log,
    #[serde(flatten)]
    together: Together,
}

pub fn run(args: &Timeline) -> Result<u8> {
    let vmcore = match Vmcore::open(&args.file) {
        Ok(vmcore) => vmcore,
        Err(error) => {
            if args.json {
                let shown = Shown {
                    file: json::File::unreadable(&args.file, &error),
                    kernel: None,
                    no_kernel: None,
                };
                json::print("timeline", &json::Of { files: [shown] })?;
            }
            return Err(error);
        }
    };
    let (dumps, complete) = views::select(&vmcore, &args.names);
    let kernel = vmcore.kernel_log();
    let why = kernel.as_ref().err().map(|error| format!("{error:#}"));
    let kernel = kernel.ok();
    let devices = dumps.iter().filter_map(|dump| {
        let log = dump.content().ok().flatten()?.log()?;
        Some(Device {
            name: dump.name.clone(),
            together: Together::new(kernel.as_ref(), &log, &args.anchor),
            log,
        })
    });
    let shown = Shown {
        file: json::File::new(&vmcore, devices.collect()),
        kernel,
        no_kernel: why,
    };
    let is_empty = shown.file.dumps.is_empty() && shown.kernel.is_none();
    if args.json {
        json::print("timeline", &json::Of { files: [shown] })?;
    } else {
        let mut text = Vec::new();
        print(&shown, args.last, &mut text)?;
        let mut out = Out::stdout();
        out.text(&String::from_utf8_lossy(&text))?;
        out.flush()?;
    }
    let mut good = complete && views::report(&vmcore);
    if is_empty {
        complain!(
            "{}: neither the kernel's log nor one of a device is in it",
            args.file.display()
        );
        good = false;
    }
    Ok(status(true, good))
}

fn print(shown: &Shown, last: usize, out: &mut impl Write) -> Result<()> {
    let none = Log::default();
    let kernel = shown.kernel.as_ref().unwrap_or(&none);
    if let Some(why) = &shown.no_kernel {
        writeln!(out, "without the kernel's log: {why}")?;
    }
    if shown.file.dumps.is_empty() {
        writeln!(out, "no device has a log in this file")?;
        return Ok(Columns::new("kernel", "").print(
            &align::side_by_side(kernel, &none),
            last,
            out,
        )?);
    }
    for device in &shown.file.dumps {
        writeln!(out, "{}: {}", device.name, device.together.words)?;
        let rows = device.together.rows(kernel, &device.log);
        Columns::new("kernel", device.log.writer).print(&rows, last, out)?;
    }
    Ok(())
}
