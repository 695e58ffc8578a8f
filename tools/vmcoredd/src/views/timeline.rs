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
struct Shown<'a> {
    file: String,
    kernel: Option<&'a Log>,
    /// Why it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_kernel: Option<String>,
    devices: Vec<Device<'a>>,
}

#[derive(Serialize)]
struct Device<'a> {
    name: &'a str,
    log: Log,
    #[serde(flatten)]
    together: Together,
}

pub fn run(args: &Timeline) -> Result<u8> {
    let vmcore = Vmcore::open(&args.file)?;
    let (dumps, complete) = views::select(&vmcore, &args.names);
    let kernel = vmcore.kernel_log();
    let why = kernel.as_ref().err().map(|error| format!("{error:#}"));
    let kernel = kernel.ok();
    let devices = dumps.iter().filter_map(|dump| {
        let log = dump.content().ok().flatten()?.log()?;
        Some(Device {
            name: &dump.name,
            together: Together::new(kernel.as_ref(), &log, &args.anchor),
            log,
        })
    });
    let shown = Shown {
        file: args.file.display().to_string(),
        devices: devices.collect(),
        kernel: kernel.as_ref(),
        no_kernel: why,
    };
    if args.json {
        json::print("timeline", &shown)?;
    } else {
        let mut text = Vec::new();
        print(&shown, args.last, &mut text)?;
        let mut out = Out::stdout();
        out.text(&String::from_utf8_lossy(&text))?;
        out.flush()?;
    }
    let mut good = complete && views::report(&vmcore);
    if shown.devices.is_empty() && shown.kernel.is_none() {
        complain!(
            "{}: neither the kernel's log nor one of a device is in it",
            shown.file
        );
        good = false;
    }
    Ok(status(true, good))
}

fn print(shown: &Shown<'_>, last: usize, out: &mut impl Write) -> Result<()> {
    let none = Log::default();
    let kernel = shown.kernel.unwrap_or(&none);
    if let Some(why) = &shown.no_kernel {
        writeln!(out, "without the kernel's log: {why}")?;
    }
    if shown.devices.is_empty() {
        writeln!(out, "no device has a log in this file")?;
        return Ok(Columns::new("kernel", "").print(
            &align::side_by_side(kernel, &none),
            last,
            out,
        )?);
    }
    for device in &shown.devices {
        writeln!(out, "{}: {}", device.name, device.together.words)?;
        let rows = device.together.rows(kernel, &device.log);
        Columns::new("kernel", device.log.writer).print(&rows, last, out)?;
    }
    Ok(())
}
