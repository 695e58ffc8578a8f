// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd report`: one page to attach to a ticket. It needs nothing but a browser, and asks no network for anything.

mod page;
mod pictures;
mod redact;

use std::{io::Write, path::Path};

use anyhow::Result;

use self::{page::Device, redact::Redaction};
use super::{messages::complain, save};
use crate::{cli::Report, status, vmcore::Vmcore};

pub fn run(args: &Report) -> Result<u8> {
    let vmcore = Vmcore::open(&args.file)?;
    let mut sound = super::report(&vmcore);
    let page = make(&vmcore, args.redact);
    if vmcore.dumps().is_empty() {
        complain!(
            "{}: no device dumps: the page says so, and what the kernel wrote",
            args.file.display()
        );
        sound = false;
    }
    if args.output == Path::new("-") {
        std::io::stdout().write_all(page.as_bytes())?;
    } else {
        save::save(&args.output, args.force, |out| {
            Ok(out.write_all(page.as_bytes())?)
        })?;
    }
    Ok(status(true, sound))
}

/// The page of a vmcore.
pub fn make(vmcore: &Vmcore, redact: bool) -> String {
    let devices: Vec<_> = vmcore.dumps().iter().map(Device::new).collect();
    page::page(vmcore, &devices, &Redaction::new(redact)).into_string()
}
