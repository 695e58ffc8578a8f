// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd doctor`: whether the next panic of this machine would leave device dumps, and if not, what to do.

mod adapters;
mod agreed;
mod change;
mod choice;
mod command_line;
mod crash_kernel;
mod deadline;
mod descriptions;
mod dump_service;
mod evidence;
mod initramfs;
mod loaded;
mod makedumpfile;
mod memory;
mod modules;
mod panics;
mod settings;
mod shell;
mod switch;
mod system;
mod systemd;
mod taints;
mod text;
mod version;
mod watchdog;

use anyhow::Result;
use serde::Serialize;

use self::{command_line::CommandLine, system::System};
use crate::{
    cli::Doctor,
    views::{json, out::Out},
};

/// How bad it is; the exit status, as monitoring systems expect it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Ok = 0,
    /// The vmcore would be saved without device dumps, or with less than it could have.
    Warning = 1,
    /// There would be no vmcore.
    Critical = 2,
}

/// What one check found.
#[derive(Debug, Serialize)]
pub struct Finding {
    check: &'static str,
    state: State,
    found: String,
    /// What to do about it.
    advice: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self {
            check,
            state: State::Ok,
            found: found.into(),
            advice: None,
        }
    }

    /// Nothing is wrong, but it could be otherwise.
    fn hint(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::bad(check, State::Ok, found, advice)
    }

    fn bad(
        check: &'static str,
        state: State,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            check,
            state,
            found: found.into(),
            advice: Some(advice.into()),
        }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    /// The root directory of the system that was examined.
    root: String,
    checks: &'a [Finding],
}

pub fn run(args: &Doctor) -> Result<u8> {
    let system = System::open(args.root.clone())?;
    let findings = examine(&system);
    if args.json {
        let report = Report {
            root: args.root.display().to_string(),
            checks: &findings,
        };
        json::print("doctor", &report)?;
    } else {
        let mut out = Out::stdout();
        for finding in &findings {
            text::print(&mut out, finding)?;
        }
        out.flush()?;
    }
    let worst = findings.iter().map(|finding| finding.state).max();
    Ok(worst.unwrap_or(State::Ok) as u8)
}

fn examine(system: &System) -> Vec<Finding> {
    let line = CommandLine::of(system);
    let initramfs = initramfs::find(system);
    let release = match &initramfs {
        Ok(initramfs) => initramfs.release.clone(),
        Err(_) => system.release(),
    };
    let mut findings = crash_kernel::check(system);
    findings.extend(choice::check(system, &release));
    findings.extend(dump_service::check(&line));
    findings.push(switch::check(&line));
    findings.push(taints::check(&line));
    findings.extend(modules::check(system, &line, &release));
    findings.extend(panics::check(&line));
    findings.push(adapters::check(system, &release));
    findings.extend(descriptions::check(system));
    findings.extend(evidence::check(system, &line));
    match initramfs {
        Ok(initramfs) => {
            findings.push(initramfs::check(system, &initramfs));
            if crash_kernel::is_loaded(system) {
                findings.extend(settings::check(system, &line, &initramfs));
            }
            findings.push(memory::check(system, &initramfs));
        }
        Err(finding) => findings.push(finding),
    }
    findings.push(watchdog::check(system));
    let running = system.release();
    let panics = match running.is_empty() {
        true => &release,
        false => &running,
    };
    findings.push(makedumpfile::check(system, panics));
    findings
}
