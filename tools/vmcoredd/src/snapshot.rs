// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd snapshot`: what the crash kernel would note of PCI functions, from a machine that runs. Only configuration space is read, and only
//! through sysfs.

mod config;
mod sysfs;

use std::time::Instant;

use anyhow::{ensure, Result};
use vmcore_format::pci::{write_range, External, Facts, Header, RangeHead, Reason, Space, Status};

use self::{config::Config, sysfs::Sysfs};
use crate::{
    cli::Snapshot,
    views::{messages::complain, save::save},
};

pub fn run(args: &Snapshot) -> Result<u8> {
    let sysfs = Sysfs::open(&args.root)?;
    let begin = Instant::now();
    let mut records = Vec::new();
    let mut count = 0;
    let mut partial = 0;
    for name in sysfs.functions() {
        // One that was unplugged meanwhile.
        let Some(mut function) = sysfs.head(&name) else {
            continue;
        };
        let config = sysfs.config(&name)?;
        let (head, resources) = (&mut function.head, &function.resources);
        head.port_type = config.port_type();
        head.header_type = config.space.u8(0x0e).unwrap_or(0);
        head.config_len = config.len;
        head.accesses = config.accesses;
        head.taken_us = config.taken.as_micros().try_into().unwrap_or(u32::MAX);
        head.slowest_us = config.slowest.as_micros().try_into().unwrap_or(u32::MAX);
        head.facts = Facts::default().with(Facts::BOUND, !head.driver().is_empty());
        partial += usize::from(config.is_refused());
        records.extend(head.encode());
        for resource in resources {
            records.extend(resource.encode());
        }
        ranges(&config, &mut records);
        count += 1;
    }
    ensure!(count > 0, "{}: no PCI functions", args.root.display());
    let header = Header {
        found: count,
        written: count,
        finished: true,
        external: External::ABSENT,
        started_ms: sysfs.uptime_ms(),
        taken_ms: begin.elapsed().as_millis().try_into().unwrap_or(u32::MAX),
        ..Header::default()
    };
    save(&args.output, args.force, |out| {
        out.write_all(&header.encode())?;
        Ok(out.write_all(&records)?)
    })?;
    if partial > 0 {
        complain!(
            "of {partial} of {count} functions, only the first 64 bytes could be read: errors and links are not among them; run it as root"
        );
    }
    println!("{count} PCI functions in {}", args.output.display());
    Ok(crate::OK)
}

/// What was read, and what was not.
fn ranges(config: &Config, records: &mut Vec<u8>) {
    let head = RangeHead {
        space: Space::CONFIG,
        width: 4,
        stride: 4,
        ..RangeHead::default()
    };
    let dwords = (0..config.len).step_by(4);
    let mut write = |start: u32, reason: Reason, values: &[u8], count: u32| {
        let head = RangeHead { start, ..head };
        if reason != Reason::NONE {
            let status = Status::UNREAD;
            records.extend(
                RangeHead {
                    status,
                    reason,
                    count,
                    ..head
                }
                .encode(),
            );
            return;
        }
        let written = write_range(head, values, &mut |bytes| {
            records.extend_from_slice(bytes);
            Ok::<_, std::convert::Infallible>(())
        });
        let Ok(()) = written;
    };
    let mut run: Option<(u32, Reason, Vec<u8>, u32)> = None;
    for at in dwords {
        let (reason, value) = match config.space.u32(at as usize) {
            Some(value) => (Reason::NONE, value),
            None => (config.reason(at), 0),
        };
        match &mut run {
            Some((_, same, values, count)) if *same == reason => {
                values.extend(value.to_le_bytes());
                *count += 1;
            }
            _ => {
                if let Some((start, reason, values, count)) = run.take() {
                    write(start, reason, &values, count);
                }
                run = Some((at, reason, value.to_le_bytes().to_vec(), 1));
            }
        }
    }
    if let Some((start, reason, values, count)) = run {
        write(start, reason, &values, count);
    }
}
